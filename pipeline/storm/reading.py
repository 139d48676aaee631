"""Score in storm mode: all by the fast path, a sample in full, copies of what was read for nothing."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from core.ports import Skimmer, Store
from core.records import Entry, Flag, Mention, Probabilities, Score, Scored
from models.rake import Levels
from pipeline.scoring import Fresh, Late, score_fresh, uncounted
from pipeline.storm.sample import chances, drawn
from pipeline.storm.switch import Switch

CROWD = 1_000
"""Mentions that may wait in storm mode before sources hold back what comes next: under a second of skimming.
Where more comes than can be counted, taking it as fast as it comes makes every later page later."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mention that is scored now, the brands that it is new for, and its chance of being read in full."""

    mention: Mention
    brands: tuple[str, ...]
    chance: float = 1.0

    @property
    def certain(self) -> bool:
        """True where chance has no part: it was remembered, or everything is read."""
        return self.chance >= 1.0

    @property
    def read(self) -> bool:
        """Tell whether the encoder reads it."""
        return self.certain or drawn(self.mention.id, self.chance)


class Reader:
    """Scores what waits, in full or, in storm mode, as far as there is time."""

    def __init__(self, store: Store, scorer: Skimmer, now: Callable[[], datetime]) -> None:
        self._store, self._scorer, self._now = store, scorer, now
        self._levels = Levels()
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="fast path")
        self.switch = Switch()
        self.since: datetime | None = None
        """When storm mode began; None while it is off."""
        self.room = asyncio.Event()
        """Set while sources may hand over what they have."""
        self.room.set()

    def observe(self, waiting: int, passed: int, now: float) -> None:
        """Enter or leave storm mode; see `Switch.observe`."""
        self.switch.observe(waiting, passed, now)
        if not self.switch.on:
            self.since = None
        elif self.since is None:
            self.since = self._now()
        if self.since is not None and waiting > CROWD:
            self.room.clear()
        else:
            self.room.set()

    def close(self) -> None:
        """Stop the worker thread."""
        self._beside.shutdown(cancel_futures=True)

    def compute(self, entries: Sequence[Entry]) -> list[Fresh]:
        """Return what is new in `entries`, scored, in their order. CPU-bound.

        What only fills the past is never skimmed: it waits for nobody.
        """
        if self.switch.on and not past(entries):
            return self.skim(entries, self.switch.share())
        return self._timed(entries)

    def _timed(self, entries: Sequence[Entry]) -> list[Fresh]:
        new = self._scorer.remembers([entry.mention for entry in entries]).count(False)
        began = time.perf_counter()
        found = score_fresh(entries, self._store, self._scorer)
        self.switch.read(new, time.perf_counter() - began)
        return found

    def skim(self, entries: Sequence[Entry], share: float) -> list[Fresh]:
        """Score by the fast path, and about `share` of what is not remembered in full."""
        wanted = uncounted(entries, self._store)
        scores = self._store.known(mention_id for mention_id, _, _ in wanted)
        new = {mention_id: (entry.mention, brands) for mention_id, entry, brands in wanted}
        drawn = self._draw([each for mention_id, each in new.items() if mention_id not in scores], share)
        scores |= self._scores(drawn)
        read = [entry.mention for mention_id, entry, _ in wanted if not scores[mention_id].unread]
        said = dict(zip((one.id for one in read), self._scorer.towards(read), strict=True))
        return [
            Fresh(Scored(entry.mention, scores[mention_id]), brands, said.get(mention_id, {}))
            for mention_id, entry, brands in wanted
        ]

    def late(self, entries: Sequence[Entry]) -> Late:
        """Read in full what was skimmed."""
        mentions = [entry.mention for entry in entries]
        scored = tuple(Scored(*each) for each in zip(mentions, self._scorer.score(mentions), strict=True))
        said = zip(mentions, self._scorer.towards(mentions), strict=True)
        return Late(scored, {(one.id, brand): row for one, rows in said for brand, row in rows.items()})

    def _draw(self, new: Sequence[tuple[Mention, tuple[str, ...]]], share: float) -> list[Drawn]:
        remembered = self._scorer.remembers([mention for mention, _ in new])
        asked = [each for each, known in zip(new, remembered, strict=True) if not known]
        odds = chances([brands for _, brands in asked], share)
        found = [Drawn(*each, chance) for each, chance in zip(asked, odds, strict=True)]
        return found + [Drawn(*each) for each, known in zip(new, remembered, strict=True) if known]

    def _scores(self, drawn: Sequence[Drawn]) -> dict[str, Score]:
        read, open_ = [each for each in drawn if each.read], [each for each in drawn if not each.certain]
        looking = self._beside.submit(self._scorer.skim, [each.mention for each in open_])
        began = time.perf_counter()
        full = self._full([each.mention for each in read])
        self.switch.sampled(sum(not each.certain for each in read), time.perf_counter() - began)
        quick = looking.result()
        levelled = self._level(open_, quick, full)
        return full | {
            each.mention.id: _drawn_score(each.chance, full.get(each.mention.id), own, row)
            for each, own, row in zip(open_, quick, levelled, strict=True)
        }

    def _full(self, mentions: list[Mention]) -> dict[str, Score]:
        return dict(zip((one.id for one in mentions), self._scorer.score(mentions), strict=True))

    def _level(
        self, drawn: Sequence[Drawn], scores: Sequence[Score], full: dict[str, Score]
    ) -> list[Probabilities]:
        """Return the fast path's readings at the level that the sample before them shows, brand by brand.

        Their own part of the sample is learned afterwards: it tells how wrong they are, and would tell too
        little of that if they followed from it.
        """
        levelled = self._levelled(drawn, scores)
        for each, score in zip(drawn, scores, strict=True):
            if (known := full.get(each.mention.id)) is not None:
                self._levels.learn(each.brands[0], _row(score), _row(known), 1.0 / each.chance)
        return levelled

    def _levelled(self, drawn: Sequence[Drawn], scores: Sequence[Score]) -> list[Probabilities]:
        places: dict[str, list[int]] = {}
        for place, each in enumerate(drawn):
            places.setdefault(each.brands[0], []).append(place)
        found = [_row(score) for score in scores]
        for brand, mine in places.items():
            for place, row in zip(
                mine, self._levels.level(brand, [found[place] for place in mine]), strict=True
            ):
                found[place] = row
        return found


def past(entries: Sequence[Entry]) -> bool:
    """Tell whether all of `entries` is history, which never alarms."""
    return all(entry.mention.flags & Flag.BACKFILL for entry in entries)


def _drawn_score(chance: float, full: Score | None, quick: Score, levelled: Probabilities) -> Score:
    """Return the score of a mention with a chance of being read: in full, or at the level of what was."""
    negative, neutral, positive = levelled
    if full is not None:
        return replace(full, inclusion=chance, skimmed=negative)
    return Score(negative, neutral, positive, quick.signature, quick.version, inclusion=chance)


def _row(score: Score) -> Probabilities:
    return score.negative, score.neutral, score.positive
