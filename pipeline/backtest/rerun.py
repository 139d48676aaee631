"""One brand's stored history once more, under a bar of evidence that may be another one.

Stored scores are counted again in their order, with the coverage that was recorded, and looked at as a replay
looks: each minute while something may happen. Incidents live by the product's own rules and end where people
said "false alarm" or "not us". Nothing is read by a model again, nothing is written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.incidents import VERDICTS, advance
from core import words
from core.ports import Store
from core.records import Answer, Explanation, Incident, Neighbours, Notification, Signal, derive
from models.control import NO_NEIGHBOURS
from models.explain import explain
from models.opening import open_detector_at
from pipeline.rise import around
from pipeline.watch import Watch

LEAD = timedelta(days=4)
"""Looked at before the first page that counts, or a storm that is under way then would look like a new one:
it is usual after three days, and an incident cools for one."""
ALL = 1_000_000
"""No workspace holds so many incidents."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look came to, as far as it tells why there was no page."""

    at: datetime
    evidence: float
    capped: str


@dataclass(frozen=True, slots=True)
class Rerun:
    """What came of one brand's history under one bar."""

    bar: float
    """Evidence at which it pages."""
    pages: tuple[Notification, ...]
    incidents: Mapping[str, Incident]
    """By id, as they are at the end; those of `pages` are among them."""
    looks: tuple[Look, ...]
    """Those with any evidence, in order."""

    def strongest(self, since: datetime, until: datetime) -> Look | None:
        """Return the look with the most evidence between two times, None when all was quiet."""
        between = [look for look in self.looks if since <= look.at <= until]
        return max(between, key=lambda look: look.evidence, default=None)


@dataclass(frozen=True, slots=True)
class Judged:
    """An incident that people ended, with what they said."""

    incident: Incident
    verdict: Answer


def judged(store: Store, brand: str) -> tuple[Judged, ...]:
    """Return the brand's incidents that somebody called false or not ours."""
    found = ((incident, store.answers(incident.id)) for incident in store.incidents(limit=ALL, brand=brand))
    return tuple(
        Judged(incident, answers[action])
        for incident, answers in found
        for action in VERDICTS
        if action in answers
    )


def rerun(
    store: Store,
    brand: str,
    bar: float,
    since: datetime,
    until: datetime,
    beside: Neighbours = NO_NEIGHBOURS,
) -> Rerun:
    """Return the pages that `brand` would have had from `since` to `until` with the bar at `bar`.

    `beside` names the brands that it is compared with.
    """
    watch = Watch(brand, open_detector_at(brand, bar, beside), None, beside)
    said = judged(store, brand)
    pages: list[Notification] = []
    looks: list[Look] = []
    incidents: dict[str, Incident] = {}
    for now, seen in watch.again(store, since - LEAD, until):
        signal = watch.look(now, seen)
        if signal.evidence > 0.0:
            looks.append(Look(now, signal.evidence, signal.capped))
        first = derive(brand, str(signal.onset))
        verdict = _verdict(watch.incident, said, now)
        moved = advance(watch.incident, signal, now, _briefly, first, simulated=False, verdict=verdict)
        if moved.incident is not None:
            watch.incident = incidents[moved.incident.id] = moved.incident
        pages += (page for page in moved.notifications if now >= since)
    return Rerun(bar, tuple(_labelled(store, page) for page in pages), incidents, tuple(looks))


def _verdict(incident: Incident | None, said: Iterable[Judged], now: datetime) -> Answer | None:
    """Return what people had said by `now` of what is the same incident: one of the same time."""
    if incident is None:
        return None
    same = (each for each in said if each.verdict.at <= now and overlap(each.incident, incident))
    return next((each.verdict for each in same), None)


def overlap(one: Incident, other: Incident) -> bool:
    """Return whether two incidents of a brand were open at the same time."""
    return _before_end(one.started_at, other) and _before_end(other.started_at, one)


def _before_end(at: datetime, incident: Incident) -> bool:
    return incident.closed_at is None or at <= incident.closed_at


def _briefly(signal: Signal) -> Explanation:
    """Explain without reading a mention: most looks page nobody."""
    return Explanation(signal, words.headline(signal), (), "")


def _labelled(store: Store, page: Notification) -> Notification:
    """Return the page with what people were angry about."""
    signal = page.explanation.signal
    explained = explain(signal, around(store, signal), page.brand)
    return replace(page, explanation=replace(page.explanation, label=explained.label))
