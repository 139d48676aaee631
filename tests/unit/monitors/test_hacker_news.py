import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from core.clock import ManualClock
from core.config import BrandConfig
from core.errors import ConfigError, Permanent, Temporary
from core.records import Fetched, Flag, SourceStatus
from monitors.catalog import Context
from monitors.hacker_news import FIRST, LIMIT, HackerNewsMonitor, HackerNewsOptions
from monitors.http import HttpClient

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
ACME = BrandConfig(name="Acme", query='acme OR "acme cola" -coyote')
Hit = dict[str, Any]

# Synthetic where it is not from the recordings, by the documented shape of a hit.


def comment(number: int, ago: float = 60.0, text: str = "Acme is down", **other: object) -> Hit:
    at = int(NOW.timestamp() - ago)
    hit: Hit = {"objectID": str(number), "author": "ann", "title": None, "comment_text": text}
    return hit | {"created_at_i": at, "_tags": ["comment", f"story_{number}"]} | other


class Algolia:
    """Searches as it is documented: all words of the query, newest first, at most 1,000 hits a search."""

    def __init__(self) -> None:
        self.hits: list[Hit] = []
        self.asked: list[dict[str, str]] = []

    def answer(self, request: Request) -> Response:
        asked = request.args.to_dict()
        self.asked.append(asked)
        found = [hit for hit in self.hits if self._fits(hit, asked)]
        found.sort(key=lambda hit: -hit["created_at_i"])
        size, page = int(asked["hitsPerPage"]), int(asked["page"])
        shown = found[:LIMIT][page * size : (page + 1) * size]
        return Response(json.dumps({"hits": shown, "nbHits": len(found)}), content_type="application/json")

    @staticmethod
    def _fits(hit: Hit, asked: dict[str, str]) -> bool:
        searched = ("title", "comment_text", "story_text", "author", "url")
        text = " ".join(str(hit.get(field) or "") for field in searched).lower()
        spans = re.findall(r"created_at_i(>=|<)(\d+)", asked["numericFilters"])
        inside = all((hit["created_at_i"] >= int(at)) is (sign == ">=") for sign, at in spans)
        tags = set(asked["tags"].strip("()").split(","))
        return inside and bool(tags & set(hit["_tags"])) and asked["query"].strip('"').lower() in text


@pytest.fixture
def algolia(httpserver: Any) -> Algolia:
    found = Algolia()
    httpserver.expect_request("/search").respond_with_handler(found.answer)
    return found


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def make(httpserver: Any, http: HttpClient, clock: ManualClock) -> Callable[..., HackerNewsMonitor]:
    def make(brand: BrandConfig = ACME, **options: Any) -> HackerNewsMonitor:
        chosen = HackerNewsOptions(base_url=httpserver.url_for("/search"), **options)
        return HackerNewsMonitor("hn", 60.0, chosen, Context((brand,), http, clock))

    return make


Make = Callable[..., HackerNewsMonitor]


def ids(fetched: Fetched) -> list[str]:
    return [mention.native_id for mention in fetched.mentions]


