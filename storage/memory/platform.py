"""What the platform says, in memory: the mentions of all brands in bins, each counted once."""

from collections import defaultdict
from datetime import datetime

from core.records import Match, Tallied
from core.tally import Voice, is_heard, tallied
from storage.memory.data import Part


class Platform(Part):
    """What a comparison with all other brands starts from."""

    def tallied(self, since: datetime, until: datetime | None, last: int | None) -> list[Tallied]:
        """Return what counts for the platform with `since <= event_at < until`: each mention once."""
        voices: dict[str, list[Voice]] = defaultdict(list)
        with self._data.lock:
            for seq, match in self._data.matches.values():
                inside = match.event_at >= since and (until is None or match.event_at < until)
                if inside and (last is None or seq <= last):
                    voices[match.mention_id].append(self._voice(match))
            heard = [
                tallied(mention.event_at, voices[mention_id])
                for mention_id in voices
                if is_heard(
                    (mention := self._data.mentions[mention_id].mention).flags,
                    mention.event_at,
                    mention.seen_at,
                )
            ]
        return [each for each in heard if each is not None]

    def _voice(self, match: Match) -> Voice:
        score = self._data.mentions[match.mention_id].score.towards(match.towards)
        return Voice(match.brand, match.weight, score.negative, not match.not_us)

    def earliest_match(self, after: int) -> datetime | None:
        """Return the earliest event among the matches with `seq > after`; None when there are none."""
        with self._data.lock:
            return min(
                (match.event_at for seq, match in self._data.matches.values() if seq > after), default=None
            )
