"""The stream loop, written once: a source only reads, this reconnects, batches, delivers and reports."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from core.errors import Permanent, Temporary
from core.ports import StreamMonitor
from core.records import Fetched
from monitors.base import Loop, wait_after

BATCH_SECONDS = 0.25
"""How long what arrives waits for more: an eighth of the 2 s in which the board shows a mention."""
BATCH_ITEMS = 500
"""And how many items wait for it: a second of a busy firehose, matched in some 20 ms."""
WAITING_ITEMS = 1_000
"""Items read and not delivered yet; then the source has to wait, which TCP tells it."""
FIRST_BACK_OFF = 1.0
"""Seconds before a lost connection is tried again; it doubles each time. Servers drop streams as a matter of
course, when they are restarted or rebalanced."""
LONGEST_BACK_OFF = 120.0
"""Seconds. Streams can be resumed, so that a longer wait would save nothing but a handshake."""
HEALTHY_AFTER = timedelta(seconds=60)
"""A connection that lasted so long was a good one: its loss is the first failure again."""
TELL_EVERY = timedelta(seconds=10)
"""Reports while all is well: a source counts as blind after 90 s, and each report is a transaction."""
ANSWER_SECONDS = 300.0
"""A stream's time that counts as one answer for completeness: the usual interval between two polls."""
_JITTER = 1.0
"""Share of a wait by which it is lengthened at most: a server that comes back is not met by all at once."""


class StreamLoop(Loop[StreamMonitor]):
    """Reads one stream until it is cancelled; nothing that a source does gets out of it.

    What could not be delivered is delivered again before anything newer, while the source waits, and each
    connection resumes from the committed cursor. So nothing is lost, and the cursor never runs ahead.
    """

    span = ANSWER_SECONDS
    _told_at: datetime | None = None
    """When the state was made known; None when it has to be as soon as something is delivered."""

    async def run(self) -> None:
        """Connect for ever."""
        await self._tell_change()
        while True:
            await self._clock.sleep(await self.connect_once())

    async def connect_once(self) -> float:
        """Read one connection to its end, deliver all of it; return the seconds to wait before the next."""
        began_at = self._clock.now()
        try:
            trouble = await self._connection()
        except Exception as error:  # a cursor that cannot be read, a bug: whatever it is, this source alone
            trouble = error
        healthy = self._clock.now() - began_at >= HEALTHY_AFTER
        self._failures = 1 if healthy else self._failures + 1
        await self._fail(trouble)
        return self._wait_after(trouble, self._failures)

    async def _connection(self) -> Exception:
        """Read until the connection ends; return why it did."""
        cursor = await self._cursor()
        self._first = not cursor
        arriving: asyncio.Queue[Fetched] = asyncio.Queue(WAITING_ITEMS)
        async with asyncio.TaskGroup() as group:
            handing_on = group.create_task(self._hand_on(arriving))
            trouble = await self._read(cursor, arriving)
            await arriving.join()
            handing_on.cancel()
        return trouble

    async def _read(self, cursor: str, arriving: asyncio.Queue[Fetched]) -> Exception:
        """Read into `arriving`, waiting while it is full; return what ended it."""
        stream = self._monitor.stream(cursor)
        try:
            while (fetched := await self._next(stream)) is not None:
                await arriving.put(fetched)
        except Exception as error:  # whatever a source does wrong costs that source alone
            return error
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()
        return Temporary("the connection ended")

    async def _next(self, stream: AsyncIterator[Fetched]) -> Fetched | None:
        """Return what comes next, None at the end; a source that is silent for too long is given up."""
        silence = self._monitor.silence
        try:
            async with asyncio.timeout(silence):
                return await anext(stream, None)
        except TimeoutError:
            raise Temporary(f"nothing came for {silence:g} s, so the connection counts as dead") from None

    async def _hand_on(self, arriving: asyncio.Queue[Fetched]) -> None:
        """Deliver what arrives, several items at a time, until cancelled."""
        while True:
            batch = await _gather(arriving)
            await self._deliver_for_sure(merged(batch))
            for _ in batch:
                arriving.task_done()

    async def _deliver_for_sure(self, fetched: Fetched) -> None:
        """Deliver, as often as it takes: nothing newer may go before it."""
        failures = 0
        while True:
            try:
                await self._deliver(self._monitor.name, fetched)
            except Exception as error:  # a full disk, a locked database: the source waits meanwhile
                failures += 1
                await self._fail(error)
                await self._clock.sleep(self._wait_after(error, failures))
            else:
                break
        self._health.delivered(fetched, self._first)
        self._first = False
        if self._told_at is None or self._clock.now() - self._told_at >= TELL_EVERY:
            await self._tell()

    def _wait_after(self, error: Exception, failures: int) -> float:
        wait = wait_after(error, failures, FIRST_BACK_OFF, LONGEST_BACK_OFF)
        return wait * self._random.uniform(1.0, 1.0 + _JITTER)

    async def _fail(self, error: Exception) -> None:
        self._health.failed(error, stopped=isinstance(error, Permanent))
        await self._tell_change()

    async def _tell_change(self) -> None:
        """Report a state that the next delivery ends."""
        await self._tell()
        self._told_at = None

    async def _tell(self) -> None:
        self._told_at = self._clock.now()
        await self._reporter.tell(self._health.state(self._monitor.silence))


def merged(parts: Sequence[Fetched]) -> Fetched:
    """Return at least one part of a stream, in order, as one fetch with the cursor of the last."""
    return replace(
        parts[-1],
        mentions=tuple(mention for part in parts for mention in part.mentions),
        rejected=tuple(rejected for part in parts for rejected in part.rejected),
        deleted=tuple(native_id for part in parts for native_id in part.deleted),
        closed=tuple(author for part in parts for author in part.closed),
        complete=all(part.complete for part in parts),
    )


async def _gather(arriving: asyncio.Queue[Fetched]) -> list[Fetched]:
    """Return what arrives within `BATCH_SECONDS` of the first item, at most `BATCH_ITEMS`."""
    batch = [await arriving.get()]
    with suppress(TimeoutError):
        async with asyncio.timeout(BATCH_SECONDS):
            while len(batch) < BATCH_ITEMS:
                batch.append(await arriving.get())
    return batch
