import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from werkzeug import Request, Response

from core.clock import ManualClock
from core.config import BrandConfig
from core.errors import ConfigError, Temporary
from core.records import Fetched, Flag, SourceStatus
from monitors.app_store import AppStoreMonitor, AppStoreOptions
from monitors.catalog import Context
from monitors.http import HttpClient

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
ACME, GLOBEX = BrandConfig(name="Acme"), BrandConfig(name="Globex")
HEAD = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:im="http://itunes.apple.com/rss" xml:lang="en">'
PATH = re.compile(r"/us/rss/customerreviews/page=\d+/id=42/sortBy=mostRecent/(xml|json)")

# Synthetic where it is not from the recordings, by the shape of the recorded feed.


@dataclass
class Review:
    number: int
    at: datetime
    text: str = "crashes"

    def xml(self) -> str:
        return (
            f"<entry><updated>{self.at.isoformat()}</updated><id>{self.number}</id>"
            f'<title>Review {self.number}</title><content type="text">{escape(self.text)}</content>'
            f"<im:rating>1</im:rating><author><name>ann</name></author></entry>"
        )


def review(number: int, text: str = "crashes") -> Review:
    return Review(number, NOW - timedelta(days=1) + timedelta(minutes=number), text)


def entry(number: int, **other: object) -> dict[str, object]:
    values = {"id": str(number), "title": f"Review {number}", "content": "crashes"}
    found: dict[str, object] = {key: {"label": value} for key, value in values.items()}
    return found | {"author": {"name": {"label": "ann"}}} | other


@dataclass
class AppStore:
    """Gives reviews by page, newest first; `moods` are answers by page and form that stand in their place."""

    size: int = 50
    entries: list[str] = field(default_factory=list)
    moods: dict[str, Response] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def show(self, reviews: list[Review]) -> None:
        ordered = sorted(reviews, key=lambda found: found.at, reverse=True)
        self.entries = [found.xml() for found in ordered]

    def answer(self, request: Request) -> Response:
        number, form = re.findall(r"page=(\d+)/.*/(xml|json)", request.path)[0]
        self.asked.append(f"{number}/{form}")
        if mood := self.moods.get(f"{number}/{form}"):
            return mood
        if form == "json":
            return Response('{"feed": {}}')
        start = (int(number) - 1) * self.size
        body = HEAD + "".join(self.entries[start : start + self.size]) + "</feed>"
        return Response(body, content_type="text/xml; charset=utf-8")


@pytest.fixture
def store(httpserver: Any) -> AppStore:
    found = AppStore()
    httpserver.expect_request(PATH).respond_with_handler(found.answer)
    return found


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def monitor(httpserver: Any, http: HttpClient, clock: ManualClock) -> AppStoreMonitor:
    options = AppStoreOptions(app="42", brand="Acme", base_url=httpserver.url_for("/"))
    return AppStoreMonitor("reviews", 600.0, options, Context((ACME, GLOBEX), http, clock))


def ids(fetched: Fetched) -> list[int]:
    return [int(mention.native_id) for mention in fetched.mentions]


async def test_what_was_sent_is_in_the_store_once_also_after_a_restart(
    shared: Path, store: AppStore, monitor: AppStoreMonitor, clock: ManualClock, open_chain: Any
) -> None:
    recorded = (shared / "recordings" / "app_store" / "reviews_page.xml").read_text("utf-8")
    entries = re.findall(r"<entry>.*?</entry>", recorded, re.DOTALL)
    shift = NOW - datetime.fromisoformat("2020-08-12T04:06:20-07:00")
    entries = [re.sub(r"(?<=<updated>)[^<]+", lambda at: _later(at[0], shift), each) for each in entries]
    sent = {each[1] for each in re.finditer(r"<id>(\d+)</id>", "".join(entries))}
    assert len(entries) == len(sent) == 50
    store.size = 10
    for count in (20, 35, 50):
        store.entries = entries[-count:]
        chain = open_chain(clock, Acme="acme", Globex="globex")  # as after a kill
        await monitor.fetch(chain.log.cursor("reviews"))  # and what this one brought is lost
        await chain.poll(monitor)
        await chain.poll(monitor)
    assert chain.counts() == {"Acme": 50}
    rows = chain.store.mentions(100)
    assert {row.mention.native_id for row in rows} == sent
    assert {row.mention.kind for row in rows} == {"review"}
    assert (chain.state().status, chain.state().completeness) == (SourceStatus.OK, 1.0)


def _later(at: str, shift: timedelta) -> str:
    return (datetime.fromisoformat(at) + shift).isoformat()


