"""Watches, without labels, whether the texts change under the model: `docs/design/language.md`, "Drift"."""

from collections.abc import Callable, Sequence
from datetime import datetime

from core import certainty
from core.ports import Store
from core.records import MentionRow, Selection, TextDrift, Trait, derive
from models.languages import ENGLISH
from models.shift import shift
from pipeline.counting import EVERY, MOST, WINDOW, calm

_TRAITS: dict[Trait, Callable[[MentionRow], float]] = {
    Trait.UNSURE: lambda row: float(not certainty.sure(row.score)),
    Trait.DOUBT: lambda row: 1.0 - max(row.score.negative, row.score.neutral, row.score.positive),
    Trait.APART: lambda row: float(row.narrative == derive("narrative", row.brand, row.mention.id)),
    Trait.LANGUAGE: lambda row: float(row.score.language not in {"", ENGLISH}),
}


class Shifts:
    """Looks at what was read of late. Stateless but for when it looked last."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._looked_at: datetime | None = None

    def due(self, now: datetime) -> tuple[TextDrift, ...] | None:
        """Return what has changed and not changed back; None while it is too early to look again."""
        if self._looked_at is not None and now - self._looked_at < EVERY:
            return None
        self._looked_at = now
        rows = self._store.mentions(MOST, Selection(since=now - WINDOW))
        usual = calm(rows, self._store.incidents(limit=1_000))
        return found([row for row in reversed(rows) if row.mention.id in usual])


def found(rows: Sequence[MentionRow]) -> tuple[TextDrift, ...]:
    """Return what changed in `rows`, oldest first.

    Only what the same version has read in full can be compared. A text that counts for several brands is
    looked at once, and of a change for the better nobody needs to know.
    """
    read = {row.mention.id: row for row in rows if not row.score.unread}
    newest = max(read.values(), key=lambda row: row.seq, default=None)
    same = [row for row in read.values() if newest and row.score.version == newest.score.version]
    drifts = (_drift(trait, same) for trait in _TRAITS)
    return tuple(drift for drift in drifts if drift is not None)


def _drift(trait: Trait, rows: Sequence[MentionRow]) -> TextDrift | None:
    moved = shift([_TRAITS[trait](row) for row in rows])
    if moved is None or (moved.now < moved.before and trait is not Trait.LANGUAGE):
        return None
    since = rows[moved.place].mention.event_at
    return TextDrift(trait, since, moved.before, moved.now, len(rows) - moved.place)
