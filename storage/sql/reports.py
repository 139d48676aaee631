"""Weekly pages."""

from dataclasses import fields

from sqlalchemy import select

from core.records import Report
from storage.sql import schema
from storage.sql.dialect import upsert
from storage.sql.part import Part

_REPORT = tuple(part.name for part in fields(Report))


class Reports(Part):
    """One page for each week."""

    def save_report(self, report: Report) -> None:
        """Insert or replace the page of a week."""
        row = {name: getattr(report, name) for name in _REPORT}
        with self._database.write() as connection:
            connection.execute(upsert(schema.report, ("week",)), row)

    def report(self, week: str) -> Report | None:
        """Return one week's page."""
        columns = schema.report.c
        query = select(*(columns[name] for name in _REPORT)).where(columns.week == week)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Report(*row)

    def report_weeks(self, limit: int = 100) -> list[str]:
        """Return the weeks that have a page, newest first."""
        week = schema.report.c.week
        with self._database.read() as connection:
            return list(connection.scalars(select(week).order_by(week.desc()).limit(limit)))
