"""From the store to a `Week`: everything that the weekly page tells, read in one place.

Reads sums, coverage and incidents of thirteen weeks, narratives of one, and archived pages of a year; some
seconds for twenty brands. Writes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.config import BrandConfig, Config
from core.ports import Store
from core.records import BrandWeek, Coverage, Narrative, Response, Theme, Week
from pipeline.weekly.brand import Told, brand_week
from pipeline.weekly.past import Past, line_of, past, read_archive, read_coverage
from pipeline.weekly.risks import hindsight, risks
from pipeline.weekly.span import Span
from pipeline.weekly.storms import Case, all_alarms, read_cases, response
from pipeline.weekly.sums import WeekSums, read_sums
from pipeline.weekly.themes import narratives_of, themes


@dataclass(frozen=True, slots=True)
class Reading:
    """What the store gave for all brands."""

    spans: tuple[Span, ...]
    sums: tuple[Mapping[str, WeekSums], ...]
    seen: Mapping[str, tuple[Coverage, ...]]
    cases: Mapping[str, Sequence[Case]]
    narratives: Mapping[str, Mapping[str, Narrative]]
    themes: Mapping[str, tuple[Theme, ...]]
    archive: Mapping[str, Week]


def collect(store: Store, config: Config, span: Span, now: datetime) -> Week:
    """Return the page of a week without its sentences; `alerts.report.sentences.tell` adds them."""
    brands = brands_of(store, config)
    reading = _read(store, brands, span, now)
    weeks = sorted((_brand(brand, config, reading, now) for brand in brands), key=_urgency)
    named = {brand.name: reading.cases.get(brand.name, []) for brand in brands}
    narratives = {name: each.values() for name, each in reading.narratives.items()}
    seen = {brand.name: reading.seen[brand.name][-1] for brand in brands}
    return Week(
        week=span.week,
        since=span.since,
        until=span.until,
        zone=config.timezone,
        made_at=now,
        complete=now >= span.until,
        purpose=store.meta("purpose") or "live",
        brands=tuple(weeks),
        risks=risks(store, span, now, named, narratives, seen),
        alarms=all_alarms(week.alarms for week in weeks),
        response=_response(named, span),
        hindsight=hindsight(span, now),
    )


def brands_of(store: Store, config: Config) -> tuple[BrandConfig, ...]:
    """Return the configured brands; a replay without a configuration has those that it counted."""
    if config.brands:
        return config.brands
    # A brand of an archive is a value of a column, not something that anybody wrote as a name for a query.
    return tuple(BrandConfig.model_construct(name=total.brand) for total in store.totals())


def _read(store: Store, brands: Sequence[BrandConfig], span: Span, now: datetime) -> Reading:
    spans, until, names = line_of(span), min(span.until, now), [brand.name for brand in brands]
    narratives = {name: narratives_of(store, name, span) for name in names}
    archive = read_archive(store, span)
    return Reading(
        spans=spans,
        sums=tuple(read_sums(store, each, now) for each in spans),
        seen={name: read_coverage(store, name, spans, now, archive) for name in names},
        cases=read_cases(store, spans[0].since, until),
        narratives=narratives,
        themes={name: themes(store, name, narratives[name], span, until) for name in names},
        archive=archive,
    )


def _brand(brand: BrandConfig, config: Config, reading: Reading, now: datetime) -> BrandWeek:
    cases = reading.cases.get(brand.name, [])
    told = Told(
        past=_past(brand.name, brand.rivals, reading, now),
        rivals={name: _past(name, (), reading, now) for name in brand.rivals},
        cases=cases,
        themes=reading.themes[brand.name],
        archive=reading.archive,
        goals=brand.goals,
        promised=config.detection.needless_pages_per_week,
        now=now,
    )
    return brand_week(told)


def _past(name: str, rivals: Sequence[str], reading: Reading, now: datetime) -> Past:
    cases = reading.cases.get(name, [])
    return past(name, rivals, reading.spans, reading.sums, reading.seen, cases, now)


def _response(cases: Mapping[str, Sequence[Case]], span: Span) -> Response:
    return response([case for brand in cases.values() for case in brand], span)


def _urgency(week: BrandWeek) -> tuple[int, int, int, str]:
    """Sort the worst week first, then the largest certain fall, then what is talked about most."""
    by = week.change.by if week.change and week.change.certain else 0
    return (-week.worst.severity, by, -week.mentions, week.brand.casefold())
