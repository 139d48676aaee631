"""What is planned for a brand, such as a launch: more is said of it then, and that is expected."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from pydantic import Field, field_validator, model_validator

from core.config.table import Label, Table
from core.records import Planned

LONGEST = timedelta(days=14)
"""What lasts longer is a new normal, which detection learns by itself."""


class EventConfig(Table):
    """A stretch in which a brand is talked of more than usual."""

    name: Label
    starts: datetime
    """With its zone, such as `2026-03-02T18:00:00+01:00`."""
    ends: datetime
    factor: float = Field(gt=1, le=50, allow_inf_nan=False)
    """How many times the usual volume is expected."""

    @field_validator("starts", "ends")
    @classmethod
    def _has_a_zone(cls, at: datetime) -> datetime:
        if at.utcoffset() is None:
            raise ValueError("has no zone; write it as 2026-03-02T18:00:00+01:00, or with Z for UTC")
        return at

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "EventConfig":
        if self.ends <= self.starts:
            raise ValueError(f"{self.name!r} ends before it starts; swap starts and ends")
        if self.ends - self.starts > LONGEST:
            raise ValueError(f"{self.name!r} lasts over {LONGEST.days} days; split it or make it shorter")
        return self

    @property
    def planned(self) -> Planned:
        """Return it as a record."""
        return Planned(self.name, self.starts, self.ends, self.factor)


def overlapping(events: Sequence[EventConfig]) -> str:
    """Return what is wrong where two events fall together, "" where none do."""
    order = sorted(events, key=lambda event: event.starts)
    for first, second in pairwise(order):
        if second.starts < first.ends:
            return f"{first.name!r} and {second.name!r} overlap; end one before the other starts"
    return ""
