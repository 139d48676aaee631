"""What one fetch gathers from a source that is read with some overlap: only what is new, or was edited.

A cursor that only says "after this one" loses what arrives late, so such a source reads a little of the
past again. What it has read, and in which wording, is part of its cursor.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from operator import ne
from typing import TypeVar

from core.codec import loads
from core.records import Flag, Mention, Rejected
from monitors.normalize import digest

MAX_SEEN = 2_000
"""Items remembered, newest first; a forgotten one is delivered a second time, which has no effect."""
_ID_DIGITS = 16
"""Hex digits of an id that are remembered: 64 bits, so that two of a thousand never meet."""
_WORDING_DIGITS = 8

Item = TypeVar("Item")
Position = TypeVar("Position")


def read_position(kind: type[Position], cursor: str) -> Position:
    """Return the position in `cursor`; an unreadable one starts anew."""
    try:
        return loads(kind, cursor) if cursor else kind()
    except ValueError:
        return kind()


def wording(mention: Mention) -> str:
    """Return a short digest of title and text: another one means that the item was edited."""
    return digest(mention.title, mention.text)[:_WORDING_DIGITS]


class Unreadable(ValueError):
    """An item that cannot be read; the message says why."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(reason)
        self.where = where
        """Its id, where it has one."""


class Gathering:
    """The mentions of one fetch. `seen` is what the cursor remembers.

    `revision` names the wording of a mention, `changed` tells whether an edit lies between the revision
    that is remembered and the one that was found.
    """

    def __init__(
        self,
        seen: Iterable[str],
        revision: Callable[[Mention], str] = wording,
        changed: Callable[[str, str], bool] = ne,
    ) -> None:
        self._before = {key: known for key, _, known in (entry.partition(":") for entry in seen)}
        self._read: dict[str, str] = {}
        self._revision = revision
        self._changed = changed
        self.mentions: list[Mention] = []
        self.rejected: list[Rejected] = []

    @property
    def seen(self) -> tuple[str, ...]:
        """What to remember, bounded."""
        known = {**self._read, **{key: self._before[key] for key in self._before if key not in self._read}}
        return tuple(f"{key}:{revision}" for key, revision in known.items())[:MAX_SEEN]

    def read(self, items: Iterable[Item], mention_of: Callable[[Item], Mention | None]) -> bool:
        """Take what is new among `items`; return whether the last of them was known already.

        `mention_of` raises `Unreadable` for an item to set aside, and returns None for one that is fine
        but no mention, such as a repost.
        """
        known = False
        for number, item in enumerate(items, start=1):
            try:
                mention = mention_of(item)
            except Unreadable as error:
                self.reject(error.where or f"item {number}", str(error))
            else:
                known = known if mention is None else not self._add(mention)
        return known

    def reject(self, where: str, reason: str) -> None:
        """Set an item aside, once."""
        key = digest("rejected", where, reason)[:_ID_DIGITS]
        if key not in self._read and key not in self._before:
            self.rejected.append(Rejected(where, reason))
        self._read[key] = ""

    def _add(self, mention: Mention) -> bool:
        """Keep a mention that is new or was edited; tell whether it was."""
        key, revision = digest(mention.native_id)[:_ID_DIGITS], self._revision(mention)
        known = self._read.get(key, self._before.get(key))
        if known is None:
            self.mentions.append(mention)
        elif self._changed(known, revision):
            self.mentions.append(replace(mention, flags=mention.flags | Flag.EDITED))
        else:
            self._read[key] = max(known, revision)
            return False
        self._read[key] = revision
        return True