async def test_reviews_without_a_time_come_in_as_history_where_only_json_works(
    shared: Path, store: AppStore, monitor: AppStoreMonitor, clock: ManualClock, open_chain: Any
) -> None:
    recorded = (shared / "recordings" / "app_store" / "reviews_page.json").read_bytes()
    store.moods = {f"{page}/xml": Response("Bad Gateway", 502) for page in range(1, 11)}
    store.moods["1/json"] = Response(recorded)
    chain = open_chain(clock, Acme="acme")
    await chain.poll(monitor)
    rows = chain.store.mentions(100)
    assert chain.counts() == {"Acme": 50}
    assert {row.mention.flags for row in rows} == {Flag.UNDATED | Flag.BACKFILL}
    assert {row.mention.native_id for row in rows} == {
        each["id"]["label"] for each in json.loads(recorded)["feed"]["entry"]
    }


async def test_a_review_has_all_that_the_feed_says(store: AppStore, monitor: AppStoreMonitor) -> None:
    store.show([review(1, "crashes <3 & burns")])
    fetched = await monitor.fetch("")
    (mention,) = fetched.mentions
    assert (mention.title, mention.text, mention.author) == ("Review 1", "crashes <3 & burns", "ann")
    assert (mention.event_at, mention.kind, mention.language) == (review(1).at, "review", "en")
    assert mention.url == "https://apps.apple.com/us/app/id42?see-all=reviews"
    assert fetched.brand == "Acme"


async def test_pages_are_read_until_a_known_review(store: AppStore, monitor: AppStoreMonitor) -> None:
    store.size = 5
    reviews = [review(number) for number in range(12)]
    store.show(reviews)
    first = await monitor.fetch("")
    assert sorted(ids(first)) == list(range(12))
    reviews += [review(number) for number in range(12, 20)]
    store.show(reviews)
    store.asked.clear()
    second = await monitor.fetch(first.cursor)
    assert (sorted(ids(second)), second.complete) == (list(range(12, 20)), True)
    assert store.asked == ["1/xml", "2/xml"]
    third = await monitor.fetch(second.cursor)
    assert (third.mentions, third.complete, store.asked[2:]) == ((), True, ["1/xml"])


async def test_more_new_reviews_than_apple_shows_are_incomplete(
    store: AppStore, monitor: AppStoreMonitor
) -> None:
    store.size = 2
    store.show([review(number) for number in range(4)])
    first = await monitor.fetch("")
    store.show([review(number) for number in range(40)])
    second = await monitor.fetch(first.cursor)
    assert (sorted(ids(second)), second.complete) == (list(range(20, 40)), False)


async def test_a_review_that_is_edited_is_told_once_and_a_stale_answer_undoes_nothing(
    store: AppStore, monitor: AppStoreMonitor
) -> None:
    old, other = review(1), review(2)
    new = Review(1, review(3).at, "works again")
    store.show([old, other])
    first = await monitor.fetch("")
    store.show([new, other])
    second = await monitor.fetch(first.cursor)
    assert [(mention.text, mention.flags) for mention in second.mentions] == [("works again", Flag.EDITED)]
    cursor = second.cursor
    for shown in ([old, other], [new, other]):
        store.show(shown)
        fetched = await monitor.fetch(cursor)
        assert (fetched.mentions, fetched.complete) == ((), True)
        cursor = fetched.cursor


async def test_a_stale_answer_hides_nothing_for_good(store: AppStore, monitor: AppStoreMonitor) -> None:
    store.show([review(1), review(2)])
    first = await monitor.fetch("")
    store.show([review(1)])
    second = await monitor.fetch(first.cursor)
    store.show([review(1), review(2), review(3)])
    assert ids(await monitor.fetch(second.cursor)) == [3]


async def test_an_empty_answer_is_never_no_reviews(store: AppStore, monitor: AppStoreMonitor) -> None:
    with pytest.raises(Temporary, match="no review of app 42"):
        await monitor.fetch("")
    store.show([review(1)])
    first = await monitor.fetch("")
    store.show([])
    second = await monitor.fetch(first.cursor)
    assert (second.mentions, second.complete) == ((), False)
    store.show([review(1), review(2)])
    assert ids(await monitor.fetch(second.cursor)) == [2]


async def test_where_xml_is_empty_json_is_asked(store: AppStore, monitor: AppStoreMonitor) -> None:
    store.moods["1/json"] = Response(json.dumps({"feed": {"entry": [entry(1), entry(2)]}}))
    assert ids(await monitor.fetch("")) == [1, 2]


