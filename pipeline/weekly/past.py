"""A brand's last thirteen weeks: what each one brought, how much of it was seen, and its index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from core.codec import loads
from core.ports import Store
from core.records import (
    LINE_WEEKS,
    BrandWeek,
    Coverage,
    DataState,
    Estimate,
    Part,
    Week,
)
from pipeline.weekly.index import (
    CERTAIN,
    DRAWS,
    Draws,
    Parts,
    Source,
    Usual,
    estimate,
    index_draws,
    index_value,
    net_sentiment,
    seed_of,
    sentiment_draws,
    usual,
    usual_sources,
    voice_draws,
)
from pipeline.weekly.seen import coverage, state_of
from pipeline.weekly.span import Span
from pipeline.weekly.storms import Case, calm
from pipeline.weekly.sums import NO_SUMS, WeekSums

YEAR = 52
"""Weeks that an index is compared with at most."""
SHOWN = {DataState.OK, DataState.PROVISIONAL}
"""States in which there is a number."""


@dataclass(frozen=True, slots=True)
class Past:
    """One brand's weeks, oldest first; the page's own is the last."""

    brand: str
    spans: tuple[Span, ...]
    sums: tuple[WeekSums, ...]
    rivals: tuple[tuple[WeekSums, ...] | None, ...]
    """None where a rival could not be seen well enough, empty without rivals."""
    seen: tuple[Coverage, ...]
    calm: tuple[float | None, ...]

    @property
    def states(self) -> tuple[DataState, ...]:
        """Return how far each week can be trusted."""
        return tuple(state_of(seen, sums.mentions) for seen, sums in zip(self.seen, self.sums, strict=True))


@dataclass(frozen=True, slots=True)
class Indexed:
    """What follows from a brand's weeks."""

    parts: tuple[Parts | None, ...]
    usuals: Mapping[Part, Usual]
    compared_with: int
    draws: tuple[Draws | None, ...]
    index: tuple[Estimate | None, ...]


def line_of(span: Span) -> tuple[Span, ...]:
    """Return the weeks of the line, oldest first."""
    return tuple(span.before(weeks) for weeks in reversed(range(LINE_WEEKS)))


def read_coverage(
    store: Store, brand: str, spans: Sequence[Span], now: datetime, archive: Mapping[str, Week]
) -> tuple[Coverage, ...]:
    """Return how much of the brand's stream was seen in each week.

    What an archived page says of its week is taken from there: reading the points of thirteen weeks is
    half of the work.
    """
    return tuple(
        _archived_coverage(archive, span, brand) or coverage(store, brand, span, now) for span in spans
    )


def _archived_coverage(archive: Mapping[str, Week], span: Span, brand: str) -> Coverage | None:
    page = archive.get(span.week)
    brands = page.brands if page else ()
    return next((each.coverage for each in brands if each.brand == brand), None)


def past(
    brand: str,
    rivals: Sequence[str],
    spans: tuple[Span, ...],
    sums: Sequence[Mapping[str, WeekSums]],
    seen: Mapping[str, tuple[Coverage, ...]],
    cases: Sequence[Case],
    now: datetime,
) -> Past:
    """Put together what the store gave."""
    return Past(
        brand,
        spans,
        tuple(week.get(brand, NO_SUMS) for week in sums),
        tuple(_rivals(rivals, week, [seen[rival][i] for rival in rivals]) for i, week in enumerate(sums)),
        seen[brand],
        tuple(calm(cases, span, share, now) for span, share in zip(spans, seen[brand], strict=True)),
    )


def _rivals(
    rivals: Sequence[str], week: Mapping[str, WeekSums], seen: Sequence[Coverage]
) -> tuple[WeekSums, ...] | None:
    found = tuple(week.get(rival, NO_SUMS) for rival in rivals)
    states = [state_of(share, sums.mentions) for share, sums in zip(seen, found, strict=True)]
    return None if DataState.HIDDEN in states else found


