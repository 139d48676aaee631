"""What a source changes or takes back after it was read.

A deletion is carried out at once, before the cursor that passes it is committed. An edit travels through
the log behind the text that it replaces, so that it can never overtake it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.ports import Log, Store
from core.records import Entry, Flag, Mention, derive


class Revisions:
    """Finds out which deletions and edits concern something that was kept. Called on the writer's thread."""

    def __init__(self, store: Store, log: Log) -> None:
        self._store = store
        self._log = log

    def forget(self, source: str, deleted: Iterable[str], entries: Sequence[Entry]) -> None:
        """Forget what was deleted by its native ids, also what came just before or in the same `entries`.

        The rest of the deletions, nearly all of a firehose's, concern what was never kept, and leave no mark.
        """
        ids = {derive("mention", source, native_id) for native_id in deleted}
        if kept := ids & {*(entry.mention.id for entry in entries), *self._kept(ids)}:
            self._store.forget(kept)

    def close(self, source: str, authors: Iterable[str], entries: Sequence[Entry]) -> None:
        """Forget all that these authors wrote, also what waits in the log or came with the news of it."""
        for author in set(authors):
            self._store.erase_author(author, source)
            if mine := [entry.mention.id for entry in entries if entry.mention.author == author]:
                self._store.forget(mine)

    def settle(self, entries: Sequence[Entry]) -> list[Entry]:
        """Return the entries that have to go into the log, edited ones as editions of what is kept.

        An edit of something kept goes there even when it meets no query any more: it has a text to
        replace, and stays counted. What was kept keeps the time at which it was first published.
        """
        kept = self._kept(entry.mention.id for entry in entries if is_edit(entry))
        kept.update(entry.mention.id for entry in entries if entry.brands)
        return [self._edition(entry) for entry in entries if entry.mention.id in kept]

    def apply(self, entries: Iterable[Entry]) -> None:
        """Replace the stored texts of what was edited; called when the entries before them are committed."""
        if edited := [entry.mention for entry in entries if is_edit(entry)]:
            self._store.revise(edited)

    def _edition(self, entry: Entry) -> Entry:
        rows = self._store.mention(entry.mention.id) if is_edit(entry) else ()
        return replace(entry, mention=_dated(entry.mention, rows[0].mention)) if rows else entry

    def _kept(self, mention_ids: Iterable[str]) -> set[str]:
        """Return those that the log or the store has; the log first, as they move from it to the store."""
        ids = list(mention_ids)
        if not ids:
            return set()
        return self._log.holds(ids) | set(self._store.known(ids))


def is_edit(entry: Entry) -> bool:
    """Tell whether the source changed this text after it was first read."""
    return bool(entry.mention.flags & Flag.EDITED)


def _dated(edited: Mention, first: Mention) -> Mention:
    return replace(edited, event_at=first.event_at, seen_at=first.seen_at)
