"""Whether a name that somebody gave on the command line is one of the workspace's."""

from collections.abc import Iterable
from datetime import UTC, datetime
from difflib import SequenceMatcher

from core.errors import ConfigError
from core.ports import Store
from core.records import EPOCH, Selection

_NAMED = 8
"""Names that an error tells: more would hide the nearest one."""
_DECADE = 10 * 365 * 86_400
"""Seconds of one span when sums are only asked for the names in them."""


def require_source(store: Store, name: str) -> None:
    """Raise `ConfigError`, which names the nearest sources, unless something was read from `name`."""
    states = {state.name for state in store.sources()}
    if name in states or store.mentions(1, Selection(source=name, not_us=None)):
        return
    sums = store.rollups(EPOCH, datetime.now(UTC), seconds=_DECADE)
    known = states | {each.source for each in sums}
    told = f"known are {_nearest_first(name, known)}" if known else "nothing was read yet"
    raise ConfigError(f"no source is called {name[:40]!r}; {told}")


def _nearest_first(name: str, known: Iterable[str]) -> str:
    def distance(other: str) -> tuple[float, str]:
        return -SequenceMatcher(None, name.lower(), other.lower()).ratio(), other

    ordered = sorted(known, key=distance)
    more = len(ordered) - _NAMED
    return ", ".join(ordered[:_NAMED]) + (f" and {more} more" if more > 0 else "")
