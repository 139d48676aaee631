"""The board's router: which pages there are, and nothing else."""

import streamlit as st

from dashboard import widgets
from dashboard.queries import shared
from dashboard.views import incident, live, mentions, narratives, oncall, sources, weekly

# Also the page's icon: an icon by name would be fetched from a font service.
LOGO = str(widgets.HERE / "static" / "logo.svg")


def main() -> None:
    """Show the page that the address asks for."""
    st.set_page_config(page_title="Firetower", page_icon=LOGO, layout="wide")
    widgets.stylesheet()
    st.logo(LOGO, size="large")
    page = st.navigation(
        [
            st.Page(live.page, title="Live", default=True),
            incident.route(),
            mentions.route(),
            narratives.route(),
            sources.route(),
            oncall.route(),
            weekly.route(),
        ],
        position="top",
    )
    if shared.trouble() is None:
        page.run()
    else:
        _wait()


@st.fragment(run_every=shared.REFRESH)
def _wait() -> None:
    """Say what is missing until it is there; then show the page, once."""
    problem = shared.trouble()
    if problem is None:
        st.rerun()
    widgets.trouble(problem)


if __name__ == "__main__":
    main()
