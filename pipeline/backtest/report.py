"""What a backtest tells, as JSON and in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core import words
from core.codec import dumps
from pipeline.backtest.compare import Compared, Kind, Page, Real, told_words

_MARKS = {Kind.COMES: "+", Kind.GOES: "-", Kind.CHANGES: "~", Kind.STAYS: "="}
_WHY = {Kind.COMES: "No page now: ", Kind.GOES: "No page as proposed: ", Kind.CHANGES: "As proposed: "}


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting, as it is and as it is tried."""

    name: str
    now: object
    proposed: object


@dataclass(frozen=True, slots=True)
class BrandCount:
    """How many pages a brand has under each of the settings, and had."""

    brand: str
    now: int
    proposed: int
    really: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """Stored history under both settings."""

    since: datetime
    until: datetime
    settings: tuple[Setting, ...]
    brands: tuple[BrandCount, ...]
    pages: tuple[Compared, ...]
    left: tuple[Real, ...]
    """Pages that were really made and that neither setting leads to: made under yet other settings, or by
    scores that changed since."""
    zone: ZoneInfo
    """The workspace's, for words; JSON is in UTC."""

    def json(self) -> str:
        """Return all of it as one JSON object."""
        told = ("since", "until", "settings", "brands", "pages")
        return dumps({**{name: getattr(self, name) for name in told}, "in_neither": self.left})

    def text(self) -> str:
        """Return all of it in words, for a terminal."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self._moment(self.since)} to {self._moment(self.until)}, stored history played twice:"
        for each in self.settings:
            yield f"  {each.name}: {each.now} now, {each.proposed} proposed"
        for count in self.brands:
            yield from self._brand(count)
        yield ""
        yield "+ comes, - goes, ~ changes, = stays. Whether somebody would have answered, nobody knows."

    def _brand(self, count: BrandCount) -> Iterator[str]:
        pages = f"{count.now} as set now, {count.proposed} as proposed, {count.really} really made"
        yield from ("", f"{count.brand}: pages {pages}")
        for row in self.pages:
            if row.brand == count.brand:
                yield from self._row(row)
        for real in self.left:
            if real.brand == count.brand:
                yield f"  ? {self._moment(real.at)}, {real.stage}: {real.label}"
                yield f"      Really made ({real.outcome}), and under neither of the settings."

    def _row(self, row: Compared) -> Iterator[str]:
        page = row.now or row.proposed
        if page is None:
            return
        yield f"  {_MARKS[row.kind]} {self._moment(page.at)}, {row.stage}: {page.label}"
        yield f"      {page.headline} {_evidence(page)}"
        yield f"      To {told_words(page, self.zone)}; {self._really(row.really)}."
        if row.why:
            yield f"      {_WHY[row.kind]}{row.why}."

    def _moment(self, at: datetime) -> str:
        return words.moment(at, self.zone)

    def _really(self, real: Real | None) -> str:
        return (
            f"really made at {self._moment(real.at)}, {real.outcome}" if real else "not made when it happened"
        )


def _evidence(page: Page) -> str:
    holds = f", {', '.join(page.conditions)}" if page.conditions else ""
    return f"Evidence {page.evidence:.2f} at a bar of {page.bar:.2f}{holds}."
