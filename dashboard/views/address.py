"""The address of what is shown."""

import streamlit as st

_WRITTEN = "id_in_the_address"


def shown_id() -> str:
    """Return the id that the address asks for, "" without one, and see to it that the browser shows it.

    A page link from a page to itself reaches Python with its parameters and leaves the browser's address as
    it was (Streamlit 1.67): what is shown could not be shared. So they are written once more.
    """
    found = st.query_params.get("id", "")
    if st.session_state.get(_WRITTEN, "") != found:
        st.query_params.from_dict(st.query_params.to_dict())
    st.session_state[_WRITTEN] = found
    return found
