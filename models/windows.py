"""Event-time windows: what was seen in each 5-minute bin of the last 48 hours."""

from array import array
from collections.abc import Iterator
from functools import partial

from core.records import BIN_SECONDS, Score, Scored, Window
from models.beside import REACH_BINS, Beside
from models.bins import (
    BINS_AN_HOUR,
    NEGATIVE,
    Bin,
    Hour,
    cell,
    present,
    quantum,
    short_hash,
    summarise,
    take_back,
    tally,
    untally,
)
from models.known import Known
from models.languages import foreign
from models.sketches import SKETCHES, pack_sketches, unpack_sketches
from models.topic_hours import REACH_BINS as TOPIC_BINS
from models.topic_hours import TopicHours

HOUR_BINS = BINS_AN_HOUR
RING_BINS = 576
"""48 hours: how long a late mention may still change a closed bin."""
KEPT_BINS = RING_BINS + 2 * HOUR_BINS
"""The ring, the hour back to its checkpoint, and the hour that the checkpoint's sums reach back."""
_WATCHED_BINS = KEPT_BINS + REACH_BINS
"""What could be seen, and what was said elsewhere, is known for longer: `models.control` looks back."""
MAX_SOURCES = 60
"""Sources that a bin tells apart; those beyond share the last number."""


