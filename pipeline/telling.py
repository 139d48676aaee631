"""Tells those that compare their brand with others what counts for these."""

from collections import defaultdict
from collections.abc import Sequence

from core.records import Match, MentionRow, Score, Scored, Tallied, in_parts
from core.tally import Voice, is_heard, tallied
from models.platform import Platform
from pipeline.neighbours import elsewhere
from pipeline.watch import Watch


class Telling:
    """The watches by the neighbours that they have, and the tally that all of them read."""

    def __init__(self) -> None:
        self._beside: dict[str, list[Watch]] = defaultdict(list)
        """Brand to the watches that compare theirs with it."""
        self._platform: Platform | None = None

    def join(self, watch: Watch) -> None:
        """Tell a watch from now on what its brand is compared with."""
        for name in watch.neighbours.names:
            self._beside[name].append(watch)
        if watch.neighbours.platform:
            self._platform = watch.platform

    def tell(self, brands: Sequence[str], counted: Sequence[tuple[Scored, Match]]) -> None:
        """Tell of a mention of `brands`; `counted` is how it counts for those that it is about.

        Those whose own brand it names as well are told nothing.
        """
        for felt, match in counted:
            for watch in self._beside.get(match.brand, ()):
                if watch.brand not in brands:
                    watch.compare(elsewhere(felt, match))
        if self._platform is not None and counted:
            self._tally(self._platform, brands, counted)

    def _tally(
        self, platform: Platform, brands: Sequence[str], counted: Sequence[tuple[Scored, Match]]
    ) -> None:
        mention = counted[0][0].mention
        if not is_heard(mention.flags, mention.event_at, mention.seen_at):
            return
        about = {match.brand: (match.weight, felt.score.negative) for felt, match in counted}
        voices = [Voice(brand, *about.get(brand, (0.0, 0.0)), counts=brand in about) for brand in brands]
        found = tallied(mention.event_at, voices)
        if found is not None:
            platform.add(found)

    def reread(self, rows: Sequence[MentionRow], brand: str, felt: Score) -> None:
        """Tell the platform of a late reading: how a mention, matched by `rows`, counts for `brand` now."""
        row = next(each for each in rows if each.brand == brand)
        mention = row.mention
        if self._platform is None or not is_heard(mention.flags, mention.event_at, mention.seen_at):
            return
        former = tallied(mention.event_at, map(_voice, rows))
        if former is not None and former.brands[0] == brand:
            more = in_parts(row.weight * felt.negative) - former.negatives
            self._platform.add(Tallied(former.start, former.brands, 0, more))

    def stored(self) -> None:
        """Take note that all that was told is stored."""
        if self._platform is not None:
            self._platform.drop()


def _voice(row: MentionRow) -> Voice:
    return Voice(row.brand, row.weight, row.felt.negative, not row.not_us)
