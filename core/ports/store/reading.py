"""What is kept, as the board and the chain read it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from core.records import (
    EVERYTHING,
    BrandTotal,
    MentionRow,
    Merge,
    Narrative,
    NarrativeBin,
    Report,
    Rollup,
    Selection,
    Signal,
    SignalPoint,
)


class Read(Protocol):
    """Signals, sums and mentions."""

    def states(self) -> list[Signal]:
        """Return the newest signal of each brand."""

    def signals(self, brand: str, since: datetime, until: datetime) -> list[SignalPoint]:
        """Return a brand's stored points, oldest first."""

    def rollups(self, since: datetime, until: datetime, brand: str = "", seconds: int = 60) -> list[Rollup]:
        """Return sums over spans of `seconds` (a multiple of 60, counted from the epoch), oldest first.

        `Rollup.minute` is the start of the span.
        """

    def mentions(
        self, limit: int, which: Selection = EVERYTHING, oldest_first: bool = False
    ) -> list[MentionRow]:
        """Return mentions by event time, newest first unless told otherwise."""

    def mention(self, mention_id: str) -> list[MentionRow]:
        """Return one mention with its embedding, a row for each brand it counts for."""

    def embeddings(self, mention_ids: Iterable[str]) -> dict[str, bytes]:
        """Return the embeddings of those mentions that have one."""

    def count_mentions(self) -> int:
        """Return how many mentions are stored."""

    def totals(self) -> list[BrandTotal]:
        """Return mentions and negative share of each brand, over all time, from rollups."""


class Narratives(Protocol):
    """Narratives, what was merged into them, and their sums."""

    def narratives(self, brand: str = "", since: datetime | None = None, limit: int = 100) -> list[Narrative]:
        """Return narratives that stand for themselves and had a mention since then, newest mention first."""

    def narrative(self, narrative_id: str) -> Narrative | None:
        """Return one narrative, also a merged one."""

    def narrative_roots(self, narrative_ids: Iterable[str]) -> dict[str, Narrative]:
        """Return what each narrative is part of now: itself, or at last what it was merged into.

        An id that leads to none that is kept is left out.
        """

    def merges(self, narrative_id: str) -> list[Merge]:
        """Return what was merged into a narrative, oldest first."""

    def narrative_bins(
        self, narrative_ids: Iterable[str], since: datetime, until: datetime
    ) -> list[NarrativeBin]:
        """Return 5-minute sums of narratives, oldest first; what was merged into one counts for it."""


class Reports(Protocol):
    """The weekly page."""

    def save_report(self, report: Report) -> None:
        """Insert or replace the page of a week."""

    def report(self, week: str) -> Report | None:
        """Return one week's page."""

    def report_weeks(self, limit: int = 100) -> list[str]:
        """Return the weeks that have a page, newest first."""
