"""A local server that answers like Reddit's API over real HTTP: tokens, listings, search, info, troubles.

By https://www.reddit.com/dev/api and recorded answers: at most 100 items a request and 1,000 in all, newest
first; `after` an item that is gone gives nothing; a list of subreddits is refused as a whole when one of them
is closed.
"""

import base64
import gzip
import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE = 100
DEPTH = 1_000
CLIENT_ID, CLIENT_SECRET = "an-application", "its-secret-words"
TOKEN = "bearer-of-the-day"

Child = dict[str, Any]
Params = Mapping[str, str]


@dataclass(frozen=True)
class Trouble:
    """An answer that is not the usual one."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: float = 0.0
    """Seconds of silence before it."""
    reset: bool = False
    """Close the connection without a word."""


class RedditServer:
    """Answers in threads of its own; what was asked and given is counted here, at the source."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        """What is listed, newest first."""
        self.forgotten: set[str] = set()
        """Fullnames that `info` does not know any more."""
        self.closed: dict[str, int] = {}
        """Subreddits that answer with a status instead."""
        self.troubles: dict[str, list[Trouble]] = {}
        """What comes instead, in turn, by the beginning of a path."""
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.tokens = 0
        self.served: set[str] = set()
        """Fullnames in listings that were answered."""
        self.limits = {"x-ratelimit-remaining": "990.0", "x-ratelimit-used": "10", "x-ratelimit-reset": "300"}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def post(self, *children: Child) -> None:
        """List items as the newest ones, the last of them on top."""
        self.children = [*reversed(children), *self.children]

    def remove(self, *names: str) -> None:
        """Take items out of all listings, and let `info` not know them."""
        self.children = [child for child in self.children if child["data"]["name"] not in names]
        self.forgotten |= set(names)

    def asked(self, beginning: str) -> list[dict[str, str]]:
        """Return the parameters of all requests whose path begins so."""
        return [params for path, params in self.requests if path.startswith(beginning)]

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()

    def trouble(self, path: str) -> Trouble | None:
        """Return the next trouble that is planned for `path`."""
        for beginning, planned in self.troubles.items():
            if path.startswith(beginning) and planned:
                return planned.pop(0)
        return None

    def answer(self, path: str, params: Params) -> tuple[int, object]:
        """Return status and JSON of a request with a valid token."""
        _, _, names, kind, *_ = (*path.split("/"), "", "", "")
        if path.startswith("/api/info"):
            return 200, self._info(params["id"].split(","))
        if refused := [self.closed[name] for name in names.split("+") if name in self.closed]:
            return refused[0], {"message": "closed", "error": refused[0]}
        if kind == "about":
            return 200, {"kind": "t5", "data": {"display_name": names}}
        return 200, self._listing(list(self._chosen(names.split("+"), kind, params)), params)

    def _chosen(self, names: list[str], kind: str, params: Params) -> Iterator[Child]:
        prefix = "t1" if kind == "comments" else "t3"
        for child in self.children:
            data = child["data"]
            words = f"{data.get('title')} {data.get('selftext')}".lower()
            found = kind != "search" or any(term in words for term in _terms(params["q"]))
            inside = names == ["all"] or data.get("subreddit") in names
            if child["kind"] == prefix and inside and found:
                yield child

    def _listing(self, chosen: list[Child], params: Params) -> object:
        chosen = chosen[:DEPTH]
        names = [child["data"].get("name") for child in chosen]
        start = 0
        if after := params.get("after"):
            start = names.index(after) + 1 if after in names else len(names)
        end = start + min(PAGE, int(params["limit"]))
        page = chosen[start:end]
        self.served |= {name for name in names[start:end] if name}
        more = names[end - 1] if end < len(chosen) else None
        return {"kind": "Listing", "data": {"children": page, "after": more, "dist": len(page)}}

    def _info(self, names: list[str]) -> object:
        known = {child["data"].get("name"): child for child in self.children}
        found = [known[name] for name in names if name in known and name not in self.forgotten]
        return {"kind": "Listing", "data": {"children": found, "after": None, "dist": len(found)}}


def _terms(query: str) -> list[str]:
    return [term.strip('" ').lower() for term in query.split(" OR ")]


def _handler(outer: RedditServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            params = {name: values[0] for name, values in parse_qs(parts.query).items()}
            outer.requests.append((parts.path, params))
            if trouble := outer.trouble(parts.path):
                self._make(trouble)
            elif self.headers["Authorization"] != f"bearer {TOKEN}":
                self._reply(401, {"message": "Unauthorized", "error": 401}, {})
            else:
                status, answer = outer.answer(parts.path, params)
                away = {"Location": f"{outer.url}/subreddits/search"} if status == 302 else {}
                self._reply(status, answer, {**outer.limits, **away})

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            outer.requests.append((self.path, {}))
            key = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
            if trouble := outer.trouble(self.path):
                self._make(trouble)
            elif self.headers["Authorization"] != f"Basic {key}":
                self._reply(401, {"message": "Unauthorized", "error": 401}, {})
            else:
                outer.tokens += 1
                token = {"access_token": TOKEN, "token_type": "bearer", "expires_in": 86400, "scope": "*"}
                self._reply(200, token, {})

        def _make(self, trouble: Trouble) -> None:
            time.sleep(trouble.hang)
            if trouble.reset:
                self.close_connection = True
                return
            self._send(trouble.status, trouble.body, {"Content-Type": "application/json", **trouble.headers})

        def _reply(self, status: int, answer: object, headers: Mapping[str, str]) -> None:
            kind = {"Content-Type": "application/json; charset=UTF-8"}
            self._send(status, json.dumps(answer).encode(), {**kind, **headers})

        def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    return Handler


@contextmanager
def serving() -> Iterator[RedditServer]:
    """Yield a server that stops in the end."""
    server = RedditServer()
    yield server
    server.close()


def recorded(shared: Path, newest: datetime) -> list[Child]:
    """Return the recorded comments and submissions, oldest first, moved so that the last is of `newest`."""
    with gzip.open(shared / "recordings/reddit/things_sample.jsonl.gz", "rt", encoding="utf-8") as lines:
        children = [json.loads(line) for line in lines]
    children.sort(key=lambda child: float(child["data"]["created_utc"]))
    step = newest.timestamp() - children[-1]["data"]["created_utc"]
    return [_moved(child, step) for child in children]


def _moved(child: Child, step: float) -> Child:
    data = {**child["data"], "created_utc": child["data"]["created_utc"] + step}
    if data.get("edited"):
        data["edited"] += step
    return {"kind": child["kind"], "data": data}


def subreddits(children: Iterable[Child], count: int) -> list[str]:
    """Return the names of the subreddits with most items whose names can be written in a configuration."""
    names = Counter(child["data"]["subreddit"] for child in children)
    return [name for name, _ in names.most_common() if not name.startswith("<")][:count]


def comment(number: int, at: datetime, body: str = "", **changes: object) -> Child:
    """Return a comment of the documented shape (synthetic)."""
    name = f"c{number:x}"
    data = {
        "id": name,
        "name": f"t1_{name}",
        "author": f"author{number}",
        "body": body or f"Acme broke my lamp {number}",
        "subreddit": "lamps",
        "link_id": "t3_5ybb9",
        "permalink": f"/r/lamps/comments/5ybb9/broken/{name}/",
        "created_utc": at.timestamp(),
        "edited": False,
    }
    return {"kind": "t1", "data": {**data, **changes}}


def submission(number: int, at: datetime, title: str = "", **changes: object) -> Child:
    """Return a submission of the documented shape (synthetic)."""
    name = f"s{number:x}"
    data = {
        "id": name,
        "name": f"t3_{name}",
        "author": f"author{number}",
        "title": title or f"Acme lamps, part {number}",
        "selftext": "They break.",
        "subreddit": "lamps",
        "permalink": f"/r/lamps/comments/{name}/acme/",
        "created_utc": at.timestamp(),
        "edited": False,
        "removed_by_category": None,
    }
    return {"kind": "t3", "data": {**data, **changes}}
