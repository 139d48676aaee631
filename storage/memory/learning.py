"""What people teach, model versions and weekly pages, in memory."""

from collections.abc import Iterable

from core.records import Correction, ModelVersion, Report
from storage.clean import clean
from storage.memory.data import Part


class Learning(Part):
    """Corrections, model versions, and the pages of the weeks."""

    def add_correction(self, correction: Correction) -> None:
        """Keep what a person says; a repeated one is a no-op."""
        data = self._data
        with data.lock:
            if correction.id not in data.corrections:
                data.last_correction += 1
                data.corrections[correction.id] = (data.last_correction, clean(correction))

    def corrections(self, position: int = 0, limit: int = 1_000) -> list[tuple[int, Correction]]:
        """Return corrections after `position` with their positions, in the order they were given."""
        with self._data.lock:
            return [pair for pair in self._data.corrections.values() if pair[0] > position][:limit]

    def said(self, mention_ids: Iterable[str]) -> dict[str, list[tuple[int, Correction]]]:
        """Return what was ever said of each of these mentions, with positions, the one in force last."""
        wanted, found = set(mention_ids), dict[str, list[tuple[int, Correction]]]()
        with self._data.lock:
            pairs = [pair for pair in self._data.corrections.values() if pair[1].mention_id in wanted]
        for position, one in sorted(pairs, key=lambda pair: (pair[1].at, pair[0])):
            found.setdefault(one.mention_id, []).append((position, one))
        return found

    def save_version(self, version: ModelVersion) -> None:
        """Insert or update a model version by its number."""
        with self._data.lock:
            self._data.versions[version.number] = clean(version)

    def versions(self, limit: int = 100) -> list[ModelVersion]:
        """Return model versions, newest first, with their weights."""
        with self._data.lock:
            return [one for _, one in sorted(self._data.versions.items(), reverse=True)][:limit]

    def save_report(self, report: Report) -> None:
        """Insert or replace the page of a week."""
        with self._data.lock:
            self._data.reports[report.week] = clean(report)

    def report(self, week: str) -> Report | None:
        """Return one week's page."""
        with self._data.lock:
            return self._data.reports.get(week)

    def report_weeks(self, limit: int = 100) -> list[str]:
        """Return the weeks that have a page, newest first."""
        with self._data.lock:
            return sorted(self._data.reports, reverse=True)[:limit]
