"""Why an incident fired and how it spread over the sources: pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from core import words
from core.records import Contribution, Incident, Rollup, Signal, SourceState
from dashboard import phrases
from dashboard.facts import Facts
from dashboard.viewmodels import Evidence, EvidenceBar, Heat, HeatRow

HEAT_CELLS = 16
HEAT_SECONDS = 300
"""16 cells of 5 minutes: the 80 minutes in which a storm jumps from source to source."""
_HEAT_NOTE = f"negative mentions, 5 min each, {HEAT_CELLS * HEAT_SECONDS // 60} min, copies counted"
_RUNNING = "; the last 5 min are not over"
"""Else their cell reads as a fall."""


def heat_span(incident: Incident, now: datetime) -> tuple[datetime, datetime]:
    """Return the heat map's time: the 80 minutes before now, or before the incident cooled."""
    peaks = [change.at for change in incident.stages if change.stage is incident.peak_stage]
    ends = [change.at for change in incident.stages if peaks and change.at > peaks[-1]]
    end = min([now, *ends])
    cell = timedelta(seconds=HEAT_SECONDS)
    full = datetime.fromtimestamp(-(-end.timestamp() // HEAT_SECONDS) * HEAT_SECONDS, end.tzinfo)
    return full - HEAT_CELLS * cell, full


def evidence(signal: Signal) -> Evidence:
    """Return the pieces of evidence as bars from one zero line, the strongest first."""
    counting = (item for item in signal.contributions if abs(item.value) >= 0.05)  # else it reads 0.0
    ordered = sorted(counting, key=lambda item: -abs(item.value))
    low = min([0.0, *(item.value for item in ordered)])
    high = max([0.0, *(item.value for item in ordered)])
    width = (high - low) or 1.0
    capped = (f"Held at smouldering: {signal.capped}.",) if signal.capped else ()
    return Evidence(
        bars=tuple(_bar(item, low, width) for item in ordered),
        zero=f"{-100 * low / width:.1f}%",
        total=_total(signal, ordered),
        sentences=(*_conditions(signal.conditions), *capped),
    )


def _total(signal: Signal, shown: Sequence[Contribution]) -> str:
    """Write the sum of the bars and, as another thing, the calibrated evidence that decides."""
    evidence = f"evidence {signal.evidence:.1f}, pages at {signal.threshold:.1f}"
    return f"sum {_signed(sum(item.value for item in shown))} → {evidence}" if shown else evidence


def _signed(value: float) -> str:
    return f"{'+' if value >= 0 else '−'}{abs(value):.1f}"


def _conditions(conditions: Sequence[str]) -> tuple[str, ...]:
    return (f"What holds: {'; '.join(conditions)}.",) if conditions else ()


def _bar(item: Contribution, low: float, width: float) -> EvidenceBar:
    return EvidenceBar(
        name=item.name,
        value=_signed(item.value),
        left=f"{100 * (min(item.value, 0.0) - low) / width:.1f}%",
        width=f"{100 * abs(item.value) / width:.1f}%",
        positive=item.value >= 0,
    )


def heat(facts: Facts, incident: Incident, rollups: Iterable[Rollup]) -> Heat | None:
    """Return negative mentions by source and 5 minutes; `rollups` cover `heat_span`.

    None for a drill that is over: its counts are removed. While it runs, the sources that are watched
    are no rows of it, as none of them was read for it.
    """
    if incident.drill and not incident.open:
        return None
    start, end = heat_span(incident, facts.now)
    sums = _by_cell(rollups, start)
    watched = [] if incident.drill else phrases.asked(facts.sources)
    strongest = max((value for cells in sums.values() for value in cells), default=0.0) or 1.0
    blind = {source.name: source for source in watched if source.blind(facts.now)}
    names = {*sums, *(source.name for source in watched)}
    ordered = sorted(names, key=lambda name: (-sum(sums.get(name, ())), name))
    return Heat(
        rows=tuple(
            _heat_row(name, sums.get(name, ()), strongest, blind.get(name), start) for name in ordered
        ),
        start=facts.time(start),
        end=facts.time(end),
        note=_HEAT_NOTE + (_RUNNING if end > facts.now else ""),
        first=_first_in(facts, incident),
    )


def _by_cell(rollups: Iterable[Rollup], start: datetime) -> dict[str, list[float]]:
    sums: dict[str, list[float]] = {}
    for rollup in rollups:
        cell = int(rollup.minute - start.timestamp()) // HEAT_SECONDS
        if 0 <= cell < HEAT_CELLS:
            sums.setdefault(rollup.source, [0.0] * HEAT_CELLS)[cell] += rollup.negative
    return sums


def _heat_row(
    name: str, sums: Sequence[float], strongest: float, blind: SourceState | None, start: datetime
) -> HeatRow:
    """Return one source's cells; from its last heartbeat on they are blind, not empty."""
    values = sums or [0.0] * HEAT_CELLS
    since = HEAT_CELLS
    if blind is not None:
        seconds = ((blind.heartbeat_at or start) - start).total_seconds()
        since = max(0, int(seconds // HEAT_SECONDS))
    cells = tuple(
        None if cell >= since and not value else round(100 * value / strongest)
        for cell, value in enumerate(values)
    )
    hidden = None in cells
    total = words.number(sum(values))
    return HeatRow(name, cells, f"{total}, then blind" if hidden else total, hidden)


def _first_in(facts: Facts, incident: Incident) -> str:
    """Say where it was seen first: `First in bluesky 11:58, in reviews 12:24.`"""
    known = [(share.first_at, share.source) for share in incident.explanation.sources if share.first_at]
    places = [f"in {source} {facts.time(at)}" for at, source in sorted(known)[:4]]
    return f"First {', '.join(places)}." if places else ""