def indexed(past: Past, older: Sequence[BrandWeek]) -> Indexed:
    """Return the index of every week that has one; `older` are archived weeks from before the line."""
    sources = usual_sources(past.sums)
    parts = tuple(_parts(past, i, sources) if state in SHOWN else None for i, state in enumerate(past.states))
    well = [
        each.values
        for each, state in zip(parts[:-1], past.states[:-1], strict=True)
        if each is not None and state is DataState.OK
    ]
    earlier = [dict(week) for week in well] + [_archived(week) for week in older]
    usuals = _usuals(earlier)
    draws = tuple(index_draws(each, usuals) if each and Part.SENTIMENT in usuals else None for each in parts)
    index = tuple(
        estimate(index_value(each, usuals), drawn) if each is not None and drawn is not None else None
        for each, drawn in zip(parts, draws, strict=True)
    )
    return Indexed(parts, usuals, len(earlier), draws, index)


def _usuals(weeks: Sequence[Mapping[Part, float]]) -> dict[Part, Usual]:
    found = {part: usual(part, [week[part] for week in weeks if part in week]) for part in Part}
    return {part: each for part, each in found.items() if each is not None}


def _archived(week: BrandWeek) -> dict[Part, float]:
    return {each.part: float(each.value) for each in week.components}


def _parts(past: Past, place: int, sources: Mapping[str, Source]) -> Parts:
    """Return one week's parts; what is not known is left out."""
    week, name = past.sums[place], past.spans[place].week
    values: dict[Part, float] = {}
    draws: dict[Part, Draws] = {}
    if (net := net_sentiment(week, sources)) is not None:
        values[Part.SENTIMENT] = net
        draws[Part.SENTIMENT] = sentiment_draws(week, sources, seed_of(past.brand, name, Part.SENTIMENT))
    if (share := share_of_voice(week, past.rivals[place])) is not None:
        values[Part.VOICE] = share
        rivals = past.rivals[place] or ()
        draws[Part.VOICE] = voice_draws(week, rivals, seed_of(past.brand, name, Part.VOICE))
    if (quiet := past.calm[place]) is not None:
        values[Part.CALM] = quiet
        draws[Part.CALM] = np.full(DRAWS, quiet)
    return Parts(draws, values)


def share_of_voice(own: WeekSums, rivals: Sequence[WeekSums] | None) -> float | None:
    """Return the brand's share of what was said of it and its rivals, in per cent; None when not known."""
    if not rivals:
        return None
    total = own.mood.total + sum(rival.mood.total for rival in rivals)
    return 100.0 * own.mood.total / total if total > 0 else None


def extreme(found: Indexed, lowest: bool) -> int:
    """Return of how many weeks the last one is surely the lowest (or highest), 0 when it is not.

    With fewer than three others there is nothing to be the lowest of.
    """
    known = [drawn for drawn in found.draws if drawn is not None]
    if found.draws[-1] is None or len(known) < 4:
        return 0
    others = np.stack(known[:-1])
    beaten = known[-1] < others.min(axis=0) if lowest else known[-1] > others.max(axis=0)
    return len(known) if float(np.mean(beaten)) > CERTAIN else 0


def read_archive(store: Store, span: Span) -> dict[str, Week]:
    """Return the archived pages of the year before `span`, by week; those made too early are left out."""
    wanted = {span.before(weeks).week for weeks in range(1, YEAR + 1)}
    found = {}
    for week in wanted.intersection(store.report_weeks(3 * YEAR)):
        report = store.report(week)
        if report is not None and (page := loads(Week, report.data)).complete:
            found[week] = page
    return found


def archived_brand(archive: Mapping[str, Week], week: str, brand: str) -> BrandWeek | None:
    """Return a brand's archived week, where its numbers could be trusted."""
    page = archive.get(week)
    brands = page.brands if page else ()
    return next((each for each in brands if each.brand == brand and each.state is DataState.OK), None)
