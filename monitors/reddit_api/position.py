"""The cursor of a Reddit source: what of each listing is known, and what is looked at again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from monitors.reddit_api.watch import Watched

MAX_SEEN = 500
"""Ids remembered of each listing, newest first: five pages. So many deletions in a row are not seen."""


@dataclass(frozen=True, slots=True)
class Position:
    """A source's cursor."""

    seen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Ids by listing, newest first."""
    watched: tuple[Watched, ...] = ()
    checked_at: int = 0
    """When the watched ones were looked at last, seconds since the epoch."""


def remember(new: Iterable[str], before: Iterable[str]) -> tuple[str, ...]:
    """Return the newest ids, `new` ones first."""
    return tuple(dict.fromkeys([*new, *before]))[:MAX_SEEN]
