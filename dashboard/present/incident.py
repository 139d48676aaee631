"""From records to an incident's page: pure, like `dashboard.present.live`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from core import words
from core.records import (
    Action,
    Answer,
    Delivery,
    Incident,
    IncidentEvent,
    MentionRow,
    Quote,
    Rollup,
    Signal,
    SignalPoint,
)
from dashboard import phrases
from dashboard.bins import BIN, complete
from dashboard.charts.incident import Mark, seen_against_expected
from dashboard.charts.unseen import Unwatched
from dashboard.facts import Facts
from dashboard.present import manner, outlook
from dashboard.present import pages as present_pages
from dashboard.present import proof as present_proof
from dashboard.present.changed import since_acknowledged
from dashboard.present.happened import happened
from dashboard.present.live import since
from dashboard.viewmodels import (
    Figure,
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
ANGER_OF = 500
"""Newest negative mentions whose tone is looked at: the share is known to 4 points then, in some 20 ms."""
_TOO_SHORT = "The line begins with the second window of 5 minutes."
_REMOVED = "The drill is over: its made-up mentions were removed, so no line is left."
_EXERCISE = "This is a drill. Its mentions are made up."


@dataclass(frozen=True, slots=True)
class Material:
    """What the store knows about one incident."""

    incident: Incident
    answers: Mapping[Action, Answer]
    events: Sequence[IncidentEvent]
    points: Sequence[SignalPoint]
    rollups: Sequence[Rollup]
    """Of the heat map's time only."""
    deliveries: Sequence[Delivery] = ()
    """Of its pages."""
    negative: Sequence[MentionRow] = ()
    """Its newest negative mentions, at most `ANGER_OF`."""


def span(incident: Incident, now: datetime) -> tuple[datetime, datetime]:
    """Return the time that the big chart shows."""
    end = now if incident.closed_at is None else min(now, incident.closed_at + AFTER)
    return incident.started_at - BEFORE, end


def page(facts: Facts, material: Material) -> IncidentPage:
    """Return everything on an incident's page."""
    incident = material.incident
    signal = _signal(facts, incident)
    explanation = incident.explanation
    plot = _plot(facts, material)
    return IncidentPage(
        story=_story(facts, incident, signal, material.answers),
        figures=_figures(facts, incident, signal),
        plot=plot,
        no_plot="" if plot else _REMOVED if _removed(incident) else _TOO_SHORT,
        ahead=outlook.sentence(_coming(facts, material)) if plot else "",
        evidence=present_proof.evidence(explanation.signal),
        heat=present_proof.heat(facts, incident, material.rollups),
        changed=since_acknowledged(facts, incident, signal, material.answers, material.points),
        happened=happened(facts, incident, material.events, material.answers, material.deliveries),
        zone=_zone_words(facts.zone.key),
        first=tuple(quote_row(facts, quote) for quote in explanation.first),
        anger=manner.anger(material.negative, ANGER_OF),
        playbook=_paragraphs(explanation.playbook),
    )


def _zone_words(key: str) -> str:
    """Write `Europe/Vienna` as `Vienna time`."""
    place = key.rpartition("/")[2].replace("_", " ")
    return key if key == "UTC" else f"{place} time"


def _paragraphs(playbook: str) -> tuple[str, ...]:
    """Return a playbook's lines; the card's title says already that it is a suggestion."""
    lines = (line.strip() for line in playbook.removeprefix("Suggested: ").splitlines())
    return tuple(phrases.capital(line) for line in lines if line)


def _signal(facts: Facts, incident: Incident) -> Signal:
    """Return the newest signal while the incident is open, else the one that explains it."""
    if incident.open:
        for signal in facts.states:
            if signal.brand == incident.brand:
                return signal
    return incident.explanation.signal


def _story(facts: Facts, incident: Incident, signal: Signal, answers: Mapping[Action, Answer]) -> Story:
    return Story(
        id=incident.id,
        number=incident.id[:8],
        stage=incident.stage,
        word=words.STAGE_WORDS[incident.stage],
        brand=incident.brand,
        label=f"{phrases.capital(incident.label)}.",
        headline=words.headline(signal),
        since=_since(facts, incident, signal),
        blind=facts.unseen if incident.open and not incident.drill else "",
        owner=facts.owner(incident, answers),
        urgent=incident.open and incident.paged_at is not None and not answers,
        answerable=phrases.answerable(incident, answers),
        simulated=present_pages.mark(incident),
        exercise=_EXERCISE if incident.drill else "",
        answered=phrases.answered(answers, facts.zone, facts.now),
    )


