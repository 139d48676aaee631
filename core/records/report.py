"""The weekly page as it is kept: data for the board, HTML and PDF for everybody else."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Report:
    """One weekly page. A week's page that is made again replaces the former one."""

    week: str
    """ISO week such as `2026-W47`."""
    created_at: datetime
    data: str
    """The `core.records.weekly.Week` as JSON."""
    html: str
    pdf: bytes
    sent: str = ""
    """To which channels it went and what they answered, in words; empty when it was not sent."""
