"""Sets the pages of two settings side by side, and those that were really made beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from core import words
from core.ports import Store
from core.records import Incident, Notification, Outcome, Reason, Stage
from pipeline.backtest.reach import Told
from pipeline.backtest.rerun import ALL, Rerun, overlap

Made = tuple[Notification, Incident]
"""A page and its incident."""
_PAGES = {Reason.SPREADING, Reason.FIRESTORM}
"""What detection pages for; what escalation, digests and tests add depends on people."""


class Kind(StrEnum):
    """What the proposed settings do to a page."""

    COMES = "comes"
    GOES = "goes"
    CHANGES = "changes"
    """Both make it, at another time or for other channels."""
    STAYS = "stays"


@dataclass(frozen=True, slots=True)
class Page:
    """A page that settings lead to."""

    at: datetime
    stage: Stage
    label: str
    headline: str
    evidence: float
    """-log10 of the calibrated tail probability, as everywhere."""
    bar: float
    """Evidence at which it pages."""
    conditions: tuple[str, ...]
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Real:
    """A page that was made when it happened."""

    incident: str
    brand: str
    at: datetime
    stage: Stage
    label: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Compared:
    """One page, under one of the settings or under both."""

    brand: str
    stage: Stage
    kind: Kind
    now: Page | None
    proposed: Page | None
    really: Real | None
    """The page of that time and stage that was really made."""
    why: str
    """What makes the difference, in words; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the settings leads to."""

    reruns: Mapping[str, Rerun]
    """By brand."""
    told: Mapping[str, tuple[Told, ...]]
    """By notification id."""

    def made(self, brand: str) -> list[Made]:
        """Return a brand's pages with their incidents."""
        found = self.reruns[brand]
        return [(page, found.incidents[page.incident_id]) for page in found.pages]

    def page(self, made: Made) -> Page:
        """Return what is told of a page."""
        page, signal = made[0], made[0].explanation.signal
        return Page(
            page.created_at,
            page.stage,
            page.explanation.label,
            page.explanation.headline,
            signal.evidence,
            signal.threshold,
            signal.conditions,
            self.told[page.id],
        )


def really_made(store: Store, brand: str, since: datetime, until: datetime) -> list[Made]:
    """Return the pages that detection really made for `brand` at `since <= at < until`, oldest first."""
    rows = store.notifications(ALL, since=since, until=until)
    mine = [row for row in reversed(rows) if row.brand == brand and row.reason in _PAGES and not row.drill]
    found = ((row, store.incident(row.incident_id)) for row in mine)
    return [(row, incident) for row, incident in found if incident is not None]


class Comparison:
    """The pages of one brand under both settings, and what is left of those that were really made."""

    def __init__(self, brand: str, now: Side, proposed: Side, real: Sequence[Made], zone: ZoneInfo) -> None:
        self._brand, self._now, self._proposed, self._zone = brand, now, proposed, zone
        self._real = list(real)

    def rows(self) -> list[Compared]:
        """Return all pages, by time: those of now, each with the same one as proposed, then what is new."""
        new = self._proposed.made(self._brand)
        found = [(made, self._row(made, _take(made, new))) for made in self._now.made(self._brand)]
        found += [(made, self._comes(made)) for made in new]
        return [row for _, row in sorted(found, key=lambda each: each[0][0].created_at)]

    def left(self) -> list[Real]:
        """Return the pages that were really made and that `rows` did not find under either setting."""
        return [_real(made) for made in self._real]

    def _row(self, made: Made, other: Made | None) -> Compared:
        if other is None:
            return self._compared(
                Kind.GOES, made, self._now.page(made), None, self._lack(self._proposed, made)
            )
        now, proposed = self._now.page(made), self._proposed.page(other)
        why = "; ".join(_otherwise(now, proposed, self._zone))
        return self._compared(Kind.CHANGES if why else Kind.STAYS, made, now, proposed, why)

    def _comes(self, made: Made) -> Compared:
        why = self._lack(self._now, made)
        return self._compared(Kind.COMES, made, None, self._proposed.page(made), why)

    def _compared(
        self, kind: Kind, made: Made, now: Page | None, proposed: Page | None, why: str
    ) -> Compared:
        real = _take(made, self._real)
        return Compared(self._brand, made[0].stage, kind, now, proposed, real and _real(real), why)

    def _lack(self, side: Side, made: Made) -> str:
        """Say why there is no such page on one of the sides."""
        verb = "comes" if side is self._now else "would come"
        found, incident = side.reruns[self._brand], made[1]
        if any(_worse(each, made) for each in side.made(self._brand)):
            return "it is called a firestorm at once"
        look = found.strongest(incident.started_at, incident.closed_at or incident.updated_at)
        if look is None:
            return "nothing unusual is seen"
        told = f"evidence {verb} to {look.evidence:.2f}"
        if look.evidence < found.bar:
            return f"{told}, below the bar of {found.bar:.2f}"
        return f"{told}, but {look.capped or 'not in two bins in a row with the conditions of its stage'}"


def _take(made: Made, waiting: list[Made]) -> Made | None:
    """Take the first page of the same stage whose incident was open at the same time out of `waiting`."""
    same = (each for each in waiting if each[0].stage is made[0].stage and overlap(each[1], made[1]))
    found = next(same, None)
    if found is not None:
        waiting.remove(found)
    return found


def _worse(one: Made, other: Made) -> bool:
    """True for a page of a higher stage whose incident was open at the same time."""
    return one[0].stage.severity > other[0].stage.severity and overlap(one[1], other[1])


def _real(made: Made) -> Real:
    page = made[0]
    label = page.explanation.label
    return Real(page.incident_id, page.brand, page.created_at, page.stage, label, page.outcome)


def _otherwise(now: Page, proposed: Page, zone: ZoneInfo) -> list[str]:
    """Say how a page that both make differs: when it comes, and to whom."""
    said = []
    if now.at != proposed.at:
        shift = words.duration(abs((proposed.at - now.at).total_seconds()) / 60)
        said.append(f"{shift} {'earlier' if proposed.at < now.at else 'later'}")
    before, after = told_words(now, zone), told_words(proposed, zone)
    return [*said, f"goes to {after} instead of {before}"] if before != after else said


def told_words(page: Page, zone: ZoneInfo) -> str:
    """Write whom a page reaches: `duty, second held until 2026-03-02 07:00 UTC`."""
    return ", ".join(each.text(zone) for each in page.told) or "nobody"
