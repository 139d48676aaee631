"""What one fetch brings: new and changed items, what was taken back, and what is watched from now on."""

from collections.abc import Callable, Iterable, Sequence, Set
from datetime import datetime

from core.records import Mention, Rejected
from monitors.reddit_api.things import Thing, read_key, read_thing
from monitors.reddit_api.watch import Watched


class Catch:
    """Takes items in and sorts them; each counts once, however many listings show it."""

    def __init__(
        self, source: str, watched: Iterable[Watched], wanted: Callable[[str], bool], now: datetime
    ) -> None:
        self.mentions: dict[str, Mention] = {}
        self.rejected: dict[str, Rejected] = {}
        self.deleted: list[str] = []
        self.watched = {item.name: item for item in watched}
        self._source, self._wanted, self._now = source, wanted, now

    def take(self, children: Iterable[object], known: Set[str]) -> None:
        """Take items of a listing, of which those in `known` were taken before."""
        for child in children:
            key = read_key(child)
            if key not in self.mentions and key not in self.rejected:
                self._take(key, child, key in known)

    def look(self, asked: Sequence[Watched], children: Iterable[object]) -> None:
        """Take the answer to a second look at `asked`; what it leaves out twice is gone."""
        found = {read_key(child): child for child in children}
        for item in asked:
            if item.name not in self.watched:
                continue  # a listing has told already that it is gone
            if item.name in found:
                self.watched[item.name] = self.watched[item.name]._replace(missed=False)
                self.take([found[item.name]], {item.name})
            elif item.missed:
                self._forget(item.name)
            else:
                self.watched[item.name] = item._replace(missed=True)

    def _take(self, key: str, child: object, known: bool) -> None:
        try:
            thing = read_thing(child)
        except ValueError as error:
            if not known:
                self.rejected[key] = Rejected(key, str(error))
            return
        if thing.gone:
            self._forget(key)
        elif self._is_news(thing, known):
            self._deliver(thing)

    def _is_news(self, thing: Thing, known: bool) -> bool:
        before = self.watched.get(thing.name)
        return thing.edited != before.edited if before else not known

    def _deliver(self, thing: Thing) -> None:
        mention = thing.mention(self._source, self._now)
        self.mentions[thing.name] = mention
        before = self.watched.get(thing.name)
        if before or self._wanted(mention.body):
            seen_at = before.seen_at if before else int(self._now.timestamp())
            self.watched[thing.name] = Watched(thing.name, seen_at, thing.edited)

    def _forget(self, name: str) -> None:
        """Report what was delivered before and is gone now; what never was delivered is simply left out."""
        if self.watched.pop(name, None):
            self.deleted.append(name)
