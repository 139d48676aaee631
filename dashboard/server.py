"""The launcher: hands `streamlit_config/config.toml` to Streamlit and serves board and routes on one port.

Streamlit looks for configuration in `.streamlit` folders only, so the file is read here.
"""

import gc
import os
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from dashboard import widgets
from dashboard.addresses import page_routes
from dashboard.routes import Board, routes
from dashboard.viewmodels import Trouble
from dashboard.workspace import VARIABLE

HERE = Path(__file__).parent
CONFIG = HERE.parent / "streamlit_config" / "config.toml"
LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


def settings(host: str, port: int, public_url: str = "") -> dict[str, Any]:
    """Return Streamlit's options as dotted keys: the file's, then the address.

    While the board listens on this machine only, other names in the Host header are
    refused: a web page elsewhere cannot reach it by re-binding its own name.
    """
    options = dict(_flat(tomllib.loads(CONFIG.read_text("utf-8"))))
    options |= {"server.address": host, "server.port": port}
    if host in LOCAL:
        names = {*LOCAL, urlsplit(public_url).hostname or "localhost"}
        options["server.allowedHosts"] = sorted(names)
    return options


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def serve(folder: Path, host: str, port: int) -> None:
    """Serve the board of the workspace in `folder` until the process is told to end."""
    os.environ[VARIABLE] = str(folder.resolve())
    board = Board(folder.resolve())
    app = st.App(
        HERE / "app.py",
        lifespan=_read_pages,
        routes=[*routes(board), *page_routes()],
        on_script_error=_failed,
    )
    app.run(config=settings(host, port, board.public_url()))


@asynccontextmanager
async def _read_pages(_: st.App) -> AsyncIterator[None]:
    """Import the pages before anybody comes; their caches need the runtime, which exists from here on."""
    import_module("dashboard.app")
    gc.freeze()  # looking through all of Streamlit for garbage takes 60 ms, and a refresh would wait for it
    yield


def _failed(error: Exception) -> bool:
    """Say that a page failed, in the board's own words; Streamlit's offers to send the error to web sites.

    Streamlit has logged the error itself, which may quote what strangers wrote.
    """
    text = "Nothing was changed. Load the page again; the board's log says what happened."
    widgets.show("trouble", trouble=Trouble("This could not be shown", text))
    return True
