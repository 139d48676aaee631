"""The life of a narrative: born, at its busiest, faded, back again, merged, split. Pure.

Nothing of it is stored for itself. It follows from what is: the sums of five minutes, the merges, and where a
narrative split off. So it is known of old narratives too, and a deleted mention leaves no trace in it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core import words
from core.clock import from_seconds
from core.records import Merge, Narrative, NarrativeBin
from dashboard import phrases
from dashboard.facts import Facts
from dashboard.viewmodels import Happening

HOUR = timedelta(hours=1)
FADED = timedelta(hours=24)
"""A narrative has faded when for so long no hour had more than `QUIET` of what its busiest had: a night alone
does not end it, and the few who still speak of a storm do not keep it alive."""
QUIET = 0.1
SHOWN = 30
"""Events that are shown, the newest ones, and its birth."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A time in which a narrative was alive, in clock hours."""

    since: datetime
    until: datetime
    """End of its last hour that was not quiet."""
    most: int
    """Mentions of its busiest hour."""
    peak: datetime
    """Start of that hour, the first of equal ones."""

    def faded(self, now: datetime) -> bool:
        """True when it is over."""
        return now >= self.until + FADED


@dataclass(frozen=True, slots=True)
class Relatives:
    """Whom a narrative came from, and what became of it and of its parts."""

    origin: Narrative | None = None
    """What it split off from."""
    parts: Sequence[Narrative] = ()
    """What split off from it."""
    absorbed: Sequence[tuple[Merge, Narrative]] = ()
    became: tuple[Merge, Narrative] | None = None
    """What it was merged into."""


def episodes(bins: Iterable[NarrativeBin]) -> list[Episode]:
    """Return the times in which a narrative was alive, oldest first; `bins` come in any order."""
    hours = Counter[int]()
    for one in bins:
        hours[one.start // 3600] += one.mentions
    found: list[Episode] = []
    for hour, count in sorted(hours.items()):
        start = from_seconds(3600 * hour)
        last = found[-1] if found else None
        if count <= (QUIET * last.most if last else 0):
            continue
        if last is None or last.faded(start):
            found.append(Episode(start, start + HOUR, count, start))
            continue
        grown = replace(last, most=count, peak=start) if count > last.most else last
        found[-1] = replace(grown, until=start + HOUR)
    return found


def life(
    facts: Facts, narrative: Narrative, alive: Sequence[Episode], relatives: Relatives
) -> tuple[Happening, ...]:
    """Return what happened to a narrative, the newest first."""
    told = [*_alive(facts, narrative, alive), *_related(relatives)]
    told.sort(key=lambda event: event[0], reverse=True)
    return tuple(
        Happening(facts.time(at), None, False, f"{strong}.", phrases.capital(text))
        for at, strong, text in [*told[:SHOWN], _birth(narrative, relatives.origin)]
    )


_Event = tuple[datetime, str, str]


def _birth(narrative: Narrative, origin: Narrative | None) -> _Event:
    if not narrative.split_from:
        return narrative.born_at, "Born", "Its first mention"
    whole = f"from {_name(origin)}" if origin else "from a narrative that is no longer kept"
    return narrative.born_at, "Split off", f"{whole}, of which it was a part before"


def _alive(facts: Facts, narrative: Narrative, alive: Sequence[Episode]) -> Iterable[_Event]:
    before: Episode | None = None
    for episode in alive:
        if before is not None:
            minutes = (episode.since - before.until).total_seconds() / 60
            yield episode.since, "Came back", f"after {words.duration(minutes)}"
        over = episode.faded(facts.now)
        text = f"{'busiest hour' if over else 'busiest hour so far'}, {_mentions(episode.most)}"
        yield _peak(narrative, episode), "Grew" if not over else "Peaked", text
        if over:
            yield episode.until, "Faded", f"{_at_most(int(QUIET * episode.most))} for a day"
        before = episode


def _peak(narrative: Narrative, episode: Episode) -> datetime:
    """Return when its busiest hour began; what was born in that hour is not older than itself."""
    return max(episode.peak, narrative.born_at)


def _mentions(count: int) -> str:
    return f"{words.number(count)} mention{'' if count == 1 else 's'}"


def _at_most(count: int) -> str:
    return f"at most {_mentions(count)} an hour" if count else "no mention"


def _related(relatives: Relatives) -> Iterable[_Event]:
    for part in relatives.parts:
        yield part.born_at, "Split", f"{_name(part)} became a narrative of its own"
    for merge, other in relatives.absorbed:
        yield merge.at, "Absorbed", f"{_name(other)}, {_mentions(other.mentions)}"
    if relatives.became is not None:
        merge, other = relatives.became
        yield merge.at, "Merged", f"into {_name(other)}"


def _name(narrative: Narrative) -> str:
    return f"“{phrases.capital(narrative.label)}”"


def brief(facts: Facts, narrative: Narrative, alive: Sequence[Episode]) -> str:
    """Say its life in a line."""
    parts = [f"{'split off' if narrative.split_from else 'born'} {facts.time(narrative.born_at)}"]
    if alive:
        last = alive[-1]
        parts += [f"back {facts.time(last.since)}"] if len(alive) > 1 else []
        parts.append(f"busiest hour {facts.time(_peak(narrative, last))} with {words.number(last.most)}")
        parts += [f"faded {facts.time(last.until)}"] if last.faded(facts.now) else []
    return ", ".join(parts)
