"""What shares the board's port without being Streamlit: page links, health, metrics and web hooks.

Opening a link changes nothing; its buttons POST. Unknown paths fall through to Streamlit, which
answers 200 with HTML, so whoever checks health compares the body.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from core.errors import FiretowerError, Permanent
from core.ports import Clock
from core.records import HOOK_PATHS, Action, Hook, Incident
from core.signing import BadToken, ExpiredToken, Grant, Signer
from dashboard import ack, answers
from dashboard.workspace import Workspace, open_for_reading

HOOK_BYTES = 1_000_000
"""The largest body of a web hook that is kept."""
FORM_BYTES = 4_096
"""A page link's form has one short field."""

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    # "no-referrer" would make browsers send "Origin: null" with the form, so that the origin could not
    # be checked; "same-origin" keeps the token from other sites just as well.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class TooLarge(Exception):
    """A body is longer than what is read of it."""


class Board:
    """The workspace behind the routes, opened when it is first needed: it may not exist yet."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self._folder, self._clock = folder, clock

    @cached_property
    def workspace(self) -> Workspace:
        """The open workspace; raises `Permanent` (and is tried again) while it cannot be opened."""
        return open_for_reading(self._folder, self._clock)

    def public_url(self) -> str:
        """Return the address that links carry, "" when it is unknown."""
        try:
            return self.workspace.config.public_url
        except Permanent:
            return ""


def routes(board: Board) -> list[BaseRoute]:
    """Return the routes that stand before Streamlit's own."""
    handlers = _Handlers(board)
    return [
        Route("/ack/{token}", handlers.show, methods=["GET"]),
        Route("/ack/{token}", handlers.answer, methods=["POST"]),
        Route("/healthz", handlers.health, methods=["GET"]),
        Route("/metrics", handlers.metrics, methods=["GET"]),
        Route("/hooks/{path}", handlers.hook, methods=["POST"]),
    ]


class _Refused(Exception):
    """A request that is answered with a message page."""

    def __init__(self, status: int, title: str, text: str) -> None:
        super().__init__(text)
        self.status, self.title, self.text = status, title, text


class _Handlers:
    """The handlers; each does its reading and writing off the event loop."""

    def __init__(self, board: Board) -> None:
        self._board = board

    async def show(self, request: Request) -> Response:
        """Show the page behind a link; writes nothing, so mail scanners and previews may open it."""
        token = request.path_params["token"]
        return await _page(lambda: self._render(token))

    async def answer(self, request: Request) -> Response:
        """Record the answer whose button was pressed, unless there is one; show the page."""
        token = request.path_params["token"]
        try:
            form = parse_qs((await _body(request, FORM_BYTES)).decode("utf-8", "replace"))
        except TooLarge:
            return _message(413, "That was too much", "Open the link again and press one button.")
        origin, host = request.headers.get("origin", ""), request.headers.get("host", "")
        pressed = form.get("action", [""])[0]
        return await _page(lambda: self._answer(token, pressed, origin, host))

    async def health(self, request: Request) -> Response:
        """Tell whether the main process lives: 200 `ok`, else 503 `stale`."""
        state = await run_in_threadpool(self._health)
        return JSONResponse(state, 200 if state["status"] == "ok" else 503, {"Cache-Control": "no-store"})

    async def metrics(self, request: Request) -> Response:
        """Return the metrics that the main process left in the store."""
        text = await run_in_threadpool(self._metrics)
        return PlainTextResponse(text, media_type="text/plain; version=0.0.4")

    async def hook(self, request: Request) -> Response:
        """Keep a web hook as it came, for the monitor that can verify it."""
        try:
            body = await _body(request, HOOK_BYTES)
        except TooLarge:
            return PlainTextResponse(f"more than {HOOK_BYTES} bytes", 413)
        try:
            kept = await run_in_threadpool(
                self._keep, request.path_params["path"], dict(request.headers), body
            )
        except FiretowerError as error:
            return PlainTextResponse(str(error), 503)
        return Response(status_code=202 if kept else 404)

    def _render(self, token: str) -> str:
        workspace, now = self._moment()
        incident = _incident(workspace, _grant(workspace, token, now))
        return ack.page_html(ack.load(workspace, incident, now))

    def _answer(self, token: str, pressed: str, origin: str, host: str) -> str:
        workspace, now = self._moment()
        if not _same_site(origin, host, workspace.config.public_url):
            raise _Refused(403, "Refused", "This answer was sent by another web site. Open the link itself.")
        grant = _grant(workspace, token, now)
        if pressed not in set(Action):
            raise _Refused(400, "Which answer?", "Open the link again and press one of its buttons.")
        incident = _incident(workspace, grant)
        answers.record(workspace.store, incident, Action(pressed), grant.recipient, "link", now)
        return ack.page_html(ack.load(workspace, incident, now))

    def _moment(self) -> tuple[Workspace, datetime]:
        workspace = self._board.workspace
        return workspace, workspace.now(workspace.store.pulse())

    def _health(self) -> dict[str, object]:
        try:
            workspace = self._board.workspace
            pulse = workspace.store.pulse()
        except Permanent as error:
            return {"status": "stale", "reason": str(error)}
        silent = workspace.silent_since(pulse)
        state: dict[str, object] = {"status": "stale" if silent else "ok"}
        if silent:
            state["silent_since"] = silent.isoformat(timespec="seconds")
        if pulse is not None:
            state |= {"at": pulse.at.isoformat(timespec="seconds"), "backlog": pulse.backlog}
            state["roles"] = pulse.roles
        return state

    def _metrics(self) -> str:
        try:
            return self._board.workspace.store.meta("metrics")
        except Permanent:
            return ""

    def _keep(self, path: str, headers: dict[str, str], body: bytes) -> bool:
        """Keep a hook that the main process takes; anything else would only fill the disk."""
        workspace = self._board.workspace
        if path not in workspace.store.meta(HOOK_PATHS).split():
            return False
        workspace.store.add_hook(Hook(uuid4().hex, path, headers, body, workspace.clock.now()))
        return True


async def _page(render: Callable[[], str]) -> Response:
    """Run `render` off the event loop; say in a page why there is nothing to see."""
    try:
        return HTMLResponse(await run_in_threadpool(render), headers=HEADERS)
    except _Refused as error:
        return _message(error.status, error.title, error.text)
    except FiretowerError as error:
        return _message(503, "Nothing was recorded", str(error))


def _message(status: int, title: str, text: str) -> Response:
    return HTMLResponse(ack.message_html(title, text), status, HEADERS)


def _grant(workspace: Workspace, token: str, now: datetime) -> Grant:
    try:
        return Signer(workspace.config.secret.get_secret_value()).check(token, now)
    except ExpiredToken as error:
        raise _Refused(410, "Expired", str(error)) from error
    except BadToken as error:
        raise _Refused(403, "Not valid", str(error)) from error


def _incident(workspace: Workspace, grant: Grant) -> Incident:
    incident = workspace.store.incident(grant.incident_id)
    if incident is None:
        raise _Refused(404, "Gone", "This incident is no longer kept.")
    return incident


def _same_site(origin: str, host: str, public_url: str) -> bool:
    """Return whether a form came from our own page; clients that are no browsers send no origin."""
    if not origin:
        return True
    try:
        sender = urlsplit(origin).netloc
    except ValueError:  # "http://[bad": no browser sends it
        return False
    return sender in {host, urlsplit(public_url).netloc} - {""}


async def _body(request: Request, limit: int) -> bytes:
    """Return the body; raises `TooLarge` as soon as it is longer than `limit`."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge
        chunks.append(chunk)
    return b"".join(chunks)