async def test_what_was_sent_is_in_the_store_once_also_after_a_restart(
    shared: Path, algolia: Algolia, make: Make, clock: ManualClock, open_chain: Any
) -> None:
    replies = json.loads((shared / "recordings" / "hacker_news" / "algolia_replies.json").read_text("utf-8"))
    recorded = {hit["objectID"]: hit for reply in replies for hit in reply["reply"].get("hits", ())}
    hits = [hit | {"_tags": [*hit["_tags"], "story"]} for hit in recorded.values()]  # polls are searched too
    for number, hit in enumerate(hits):
        hit["created_at_i"] = int(NOW.timestamp()) + 600 * (number // 6) - number
        hit["created_at"] = datetime.fromtimestamp(hit["created_at_i"], UTC).isoformat()
    named = [hit for hit in hits if re.search(r"\bapple\b", _words(hit), re.I)]
    assert len(named) >= 5
    for part in range(0, len(hits), 6):
        algolia.hits.extend(hits[part : part + 6])
        monitor = make(BrandConfig(name="Apple"))
        chain = open_chain(clock, Apple="apple")  # as after a kill
        await monitor.fetch(chain.log.cursor("hn"))  # and what this one brought is lost
        await chain.poll(monitor)
        await chain.poll(monitor)
        clock.move(timedelta(minutes=10))
    assert chain.counts() == {"Apple": len(named)}
    assert {row.mention.native_id for row in chain.store.mentions(100)} == {hit["objectID"] for hit in named}
    assert (chain.state().status, chain.state().completeness) == (SourceStatus.OK, 1.0)


def _words(hit: Hit) -> str:
    return " ".join(str(hit.get(field) or "") for field in ("title", "comment_text", "story_text"))


async def test_each_term_of_the_query_is_searched_by_itself(algolia: Algolia, make: Make) -> None:
    await make().fetch("")
    assert [asked["query"] for asked in algolia.asked] == ['"acme"', '"acme cola"']
    (asked, _) = algolia.asked
    assert asked["numericFilters"] == f"created_at_i>={int(NOW.timestamp()) - FIRST}"
    assert (asked["tags"], asked["typoTolerance"]) == ("(story,comment)", "false")


async def test_a_story_and_a_comment_have_all_that_the_hit_says(algolia: Algolia, make: Make) -> None:
    story = comment(
        7, title="Acme &amp; Co", comment_text=None, story_text="<p>why?", url="https://a.example"
    )
    algolia.hits = [comment(8, text="It&#x27;s Acme.<p>Again"), story | {"_tags": ["story"]}]
    said, told = sorted((await make(searches=("acme",)).fetch("")).mentions, key=lambda found: found.kind)
    assert (said.kind, said.title, said.text, said.author) == ("comment", "", "It's Acme. Again", "ann")
    assert (said.url, said.event_at) == (
        "https://news.ycombinator.com/item?id=8",
        NOW - timedelta(seconds=60),
    )
    assert (told.kind, told.title, told.text, told.flags) == ("post", "Acme & Co", "why?", Flag.NONE)


async def test_what_enters_the_index_late_is_found(algolia: Algolia, make: Make) -> None:
    algolia.hits = [comment(1, ago=60)]
    monitor = make()
    first = await monitor.fetch("")
    algolia.hits.append(comment(2, ago=60 + 50 * 60))
    second = await monitor.fetch(first.cursor)
    assert (ids(first), ids(second)) == (["1"], ["2"])
    assert ids(await monitor.fetch(second.cursor)) == []


async def test_an_edit_is_told_once(algolia: Algolia, make: Make) -> None:
    algolia.hits = [comment(1)]
    monitor = make()
    first = await monitor.fetch("")
    algolia.hits = [comment(1, text="Acme is up again")]
    second = await monitor.fetch(first.cursor)
    (edited,) = second.mentions
    assert (edited.text, edited.flags) == ("Acme is up again", Flag.EDITED)
    assert (await monitor.fetch(second.cursor)).mentions == ()


async def test_more_hits_than_a_search_may_have_are_read_in_slices(algolia: Algolia, make: Make) -> None:
    algolia.hits = [comment(number, ago=number * 30) for number in range(2_300)]
    found, cursor = [], ""
    monitor = make(searches=("acme",))
    for _ in range(4):
        fetched = await monitor.fetch(cursor)
        assert fetched.complete
        found += ids(fetched)
        cursor = fetched.cursor
    assert sorted(map(int, found)) == list(range(2_300))
    assert len(algolia.asked) <= 4 * 40


async def test_a_second_that_holds_too_many_is_incomplete_and_the_rest_is_read(
    algolia: Algolia, make: Make
) -> None:
    algolia.hits = [comment(number, ago=50) for number in range(1_200)] + [comment(5_000, ago=10)]
    monitor = make(searches=("acme",))
    found, complete, cursor = set(), True, ""
    for _ in range(3):
        fetched = await monitor.fetch(cursor)
        found |= set(ids(fetched))
        complete, cursor = complete and fetched.complete, fetched.cursor
    assert "5000" in found
    assert len(found) == LIMIT + 1
    assert not complete


async def test_a_time_in_the_future_does_not_blind_the_source(algolia: Algolia, make: Make) -> None:
    algolia.hits = [comment(1, ago=-10 * 365 * 86_400)]
    monitor = make()
    first = await monitor.fetch("")
    algolia.hits.append(comment(2, ago=7_200))
    assert first.mentions[0].flags is Flag.FUTURE
    assert ids(await monitor.fetch(first.cursor)) == ["2"]


async def test_bad_hits_are_set_aside_once_and_stop_nothing(
    httpserver: Any, http: HttpClient, make: Make
) -> None:
    hits = [None, "x", {"objectID": ["1"]}, {"objectID": "2"}, comment(3), {"objectID": "4", "title": "Acme"}]
    hits += [comment(5, created_at_i="soon"), comment(6, created_at_i=10**30), comment(7, text="\ud800 Acme")]
    httpserver.expect_request("/search").respond_with_json({"hits": hits, "nbHits": "many"})
    monitor = make(searches=("acme",))
    first = await monitor.fetch("")
    assert ids(first) == ["3", "4", "5", "6", "7"]
    assert [entry.where for entry in first.rejected] == ["item 1", "item 2", "item 3", "2"]
    assert [mention.flags for mention in first.mentions[1:4]] == [Flag.UNDATED] * 3
    second = await monitor.fetch(first.cursor)
    assert (second.mentions, second.rejected) == ((), ())


@pytest.mark.parametrize(
    ("status", "body", "error", "message"),
    [
        ("200 OK", b"<!doctype html><title>Blocked</title>", Temporary, "web page, not JSON"),
        ("200 OK", b'{"hits": [{"objectID": "1', Temporary, "JSON that cannot be read"),
        ("200 OK", b"[" * 100_000, Temporary, "JSON that cannot be read"),
        ("200 OK", b"[]", Temporary, "holds no hits"),
        ("200 OK", b'{"hits": null}', Temporary, "holds no hits"),
        ("200 OK", b"", Temporary, "answered with nothing"),
        ("500 Internal Server Error", b"", Temporary, "answered 500"),
        ("400 Bad Request", b"", Permanent, "answered 400"),
    ],
)
async def test_what_is_no_answer_is_a_clear_error(
    web: Any, http: HttpClient, status: str, body: bytes, error: type[Exception], message: str
) -> None:
    options = HackerNewsOptions(base_url=web.say("/search", status, body))
    monitor = HackerNewsMonitor("hn", 60.0, options, Context((ACME,), http, ManualClock(NOW)))
    with pytest.raises(error, match=message):
        await monitor.fetch("")


async def test_a_pause_that_the_server_names_is_kept(web: Any, http: HttpClient) -> None:
    options = HackerNewsOptions(base_url=web.say("/search", "429 Too Many Requests", b"", Retry_After="77"))
    monitor = HackerNewsMonitor("hn", 60.0, options, Context((ACME,), http, ManualClock(NOW)))
    with pytest.raises(Temporary) as caught:
        await monitor.fetch("")
    assert caught.value.retry_after == 77.0


async def test_a_damaged_cursor_starts_anew(algolia: Algolia, make: Make) -> None:
    algolia.hits = [comment(1)]
    assert ids(await make().fetch("{damaged")) == ["1"]


def test_a_query_with_too_many_terms_asks_for_searches(make: Make) -> None:
    many = BrandConfig(name="Many", query=" OR ".join(f"word{number}" for number in range(11)))
    with pytest.raises(ConfigError, match="key searches: name at most 10"):
        make(many)
    assert make(many, searches=("word",)).interval == 60.0
