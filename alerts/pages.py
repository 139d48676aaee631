"""What flows through the chain: the pages that go on, and those that were stopped, each with its reason."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from alerts.channels import Channel
from alerts.render import Renderer
from core.config import PagingConfig
from core.ports import Clock, Store
from core.records import Action, Answer, Incident, Notification, Outcome, Silence


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a page goes no further; `PENDING` holds it for a later round."""

    outcome: Outcome
    detail: str


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of one round."""

    going: tuple[Notification, ...]
    stopped: tuple[tuple[Notification, Stop], ...] = ()

    def sift(self, judge: Callable[[Notification], Stop | None]) -> "Pages":
        """Return the pages after `judge` has looked at each one that still goes; None lets it go on."""
        verdicts = [(page, judge(page)) for page in self.going]
        return Pages(
            going=tuple(page for page, stop in verdicts if stop is None),
            stopped=self.stopped + tuple((page, stop) for page, stop in verdicts if stop is not None),
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """What the store knows about one page's incident when the round begins."""

    incident: Incident | None = None
    siblings: tuple[Notification, ...] = ()
    """The incident's other notifications."""
    answers: Mapping[Action, Answer] = field(default_factory=dict)
    silences: tuple[Silence, ...] = ()
    """Silences of its brand or incident that are in force now."""
    silences_then: tuple[Silence, ...] = ()
    """Those that were in force when the page was made."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What the stages work with, for the life of the process."""

    store: Store
    channels: tuple[Channel, ...]
    renderer: Renderer
    clock: Clock
    replay: bool
    patience: float
    """Seconds that a round waits for its sends; slower ones go on beside the next rounds."""
    zone: ZoneInfo
    """The workspace's: quiet hours are on its clock."""
    paging: PagingConfig
    flights: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    """Sends in the air, by delivery id."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a stage may look at during one round."""

    now: datetime
    tools: Tools
    facts: Mapping[str, Facts]
    """By notification id."""


class ChainStage(Protocol):
    """One step of the chain."""

    async def __call__(self, pages: Pages, context: Context) -> Pages:
        """Return what is left to do; a page that goes no further carries its reason."""


class Timer(Protocol):
    """Makes the pages that no signal made, only the time that has passed."""

    def __call__(self, now: datetime, tools: Tools) -> int:
        """Put what is due into the outbox; return how many pages that were. Off the event loop."""


def load_facts(store: Store, pages: tuple[Notification, ...], now: datetime) -> dict[str, Facts]:
    """Read what the stages need to know, in one go and off the event loop."""
    return {page.id: _facts(store, page, now) for page in pages}


def _facts(store: Store, page: Notification, now: datetime) -> Facts:
    if not page.incident_id:
        return Facts()  # a test page belongs to no incident
    siblings = store.notifications(incident_id=page.incident_id)
    return Facts(
        incident=store.incident(page.incident_id),
        siblings=tuple(other for other in siblings if other.id != page.id),
        answers=store.answers(page.incident_id),
        silences=_silences(store, page, now),
        silences_then=_silences(store, page, page.created_at),
    )


def _silences(store: Store, page: Notification, at: datetime) -> tuple[Silence, ...]:
    return tuple(
        silence
        for silence in store.silences(at)
        if silence.incident_id == page.incident_id
        or (not silence.incident_id and silence.brand == page.brand)
    )
