"""What an incident's page and the list of incidents show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.records import Action, Stage


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure with the line that puts it into proportion."""

    label: str
    value: str
    unit: str
    detail: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One row of "what happened"."""

    time: str
    stage: Stage | None
    blind: bool
    strong: str
    text: str


@dataclass(frozen=True, slots=True)
class EvidenceBar:
    """One contribution: where its bar starts and how long it is, as CSS percentages."""

    name: str
    value: str
    left: str
    width: str
    positive: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why it fired."""

    bars: tuple[EvidenceBar, ...]
    zero: str
    """Where the zero line stands, as a CSS percentage."""
    total: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One source over time."""

    source: str
    cells: tuple[int | None, ...]
    """Strength 0..100 in percent of the strongest cell; None while it was blind."""
    total: str
    blind: bool


@dataclass(frozen=True, slots=True)
class Heat:
    """Negative mentions by source and time."""

    rows: tuple[HeatRow, ...]
    start: str
    end: str
    note: str
    """What a cell counts and what time the cells cover."""
    first: str
    """Where it was first seen, as a sentence."""


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A mention as evidence."""

    time: str
    source: str
    author: str
    text: str
    copies: str
    url: str
    """Only http and https, else empty."""


@dataclass(frozen=True, slots=True)
class Story:
    """The head of an incident's page."""

    id: str
    number: str
    stage: Stage
    word: str
    brand: str
    label: str
    headline: str
    since: str
    blind: str
    owner: str
    urgent: bool
    """True while nobody has answered a page."""
    answerable: bool
    """False once it is closed or a verdict was given."""
    simulated: str
    """`simulated`, `drill`, or empty."""
    exercise: str
    """That it is a drill, as sentences; else empty."""
    answered: Mapping[Action, str]


@dataclass(frozen=True, slots=True)
class Plot:
    """The big chart: a Vega-Lite specification and what it shows, in words."""

    spec: Mapping[str, Any]
    alt: str


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """Everything on an incident's page."""

    story: Story
    figures: tuple[Figure, ...]
    plot: Plot | None
    no_plot: str
    """Why there is no line, as a sentence; empty when there is one."""
    ahead: str
    """What the chart shows after now, as a sentence; empty when it shows nothing."""
    evidence: Evidence
    heat: Heat | None
    """None when what was counted is gone: a drill is over."""
    changed: str
    """What changed since it was acknowledged, as a sentence; empty before."""
    happened: tuple[Happening, ...]
    zone: str
    first: tuple[QuoteRow, ...]
    anger: str
    """How many of its negative texts are angry, as a sentence; empty where that is not known."""
    playbook: tuple[str, ...]
    """Paragraphs."""


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One incident in the list."""

    id: str
    stage: Stage
    word: str
    label: str
    brand: str
    when: str
    answered: str
    simulated: str
    """`simulated`, `drill`, or empty."""
