"""From narratives and their sums to lists and a page: pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core import words
from core.clock import from_seconds
from core.records import (
    BIN_SECONDS,
    MentionRow,
    Narrative,
    NarrativeBin,
    SignalPoint,
    Stage,
)
from dashboard import phrases
from dashboard.charts.narrative import NarrativePoint, over_time
from dashboard.facts import Facts
from dashboard.present.narrative_life import Episode, Relatives, life
from dashboard.present.stream import about, stream_row
from dashboard.spark import SPAN, spark
from dashboard.viewmodels import Figure, Kin, NarrativeLine, NarrativeList, NarrativePage, Plot, Spark

HOUR = timedelta(hours=1)
BIN = timedelta(seconds=BIN_SECONDS)
BEFORE = timedelta(minutes=30)
"""Nothing that is shown before a narrative's first mention, so that its beginning is seen."""
LONGEST = timedelta(hours=48)
"""The most that its chart covers: as far as detection looks."""
FINE = timedelta(hours=12)
"""Up to here a chart has a point for each bin; a longer one has one for six of them."""
KIN = 12
"""Absorbed narratives that are named, the newest ones."""
EXAMPLES = 5
"""Mentions that speak for a narrative: what somebody reads in half a minute."""

BinsById = Mapping[str, Sequence[NarrativeBin]]


def by_id(bins: Iterable[NarrativeBin]) -> dict[str, list[NarrativeBin]]:
    """Sort bins by their narrative."""
    found: dict[str, list[NarrativeBin]] = {}
    for one in bins:
        found.setdefault(one.narrative_id, []).append(one)
    return found


def riskiest(narratives: Iterable[Narrative], now: datetime) -> list[Narrative]:
    """Return narratives by risk: the worst stage first, then the fastest growth, then the largest."""
    present = [_at(narrative, now) for narrative in narratives]
    return sorted(present, key=lambda one: (-one.stage.severity, -_speed(one), -one.seen, -one.mentions))


def _at(narrative: Narrative, now: datetime) -> Narrative:
    """Return a narrative as it is now: what had no mention for an hour has none in the last hour."""
    return narrative if narrative.last_at > now - HOUR else replace(narrative, seen=0.0, growth=None)


def _speed(narrative: Narrative) -> float:
    growth = narrative.growth
    return growth.per_hour if growth is not None and growth.certain else 0.0


def listed(
    facts: Facts, shown: Sequence[Narrative], bins: BinsById, note: str, brand: str = ""
) -> NarrativeList:
    """Return a list of `shown`, which are in the order of risk; `brand` is the one that was asked for."""
    lines = tuple(line(facts, narrative, bins.get(narrative.id, ())) for narrative in shown)
    notes = filter(None, (note, _learning(facts, shown)))
    return NarrativeList(lines, ", ".join(notes), "" if lines else _empty(facts, brand))


def note(found: Sequence[Narrative], span: str, bound: int) -> str:
    """Say how many there are of the time `span`, counted up to `bound`, and how many are dangerous."""
    count = f"{bound} or more" if len(found) >= bound else words.number(len(found))
    risen = sum(one.stage.severity >= Stage.SMOULDERING.severity for one in found)
    return f"{count} {span}, {words.number(risen)} {'of them rises' if risen == 1 else 'of them rise'}"


def _empty(facts: Facts, brand: str) -> str:
    about = f" of {brand}" if brand else ""
    if facts.silent_since is not None:
        return f"Nobody watches since {facts.time(facts.silent_since)}. Start it with {facts.command}"
    return (
        f"No narrative{about} yet: it takes three people who say the same. Mentions has what each one says."
    )


def line(facts: Facts, narrative: Narrative, bins: Sequence[NarrativeBin]) -> NarrativeLine:
    """Return one row of a list."""
    mark, word = sign(facts, narrative)
    return NarrativeLine(
        id=narrative.id,
        label=phrases.capital(narrative.label),
        brand=narrative.brand,
        mark=mark,
        word=word,
        seen="unknown" if mark == Stage.UNKNOWN else words.number(narrative.seen),
        expected=_expected(narrative),
        growth=_growth(facts, narrative),
        mentions=words.number(narrative.mentions),
        negative=words.percent(narrative.negative_share),
        since=facts.time(narrative.born_at),
        learning=_learning(facts, (narrative,)),
        spark=_spark(narrative, bins, facts.now),
    )


