import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from werkzeug import Request, Response

from core.clock import ManualClock
from core.errors import Permanent, Temporary
from core.records import Fetched, Flag, SourceStatus
from monitors.catalog import Context
from monitors.http import HttpClient
from monitors.mastodon import MAX_ASKED, MAX_PAGES, PAGE, MastodonMonitor, MastodonOptions

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
TIMELINE = "/api/v1/timelines/tag/acme"
INSTANCE = "/api/v2/instance"
Status = dict[str, Any]

# Synthetic where it is not from the recordings, by the documented shape of a status.


def status(number: int, text: str = "<p>Acme is <b>down</b></p>", at: datetime | None = None) -> Status:
    """Return a status whose id is made of its time, as Mastodon makes it (`lib/mastodon/snowflake.rb`)."""
    written = at or NOW - timedelta(hours=1) + timedelta(seconds=number)
    return {
        "id": str((int(written.timestamp() * 1000) << 16) + number),
        "created_at": written.isoformat().replace("+00:00", "Z"),
        "uri": f"https://far.example/statuses/{number}",
        "url": f"https://far.example/@ann/{number}",
        "content": text,
        "spoiler_text": "",
        "visibility": "public",
        "language": "en",
        "edited_at": None,
        "reblog": None,
        "account": {"acct": "ann@far.example"},
    }


class Mastodon:
    """Pages as documented: `min_id` gives what directly follows an id, which need not exist; newest first."""

    def __init__(self) -> None:
        self.statuses: list[Any] = []
        self.asked: list[dict[str, list[str]]] = []
        self.tokens: list[str] = []
        self.access: dict[str, str] = {"local": "public", "remote": "public"}
        self.looked_at: list[str] = []
        self.elsewhere: dict[str, int] = {}
        """What is answered about a status that is not in the timeline; 404 if nothing is said here."""

    def timeline(self, request: Request) -> Response:
        self.asked.append(request.args.to_dict(flat=False))
        self.tokens.append(request.headers.get("Authorization", ""))
        limit, after = int(request.args["limit"]), request.args.get("min_id")
        found = sorted(self.statuses, key=lambda entry: int(entry["id"]))
        if after is not None:
            page = [entry for entry in found if int(entry["id"]) > int(after)][:limit]
        else:
            page = found[-limit:]
        return Response(json.dumps(page[::-1]), content_type="application/json")

    def instance(self, request: Request) -> Response:
        answer = {"configuration": {"timelines_access": {"hashtag_feeds": self.access}}}
        return Response(json.dumps(answer), content_type="application/json")

    def one(self, request: Request) -> Response:
        name = request.path.rpartition("/")[2]
        self.looked_at.append(name)
        there = any(entry["id"] == name for entry in self.statuses)
        return Response("{}", 200 if there else self.elsewhere.get(name, 404))

    def drop(self, number: int) -> None:
        self.statuses = [entry for entry in self.statuses if not entry["uri"].endswith(f"/{number}")]


@pytest.fixture
def mastodon(httpserver: Any) -> Mastodon:
    found = Mastodon()
    httpserver.expect_request(TIMELINE).respond_with_handler(found.timeline)
    httpserver.expect_request(INSTANCE).respond_with_handler(found.instance)
    httpserver.expect_request(re.compile(r"/api/v1/statuses/\d+$")).respond_with_handler(found.one)
    return found


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


Make = Callable[..., MastodonMonitor]


@pytest.fixture
def make(httpserver: Any, http: HttpClient, clock: ManualClock) -> Make:
    def make(environ: dict[str, str] | None = None, **options: Any) -> MastodonMonitor:
        chosen = MastodonOptions(**{"instance": httpserver.url_for("/"), "tags": ("acme",), **options})
        return MastodonMonitor("toots", 60.0, chosen, Context((), http, clock, environ=environ or {}))

    return make


def numbers(fetched: Fetched) -> list[int]:
    return sorted(int(mention.native_id.rpartition("/")[2]) for mention in fetched.mentions)


