"""Where a Jetstream connection resumes, and how a gap is told."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Temporary
from monitors.catalog import Context
from tests.unit.monitors.jetstream_server import (
    HANG,
    Jetstream,
    Make,
    info,
    mentions,
    micros,
    read,
    serving,
    v1,
    v2,
)


@pytest.fixture
async def jetstream() -> AsyncIterator[Jetstream]:
    async with serving() as found:
        yield found


@pytest.fixture
def monitor(jetstream: Jetstream, context: Context) -> Make:
    return Make(jetstream, context)


async def test_the_event_that_is_resumed_with_comes_once(jetstream: Jetstream, monitor: Make) -> None:
    jetstream.scripts = [[v2(7), v2(8)], [v2(8), v2(9)]]
    source = monitor()
    first = await read(source)
    second = await read(source, first[-1].cursor)
    assert [fetched.cursor for fetched in (*first, *second)] == ["7", "8", "8", "9"]
    assert [mention.native_id[-2:] for mention in mentions([*first, *second])] == ["r7", "r8", "r9"]
    assert jetstream.requests[1][1]["cursor"] == ["8"]
    assert all(fetched.complete for fetched in (*first, *second))


async def test_a_cursor_that_is_too_old_starts_at_the_end_and_tells_the_gap(
    jetstream: Jetstream, monitor: Make
) -> None:
    envelope = b'{"error": "CursorTooOld", "message": "the floor is 900"}'
    jetstream.scripts = [(400, envelope), [v2(950), v2(951)]]
    fetched = await read(monitor(), "12")
    assert [("cursor" in query) for _, query in jetstream.requests] == [True, False]
    assert [(part.complete, part.cursor) for part in fetched] == [(False, "950"), (True, "951")]
    assert len(mentions(fetched)) == 2


@pytest.mark.parametrize("name", ["OutdatedCursor", "FutureCursor"])
async def test_a_stream_that_resumed_elsewhere_tells_the_gap(
    jetstream: Jetstream, monitor: Make, name: str
) -> None:
    """FutureCursor: the server's numbers are lower than ours, and none of its posts may be dropped."""
    jetstream.scripts = [[info(name), v2(40), v2(41)]]
    fetched = await read(monitor(), "1000")
    assert [part.complete for part in fetched] == [False, True, True]
    assert [mention.native_id[-3:] for mention in mentions(fetched)] == ["r40", "r41"]
    assert fetched[-1].cursor == "41"


async def test_the_place_that_version_1_left_is_understood_by_version_2(
    jetstream: Jetstream, monitor: Make
) -> None:
    left = str(micros(datetime.now(UTC)))
    jetstream.scripts = [[v2(5)]]
    fetched = await read(monitor(2), left)
    assert jetstream.requests[0][1]["cursor"] == [left]
    assert (fetched[0].cursor, fetched[0].complete, len(fetched[0].mentions)) == ("5", True, 1)


async def test_nothing_is_ever_sent_to_the_server(jetstream: Jetstream, monitor: Make) -> None:
    jetstream.scripts = [[v2(1), HANG]]
    source = monitor()
    stream = source.stream("")
    assert len((await anext(stream)).mentions) == 1
    await stream.aclose()  # type: ignore[attr-defined] # an async generator, declared as an iterator
    async with asyncio.timeout(10):
        await jetstream.left.wait()
    assert jetstream.received == []


async def test_an_error_frame_ends_the_connection_in_words(jetstream: Jetstream, monitor: Make) -> None:
    jetstream.scripts = [[v2(1), json.dumps({"$type": "error", "error": "ConsumerTooSlow", "message": "x"})]]
    with pytest.raises(Temporary, match="ConsumerTooSlow"):
        await read(monitor())


async def test_version_1_rewinds_a_little(jetstream: Jetstream, monitor: Make) -> None:
    at = datetime.now(UTC) - timedelta(minutes=1)
    jetstream.scripts = [[v1(at, 1)]]
    fetched = await read(monitor(1), str(micros(at)))
    assert jetstream.requests[0][1]["cursor"] == [str(micros(at) - 5_000_000)]
    assert [(part.complete, part.cursor) for part in fetched] == [(True, str(micros(at)))]
    assert mentions(fetched)[0].event_at == at


@pytest.mark.parametrize(("hours", "complete"), [(35, True), (37, False)])
async def test_what_version_1_no_longer_has_is_a_gap(
    jetstream: Jetstream, monitor: Make, hours: int, complete: bool
) -> None:
    """It moves a cursor older than 36 hours without a word."""
    now = datetime.now(UTC)
    jetstream.scripts = [[v1(now, 1), v1(now, 2)]]
    fetched = await read(monitor(1), str(micros(now - timedelta(hours=hours))))
    assert [part.complete for part in fetched] == [complete, True]


async def test_a_time_to_come_is_no_place_to_resume_from(jetstream: Jetstream, monitor: Make) -> None:
    ahead = micros(datetime.now(UTC) + timedelta(days=900))
    jetstream.scripts = [[]]
    await read(monitor(1), str(ahead))
    assert int(jetstream.requests[0][1]["cursor"][0]) < micros(datetime.now(UTC))


async def test_version_1_cannot_use_the_number_that_version_2_left(
    jetstream: Jetstream, monitor: Make
) -> None:
    jetstream.scripts = [[v1(datetime.now(UTC), 1)]]
    fetched = await read(monitor(1), "12345")
    assert "cursor" not in jetstream.requests[0][1]
    assert not fetched[0].complete


@pytest.mark.parametrize("cursor", ["x", "-5", "9" * 40])
async def test_a_cursor_of_somebody_else_starts_anew(
    jetstream: Jetstream, monitor: Make, cursor: str
) -> None:
    jetstream.scripts = [[v2(1)], [v1(datetime.now(UTC), 1)]]
    assert len(mentions(await read(monitor(2), cursor))) == 1
    assert len(mentions(await read(monitor(1), cursor))) == 1