def sign(facts: Facts, narrative: Narrative) -> tuple[str, str]:
    """Return sign and word of its stage; what nobody sees or is still being learnt is not calm."""
    if facts.silent_since is not None or narrative.brand in _blind_brands(facts):
        return Stage.UNKNOWN, words.STAGE_WORDS[Stage.UNKNOWN]
    if narrative.stage is Stage.CALM and narrative.learning_since is not None:
        return "learning", "Learning"
    return narrative.stage, words.STAGE_WORDS[narrative.stage]


def _expected(narrative: Narrative) -> str:
    known = narrative.learning_since is None
    return f"{words.number(narrative.expected)} expected" if known else "usual not known yet"


def _learning(facts: Facts, narratives: Iterable[Narrative]) -> str:
    """Say since when it is being learnt what is usual; empty when that is known of all of them."""
    since = min((one.learning_since for one in narratives if one.learning_since is not None), default=None)
    return "" if since is None else f"learning what is usual (since {facts.time(since)})"


def _blind_brands(facts: Facts) -> set[str]:
    """Return the brands of which too little is seen: of their narratives nothing can be called calm."""
    return {signal.brand for signal in facts.states if signal.stage is Stage.UNKNOWN}


def _growth(facts: Facts, narrative: Narrative) -> str:
    """Say how fast it grows; without enough voices that is not known, which is no growth either."""
    if facts.silent_since:
        return "unknown"
    if narrative.last_at <= facts.now - HOUR:
        return f"silent since {facts.time(narrative.last_at)}"
    return "too few to tell" if narrative.growth is None else words.growth(narrative.growth)


def _spark(narrative: Narrative, bins: Sequence[NarrativeBin], now: datetime) -> Spark | None:
    """Draw the negative mentions of the last hour, over six hours."""
    negative = {one.start: one.negative for one in bins}
    last = int(now.timestamp()) // BIN_SECONDS * BIN_SECONDS
    first = max(last - int(SPAN.total_seconds()), _floor(narrative.born_at, BIN_SECONDS))
    edges = range(first, last + BIN_SECONDS, BIN_SECONDS)
    points = [_point(from_seconds(edge), _hour(negative, edge)) for edge in edges]
    return spark([*points, _point(now, _hour(negative, last + BIN_SECONDS))], now)


def _floor(at: datetime, step: int) -> int:
    return int(at.timestamp()) // step * step


def _hour(negative: Mapping[int, float], edge: int) -> float:
    """Return what was seen in the twelve bins before `edge`."""
    return sum(negative.get(edge - BIN_SECONDS * back, 0.0) for back in range(1, 13))