def _since(facts: Facts, incident: Incident, signal: Signal) -> str:
    paged = f", paged {facts.time(incident.paged_at)}" if incident.paged_at else ""
    return since(incident, signal.growth, facts.zone, facts.now) + paged


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
        _sources_figure(facts, incident, signal),
        Figure("With copies", words.number(raw), "", _copies(signal)),
        Figure("Negative share", words.percent(signal.negative_share), "", usual),
    )


def _split_unit(value: str) -> tuple[str, str]:
    """Set a lone unit apart, to be written smaller: `48`, `min`."""
    number, _, unit = value.partition(" ")
    return (number, unit) if number.isdigit() and unit == "min" else (value, "")


def _authors(signal: Signal) -> str:
    return (
        "the sources do not say"
        if signal.authors is None
        else "wrote a mention more likely negative than not"
    )


def _copies(signal: Signal) -> str:
    """Say how many there are of each voice; the sums may lie under the count of authors."""
    return f"sum of probabilities, each voice {signal.amplification:.1f} times"


def _sources_figure(facts: Facts, incident: Incident, signal: Signal) -> Figure:
    if incident.drill:
        return Figure("Made-up sources", words.number(signal.sources), "", phrases.MADE_UP)
    asked = phrases.asked(facts.sources)
    watched = f"of {len(asked)}" if asked else ""
    return Figure("Sources", words.number(signal.sources), watched, facts.meter.blind or "all seen")


def _plot(facts: Facts, material: Material) -> Plot | None:
    """Return the big chart; None while there are too few points for a line.

    "Now" moves once a minute, because a changed specification is drawn anew.
    """
    points, incident = complete(material.points), material.incident
    if len(points) < 2 or _removed(incident):
        return None
    _, until = span(incident, facts.now.replace(second=0, microsecond=0))
    marks = _marks(facts, incident, material.answers)
    unwatched = _unwatched(facts, incident, points[-1].at, until)
    ahead = outlook.coming(_coming(facts, material), until)
    spec = seen_against_expected(points, incident.stages, marks, until, facts.zone, unwatched, ahead)
    worst = max(points, key=lambda point: point.bin_seen)
    alt = (
        f"Negative mentions of {incident.brand} per 5 minutes: up to {words.number(worst.bin_seen)} at "
        f"{facts.time(worst.at)}, {words.band(worst.bin_expected, worst.bin_low, worst.bin_high)}."
    )
    return Plot(spec, alt)


def _coming(facts: Facts, material: Material) -> outlook.Shown | None:
    """Return what may come, as far as the chart can show it; None where nobody watches, or it is over."""
    incident = material.incident
    if not incident.open or facts.silent_since is not None:
        return None
    since, until = span(incident, facts.now)
    return outlook.shown(_signal(facts, incident), until - since)


def _removed(incident: Incident) -> bool:
    """Return whether what was counted is gone; what is kept under its brand is a later drill's."""
    return incident.drill and not incident.open


def _unwatched(facts: Facts, incident: Incident, last: datetime, until: datetime) -> Unwatched | None:
    """Return the time since the main process died; the bin that was open then was never closed."""
    if facts.silent_since is None or not incident.open:
        return None
    since = max(last, facts.silent_since - BIN)
    why = f"nobody watches since {_clock(facts, facts.silent_since)}"
    return Unwatched(since, until, why) if since < until else None


def _marks(facts: Facts, incident: Incident, answers: Mapping[Action, Answer]) -> list[Mark]:
    """Return the moments that the chart names; the day is written at its axis."""
    moments = [(incident.started_at, "first mention"), (incident.paged_at, "paged")]
    if answer := answers.get(Action.ACKNOWLEDGE):
        moments.append((answer.at, "acknowledged"))
    return [Mark(at, f"{what} {_clock(facts, at)}") for at, what in moments if at is not None]


def _clock(facts: Facts, at: datetime) -> str:
    return words.clock_time(at.astimezone(facts.zone))


def quote_row(facts: Facts, quote: Quote) -> QuoteRow:
    """Return a mention as evidence; only web addresses become links."""
    return QuoteRow(
        time=facts.time(quote.at),
        source=quote.source,
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
        label=phrases.capital(incident.label),
        brand=incident.brand,
        when=_since(facts, incident, _signal(facts, incident)),
        answered=facts.owner(incident, answers),
        simulated=present_pages.mark(incident),
    )
