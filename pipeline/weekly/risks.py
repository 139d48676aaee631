"""What to watch in the week that comes: open and fresh incidents, growing narratives, what is blind.

All of it as it stood at the end of the week: what began later belongs to a later page.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from core.ports import Store
from core.records import HIDDEN_BELOW, Coverage, Incident, Narrative, Risk, RiskKind, Stage
from pipeline.weekly.span import Span
from pipeline.weekly.storms import Case

SHOWN = 3
KEPT = timedelta(days=1)
"""Narratives and sources are known as they are now. A page that is made in the night or the morning after its
week may take that for the end of the week; one that is made later leaves them out."""
HOUR = timedelta(hours=1)
UNSEEN = "Most of the week was not seen"


def hindsight(span: Span, now: datetime) -> bool:
    """Return whether the week is over for so long that only its incidents are known as they stood."""
    return now - span.until >= KEPT


def risks(
    store: Store,
    span: Span,
    now: datetime,
    cases: Mapping[str, Sequence[Case]],
    narratives: Mapping[str, Iterable[Narrative]],
    seen: Mapping[str, Coverage],
) -> tuple[Risk, ...]:
    """Return the three worst risks at the end of the week; a blindness of brands is always among them."""
    end = min(span.until, now)
    found = [risk for brand in cases.values() for risk in _incidents(store, brand, span, now)]
    if not hindsight(span, now):
        taken = {(risk.brand, risk.label) for risk in found}
        found += [risk for risk in _narratives(narratives, end) if (risk.brand, risk.label) not in taken]
        found += _blind(store, now, end)
    unseen = _unseen(span, seen)
    return tuple(sorted([*sorted(found, key=_rank)[: SHOWN - len(unseen)], *unseen], key=_rank))


def _rank(risk: Risk) -> tuple[int, bool, int, float]:
    """Worst first: by stage, open before over, then by size and age."""
    return (-risk.stage.severity, not risk.is_open, -(risk.seen or 0), risk.since.timestamp())


def _incidents(store: Store, cases: Iterable[Case], span: Span, now: datetime) -> Iterator[Risk]:
    """Yield what was open at the end of the week, and what spread in it."""
    end = min(span.until, now)
    for case in cases:
        incident = case.incident
        stage = case.stage_at(end, now)
        fresh = case.spread_by(end) and incident.opened_at >= span.since
        if not (case.needless or incident.drill) and (fresh or stage):
            yield _incident(store, incident, stage, end)


def _incident(store: Store, incident: Incident, stage: Stage | None, end: datetime) -> Risk:
    """Return an incident as it stood at `end`; its stage is None when it was over."""
    signal = incident.explanation.signal
    seen, expected = (signal.seen, signal.expected) if signal.at <= end else _size(store, incident.brand, end)
    return Risk(
        kind=RiskKind.INCIDENT,
        brand=incident.brand,
        label=incident.label,
        stage=stage or Stage.CALM,
        since=incident.started_at,
        seen=None if seen is None else round(seen),
        expected=None if expected is None else round(expected),
        growth=signal.growth if stage and signal.at <= end else None,
        is_open=stage is not None,
    )


def _size(store: Store, brand: str, end: datetime) -> tuple[float, float] | tuple[None, None]:
    """Return what a brand's newest point up to `end` says was seen and expected, where one was kept."""
    points = store.signals(brand, end - HOUR, end)
    return (points[-1].seen, points[-1].expected) if points else (None, None)


def _narratives(narratives: Mapping[str, Iterable[Narrative]], end: datetime) -> Iterator[Risk]:
    """Yield narratives from before `end` that smoulder or surely grow."""
    for brand, found in narratives.items():
        for each in found:
            growing = each.growth is not None and each.growth.low > 0.0
            rises = growing or each.stage.severity >= Stage.SMOULDERING.severity
            if rises and each.born_at < end:
                yield _narrative(brand, each)


def _narrative(brand: str, each: Narrative) -> Risk:
    learning = each.learning_since is not None
    return Risk(
        kind=RiskKind.NARRATIVE,
        brand=brand,
        label=each.label,
        stage=each.stage,
        since=each.born_at,
        seen=round(each.seen),
        expected=None if learning else round(each.expected),
        growth=each.growth,
        learning=learning,
    )


def _blind(store: Store, now: datetime, end: datetime) -> Iterator[Risk]:
    """Yield sources that are set up and show nothing, and did not at `end`, since when they do not."""
    for source in store.sources():
        since = source.heartbeat_at or source.since
        if source.configured and source.blind(now) and since is not None and since < end:
            yield Risk(RiskKind.BLIND, "", source.name, Stage.UNKNOWN, since)


def _unseen(span: Span, seen: Mapping[str, Coverage]) -> tuple[Risk, ...]:
    """Return, as one risk, that less was seen than a number needs: of all brands alike, or of one most."""
    hidden = {brand: each for brand, each in seen.items() if each.share < HIDDEN_BELOW and each.hours}
    if not hidden:
        return ()
    brand = min(hidden, key=lambda name: (hidden[name].share, name.casefold()))
    worst = hidden[brand]
    alike = len(seen) > 1 and all(each == worst for each in seen.values())
    since = worst.longest_from or span.since
    return (Risk(RiskKind.BLIND, "" if alike else brand, UNSEEN, Stage.UNKNOWN, since, coverage=worst),)