def _point(at: datetime, seen: float) -> SignalPoint:
    """Return a point without a band: what is usual is known of the brand and not of one narrative."""
    return SignalPoint(at, Stage.CALM, seen, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class NarrativeMaterial:
    """What the store knows about one narrative."""

    narrative: Narrative
    bins: Sequence[NarrativeBin]
    """Of the chart's time, and of the six hours before now."""
    example: Sequence[MentionRow]
    """The mention nearest to its centre."""
    newest: Sequence[MentionRow]
    relatives: Relatives
    alive: Sequence[Episode]


def span(narrative: Narrative, now: datetime) -> tuple[datetime, datetime]:
    """Return the time that a narrative's chart shows."""
    end = min(now, narrative.last_at + HOUR)
    return max(narrative.born_at - BEFORE, end - LONGEST), end


def page(facts: Facts, material: NarrativeMaterial) -> NarrativePage:
    """Return everything on a narrative's page."""
    narrative = _at(material.narrative, facts.now)
    own = line(facts, narrative, material.bins)
    told = f"{narrative.brand}, since {own.since}, newest {facts.time(narrative.last_at)}"
    since, until = span(narrative, facts.now)
    relatives = material.relatives
    return NarrativePage(
        line=own,
        note=", ".join(filter(None, (told, own.learning))),
        blind=f"{facts.meter.blind}: the true size is larger" if facts.meter.blind else "",
        figures=_figures(facts, narrative, own),
        plot=_plot(facts, narrative, material.bins),
        span=f"{facts.time(since)} to {facts.time(until)}",
        examples=tuple(stream_row(facts, row, [about(row)]) for row in _examples(material)),
        became=_became(relatives),
        absorbed=_absorbed(facts, relatives),
        split_from=_split_from(facts, narrative, relatives),
        split_off=_split_off(facts, relatives),
        life=life(facts, material.narrative, material.alive, relatives),
    )


def _figures(facts: Facts, narrative: Narrative, own: NarrativeLine) -> tuple[Figure, ...]:
    growth = phrases.growth(narrative.growth)
    known = narrative.growth is not None
    return (
        Figure("Seen, last hour", own.seen, "", own.expected),
        Figure(growth.label, growth.value if known else own.growth, "", growth.range.strip("()")),
        Figure("Mentions", own.mentions, "", f"{words.number(narrative.independent)} without copies"),
        Figure("Negative share", own.negative, "", "of those without copies"),
        Figure("First", own.since, "", "mention of it"),
        Figure("Newest", facts.time(narrative.last_at), "", "mention of it"),
    )


def _plot(facts: Facts, narrative: Narrative, bins: Sequence[NarrativeBin]) -> Plot | None:
    """Return the chart of a narrative; None while its time is shorter than two bins."""
    since, until = span(narrative, facts.now.replace(second=0, microsecond=0))
    step = BIN_SECONDS if until - since <= FINE else 6 * BIN_SECONDS
    points = _points(bins, since, until, step)
    if len(points) < 2:
        return None
    most = max(points, key=lambda point: point.negative)
    alt = (
        f"Mentions per {step // 60} minutes: up to {words.number(most.negative)} negative ones "
        f"at {facts.time(most.at)}."
    )
    return Plot(over_time(points, step // 60, facts.zone), alt)


def _points(
    bins: Sequence[NarrativeBin], since: datetime, until: datetime, step: int
) -> list[NarrativePoint]:
    """Add bins up to spans of `step` seconds; where nothing was said there are zeros."""
    sums: dict[int, tuple[int, float]] = {}
    for one in bins:
        key = one.start // step * step
        mentions, negative = sums.get(key, (0, 0.0))
        sums[key] = (mentions + one.mentions, negative + one.negative)
    # The open span is left out: it would look like a sudden end.
    starts = range(_floor(since, step), _floor(until, step), step)
    return [NarrativePoint(from_seconds(start), *sums.get(start, (0, 0.0))) for start in starts]


def _examples(material: NarrativeMaterial) -> list[MentionRow]:
    """Return the mention at the centre, then the newest ones that are no copies."""
    mine = [row for row in material.example if row.brand == material.narrative.brand][:1]
    known = {row.mention.id for row in mine}
    others = (row for row in material.newest if row.copy_number == 1 and row.mention.id not in known)
    return [*mine, *others][:EXAMPLES]


def _kin(narrative: Narrative, text: str) -> Kin:
    return Kin(narrative.id, phrases.capital(narrative.label), text)


def _became(relatives: Relatives) -> Kin | None:
    return _kin(relatives.became[1], "It became part of this one.") if relatives.became else None


def _absorbed(facts: Facts, relatives: Relatives) -> tuple[Kin, ...]:
    newest_first = sorted(relatives.absorbed, key=lambda pair: pair[0].at, reverse=True)
    return tuple(
        _kin(other, f"{words.number(other.mentions)} mentions, absorbed {facts.time(merge.at)}")
        for merge, other in newest_first[:KIN]
    )


def _split_from(facts: Facts, narrative: Narrative, relatives: Relatives) -> Kin | None:
    at = facts.time(narrative.born_at)
    return _kin(relatives.origin, f"It was part of this one until {at}.") if relatives.origin else None


def _split_off(facts: Facts, relatives: Relatives) -> tuple[Kin, ...]:
    newest_first = sorted(relatives.parts, key=lambda part: part.born_at, reverse=True)
    return tuple(
        _kin(part, f"{words.number(part.mentions)} mentions, split off {facts.time(part.born_at)}")
        for part in newest_first[:KIN]
    )
