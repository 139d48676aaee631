"""Every source as a row, and what it usually is for each brand: pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from shlex import quote

from core import words
from core.records import Rollup, Signal, SourceState, SourceStatus, Stage
from core.words import SourceWord
from dashboard import phrases
from dashboard.facts import Facts
from dashboard.viewmodels import BrandMix, MixPart, SourceRow, SourcesPage

HOUR = timedelta(hours=1)
HOURS = 24
USUAL = timedelta(days=14)
"""Over so long the usual stream is measured: the half-life of what coverage remembers."""
LEAST = 0.01
"""Share under which no whole per cent is left."""
CELLS = 6
"""Cells of a completeness meter."""
ERROR = 240
"""Characters of an error: two lines on a laptop, and it may quote what a feed answered."""

_SIGNS = {
    SourceWord.SEEN: Stage.CALM,
    SourceWord.FAILING: Stage.SMOULDERING,
    SourceWord.BLIND: Stage.UNKNOWN,
    SourceWord.UNHEARD: Stage.UNKNOWN,
    SourceWord.STOPPED: Stage.UNKNOWN,
    SourceWord.STARTING: None,
    SourceWord.UNSET: None,
}
"""The mark of each state; None where there is nothing to worry about yet."""


@dataclass(frozen=True, slots=True)
class Material:
    """What the page stands on besides the facts."""

    day: Sequence[Rollup]
    """Sums by hour since `first_hour`."""
    usual: Sequence[Rollup]
    """Sums by day over `USUAL`."""
    folder: str


def first_hour(now: datetime) -> datetime:
    """Return the start of the first of 24 hours, of which the present one is the last."""
    return now.replace(minute=0, second=0, microsecond=0) - (HOURS - 1) * HOUR


def page(facts: Facts, material: Material) -> SourcesPage:
    """Return the sources, those that need a person first, and the usual mix of each brand."""
    hourly = _hourly(material.day, facts.now)
    ordered = sorted(facts.sources, key=lambda source: (_rank(facts, source), source.name))
    stopped = sum(_needs_person(source) for source in facts.sources)
    verb = "needs" if stopped == 1 else "need"
    return SourcesPage(
        meter=phrases.meter(facts.sources, facts.now, facts.zone),
        needs_person=f"{stopped} {verb} a person" if stopped else "",
        brought=words.number(sum(map(sum, hourly.values()))),
        rows=tuple(_row(facts, source, hourly[source.name]) for source in ordered),
        mixes=_mixes(facts, material.usual),
        span=f"{USUAL.days} days",
        empty=_empty(facts),
        command=f"firetower check --workspace {quote(str(material.folder))}",
    )


def _empty(facts: Facts) -> str:
    if facts.sources:
        return ""
    if facts.purpose == "replay":
        return "This is a replay of an archive: no source is watched, and nothing is missing."
    return "No source is watched. Add a [[source]] to firetower.toml; `firetower sources` lists the kinds."


def _hourly(rollups: Iterable[Rollup], now: datetime) -> defaultdict[str, list[int]]:
    """Return what each source brought in each of the last 24 hours, summed over brands."""
    start = int(first_hour(now).timestamp())
    hourly: defaultdict[str, list[int]] = defaultdict(lambda: [0] * HOURS)
    for rollup in rollups:
        at = (rollup.minute - start) // 3600
        if 0 <= at < HOURS:
            hourly[rollup.source][at] += rollup.mentions
    return hourly


def _needs_person(source: SourceState) -> bool:
    return source.configured and source.status is SourceStatus.STOPPED


def _rank(facts: Facts, source: SourceState) -> int:
    """Order: a person must act, blind, failing, the others, not set up."""
    if not source.configured:
        return 4
    if _needs_person(source):
        return 0
    if source.status is SourceStatus.STARTING:
        return 3
    if source.blind(facts.now):
        return 1
    return 2 if source.status is SourceStatus.FAILING else 3


def _row(facts: Facts, source: SourceState, hours: Sequence[int]) -> SourceRow:
    stage, word = _state(facts, source)
    top = max(hours) or 1
    blind = stage is Stage.UNKNOWN
    return SourceRow(
        key=source.name,
        name=source.name,
        kind=source.kind,
        stage=stage,
        word=word,
        blind=blind,
        why=_why(facts, source),
        answered=_ago(source.heartbeat_at, facts.now),
        item=_ago(source.last_item_at, facts.now),
        lag=_seconds(source.lag_seconds),
        complete=_complete(source, stage),
        cells=() if source.heartbeat_at is None else _cells(0.0 if blind else source.completeness),
        brought=words.number(sum(hours)),
        hours=tuple(round(100 * count / top) for count in hours),
        rejected=words.number(source.rejected),
        deleted=words.number(source.deleted),
    )


def _state(facts: Facts, source: SourceState) -> tuple[Stage | None, str]:
    found, since = words.source_word(source, facts.now)
    blind_since = f" since {facts.time(since)}" if found is SourceWord.BLIND and since else ""
    return _SIGNS[found], phrases.capital(found) + blind_since


def _why(facts: Facts, source: SourceState) -> str:
    """Say what it said last, and before it who has to do something about it."""
    error = _short(source.error)
    if not source.configured:
        return f"It needs something from you: {error}" if error else "It needs something from you."
    if source.status is SourceStatus.STOPPED:
        return f"A person must act: {error}" if error else "A person must act."
    if source.status is SourceStatus.FAILING:
        return f"It tries again by itself: {error}" if error else "It tries again by itself."
    if source.status is not SourceStatus.STARTING and source.blind(facts.now):
        return f"No answer. {error}".strip()
    return ""


def _short(error: str) -> str:
    line = " ".join(error.split())
    return line if len(line) <= ERROR else f"{line[: ERROR - 1]}…"


def _ago(at: datetime | None, now: datetime) -> str:
    """Write `20 s ago`, `3 h ago` or `never`."""
    return "never" if at is None else f"{_seconds(max(0.0, (now - at).total_seconds()))} ago"


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return "unknown"
    return f"{seconds:.0f} s" if seconds < 90 else words.duration(seconds / 60)


def _complete(source: SourceState, stage: Stage | None) -> str:
    """Write how much of what the source holds is seen now; a blind one shows nothing, however good it was."""
    if source.heartbeat_at is None:
        return "unknown"
    return "nothing" if stage is Stage.UNKNOWN else words.percent(source.completeness)


def _cells(share: float) -> tuple[str, ...]:
    """Fill as many cells as the share earns; only a whole answer fills all."""
    full = min(CELLS, int(share * CELLS + 1e-9))
    return ("seen",) * full + ("blind",) * (CELLS - full)


def _mixes(facts: Facts, usual: Iterable[Rollup]) -> tuple[BrandMix, ...]:
    sums: dict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for rollup in usual:
        sums[rollup.brand][rollup.source] += rollup.mentions
    states = {signal.brand: signal for signal in facts.states}
    brands = sorted(sums, key=str.casefold)
    return tuple(_mix(facts, brand, sums[brand], states.get(brand)) for brand in brands)


def _mix(facts: Facts, brand: str, counts: Mapping[str, int], signal: Signal | None) -> BrandMix:
    total = sum(counts.values()) or 1
    blind = {source.name for source in facts.sources if source.blind(facts.now)}
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    coverage = None if signal is None or facts.silent_since is not None else signal.coverage
    return BrandMix(
        brand=brand,
        parts=tuple(_mix_part(name, count / total, name in blind) for name, count in ordered),
        seen=_seen_now(facts, coverage),
        blind=coverage is None or any(name in blind for name in counts),
    )


def _seen_now(facts: Facts, coverage: float | None) -> str:
    """Write the share that is seen; a clock that runs sixty times as fast can outrun its sources."""
    if coverage is None:
        return "unknown"
    if coverage < 1.0 and facts.pulse is not None and facts.pulse.catching_up:
        return "catching up"
    return f"{words.percent(coverage)} seen now"


def _mix_part(source: str, share: float, blind: bool) -> MixPart:
    told = words.percent(share) if share >= LEAST else f"under {words.percent(LEAST)}"
    return MixPart(source, told, 100 * share, blind)