async def read_all(monitor: MastodonMonitor, cursor: str = "", times: int = 1) -> tuple[list[int], str]:
    found: list[int] = []
    for _ in range(times):
        fetched = await monitor.fetch(cursor)
        assert fetched.complete
        found += numbers(fetched)
        cursor = fetched.cursor
    return found, cursor


async def test_what_was_sent_is_in_the_store_once_also_after_a_restart(
    shared: Path, mastodon: Mastodon, make: Make, clock: ManualClock, open_chain: Any
) -> None:
    lines = (shared / "recordings" / "mastodon" / "statuses.jsonl").read_text("utf-8").splitlines()
    recorded = sorted((json.loads(line) for line in lines), key=lambda entry: int(entry["id"]))
    for number, entry in enumerate(recorded):
        written = NOW + timedelta(minutes=10 * (number // 14) - 5, seconds=number)
        entry |= {key: status(number, at=written)[key] for key in ("id", "created_at")}
    named = [entry for entry in recorded if entry["visibility"] == "public" and _words(entry)]
    assert len(named) >= 20
    for part in range(0, len(recorded), 14):
        mastodon.statuses.extend(recorded[part : part + 14])
        monitor = make()
        chain = open_chain(clock, Acme="guy OR television OR plane")  # as after a kill
        await monitor.fetch(chain.log.cursor("toots"))  # and what this one brought is lost
        await chain.poll(monitor)
        await chain.poll(monitor)
        clock.move(timedelta(minutes=10))
    assert chain.counts() == {"Acme": len(named)}
    assert {row.mention.native_id for row in chain.store.mentions(100)} == {entry["uri"] for entry in named}
    assert (chain.state().status, chain.state().completeness) == (SourceStatus.OK, 1.0)


def _words(entry: Status) -> bool:
    return bool(re.search(r"\b(guy|television|plane)\b", entry["spoiler_text"] + " " + entry["content"]))


async def test_a_status_has_all_that_the_server_says(mastodon: Mastodon, make: Make) -> None:
    mastodon.statuses = [status(1) | {"spoiler_text": "outage"}]
    (mention,) = (await make().fetch("")).mentions
    assert (mention.native_id, mention.url) == (
        "https://far.example/statuses/1",
        "https://far.example/@ann/1",
    )
    assert (mention.title, mention.text, mention.author) == ("outage", "Acme is down", "ann@far.example")
    assert (mention.event_at, mention.language) == (NOW - timedelta(seconds=3599), "en")
    assert mention.flags is Flag.NO_TRAINING


async def test_the_servers_own_people_get_its_name(mastodon: Mastodon, make: Make) -> None:
    mastodon.statuses = [status(1) | {"account": {"acct": "bob"}}]
    (mention,) = (await make().fetch("")).mentions
    assert mention.author == "bob@localhost"


async def test_at_first_the_newest_page_then_everything_that_follows(mastodon: Mastodon, make: Make) -> None:
    mastodon.statuses = [status(number) for number in range(100)]
    monitor = make()
    first, cursor = await read_all(monitor)
    assert first == list(range(100 - PAGE, 100))
    mastodon.statuses += [status(number) for number in range(100, 300)]
    second, cursor = await read_all(monitor, cursor)
    assert second == list(range(100, 300))
    assert (await read_all(monitor, cursor))[0] == []


async def test_a_fetch_is_bounded_and_the_next_one_goes_on(mastodon: Mastodon, make: Make) -> None:
    mastodon.statuses = [status(0)]
    monitor = make()
    _, cursor = await read_all(monitor)
    mastodon.statuses += [status(number) for number in range(1, 1_500)]
    asked = len(mastodon.asked)
    found, cursor = await read_all(monitor, cursor)
    assert len(mastodon.asked) - asked == MAX_PAGES
    assert found == list(range(1, 1 + MAX_PAGES * PAGE))
    rest, _ = await read_all(monitor, cursor, times=4)
    assert found + rest == list(range(1, 1_500))


async def test_a_timeline_that_was_empty_is_read_from_its_beginning(mastodon: Mastodon, make: Make) -> None:
    monitor = make()
    first = await monitor.fetch("")
    assert (first.mentions, first.complete) == ((), True)
    assert first.cursor
    mastodon.statuses = [status(number) for number in range(90)]
    assert (await read_all(monitor, first.cursor))[0] == list(range(90))


@pytest.mark.parametrize("dropped", [(59,), (20,), (20, 59), tuple(range(60))])
async def test_an_anchor_that_was_deleted_loses_and_repeats_nothing(
    mastodon: Mastodon, make: Make, dropped: tuple[int, ...]
) -> None:
    mastodon.statuses = [status(number) for number in range(60)]
    monitor = make()
    first, cursor = await read_all(monitor)
    for number in dropped:
        mastodon.drop(number)
    mastodon.statuses += [status(number) for number in range(60, 130)]
    second, cursor = await read_all(monitor, cursor)
    assert (first, second) == (list(range(20, 60)), list(range(60, 130)))
    assert (await read_all(monitor, cursor))[0] == []


async def test_a_post_that_arrives_late_from_elsewhere_is_found(mastodon: Mastodon, make: Make) -> None:
    mastodon.statuses = [status(0)]
    monitor = make()
    _, cursor = await read_all(monitor)
    mastodon.statuses += [status(number) for number in range(10, 3_000, 10)]
    _, cursor = await read_all(monitor, cursor)
    mastodon.statuses.append(status(2_001))  # a hundred posts back, a quarter of an hour
    found, cursor = await read_all(monitor, cursor)
    assert found == [2_001]
    assert (await read_all(monitor, cursor))[0] == []


async def test_an_edit_is_told_once(mastodon: Mastodon, make: Make) -> None:
    mastodon.statuses = [status(number) for number in range(3)]
    monitor = make()
    first = await monitor.fetch("")
    mastodon.statuses[1] |= {"content": "<p>Acme is up</p>", "edited_at": "2026-05-01T11:59:00Z"}
    second = await monitor.fetch(first.cursor)
    assert [(mention.text, mention.flags) for mention in second.mentions] == [
        ("Acme is up", Flag.NO_TRAINING | Flag.EDITED)
    ]
    assert (await monitor.fetch(second.cursor)).mentions == ()


async def test_only_public_words_of_ones_own_are_mentions(mastodon: Mastodon, make: Make) -> None:
    others: list[Status] = [{"visibility": "unlisted"}, {"visibility": "private"}, {"visibility": None}]
    others += [{"reblog": status(9)}, {"content": "<p></p>"}]
    mastodon.statuses = [status(number) | other for number, other in enumerate(others)] + [status(7)]
    fetched = await make().fetch("")
    assert (numbers(fetched), fetched.rejected) == ([7], ())


async def test_several_tags_and_a_token_go_along(mastodon: Mastodon, make: Make) -> None:
    await make({"KEY": "t0k3n"}, tags=("#acme", "acmefail", "akmé"), token_env="KEY").fetch("")
    assert mastodon.asked[0]["any[]"] == ["acmefail", "akmé"]
    assert mastodon.tokens == ["Bearer t0k3n"]


async def test_a_token_is_never_sent_to_another_server(
    web: Any, httpserver: Any, http: HttpClient, clock: ManualClock
) -> None:
    httpserver.expect_request("/elsewhere").respond_with_json([])
    web.say(TIMELINE, "302 Found", b"", Location=httpserver.url_for("/elsewhere"))
    web.say(INSTANCE, body=b"{}")
    options = MastodonOptions(instance=web.url, tags=("acme",), token_env="KEY")
    await MastodonMonitor("t", 60.0, options, Context((), http, clock, environ={"KEY": "t0k3n"})).fetch("")
    assert web.requests[0][1]["authorization"] == "bearer t0k3n"
    (request, _), *_ = httpserver.log
    assert "Authorization" not in request.headers


@pytest.mark.parametrize("code", [401, 403, 404, 422])
@pytest.mark.parametrize(("token", "words"), [("", "to members only; make a token"), ("KEY", "not valid")])
async def test_a_closed_timeline_says_what_to_do(
    httpserver: Any, make: Make, code: int, token: str, words: str
) -> None:
    httpserver.expect_request(TIMELINE).respond_with_json({"error": "no"}, status=code)
    with pytest.raises(Permanent, match=f"localhost answered {code}: .*{words}"):
        await make({"KEY": "t0k3n"}, token_env=token).fetch("")


@pytest.mark.parametrize(
    ("local", "remote", "words"),
    [
        ("disabled", "disabled", "switched hashtag timelines off"),
        ("authenticated", "authenticated", "members only"),
    ],
)
async def test_an_empty_answer_of_a_server_that_closed_the_timeline_is_no_silence(
    mastodon: Mastodon, make: Make, local: str, remote: str, words: str
) -> None:
    mastodon.access = {"local": local, "remote": remote}
    with pytest.raises(Permanent, match=words):
        await make().fetch("")


async def test_a_timeline_that_is_closed_later_is_told(mastodon: Mastodon, make: Make) -> None:
    mastodon.statuses = [status(number) for number in range(3)]
    monitor = make()
    _, cursor = await read_all(monitor)
    mastodon.statuses = []
    assert not (await monitor.fetch(cursor)).complete
    mastodon.access = {"local": "disabled", "remote": "disabled"}
    with pytest.raises(Permanent, match="switched"):
        await monitor.fetch(cursor)


async def test_bad_statuses_are_set_aside_once_and_stop_nothing(httpserver: Any, make: Make) -> None:
    bad: list[object] = [None, "x", 7, status(1) | {"uri": None}, status(2) | {"account": [], "id": {}}]
    bad += [status(3) | {"created_at": "soon"}, status(4) | {"created_at": "2999-01-01T00:00:00Z"}]
    httpserver.expect_oneshot_request(TIMELINE).respond_with_json(bad)
    httpserver.expect_oneshot_request(TIMELINE).respond_with_json(bad)
    httpserver.expect_request(TIMELINE).respond_with_json([])
    first = await make().fetch("")
    assert numbers(first) == [2, 3, 4]
    assert len(first.rejected) == 4
    flags = {mention.native_id[-1]: mention.flags & ~Flag.NO_TRAINING for mention in first.mentions}
    assert flags == {"2": Flag.NONE, "3": Flag.UNDATED, "4": Flag.FUTURE}
    second = await make().fetch(first.cursor)
    assert (second.mentions, second.rejected, second.complete) == ((), (), True)


async def test_a_server_that_cannot_page_forward_is_incomplete(httpserver: Any, make: Make) -> None:
    page = [status(number) for number in range(5)]
    httpserver.expect_request(TIMELINE).respond_with_json(page)
    first = await make().fetch("")
    assert not (await make().fetch(first.cursor)).complete


async def test_what_was_read_before_a_failure_is_kept(httpserver: Any, make: Make) -> None:
    httpserver.expect_oneshot_request(TIMELINE).respond_with_json([status(1)])
    monitor = make()
    first = await monitor.fetch("")
    httpserver.expect_oneshot_request(TIMELINE).respond_with_json([status(2)])
    httpserver.expect_request(TIMELINE).respond_with_json({}, status=500)
    second = await monitor.fetch(first.cursor)
    assert (numbers(second), second.complete) == ([2], True)
    with pytest.raises(Temporary, match="answered 500"):
        await monitor.fetch(second.cursor)


@pytest.mark.parametrize(
    ("line", "body", "message"),
    [
        ("200 OK", b"<!doctype html><title>Blocked</title>", "web page, not JSON"),
        ("200 OK", b'[{"id": "1', "JSON that cannot be read"),
        ("200 OK", b'{"error": "x"}', "JSON that is no timeline"),
        ("200 OK", b"null", "JSON that is no timeline"),
        ("500 Internal Server Error", b"", "answered 500"),
    ],
)
async def test_what_is_no_answer_is_tried_again(
    web: Any, http: HttpClient, clock: ManualClock, line: str, body: bytes, message: str
) -> None:
    web.say(TIMELINE, line, body)
    options = MastodonOptions(instance=web.url, tags=("acme",))
    with pytest.raises(Temporary, match=message):
        await MastodonMonitor("t", 60.0, options, Context((), http, clock)).fetch("")


async def test_a_pause_that_the_server_names_is_kept(web: Any, http: HttpClient, clock: ManualClock) -> None:
    web.say(TIMELINE, "429 Too Many Requests", Retry_After="77")
    options = MastodonOptions(instance=web.url, tags=("acme",))
    with pytest.raises(Temporary) as caught:
        await MastodonMonitor("t", 60.0, options, Context((), http, clock)).fetch("")
    assert caught.value.retry_after == 77.0


async def test_the_cursor_is_bounded(mastodon: Mastodon, make: Make) -> None:
    mastodon.statuses = [status(number) for number in range(1_500)]
    _, cursor = await read_all(make())
    mastodon.statuses += [status(number) for number in range(1_500, 6_000)]
    _, cursor = await read_all(make(), cursor, times=12)
    assert len(cursor) < 100_000


async def test_a_token_that_is_not_there_is_told_and_stops_this_source_only(
    mastodon: Mastodon, make: Make
) -> None:
    monitor = make(token_env="KEY")
    with pytest.raises(Permanent, match="'KEY' is not set"):
        await monitor.fetch("")
    assert mastodon.asked == []


@pytest.mark.parametrize("tags", [(), ("a/../b",), ("two words",), ("",), tuple("abcdef")])
def test_tags_that_cannot_be_are_refused(make: Make, tags: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        make(tags=tags)


async def test_a_post_that_is_taken_back_is_told_of_once(mastodon: Mastodon, make: Make) -> None:
    mastodon.statuses = [status(number) for number in range(1, 6)]
    first = await make().fetch("")
    mastodon.drop(3)
    mastodon.statuses.append(status(6))
    second = await make().fetch(first.cursor)
    assert (second.deleted, numbers(second)) == (("https://far.example/statuses/3",), [6])
    third = await make().fetch(second.cursor)
    assert (third.deleted, third.mentions) == ((), ())
    assert len(mastodon.looked_at) == 1


@pytest.mark.parametrize("answer", [200, 401, 403])
async def test_a_post_that_only_left_the_timeline_stays(mastodon: Mastodon, make: Make, answer: int) -> None:
    """Its author took the hashtag off, or the server shows it to members only."""
    mastodon.statuses = [status(number) for number in range(1, 6)]
    mastodon.elsewhere[status(3)["id"]] = answer
    first = await make().fetch("")
    mastodon.drop(3)
    second = await make().fetch(first.cursor)
    assert (second.deleted, len(mastodon.looked_at)) == ((), 1)
    await make().fetch(second.cursor)
    assert len(mastodon.looked_at) == 1, "and it is not asked about for ever"


async def test_many_are_asked_about_by_and_by_and_a_server_in_trouble_later(
    mastodon: Mastodon, make: Make
) -> None:
    mastodon.statuses = [status(number) for number in range(1, 12)]
    first = await make().fetch("")
    mastodon.statuses = [entry for entry in mastodon.statuses if entry in (status(1), status(11))]
    mastodon.elsewhere = {status(2)["id"]: 503}
    second = await make().fetch(first.cursor)
    assert second.deleted == ()
    mastodon.elsewhere = {}
    gone = await make().fetch(second.cursor)
    rest = await make().fetch(gone.cursor)
    assert (len(gone.deleted), len(rest.deleted)) == (MAX_ASKED, 9 - MAX_ASKED)
