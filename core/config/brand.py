"""A brand: its query, its rivals, its goals."""

from typing import Annotated

from pydantic import Field, field_validator, model_validator

from core.config.event import EventConfig, overlapping
from core.config.table import Label, Table
from core.errors import QuerySyntaxError
from core.query import parse, simple_query
from core.records import Plan

EXAMPLES = 50
"""Example texts of each side: a handful is enough, and each one is read at every start."""
EVENTS = 200
"""Events of a brand at most: a season of matches, and each look goes through them."""
ExampleText = Annotated[str, Field(min_length=1, max_length=1_000)]
"""A text as somebody might post it."""


class GoalsConfig(Table):
    """What a brand wants to reach; the weekly page says whether it did."""

    index: int | None = Field(default=None, ge=0, le=100)
    """Weekly brand-health index to reach."""
    negative_share: float | None = Field(default=None, gt=0, lt=1)
    """Share of negative mentions to stay under."""
    acknowledge_minutes: float | None = Field(default=None, gt=0)
    """Median minutes from a page to its acknowledgement to stay under."""


class BrandConfig(Table):
    """A brand and the query that decides which mentions are its own (`core.query`)."""

    name: Label
    query: str = Field(
        default_factory=lambda data: simple_query(data.get("name", "unnamed")), validate_default=True
    )
    """Default: the name as a phrase."""
    rivals: tuple[Label, ...] = ()
    """Other configured brands that it is compared with, by name."""
    ours: tuple[ExampleText, ...] = Field(default=(), max_length=EXAMPLES)
    """Short texts that are about the brand: with `not_ours` they teach to tell it from its namesakes."""
    not_ours: tuple[ExampleText, ...] = Field(default=(), max_length=EXAMPLES)
    """Short texts that bear the name and are about something else."""
    events: tuple[EventConfig, ...] = Field(default=(), max_length=EVENTS, validation_alias="event")
    """When more is said of it than usual, and that is expected: `[[brand.event]]`."""
    goals: GoalsConfig = GoalsConfig()

    @field_validator("query")
    @classmethod
    def _can_be_parsed(cls, query: str) -> str:
        try:
            parse(query)
        except QuerySyntaxError as error:
            raise ValueError(str(error)) from None
        return query

    @field_validator("events")
    @classmethod
    def _do_not_overlap(cls, events: tuple[EventConfig, ...]) -> tuple[EventConfig, ...]:
        if wrong := overlapping(events):
            raise ValueError(wrong)
        return events

    @property
    def plan(self) -> Plan:
        """Return the events as detection asks for them."""
        return Plan([event.planned for event in self.events])

    @model_validator(mode="after")
    def _examples_tell_apart(self) -> "BrandConfig":
        both = set(self.ours) & set(self.not_ours)
        if both:
            raise ValueError(f"{min(both)[:40]!r} stands in ours and in not_ours; leave it in one of them")
        return self
