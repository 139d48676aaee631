"""From records to an incident's page: pure, like `present_live`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from core import words
from core.records import (
    Action,
    Answer,
    Contribution,
    EventKind,
    Incident,
    IncidentEvent,
    Quote,
    Rollup,
    Signal,
    SignalPoint,
    SourceState,
    Stage,
)
from dashboard import phrases
from dashboard.charts import Mark, seen_against_expected
from dashboard.present_live import Facts, since
from dashboard.viewmodels import (
    Evidence,
    EvidenceBar,
    Figure,
    Happening,
    Heat,
    HeatRow,
    IncidentLine,
    IncidentPage,
    Plot,
    QuoteRow,
    Story,
)

BEFORE = timedelta(minutes=90)
"""Calm shown before the first mention, so that the rise is seen against it."""
AFTER = timedelta(minutes=30)
"""Shown after an incident was closed."""
HEAT_CELLS = 16
HEAT_SECONDS = 300
"""16 cells of 5 minutes: the 80 minutes in which a storm jumps from source to source."""


@dataclass(frozen=True, slots=True)
class Material:
    """What the store knows about one incident."""

    incident: Incident
    answers: Mapping[Action, Answer]
    events: Sequence[IncidentEvent]
    points: Sequence[SignalPoint]
    rollups: Sequence[Rollup]
    """Of the heat map's time only."""


def span(incident: Incident, now: datetime) -> tuple[datetime, datetime]:
    """Return the time that the big chart shows."""
    end = now if incident.closed_at is None else min(now, incident.closed_at + AFTER)
    return incident.started_at - BEFORE, end


