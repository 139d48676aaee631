"""The page of mentions, run without a browser."""

import streamlit as st
from streamlit.testing.v1 import AppTest


def _mentions() -> None:
    import streamlit

    from dashboard.views import mentions

    streamlit.navigation([mentions.route()]).run()


def open_mentions(**parameters: str) -> AppTest:
    """Run the page of mentions with these parameters in its address."""
    st.cache_data.clear()
    test = AppTest.from_function(_mentions, default_timeout=120)
    for name, value in parameters.items():
        test.query_params[name] = value
    return test.run()


def html_of(test: AppTest) -> str:
    """Return what the page shows as HTML, without its styles."""
    return "\n".join(e.proto.body for e in test.get("html") if "<style>" not in e.proto.body)
