"""The fewest mentions without which a page would not have been: the shortest proof that it was right.

The rise is scored again without the mentions that weigh most, copies of one text together, and bisection
finds how many of them make the difference. It leaves one mention (or text) fewer out and the page stays.
Among all sets of mentions there may be a smaller one; among those that begin with the heaviest there is
none, as far as evidence falls with every mention that is left out. Caps are the exception: the copies of one
text left out may let the rest speak, so that bisection then finds one of several borders.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core import words
from core.clock import from_seconds
from core.records import Flag, MentionRow, Signal, Stage
from models import stages
from models.copies import Copies
from models.rehearsal import Rehearsal
from models.windows import bin_start

MOST_ROWS = 600
"""Mentions that are scored again at most, the newest ones: bounds the work at some 0.15 s."""
LONGEST = timedelta(hours=12)
"""Of a longer rise the last half day, for the same reason."""
_RANKS = {Stage.SPREADING: stages.SPREADING, Stage.FIRESTORM: stages.FIRESTORM}
_AVOIDED = {Stage.SPREADING: "it would not have paged", Stage.FIRESTORM: "it would not be a firestorm"}
_UNSAID = "How few mentions made the difference cannot be said: "
_TOO_OLD = f"{_UNSAID}the rise began too long ago."
_DIFFERENT = f"{_UNSAID}scored again, the stored mentions do not lead there."
_ANYWAY = "What came before would have been enough: it would have come to this without any newer mention."


@dataclass(frozen=True, slots=True)
class Smallest:
    """The mentions that made the difference, in the order in which they were counted, and a sentence."""

    ids: tuple[str, ...]
    sentence: str


NOTHING = Smallest((), "")
"""Nothing paged, so nothing made the difference."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a stage was reached and what could be seen then."""

    signal: Signal
    observable: int
    target: Stage
    """The stage whose reaching is explained: SPREADING, or FIRESTORM where it had paged before."""


def since(signal: Signal) -> datetime:
    """Return the time from which on mentions may be left out: the rise's beginning, at most `LONGEST` ago."""
    first = max(signal.onset or signal.at - timedelta(hours=1), signal.at - LONGEST)
    return from_seconds(bin_start(first.timestamp()))


def smallest(state: bytes, moment: Moment, rows: Sequence[MentionRow]) -> Smallest:
    """Return the fewest of `rows` without which `moment.target` would not have been reached.

    `state` is the detector's dump at that moment; `rows` are all its mentions since `since`, or the newest
    `MOST_ROWS` of them, in any order.
    """
    search = _Search(Rehearsal(state, moment.signal.threshold), moment, _counted(rows))
    if not search.possible:
        return Smallest((), _TOO_OLD)
    if not search.reached(0):
        return Smallest((), _DIFFERENT)
    if search.reached(len(search.texts)):
        return Smallest((), _ANYWAY)
    return search.result()


def _counted(rows: Sequence[MentionRow]) -> list[MentionRow]:
    """Return what entered a window, in the order in which it was counted."""
    return sorted((row for row in rows if not row.mention.flags & Flag.BACKFILL), key=lambda row: row.seq)


@dataclass(slots=True)
class _Search:
    rehearsal: Rehearsal
    moment: Moment
    rows: list[MentionRow]
    start: int = 0
    clusters: dict[str, str] = field(default_factory=dict)
    """Text of each mention, as the id of its first copy."""
    texts: list[str] = field(default_factory=list)
    """Texts, the heaviest first."""
    remaining: tuple[Stage, float] = (Stage.CALM, 0.0)
    """Stage and negatives in the hour after the last rehearsal that did not reach the target."""

    def __post_init__(self) -> None:
        first = since(self.moment.signal)
        if len(self.rows) >= MOST_ROWS:  # the oldest bin may be incomplete
            first = max(first, min(row.mention.event_at for row in self.rows) + timedelta(minutes=5))
        self.start = bin_start(first.timestamp())
        self.rows = [row for row in self.rows if row.mention.event_at >= from_seconds(self.start)]
        self.clusters = _clusters(self.rows)
        self.texts = self._by_weight()

    @property
    def possible(self) -> bool:
        return self.rehearsal.reaches_back(self.start)

    def _by_weight(self) -> list[str]:
        weights: dict[str, float] = {}
        for row in self.rows:
            text = self.clusters[row.mention.id]
            weights[text] = weights.get(text, 0.0) + row.weight * row.felt.negative
        return sorted(weights, key=lambda text: (-weights[text], text))

    def reached(self, left_out: int) -> bool:
        """Return whether the target is still reached without the heaviest `left_out` texts."""
        gone = set(self.texts[:left_out])
        kept = [(row, text) for row in self.rows if (text := self.clusters[row.mention.id]) not in gone]
        signal = self.moment.signal
        self.rehearsal.stand_in(self.start, kept)
        rank, stage, negatives = self.rehearsal.play(
            self.start, signal.at, signal.coverage, self.moment.observable, signal.planned
        )
        if rank >= _RANKS[self.moment.target]:
            return True
        self.remaining = (stage, negatives)
        return False

    def result(self) -> Smallest:
        """Bisect: `reached` holds without 0 texts and fails without all of them."""
        few = bisect_left(range(len(self.texts)), True, lo=1, key=lambda count: not self.reached(count))
        self.reached(few)
        gone = set(self.texts[:few])
        ids = [row.mention.id for row in self.rows if self.clusters[row.mention.id] in gone]
        return Smallest(tuple(ids), self._sentence(len(ids)))

    def _sentence(self, left_out: int) -> str:
        stage, negatives = self.remaining
        which = "the one mention that weighs" if left_out == 1 else f"the {left_out} mentions that weigh"
        left, seen = words.number(negatives), words.number(self.moment.signal.seen)
        with_them = (
            f"{left} negative mentions in the hour instead of {seen}" if left != seen else "a little less"
        )
        return (
            f"Without {which} most, of {words.number(len(self.rows))} since the rise began, "
            f"{_AVOIDED[self.moment.target]}: with {with_them} it would have stayed at "
            f"{words.STAGE_WORDS[stage].lower()}."
        )


def _clusters(rows: Sequence[MentionRow]) -> dict[str, str]:
    """Return the text of each mention, as the id of its first copy among `rows`."""
    if all(row.copy_number == 1 for row in rows):
        return {row.mention.id: row.mention.id for row in rows}
    copies = Copies()
    placed = {}
    for row in rows:
        mention = row.mention
        at = int(mention.event_at.timestamp())
        placed[mention.id] = copies.add(mention.id, row.score.signature, mention.author, at).cluster
    return placed