def bin_start(seconds: float) -> int:
    """Return the start of the bin that holds this time (seconds since the epoch)."""
    return int(seconds // BIN_SECONDS) * BIN_SECONDS


def author_hash(scored: Scored) -> int | None:
    """Return the hash that stands for a mention's author, None where no author is named."""
    mention = scored.mention
    return short_hash(f"{mention.source}\x1f{mention.author}") if mention.author else None


class Windows:
    """The bins of the last 48 hours of one brand, and how much of each was observable."""

    def __init__(self) -> None:
        self.bins: dict[int, Bin] = {}
        self.names: list[str] = []
        self.known = Known()
        self.beside = Beside()
        self.topics = TopicHours()
        self._exposures = array("d", [1.0]) * _WATCHED_BINS
        self._observable = array("d", [1.0]) * _WATCHED_BINS
        self._planned = array("d", [1.0]) * _WATCHED_BINS

    def add(self, scored: Scored, start: int, weight: float, cluster: str, copy_number: int) -> None:
        """Count one mention in the bin that starts at `start`."""
        content = self.bins.setdefault(start, Bin())
        negative = scored.score.negative
        content.mentions += 1.0
        content.negative += quantum(negative)
        content.independent += quantum(weight)
        content.independent_negative += quantum(weight * negative)
        content.foreign += foreign(scored.score.language)
        if copy_number > 1:
            tally(content.copies, short_hash(cluster))
        author = self.meet(scored, start)
        if negative > NEGATIVE:
            self._add_negative(content, scored, author, cluster if copy_number > 1 else "")
        if copy_number == 1:
            self.topics.add(start, scored.score)

    def reread(
        self, scored: Scored, told: Score, start: int, weight: float, cluster: str, copy_number: int
    ) -> None:
        """Put the score in the place of the one with which the mention was counted.

        The bin is as if the score had been known, but where it holds more than `bins.SKETCH` angry authors or
        copied texts: then those with the smallest hashes stand for all, as far as they were kept.
        """
        content, now, before = self.bins.get(start), scored.score.negative, told.negative
        if content is None:
            return
        if copy_number == 1:
            self.topics.take(start, told)
            self.topics.add(start, scored.score)
        content.negative += quantum(now) - quantum(before)
        content.independent_negative += quantum(weight * now) - quantum(weight * before)
        content.foreign += foreign(scored.score.language) - foreign(told.language)
        if (now > NEGATIVE) is (before > NEGATIVE):
            return
        copied = cluster if copy_number > 1 else ""
        if now > NEGATIVE:
            self._add_negative(content, scored, author_hash(scored), copied)
        else:
            self._take_negative(content, scored, author_hash(scored), copied)

    def meet(self, scored: Scored, at: int) -> int | None:
        """Remember the author, seen in the hour of `at`; return the hash, None where no author is named."""
        author = author_hash(scored)
        if author is not None:
            self.known.add(author, at)
        return author

    def _add_negative(self, content: Bin, scored: Scored, author: int | None, copied: str) -> None:
        source = scored.mention.source
        content.negatives += 1.0
        number = self._source(source)
        content.sources[number] = content.sources.get(number, 0) + 1
        if author is not None:
            content.named += 1.0
            tally(content.authors, author)
        if copied:
            tally(content.negative_copies, short_hash(copied))
        else:
            place = cell(source)
            content.places[place] = content.places.get(place, 0) + 1

    def _take_negative(self, content: Bin, scored: Scored, author: int | None, copied: str) -> None:
        """Undo `_add_negative`; of a bin that was learned from sums nobody knows who was negative."""
        source = scored.mention.source
        content.negatives = max(0.0, content.negatives - 1.0)
        take_back(content.sources, self._source(source))
        if author is not None:
            content.named = max(0.0, content.named - 1.0)
            untally(content.authors, author)
        if copied:
            untally(content.negative_copies, short_hash(copied))
        else:
            take_back(content.places, cell(source))

    def _source(self, name: str) -> int:
        if name not in self.names:
            if len(self.names) >= MAX_SOURCES - 1:
                return MAX_SOURCES - 1
            self.names.append(name)
        return self.names.index(name)

    def import_window(self, window: Window) -> None:
        """Put a window of history, of which only the sums are known, in the place of its bin."""
        self.bins.pop(window.start, None)
        if window.mentions > 0.0:
            self.bins[window.start] = Bin(
                quantum(window.mentions),
                quantum(window.negative),
                quantum(window.independent),
                quantum(window.independent_negative),
                quantum(window.negative),  # how many read as negative, as far as anybody knows
            )

    def observe(self, start: int, exposure: float, observable: int, planned: float = 1.0) -> None:
        """Record how much of a bin could be seen, and what was planned, as known when it closed."""
        slot = start // BIN_SECONDS % _WATCHED_BINS
        self._exposures[slot] = exposure
        self._observable[slot] = observable
        self._planned[slot] = planned

    def exposure(self, start: int) -> float:
        """Return the exposure recorded for a closed bin."""
        return self._exposures[start // BIN_SECONDS % _WATCHED_BINS]

    def observable(self, start: int) -> int:
        """Return the number of observable sources recorded for a closed bin."""
        return int(self._observable[start // BIN_SECONDS % _WATCHED_BINS])

    def planned(self, start: int) -> float:
        """Return how many times the usual volume was expected in a closed bin."""
        return self._planned[start // BIN_SECONDS % _WATCHED_BINS]

    def turned(self, start: int) -> bool:
        """Return whether more or less could be seen, or was planned, than in the bin before."""
        here, before = start, start - BIN_SECONDS
        return any(known(here) != known(before) for known in (self.exposure, self.observable, self.planned))

    def drop(self, before: int) -> None:
        """Forget bins that started before `before`, of what was said elsewhere those beyond its reach."""
        for start in [start for start in self.bins if start < before]:
            del self.bins[start]
        self.beside.drop(before - REACH_BINS * BIN_SECONDS)
        self.topics.drop(before - TOPIC_BINS * BIN_SECONDS)

    def hour(self, start: int) -> Hour:
        """Return the hour that ends with the bin that starts at `start`."""
        bins = [content for _, content in self._hour_bins(start)]
        first = start - (HOUR_BINS - 1) * BIN_SECONDS
        return summarise(bins, partial(self.known.new, since=first) if self.known.ready(first) else None)

    def newcomers(self, start: int) -> tuple[int, int]:
        """Return how many authors of a bin's negatives are known to be new or not, and how many are new."""
        authors, first = present(self.bins[start].authors), start - (HOUR_BINS - 1) * BIN_SECONDS
        if not authors or not self.known.ready(first):
            return 0, 0
        return len(authors), self.known.new(authors, first)

    def _hour_bins(self, start: int) -> Iterator[tuple[int, Bin]]:
        for each in range(start - (HOUR_BINS - 1) * BIN_SECONDS, start + 1, BIN_SECONDS):
            if each in self.bins:
                yield each, self.bins[each]

    def window(self, start: int) -> Window:
        """Return one bin as a record."""
        content, hour = self.bins.get(start, Bin()), self.hour(start)
        return Window(
            start,
            self.exposure(start),
            content.mentions,
            content.negative,
            content.independent,
            content.independent_negative,
            hour.authors,
            hour.sources,
            self.observable(start),
            hour.top_cluster,
            hour.top_authors,
        )

    def dump(self) -> dict[str, bytes]:
        """Return the whole state as named arrays, bins in order of time."""
        order = sorted(self.bins)
        contents = [self.bins[start] for start in order]
        blobs: dict[str, array[int] | array[float]] = {
            "starts": array("q", order),
            "sums": array("d", [value for content in contents for value in content.sums()]),
            "exposures": self._exposures,
            "observable": self._observable,
            "planned": self._planned,
        }
        for name in SKETCHES:
            blobs |= pack_sketches(name, [getattr(content, name) for content in contents])
        told = {name: blob.tobytes() for name, blob in blobs.items()}
        return told | self.known.dump() | {"topics": self.topics.dump()}

    def load(self, names: list[str], blobs: dict[str, bytes]) -> None:
        """Restore what `dump` gave."""
        self.known.load(blobs)
        self.topics.load(blobs["topics"])
        sums = array("d", blobs["sums"])
        width = len(Bin().sums())
        sketches = [unpack_sketches(name, blobs) for name in SKETCHES]
        self.names = list(names)
        self._exposures = array("d", blobs["exposures"])
        self._observable = array("d", blobs["observable"])
        self._planned = array("d", blobs["planned"])
        self.bins = {}
        for index, start in enumerate(array("q", blobs["starts"])):
            a, b, c, d, negatives, named, other = sums[index * width : (index + 1) * width]
            held = [next(each) for each in sketches]
            self.bins[start] = Bin(a, b, c, d, negatives, named, other, *held)
