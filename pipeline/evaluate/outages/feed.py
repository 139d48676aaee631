"""A simulated source that fails as its scenario says; the product's own poll loop reads it."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from core.clock import from_seconds
from core.errors import Permanent, Temporary
from core.ports import Clock
from core.records import Fetched, Mention
from pipeline.evaluate.outages.scenario import Scenario, Source, Trouble

AGAIN = timedelta(days=1)
"""How much of the past a source that repeats itself gives again."""


class Feed:
    """Implements `core.ports.Monitor` over one source's mentions; its cursor is the newest second read."""

    kind: ClassVar[str] = "simulated"

    def __init__(
        self, source: Source, mentions: Sequence[Mention], clock: Clock, scenario: Scenario | None
    ) -> None:
        """Take the source's mentions by event time; `scenario` is None where it never fails."""
        self.name, self.interval = source.name, source.interval
        self._mentions = mentions
        self._times = [mention.event_at for mention in mentions]
        self._clock = clock
        self._fails = scenario if scenario is not None and source.name in scenario.down else None
        self._repeated = False

    async def fetch(self, cursor: str) -> Fetched:
        """Return what happened after `cursor`, as far as the source tells it now."""
        now, since = self._clock.now(), from_seconds(int(cursor))
        until = now if self._fails is None else self._reached(self._fails, now)
        again = self._again(self._fails, now) if self._fails is not None else ()
        new = self._between(since, until)
        if self._fails is not None and self._fails.trouble is Trouble.DIES:
            new = [each for each in new if not self._fails.begins <= each.event_at < self._fails.ends]
        mentions = tuple(replace(each, seen_at=now) for each in (*again, *new))
        return Fetched(mentions, str(int(max(since, until).timestamp())))

    def _reached(self, fails: Scenario, now: datetime) -> datetime:
        """Return up to when the source tells what happened; raises while it does not answer."""
        if fails.begins <= now < fails.ends:
            if fails.trouble is Trouble.GOES_STALE:
                return fails.begins
            if fails.trouble is Trouble.DIES:
                raise Permanent("answered 403: the key was withdrawn")
            raise Temporary("did not answer within 20 s")
        if fails.ends <= now < fails.caught_up:
            told = (now - fails.ends) / (fails.caught_up - fails.ends)
            return fails.begins + (now - fails.begins) * told
        return now

    def _again(self, fails: Scenario, now: datetime) -> Sequence[Mention]:
        """Return a day that was told before, once, with the old ids or with new ones."""
        if fails.trouble is not Trouble.REPEATS or now < fails.ends or self._repeated:
            return ()
        self._repeated = True
        day = self._between(fails.begins - AGAIN, fails.begins)
        return (
            [replace(each, native_id=f"{each.native_id}-again") for each in day] if fails.renumbered else day
        )

    def _between(self, since: datetime, until: datetime) -> Sequence[Mention]:
        """Return the mentions of `since < event time <= until`."""
        return self._mentions[bisect_right(self._times, since) : bisect_right(self._times, until)]
