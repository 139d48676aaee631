"""Finds the kinds of sources and builds a monitor from one `[[source]]` table.

Adding a source is one file in this package with one class:

    class Example:
        kind: ClassVar[str] = "example"              # what `kind = "example"` in the file means
        about: ClassVar[str] = "Posts of Example with a word"  # what it reads, in one line
        needs: ClassVar[str] = "nothing"             # what it needs from the user, in words
        may_train: ClassVar[bool] = True             # False: its terms forbid to learn from its texts,
                                                     # and every mention carries `Flag.NO_TRAINING`
        default_interval: ClassVar[float] = 300.0    # seconds between fetches, unless the file says otherwise

        class Options(pydantic.BaseModel):           # the further keys of its `[[source]]` table
            model_config = pydantic.ConfigDict(extra="forbid", frozen=True)
            url: str

        def __init__(self, name: str, interval: float, options: Options, context: Context) -> None: ...

        async def fetch(self, cursor: str) -> Fetched: ...     # `core.ports.Monitor`

A source that pushes has `def stream(self, cursor: str) -> AsyncIterator[Fetched]` in the place of
`fetch` (`core.ports.StreamMonitor`); its interval is the `silence` after which it counts as dead.

The constructor opens nothing and waits for nothing; `fetch` and `stream` may. It raises `ConfigError`
when the options make no sense together with the context.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast, runtime_checkable

from pydantic import BaseModel

import monitors
from core.config import BrandConfig, SourceConfig
from core.errors import ConfigError
from core.ports import Clock, Monitor, StreamMonitor
from core.registry import plugins
from core.validation import hint
from monitors.http import HttpClient
from monitors.parsing import FeedParser


@dataclass(frozen=True, slots=True)
class Context:
    """What every monitor may use: the brands, the shared polite client, the clock and the feed parser."""

    brands: tuple[BrandConfig, ...]
    http: HttpClient
    clock: Clock
    parser: FeedParser = field(default_factory=FeedParser)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    """Where keys and tokens come from, by the name of their variable."""

    def secret(self, variable: str) -> str:
        """Return what `variable` of the environment holds; raises `ConfigError` when it holds nothing."""
        value = self.environ.get(variable, "").strip()
        if not value:
            raise ConfigError(f"environment variable {variable!r} is not set; export it before the start")
        return value


@runtime_checkable
class Keyed(Protocol):
    """A source that asks for what only a person can give."""

    def require_keys(self) -> None:
        """Raise `NotConfigured` or `ConfigError` when it is missing; nobody is asked."""


def catalog() -> Mapping[str, type]:
    """Return the monitor classes by their kind."""
    return plugins(monitors, "kind")


def build(source: SourceConfig, context: Context) -> Monitor | StreamMonitor:
    """Return the monitor that `source` describes.

    Raises `ConfigError` for an unknown kind, naming the nearest one, and for wrong options.
    """
    known = catalog()
    if source.kind not in known:
        raise ConfigError(f"{source.place}, key kind: unknown kind {source.kind!r}{hint(source.kind, known)}")
    plugin = cast(Any, known[source.kind])  # the convention above; a contract test holds every kind to it
    options = source.read_options(cast(type[BaseModel], plugin.Options))
    interval = source.interval or plugin.default_interval
    make = cast(Callable[[str, float, BaseModel, Context], Monitor | StreamMonitor], plugin)
    try:
        return make(source.name, interval, options, context)
    except ConfigError as error:
        raise ConfigError(f"{source.place}: {error}") from None