def heat_span(incident: Incident, now: datetime) -> tuple[datetime, datetime]:
    """Return the heat map's time: the 80 minutes before now, or before the incident cooled."""
    peak = [change.at for change in incident.stages if change.stage is incident.peak_stage][-1]
    ends = [change.at for change in incident.stages if change.at > peak]
    end = min([now, *ends])
    cell = timedelta(seconds=HEAT_SECONDS)
    full = datetime.fromtimestamp(-(-end.timestamp() // HEAT_SECONDS) * HEAT_SECONDS, end.tzinfo)
    return full - HEAT_CELLS * cell, full


def page(facts: Facts, material: Material) -> IncidentPage:
    """Return everything on an incident's page."""
    incident = material.incident
    signal = _signal(facts, incident)
    explanation = incident.explanation
    return IncidentPage(
        story=_story(facts, incident, material.answers),
        figures=_figures(facts, incident, signal),
        plot=_plot(facts, material),
        evidence=_evidence(explanation.signal),
        heat=_heat(facts, material),
        happened=_happened(facts, material),
        zone=_zone_words(facts.zone.key),
        first=tuple(quote_row(facts, quote) for quote in explanation.first),
        playbook=tuple(line.strip() for line in explanation.playbook.splitlines() if line.strip()),
    )


def _zone_words(key: str) -> str:
    """Write `Europe/Vienna` as `Vienna time`."""
    place = key.rpartition("/")[2].replace("_", " ")
    return key if key == "UTC" else f"{place} time"


def _signal(facts: Facts, incident: Incident) -> Signal:
    """Return the newest signal while the incident is open, else the one that explains it."""
    if incident.open:
        for signal in facts.states:
            if signal.brand == incident.brand:
                return signal
    return incident.explanation.signal


def _story(facts: Facts, incident: Incident, answers: Mapping[Action, Answer]) -> Story:
    blind = facts.meter.blind if incident.open else ""
    return Story(
        id=incident.id,
        number=incident.id[:8],
        stage=incident.stage,
        word=words.STAGE_WORDS[incident.stage],
        brand=incident.brand,
        label=incident.label,
        headline=incident.explanation.headline,
        since=_since(facts, incident),
        blind=f"{blind}: the true size is larger" if blind else "",
        owner=phrases.owner(incident, answers, facts.channels, facts.zone, facts.now),
        urgent=incident.open and incident.paged_at is not None and not answers,
        open=incident.open,
        simulated=incident.simulated,
        answered=phrases.answered(answers, facts.zone, facts.now),
    )


def _since(facts: Facts, incident: Incident) -> str:
    paged = f", paged {facts.time(incident.paged_at)}" if incident.paged_at else ""
    return since(incident, facts.zone, facts.now) + paged


def _figures(facts: Facts, incident: Incident, signal: Signal) -> tuple[Figure, ...]:
    growth = phrases.growth(signal.growth)
    value, unit = _split_unit(growth.value)
    raw = signal.seen * signal.amplification
    usual = "usual unknown" if signal.usual_share is None else f"usual {words.percent(signal.usual_share)}"
    return (
        Figure(
            "Seen, last hour" if incident.open else "Seen in an hour",
            words.number(signal.seen),
            "",
            phrases.expected(signal),
        ),
        Figure(growth.label, value, unit, growth.range.strip("()") or "no certain trend"),
        Figure("Authors", words.number(signal.authors), "", _authors(signal)),
        _sources_figure(facts, signal),
        Figure("With copies", words.number(raw), "", f"each voice {signal.amplification:.1f} times"),
        Figure("Negative share", words.percent(signal.negative_share), "", usual),
    )


def _split_unit(value: str) -> tuple[str, str]:
    """Set a lone unit apart, to be written smaller: `48`, `min`."""
    number, _, unit = value.partition(" ")
    return (number, unit) if number.isdigit() and unit == "min" else (value, "")


def _authors(signal: Signal) -> str:
    return "the sources do not say" if signal.authors is None else "of negative mentions"


def _sources_figure(facts: Facts, signal: Signal) -> Figure:
    watched = f"of {len(facts.sources)}" if facts.sources else ""
    return Figure("Sources", words.number(signal.sources), watched, facts.meter.blind or "all seen")


def _plot(facts: Facts, material: Material) -> Plot | None:
    """Return the big chart; None while there are too few points for a line."""
    points, incident = material.points, material.incident
    if len(points) < 2:
        return None
    _, until = span(incident, points[-1].at)
    marks = _marks(facts, incident, material.answers)
    spec = seen_against_expected(points, incident.stages, marks, until, facts.zone)
    worst = max(points, key=lambda point: point.bin_seen)
    alt = (
        f"Negative mentions of {incident.brand} per 5 minutes: up to {words.number(worst.bin_seen)} at "
        f"{facts.time(worst.at)}, {words.band(worst.bin_expected, worst.bin_low, worst.bin_high)}."
    )
    return Plot(spec, alt)


def _marks(facts: Facts, incident: Incident, answers: Mapping[Action, Answer]) -> list[Mark]:
    marks = [Mark(incident.started_at, "first mention")]
    if incident.paged_at is not None:
        marks.append(Mark(incident.paged_at, f"paged {facts.time(incident.paged_at)}"))
    if answer := answers.get(Action.ACKNOWLEDGE):
        marks.append(Mark(answer.at, "acknowledged"))
    return marks


def _evidence(signal: Signal) -> Evidence:
    ordered = sorted(signal.contributions, key=lambda item: -abs(item.value))
    low = min([0.0, *(item.value for item in ordered)])
    high = max([0.0, *(item.value for item in ordered)])
    width = (high - low) or 1.0
    total = f"evidence {signal.evidence:.1f}, pages at {signal.threshold:.1f}"
    capped = (f"Held at smouldering: {signal.capped}.",) if signal.capped else ()
    return Evidence(
        bars=tuple(_bar(item, low, width) for item in ordered),
        zero=f"{-100 * low / width:.1f}%",
        total=total,
        sentences=(*_conditions(signal.conditions), *capped),
    )


def _conditions(conditions: Sequence[str]) -> tuple[str, ...]:
    return (f"What holds: {'; '.join(conditions)}.",) if conditions else ()


def _bar(item: Contribution, low: float, width: float) -> EvidenceBar:
    sign = "+" if item.value >= 0 else "−"
    return EvidenceBar(
        name=item.name,
        value=f"{sign}{abs(item.value):.1f}",
        left=f"{100 * (min(item.value, 0.0) - low) / width:.1f}%",
        width=f"{100 * abs(item.value) / width:.1f}%",
        positive=item.value >= 0,
    )


def _heat(facts: Facts, material: Material) -> Heat:
    start, end = heat_span(material.incident, facts.now)
    sums = _by_cell(material.rollups, start)
    strongest = max((value for cells in sums.values() for value in cells), default=0.0) or 1.0
    blind = {source.name: source for source in facts.sources if source.blind(facts.now)}
    names = {*sums, *(source.name for source in facts.sources)}
    ordered = sorted(names, key=lambda name: (-sum(sums.get(name, ())), name))
    return Heat(
        rows=tuple(
            _heat_row(name, sums.get(name, ()), strongest, blind.get(name), start) for name in ordered
        ),
        start=facts.time(start),
        end=facts.time(end),
        first=_first_in(facts, material.incident),
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
    return HeatRow(phrases.source_name(name), cells, f"{total}, then blind" if hidden else total, hidden)


def _first_in(facts: Facts, incident: Incident) -> str:
    """Say where it was seen first: `First in bluesky 11:58, in reviews 12:24.`"""
    known = [(share.first_at, share.source) for share in incident.explanation.sources if share.first_at]
    places = [f"in {phrases.source_name(source)} {facts.time(at)}" for at, source in sorted(known)[:4]]
    return f"First {', '.join(places)}." if places else ""


def _happened(facts: Facts, material: Material) -> tuple[Happening, ...]:
    """Return the timeline, newest first; answers come from the rows that count."""
    rows = [
        (event.at, _happening(facts, event))
        for event in material.events
        if event.kind is not EventKind.ANSWERED
    ]
    rows += [(answer.at, _answer_row(facts, answer)) for answer in material.answers.values()]
    return tuple(row for _, row in sorted(rows, key=lambda pair: pair[0], reverse=True))


def _happening(facts: Facts, event: IncidentEvent) -> Happening:
    strong, _, rest = event.text.partition(": ")
    if event.kind is not EventKind.STAGE or not rest:
        strong, rest = "", event.text
    return Happening(
        time=facts.time(event.at),
        stage=event.stage if event.kind is EventKind.STAGE else None,
        blind=event.kind is EventKind.COVERAGE and event.stage is Stage.UNKNOWN,
        strong=f"{strong}." if strong else "",
        text=rest[:1].upper() + rest[1:],
    )


def _answer_row(facts: Facts, answer: Answer) -> Happening:
    sentence = phrases.answer_sentence(answer, facts.zone, facts.now)
    return Happening(facts.time(answer.at), None, False, "", sentence)


def quote_row(facts: Facts, quote: Quote) -> QuoteRow:
    """Return a mention as evidence; only web addresses become links."""
    return QuoteRow(
        time=facts.time(quote.at),
        source=phrases.source_name(quote.source),
        author=quote.author,
        text=quote.text,
        copies=f"{words.number(quote.copies)} copies" if quote.copies > 1 else "",
        url=quote.url if urlsplit(quote.url).scheme in {"http", "https"} else "",
    )


def line(facts: Facts, incident: Incident, answers: Mapping[Action, Answer]) -> IncidentLine:
    """Return one row of the list of incidents."""
    stage = incident.stage if incident.open else incident.peak_stage
    return IncidentLine(
        id=incident.id,
        stage=stage,
        word=words.STAGE_WORDS[stage] if incident.open else f"{words.STAGE_WORDS[stage]}, over",
        label=incident.label,
        brand=incident.brand,
        when=_since(facts, incident),
        answered=phrases.owner(incident, answers, facts.channels, facts.zone, facts.now),
        simulated=incident.simulated,
    )
