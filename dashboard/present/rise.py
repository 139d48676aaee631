"""What a rise consists of: its narratives and the rest, over one span, adding up to the whole: pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from types import MappingProxyType

from core import words
from core.records import Incident, Narrative, NarrativeBin, Rollup
from dashboard import phrases
from dashboard.bins import BIN
from dashboard.facts import Facts
from dashboard.present.narrative_life import Episode, brief
from dashboard.present.narratives import sign
from dashboard.viewmodels import Rise, RiseRow

OTHER = "Other"
EVERYTHING = "All together"


@dataclass(frozen=True, slots=True)
class Sums:
    """What was said in the rise's time."""

    mentions: float = 0.0
    independent: float = 0.0
    negative: float = 0.0
    """Independent negative mentions."""

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.mentions + other.mentions,
            self.independent + other.independent,
            self.negative + other.negative,
        )

    def __sub__(self, other: "Sums") -> "Sums":
        """Return the rest, never under zero: a deletion may reach sums and narratives a moment apart."""
        return Sums(
            max(0.0, self.mentions - other.mentions),
            max(0.0, self.independent - other.independent),
            max(0.0, self.negative - other.negative),
        )


def span(incident: Incident, now: datetime) -> tuple[datetime, datetime]:
    """Return the rise's time in whole bins: since its first mention, until now or until it was closed."""
    start = datetime.fromtimestamp(incident.started_at.timestamp() // BIN.seconds * BIN.seconds, now.tzinfo)
    return start, incident.closed_at or now + timedelta(seconds=1)


def rise(
    facts: Facts,
    incident: Incident,
    narratives: Iterable[Narrative],
    bins: Mapping[str, Sequence[NarrativeBin]],
    rollups: Iterable[Rollup],
    alive: Mapping[str, Sequence[Episode]] = MappingProxyType({}),
) -> Rise | None:
    """Return the parts of a rise, the largest first; None while no narrative has one.

    All are of `span`; `alive` is of the narratives' whole lives.
    """
    found = [(_of_bins(bins.get(one.id, ())), one) for one in {one.id: one for one in narratives}.values()]
    named = sorted(
        ((sums, one) for sums, one in found if sums.mentions),
        key=lambda pair: (-pair[0].negative, pair[1].id),
    )
    if not named:
        return None
    whole = _of_rollups(rollups)
    rest = whole - sum((sums for sums, _ in named), Sums())
    every = [*(sums for sums, _ in named), rest]
    rows = _written(every)
    told = [
        replace(_named(facts, row, one), life=brief(facts, one, alive.get(one.id, ())))
        for row, (_, one) in zip(rows, named, strict=False)
    ]
    since = facts.time(incident.started_at)
    until = f" until {facts.time(incident.closed_at)}" if incident.closed_at else ""
    return Rise(
        note=f"all numbers since {since}{until}",
        rows=(*told, replace(rows[-1], label=OTHER)),
        total=replace(_total(every), label=EVERYTHING),
    )


def _named(facts: Facts, row: RiseRow, narrative: Narrative) -> RiseRow:
    mark, word = sign(facts, narrative)
    return replace(row, id=narrative.id, label=phrases.capital(narrative.label), mark=mark, word=word)


def _of_bins(bins: Iterable[NarrativeBin]) -> Sums:
    return sum((Sums(one.mentions, one.independent, one.negative) for one in bins), Sums())


def _of_rollups(rollups: Iterable[Rollup]) -> Sums:
    return sum((Sums(one.mentions, one.independent, one.independent_negative) for one in rollups), Sums())


def _written(every: Sequence[Sums]) -> list[RiseRow]:
    """Write parts so that what is printed adds up: percentages to 100, counts to the printed whole."""
    negative = [sums.negative for sums in every]
    whole = sum(negative)
    parts = adding_up([100.0 * value / whole if whole else 0.0 for value in negative])
    counts = adding_up(negative)
    return [
        _row(sums, part, count, f"{100 * sums.negative / whole if whole else 0.0:.1f}%")
        for sums, part, count in zip(every, parts, counts, strict=True)
    ]


def _total(every: Sequence[Sums]) -> RiseRow:
    whole = sum(every, Sums())
    return _row(whole, 100, round(whole.negative), "")


def _row(sums: Sums, part: int, negative: int, width: str) -> RiseRow:
    share = sums.negative / sums.independent if sums.independent else None
    return RiseRow(
        part=f"{part} %",
        width=width,
        negative=words.number(negative),
        mentions=words.number(sums.mentions),
        negative_share=words.percent(share),
    )


def adding_up(values: Sequence[float]) -> list[int]:
    """Round so that the sum is the rounded sum: each number is the step between two rounded running sums.

    >>> adding_up([33.4, 33.3, 33.3])
    [33, 34, 33]
    """
    edges = [0, *(round(edge) for edge in accumulate(values))]
    return [after - before for before, after in pairwise(edges)]
