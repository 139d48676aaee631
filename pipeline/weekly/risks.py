"""What to watch in the week that comes: open and fresh incidents, growing narratives, blind sources."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from core.ports import Store
from core.records import Narrative, Risk, RiskKind, Signal, Stage
from pipeline.weekly.span import Span
from pipeline.weekly.storms import Case

SHOWN = 3
PRESENT = timedelta(weeks=1)
"""Narratives and sources are known as they are now; a page of a week that is longer past leaves them out."""


def risks(
    store: Store,
    span: Span,
    now: datetime,
    cases: Mapping[str, Sequence[Case]],
    narratives: Mapping[str, Iterable[Narrative]],
) -> tuple[Risk, ...]:
    """Return the three worst risks at the end of the week."""
    found = [risk for brand in cases.values() for risk in _incidents(brand, span, now)]
    if now - span.until < PRESENT:
        taken = {(risk.brand, risk.label) for risk in found}
        found += [risk for risk in _narratives(narratives) if (risk.brand, risk.label) not in taken]
        found += _blind(store, now)
    return tuple(sorted(found, key=_rank)[:SHOWN])


def _rank(risk: Risk) -> tuple[int, bool, int, float]:
    """Worst first: by stage, open before over, then by size and age."""
    return (-risk.stage.severity, not risk.is_open, -(risk.seen or 0), risk.since.timestamp())


def _incidents(cases: Iterable[Case], span: Span, now: datetime) -> Iterator[Risk]:
    """Yield what was open at the end of the week, and what spread in it."""
    end = min(span.until, now)
    for case in cases:
        incident = case.incident
        stage = case.stage_at(end, now)
        fresh = case.spread and incident.opened_at >= span.since
        if case.needless or incident.drill or not (fresh or stage):
            continue
        yield _risk_of(
            incident.explanation.signal,
            RiskKind.INCIDENT,
            incident.label,
            stage or Stage.CALM,
            incident.started_at,
            stage is not None,
        )


def _risk_of(
    signal: Signal, kind: RiskKind, label: str, stage: Stage, since: datetime, is_open: bool
) -> Risk:
    return Risk(
        kind=kind,
        brand=signal.brand,
        label=label,
        stage=stage,
        since=since,
        seen=round(signal.seen),
        expected=round(signal.expected),
        growth=signal.growth if is_open else None,
        is_open=is_open,
    )


def _narratives(narratives: Mapping[str, Iterable[Narrative]]) -> Iterator[Risk]:
    """Yield narratives that smoulder or surely grow."""
    for brand, found in narratives.items():
        for each in found:
            growing = each.growth is not None and each.growth.low > 0.0
            if each.stage.severity < Stage.SMOULDERING.severity and not growing:
                continue
            yield Risk(
                kind=RiskKind.NARRATIVE,
                brand=brand,
                label=each.label,
                stage=each.stage,
                since=each.born_at,
                seen=round(each.seen),
                expected=round(each.expected),
                growth=each.growth,
            )


def _blind(store: Store, now: datetime) -> Iterator[Risk]:
    """Yield sources that show nothing, since when they do not."""
    for source in store.sources():
        since = source.heartbeat_at or source.since
        if source.blind(now) and since is not None:
            yield Risk(RiskKind.BLIND, "", source.name, Stage.UNKNOWN, since)