async def test_a_single_review_is_no_list(store: AppStore, monitor: AppStoreMonitor) -> None:
    at = {"updated": {"label": "2026-05-01T04:00:00-07:00"}}
    store.moods["1/json"] = Response(json.dumps({"feed": {"entry": entry(1, **at)}}))
    (mention,) = (await monitor.fetch("")).mentions
    assert (mention.native_id, mention.event_at, mention.flags) == ("1", NOW - timedelta(hours=1), Flag.NONE)


async def test_a_review_first_seen_without_its_time_is_no_edit_when_it_gets_one(
    store: AppStore, monitor: AppStoreMonitor
) -> None:
    store.moods["1/json"] = Response(json.dumps({"feed": {"entry": [entry(1)]}}))
    first = await monitor.fetch("")
    store.show([review(1)])
    second = await monitor.fetch(first.cursor)
    assert second.mentions == ()
    store.show([Review(1, review(2).at, "works")])
    assert [mention.text for mention in (await monitor.fetch(second.cursor)).mentions] == ["works"]


async def test_a_page_that_fails_costs_nothing_in_the_end(store: AppStore, monitor: AppStoreMonitor) -> None:
    store.size = 2
    store.show([review(number) for number in range(4)])
    first = await monitor.fetch("")
    store.show([review(number) for number in range(12)])
    store.moods["2/xml"] = Response("Bad Gateway", 502)
    store.moods["2/json"] = Response("Bad Gateway", 502)
    second = await monitor.fetch(first.cursor)
    assert (sorted(ids(second)), second.complete) == ([10, 11], False)
    store.moods.clear()
    third = await monitor.fetch(second.cursor)
    assert (sorted(ids(third)), third.complete) == (list(range(4, 10)), True)
    store.asked.clear()
    await monitor.fetch(third.cursor)
    assert store.asked == ["1/xml"]


async def test_a_page_that_breaks_off_costs_nothing_in_the_end(
    store: AppStore, monitor: AppStoreMonitor
) -> None:
    store.show([review(1)])
    first = await monitor.fetch("")
    whole = HEAD + review(3).xml() + review(2).xml() + review(1).xml() + "</feed>"
    store.moods["1/xml"] = Response(whole[: whole.index("Review 2")], content_type="text/xml")
    second = await monitor.fetch(first.cursor)
    assert (ids(second), second.complete) == ([3], False)
    assert [item.reason for item in second.rejected] == ["cut off in the middle"]
    store.moods["1/xml"] = Response(whole, content_type="text/xml")
    third = await monitor.fetch(second.cursor)
    assert (ids(third), third.complete) == ([2], True)


async def test_bad_entries_are_set_aside_once_and_stop_nothing(
    store: AppStore, monitor: AppStoreMonitor
) -> None:
    app = entry(0) | {"id": {"label": "https://apps.apple.com/us/app/acme/id42"}}
    entries = [app, None, 7, entry(1) | {"id": "1"}, entry(2) | {"title": None, "content": {"label": []}}]
    entries += [entry(3), entry(4) | {"author": [], "updated": {"label": "soon"}}]
    store.moods["1/json"] = Response(json.dumps({"feed": {"entry": entries}}))
    first = await monitor.fetch("")
    assert (ids(first), first.mentions[1].author) == ([3, 4], "")
    assert [item.where for item in first.rejected] == ["item 2", "item 3", "item 4", "2"]
    second = await monitor.fetch(first.cursor)
    assert (second.mentions, second.rejected) == ((), ())


@pytest.mark.parametrize(
    ("mood", "message"),
    [
        (Response("<!doctype html><title>Blocked</title>", content_type="text/html"), "web page, not a feed"),
        (Response("Bad Gateway", 502), "answered 502"),
        (Response("[1, 2"), "JSON"),
        (Response("null"), "no feed"),
        (Response("Not Found", 404), "answered 404"),
    ],
)
async def test_what_is_no_answer_is_a_clear_error(
    store: AppStore, monitor: AppStoreMonitor, mood: Response, message: str
) -> None:
    store.moods = {"1/xml": mood, "1/json": mood}
    with pytest.raises(Exception, match=message):
        await monitor.fetch("")


async def test_a_pause_that_apple_names_is_kept(store: AppStore, monitor: AppStoreMonitor) -> None:
    store.moods["1/xml"] = Response("", 429, {"Retry-After": "77"})
    with pytest.raises(Temporary) as caught:
        await monitor.fetch("")
    assert caught.value.retry_after == 77.0
    assert store.asked == ["1/xml"]


def test_an_app_without_a_known_brand_is_told(http: HttpClient, clock: ManualClock) -> None:
    with pytest.raises(ConfigError, match="which brand"):
        AppStoreMonitor("r", 600.0, AppStoreOptions(app="42"), Context((ACME, GLOBEX), http, clock))
