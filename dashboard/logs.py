"""The board's log: one line for whatever Streamlit and its web server say, traceback included."""

import os

from core.telemetry import route_standard_logging, set_up_logging

_SAID_TO_NOBODY = ("websocket.close", "close message has been sent")
"""How uvicorn and Starlette word a send to a page that has been closed; both raise a bare `RuntimeError`."""


def set_up() -> None:
    """Log like the main process that started us: for people on a terminal, else as JSON lines.

    Call it before Streamlit is imported: its loggers bring handlers of their own.
    """
    set_up_logging(json=not os.isatty(2))
    route_standard_logging(gone)


def gone(error: BaseException) -> bool:
    """Tell whether an error only says that a browser went away, as browsers do."""
    from starlette.requests import ClientDisconnect
    from starlette.websockets import WebSocketDisconnect
    from websockets.exceptions import ConnectionClosed

    if isinstance(error, ConnectionError | ClientDisconnect | WebSocketDisconnect | ConnectionClosed):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _SAID_TO_NOBODY)
