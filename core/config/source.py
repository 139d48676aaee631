"""A source: the kind of its monitor, how often it is read, and the monitor's own options."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, Field

from core.config.table import Identifier, Table
from core.validation import Seconds, validate

M = TypeVar("M", bound=BaseModel)

SOURCE_KEYS = ("kind", "name", "interval")
"""Keys that all kinds share."""


class SourceConfig(Table):
    """A monitor: which kind, how often, and the options that this kind knows."""

    kind: Identifier
    name: Identifier = Field(default_factory=lambda data: data.get("kind", "unnamed"))
    """Part of the identity of its mentions: renaming a source makes its items new. Default: the kind."""
    interval: Seconds | None = None
    """Seconds between two fetches; None leaves it to the monitor."""
    options: Mapping[str, object] = Field(default_factory=dict)
    """Every further key of the table, still unchecked: `read_options` checks it."""
    place: str = "[[source]]"
    """Where the table stands, for messages."""

    def read_options(self, model: type[M]) -> M:
        """Return the options as the monitor's own model; raises `ConfigError`."""
        return validate(model, self.options, self.place, also=SOURCE_KEYS)
