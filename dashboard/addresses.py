"""Pages opened by their own address, such as `/incidents`.

Streamlit's page first looks for its server below the address it was opened at (`/incidents/_stcore/health`),
because it might have been mounted there, and the browser's console keeps two errors 404. So a page that is
opened directly comes with the place of its server written in.
"""

from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from streamlit import file_util

PAGES = ("incidents", "mentions", "narratives", "sources", "on-call", "weekly")
"""The addresses of all pages but Live, which has none of its own."""
_SERVER = '<script>window.__streamlit = {BACKEND_BASE_URL: new URL(".", location.href).href}</script>'
"""Also right behind a proxy that serves the board below a path of its own."""


def page_routes() -> list[BaseRoute]:
    """Return a route for each page; they stand before Streamlit's own, which answers any path."""
    return [Route(f"/{page}", _show, methods=["GET"]) for page in PAGES]


async def _show(request: Request) -> Response:
    """Answer with Streamlit's page, which asks its server for what belongs to the address."""
    return HTMLResponse(_index(), headers={"Cache-Control": "no-cache"})


@cache
def _index() -> str:
    """Return Streamlit's page; the place of the server is known before its own scripts run."""
    html = (Path(file_util.get_static_dir()) / "index.html").read_text("utf-8")
    head, tag, rest = html.partition("<head>")
    return f"{head}{tag}{_SERVER}{rest}"
