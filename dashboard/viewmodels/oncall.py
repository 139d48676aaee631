"""What On-call shows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A channel, and whether pages reach somebody there now."""

    channel: str
    person: str
    takes: str
    quiet: str
    """Its quiet hours; empty without."""
    quiet_now: bool
    last: str
    """The newest delivery, in words."""
    form: str


@dataclass(frozen=True, slots=True)
class DutyLevel:
    """Who is paged at the same time."""

    title: str
    when: str
    rows: tuple[DutyRow, ...]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """The pages of one person in seven days, against the cap."""

    person: str
    pages: str
    width: str
    """Of the bar, as a CSS percentage."""
    full: bool


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One page on one channel."""

    channel: str
    state: str
    """`sent`, `waiting`, `held` or `dead`; also its CSS class."""
    word: str
    service: str
    detail: str


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page and what became of it."""

    id: str
    time: str
    what: str
    brand: str
    label: str
    outcome: str
    state: str
    """`sent`, `waiting`, `held` or `dead`; also its CSS class."""
    detail: str
    simulated: str
    """`simulated`, `drill`, or empty."""
    deliveries: tuple[DeliveryRow, ...]
    incident_id: str


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A dead letter: a page that a channel never got."""

    time: str
    channel: str
    about: str
    why: str


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """An open incident that nobody has answered."""

    incident_id: str
    brand: str
    label: str
    text: str
    """Since when, and to whom it goes next."""


@dataclass(frozen=True, slots=True)
class OncallPage:
    """Everything on On-call but the test."""

    headline: str
    nobody: bool
    note: str
    """What must be known first: quiet hours, a replay; empty when nothing."""
    levels: tuple[DutyLevel, ...]
    persons: tuple[PersonRow, ...]
    cap: str
    letters: tuple[LetterRow, ...]
    more_letters: str
    waiting: tuple[WaitingRow, ...]
    tested: str
    """Age and end of the last test page."""
    tested_well: bool
    pages: tuple[PageRow, ...]
    no_pages: str
    can_test: bool
    channels: tuple[str, ...]
