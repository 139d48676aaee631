"""Five services at once, and where the product finds them."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.scenarios.source_servers import AppStore, HackerNews, Jetstream, Mastodon, Reddit, Source


class Services:
    """All five services, and the addresses under which the product finds them."""

    def __init__(self, shared: Path, shift: Callable[[bytes, datetime], bytes]) -> None:
        now = datetime.now(UTC) - timedelta(minutes=1)
        self.hacker_news, self.mastodon = HackerNews(shared, now), Mastodon(shared, now)
        self.app_store, self.reddit = AppStore(shared, shift, now), Reddit(shared, now)
        self.bluesky = Jetstream(shared)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def all(self) -> dict[str, Source]:
        """The sources by the name that they have in the configuration."""
        return {
            "hacker_news": self.hacker_news,
            "mastodon": self.mastodon,
            "app_store": self.app_store,
            "reddit": self.reddit,
            "bluesky": self.bluesky,
        }

    def publish(self, share: float) -> None:
        """Make a share of everything visible, everywhere."""
        for source in self.all.values():
            source.publish(share)

    def wanted(self) -> dict[str, set[str]]:
        """Return what was published and should be stored, by source."""
        return {name: source.wanted() for name, source in self.all.items()}

    def answer(self, path: str, asked: Mapping[str, str]) -> object:
        """Return what stands at a path; None for nothing."""
        if path == "/hn":
            return self.hacker_news.answer(asked)
        if path.startswith("/api/v1/timelines/tag/"):
            return self.mastodon.answer(asked)
        if "/page=1/" in path and path.endswith("/xml"):
            return self.app_store.answer()
        return None

    def tables(self) -> Iterator[str]:
        """Yield the `[[source]]` tables."""
        places = json.dumps(self.reddit.places)
        yield f'kind = "hacker_news"\ninterval = 5\nbase_url = "{self.url}/hn"\nsearches = ["the"]'
        yield f'kind = "mastodon"\ninterval = 5\ninstance = "{self.url}"\ntags = ["news"]'
        yield f'kind = "app_store"\ninterval = 5\napp = "1404176564"\nbase_url = "{self.url}"'
        yield f'kind = "reddit"\ninterval = 5\nbase_url = "{self.reddit.server.url}"\nsubreddits = {places}'
        yield f'kind = "bluesky"\nversion = 1\nbase_url = "{self.bluesky.url}"'

    def close(self) -> None:
        """Stop the servers."""
        self._server.shutdown()
        self._server.server_close()
        self.reddit.server.close()


def _handler(outer: Services) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            answer = outer.answer(parts.path, asked)
            if answer is None:
                self.send_error(404)
                return
            is_xml = isinstance(answer, bytes)
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/xml" if is_xml else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    return Handler
