"""The page behind a link: phone-sized, without script or login, for thirty seconds at 03:00."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core import words
from core.records import Action, Answer, Incident, Signal, Stage
from dashboard import phrases, tokens, widgets
from dashboard.present.live import since
from dashboard.present.pages import mark
from dashboard.viewmodels import Meter
from dashboard.workspace import Workspace

_EXERCISE = Meter((), phrases.MADE_UP, "")
QUOTES = 3
"""What fits on a phone beside the numbers."""


@dataclass(frozen=True, slots=True)
class AckQuote:
    """A representative mention."""

    source: str
    author: str
    text: str
    copies: str


@dataclass(frozen=True, slots=True)
class AckPage:
    """What the page says, as plain text."""

    incident_id: str
    stage: Stage
    word: str
    brand: str
    label: str
    since: str
    simulated: str
    """`simulated`, `drill`, or nothing."""
    drill: bool
    seen: str
    expected: str
    growth: str
    who: str
    meter: Meter
    quotes: tuple[AckQuote, ...]
    answered: tuple[str, ...]
    """Who answered what and when; empty while nobody has."""
    answerable: bool
    """False once it is closed or a verdict was given."""


def load(workspace: Workspace, incident: Incident, now: datetime) -> AckPage:
    """Read what the page of `incident` says at `now`; changes nothing."""
    store = workspace.store
    newest = {signal.brand: signal for signal in store.states()} if incident.open else {}
    signal = newest.get(incident.brand, incident.explanation.signal)
    meter = _EXERCISE if incident.drill else phrases.meter(store.sources(), now, workspace.zone)
    return _page(workspace, incident, signal, store.answers(incident.id), meter, now)


def _page(
    workspace: Workspace,
    incident: Incident,
    signal: Signal,
    answers: Mapping[Action, Answer],
    meter: Meter,
    now: datetime,
) -> AckPage:
    ordered = sorted(answers.values(), key=lambda answer: answer.at)
    return AckPage(
        incident_id=incident.id,
        stage=incident.stage,
        word=words.STAGE_WORDS[incident.stage],
        brand=incident.brand,
        label=phrases.capital(incident.label),
        since=since(incident, signal.growth, workspace.zone, now),
        simulated=mark(incident),
        drill=incident.drill,
        seen=words.number(signal.seen),
        expected=phrases.expected(signal),
        growth=phrases.growth(signal.growth).sentence,
        who=_who(signal),
        meter=meter,
        quotes=tuple(_quotes(incident)),
        answered=tuple(phrases.answer_sentence(answer, workspace.zone, now) for answer in ordered),
        answerable=phrases.answerable(incident, answers),
    )


def _who(signal: Signal) -> str:
    authors = "" if signal.authors is None else f"{words.number(signal.authors)} authors in "
    return f"{authors}{signal.sources} {'source' if signal.sources == 1 else 'sources'}"


def _quotes(incident: Incident) -> list[AckQuote]:
    return [
        AckQuote(
            source=quote.source,
            author=quote.author,
            text=quote.text,
            copies=f"{words.number(quote.copies)} copies" if quote.copies > 1 else "",
        )
        for quote in incident.explanation.quotes[:QUOTES]
    ]


def page_html(page: AckPage) -> str:
    """Return the page."""
    return widgets.html("ack", page=page, tokens=_style(), actions=_ACTIONS)


def message_html(title: str, text: str) -> str:
    """Return a page that says why there is nothing to answer."""
    return widgets.html("ack_message", title=title, text=text, tokens=_style())


_ACTIONS = (
    (Action.ACKNOWLEDGE, "Acknowledge"),
    (Action.SNOOZE, "Snooze 30 min"),
    (Action.FALSE_ALARM, "False alarm"),
    (Action.NOT_US, "Not us"),
)


def _style() -> str:
    return tokens.declarations()
