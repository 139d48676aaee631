"""What Bluesky posts become, and which options there are."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from core.config import SourceConfig
from core.errors import ConfigError
from core.records import Fetched, Flag
from monitors.catalog import Context, build
from monitors.jetstream import MAX_FRAME
from tests.unit.monitors.jetstream_server import (
    DID,
    V1_PATH,
    V2_PATH,
    Jetstream,
    Make,
    account,
    mentions,
    read,
    reasons,
    serving,
    v2,
)


@pytest.fixture
async def jetstream() -> AsyncIterator[Jetstream]:
    async with serving() as found:
        yield found


@pytest.fixture
def monitor(jetstream: Jetstream, context: Context) -> Make:
    return Make(jetstream, context)


async def test_a_post_becomes_a_mention(jetstream: Jetstream, monitor: Make) -> None:
    jetstream.scripts = [[v2(41, "hello <b>acme</b>"), v2(42, record={"text": "yes", "reply": {"root": 1}})]]
    first, second = mentions(await read(monitor()))
    assert first.native_id == f"at://{DID}/app.bsky.feed.post/r41"
    assert first.url == f"https://bsky.app/profile/{DID}/post/r41"
    assert (first.source, first.text, first.author, first.language) == ("bsky", "hello acme", DID, "en")
    assert (first.kind, second.kind, first.flags) == ("post", "comment", Flag.NONE)
    assert timedelta(seconds=2) < first.seen_at - first.event_at < timedelta(seconds=60)
    assert first.event_at.tzinfo is UTC


async def test_the_filters_are_asked_for_in_each_versions_words(jetstream: Jetstream, monitor: Make) -> None:
    jetstream.scripts = [[]]
    await read(monitor(2))
    await read(monitor(1))
    size = [str(MAX_FRAME)]
    assert jetstream.requests == [
        (
            V2_PATH,
            {
                "collections": ["app.bsky.feed.post"],
                "kinds": ["commit", "account"],
                "maxMessageSizeBytes": size,
            },
        ),
        (V1_PATH, {"wantedCollections": ["app.bsky.feed.post"], "maxMessageSizeBytes": size}),
    ]


async def test_deletes_and_edits_travel(jetstream: Jetstream, monitor: Make) -> None:
    jetstream.scripts = [[v2(1), v2(2, "now milder", "update", rkey="r1"), v2(3, None, "delete", rkey="r1")]]
    created, edited, deleted = await read(monitor())
    assert (created.mentions[0].flags, edited.mentions[0].flags) == (Flag.NONE, Flag.EDITED)
    assert edited.mentions[0].id == created.mentions[0].id
    assert (deleted.deleted, deleted.mentions) == ((created.mentions[0].native_id,), ())


@pytest.mark.parametrize("status", ["deleted", "takendown"])
async def test_an_account_that_is_closed_takes_all_back(
    jetstream: Jetstream, monitor: Make, status: str
) -> None:
    event = {"active": False, "did": DID, "seq": 9, "status": status, "time": "2026-07-04T14:38:07.877Z"}
    first = json.dumps({"did": DID, "time_us": 1_783_175_887_877_000, "kind": "account", "account": event})
    jetstream.scripts = [[account(7, active=False, status=status)], [first]]
    assert await read(monitor(2)) == [Fetched(cursor="7", closed=(DID,))]
    assert await read(monitor(1)) == [Fetched(cursor="1783175887877000", closed=(DID,))]


async def test_only_the_languages_asked_for_and_those_that_name_none(
    jetstream: Jetstream, monitor: Make
) -> None:
    texts = {"a": ["en"], "b": ["EN-gb", "fr"], "c": ["ja"], "d": ["ja", "en"], "e": [], "f": "en"}
    jetstream.scripts = [
        [v2(n, record={"text": text, "langs": langs}) for n, (text, langs) in enumerate(texts.items(), 1)]
    ]
    assert [mention.text for mention in mentions(await read(monitor(languages=["en"])))] == list("abdef")


async def test_an_edit_comes_in_any_case(jetstream: Jetstream, monitor: Make) -> None:
    """It may have taken away the words of a post that was kept, or put others of another language there."""
    records: list[dict[str, object]] = [{"text": ""}, {"text": "wörter", "langs": ["de"]}]
    jetstream.scripts = [[v2(n, None, "update", record=record) for n, record in enumerate(records, 1)]]
    found = mentions(await read(monitor(languages=["en"])))
    assert [(mention.text, mention.flags) for mention in found] == [
        ("", Flag.EDITED),
        ("wörter", Flag.EDITED),
    ]


async def test_a_post_from_an_archive_is_history(jetstream: Jetstream, monitor: Make) -> None:
    """An importer sends posts of 2013 today; the time that counts is the server's all the same."""
    dates = ["2013-05-01T12:00:00Z", datetime.now(UTC).isoformat(), "2999-01-01T00:00:00Z", "yesterday", 7]
    frames = [v2(n, record={"text": "x", "createdAt": date}) for n, date in enumerate(dates, 1)]
    jetstream.scripts = [frames]
    found = mentions(await read(monitor()))
    assert [mention.flags for mention in found] == [Flag.BACKFILL, *[Flag.NONE] * 4]
    assert all(mention.event_at.year >= 2026 for mention in found)


async def test_a_picture_without_a_description_is_nothing(jetstream: Jetstream, monitor: Make) -> None:
    jetstream.scripts = [[v2(1, ""), v2(2, "acme")]]
    fetched = await read(monitor())
    assert (len(mentions(fetched)), reasons(fetched), fetched[0].cursor) == (1, [], "1")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"version": 3}, "key version"),
        ({"base_url": "https://jetstream.example"}, r"should begin with wss:// or ws://"),
        ({"base_url": "ws://"}, "name a host"),
        ({"base_url": "ws://h.example:99999"}, "check its brackets and its port"),
        ({"base_url": "ws://h.example/x?cursor=5"}, "no query"),
        ({"base_url": "ws://h.example /x"}, "no blanks"),
        ({"lang": ["en"]}, "unknown key"),
    ],
)
async def test_wrong_options_are_told(context: Context, options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build(SourceConfig(kind="bluesky", options=options), context)


async def test_a_silence_shorter_than_a_healthy_pause_is_refused(context: Context) -> None:
    with pytest.raises(ConfigError, match="at least 10 s"):
        build(SourceConfig(kind="bluesky", interval=3.0), context)
