"""What is kept, where detection writes it, and where it is taken away again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from core.records import (
    Elsewhere,
    Entry,
    Mention,
    MentionRow,
    Probabilities,
    Rollup,
    Score,
    Scored,
    Signal,
    Skimmed,
    Snapshot,
    Step,
)


class Counted(Protocol):
    """What detection reads before a step, and the step."""

    def known(self, mention_ids: Iterable[str]) -> dict[str, Score]:
        """Return the scores of those mentions that are stored already, with their embeddings."""

    def unmatched(self, pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return those `(mention_id, brand)` pairs that are not counted yet."""

    def commit(self, step: Step) -> None:
        """Write a step as a whole or not at all; repeated mentions, matches and events are no-ops.

        Rollups and narrative bins are adjusted only for matches that were new. Incidents, narratives and
        tile states are upserted, notifications and merges inserted once.

        Raises `Conflict` when a snapshot's revision has moved on, `StorageFull` when the disk is full.
        """

    def snapshot(self, key: str) -> Snapshot | None:
        """Return the newest snapshot under `key`."""

    def matches_since(self, brand: str, position: int, limit: int) -> list[MentionRow]:
        """Return a brand's counted mentions with `seq > position`, in the order they were counted.

        Their scores carry the embeddings; those of all other lists do not.
        """

    def elsewhere_since(self, brand: str, neighbour: str, position: int, limit: int) -> list[Elsewhere]:
        """Return what counts for `neighbour` and was never matched with `brand`, with `seq > position`.

        In the order in which it was counted.
        """

    def last_match(self) -> int:
        """Return the sequence number of the last match of all brands, counted or set apart; 0 without any."""

    def import_rollups(self, rollups: Iterable[Rollup], signals: Iterable[Signal]) -> None:
        """Add history that has no mentions (the demo's past); existing minutes are left as they are."""


class Revised(Protocol):
    """What changes afterwards: a text at its source, or a score."""

    def revise(self, mentions: Iterable[Mention]) -> int:
        """Replace title and text of stored mentions whose source changed them; return how many were.

        They are flagged EDITED and found under their new words. Their score and what they count for stay.
        """

    def rescore(self, scores: Mapping[str, Score]) -> None:
        """Replace scores by mention id, and adjust rollups and narrative bins by the difference.

        Signature and embedding stay; only the probabilities and the version change.
        """


class Skims(Protocol):
    """Storm mode: what the fast path alone has looked at."""

    def unread(self, limit: int) -> list[Entry]:
        """Return mentions that nobody read in full, with the brands that count them, newest first.

        Without those whose words were removed.
        """

    def read_late(
        self,
        scored: Sequence[Scored],
        towards: Mapping[tuple[str, str], Probabilities],
        narratives: Mapping[tuple[str, str], str] | None = None,
    ) -> int:
        """Put full readings in the place of the fast path's; return how many mentions were unread till then.

        Rollups and narrative bins change by the difference, as `rescore` does it. `towards` has what a text
        says of a brand that it names beside others, by mention id and brand; `narratives` those of matches
        that have none yet. Afterwards a mention is stored as if it had been read in full when it came.
        """

    def settle(self, limit: int) -> int:
        """Make up to `limit` mentions of the sample ordinary ones, for want of any that it stands for.

        Return how many; none while some are unread.
        """

    def skimmed(self, since: datetime, brand: str = "") -> Skimmed:
        """Return what storm mode adds to the sums of what was seen since then, of one brand or of all."""


class Erased(Protocol):
    """What is removed for good."""

    def forget(self, mention_ids: Iterable[str]) -> int:
        """Remove text, title, author, link and embedding of mentions, for good, also where they arrive later.

        The counts stay, flagged DELETED. Quotes of them inside incidents and notifications are removed too.
        Returns how many stored mentions lost their text.
        """

    def erase_author(self, author: str, source: str = "") -> int:
        """Forget everything that an author wrote, in one source or in all; return how many mentions."""

    def prune(self, before: datetime, limit: int = 1_000) -> int:
        """Forget up to `limit` mentions older than `before`; return how many; call until it returns 0.

        States that are kept with older pages (`PAGE_STATE`) go as well.
        """

    def drop_brand(self, brand: str) -> None:
        """Remove what is kept under a brand's name, but for its incidents and pages (a drill is over)."""
