"""The board's queries cost the same however much history there is."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Pool, event

from core.ports import Store
from core.records import UNSURE, DeliveryStatus, Merge, Selection, Sentiment, Step, derive
from storage import open_store

T0 = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

Query = Callable[[Store, datetime], object]

_FIRST = derive("mention", "app/rare", "n0")

QUERIES: dict[str, Query] = {
    "mentions": lambda store, now: store.mentions(50),
    "mentions of a brand": lambda store, now: store.mentions(50, Selection(brand="Acme")),
    "mentions of an hour": lambda store, now: store.mentions(
        50, Selection(brand="Acme", since=now - HOUR, until=now)
    ),
    "negative mentions": lambda store, now: store.mentions(50, Selection(min_negative=0.1)),
    "oldest mentions": lambda store, now: store.mentions(50, oldest_first=True),
    "rollups": lambda store, now: store.rollups(now - HOUR, now),
    "rollups of a brand": lambda store, now: store.rollups(now - HOUR, now, "Acme"),
    "signals": lambda store, now: store.signals("Acme", now - HOUR, now),
    "states": lambda store, now: store.states(),
    "incidents": lambda store, now: store.incidents(),
    "open incidents": lambda store, now: store.incidents(open_only=True),
    "notifications": lambda store, now: store.notifications(),
    "matches since": lambda store, now: store.matches_since("Acme", 1000, 50),
    "elsewhere": lambda store, now: store.elsewhere_since("Globex", "Acme", 1000, 50),
    "unmatched": lambda store, now: store.unmatched([("x", "Acme")]),
    "count": lambda store, now: store.count_mentions(),
    "mentions of a source": lambda store, now: store.mentions(50, Selection(source="rss/news")),
    "mentions of a rare source": lambda store, now: store.mentions(4, Selection(source="app/rare")),
    "a brand's mentions of a rare source": lambda store, now: store.mentions(
        4, Selection(brand="Acme", source="app/rare")
    ),
    "a brand's mentions of a source where it never was": lambda store, now: store.mentions(
        4, Selection(brand="Globex", source="app/rare")
    ),
    "a brand's rare mentions by sentiment": lambda store, now: store.mentions(
        4, Selection(brand="Acme", sentiment=Sentiment.POSITIVE)
    ),
    "a brand's mentions of a sentiment that it never had": lambda store, now: store.mentions(
        4, Selection(brand="Acme", sentiment=Sentiment.NEGATIVE)
    ),
    "a brand's unsure mentions": lambda store, now: store.mentions(
        4, Selection(brand="Acme", sentiment=UNSURE)
    ),
    "angry mentions": lambda store, now: store.mentions(4, Selection(angry=True)),
    "a brand's offensive mentions": lambda store, now: store.mentions(
        4, Selection(brand="Acme", offensive=True)
    ),
    "mentions that are apart": lambda store, now: store.mentions(4, Selection(not_us=True)),
    "a brand's mentions that are apart": lambda store, now: store.mentions(
        4, Selection(brand="Acme", not_us=True)
    ),
    "answers": lambda store, now: store.relevance_labels(),
    "mentions of a rare narrative": lambda store, now: store.mentions(4, Selection(narrative="rare")),
    "mentions of narratives that merged": lambda store, now: store.mentions(4, Selection(narrative="merged")),
    "hours": lambda store, now: store.rollups(now - HOUR, now, seconds=3600),
    "hours of a brand": lambda store, now: store.rollups(now - HOUR, now, "Acme", seconds=3600),
    "narratives": lambda store, now: store.narratives(),
    "narratives of a brand": lambda store, now: store.narratives("Acme", now - HOUR),
    "narrative": lambda store, now: store.narrative("rare"),
    "merges": lambda store, now: store.merges("merged"),
    "narrative bins": lambda store, now: store.narrative_bins(["merged", "rare"], now - HOUR, now),
    "known": lambda store, now: store.known([_FIRST]),
    "embeddings": lambda store, now: store.embeddings([_FIRST]),
    "mention": lambda store, now: store.mention(_FIRST),
    "incidents of a brand": lambda store, now: store.incidents(brand="Acme", since=now - HOUR, until=now),
    "notifications of an hour": lambda store, now: store.notifications(since=now - HOUR, until=now),
    "dead letters": lambda store, now: store.deliveries(status=DeliveryStatus.DEAD),
    "sent in an hour": lambda store, now: store.delivered_since(now - HOUR),
    "jobs": lambda store, now: store.jobs(),
    "jobs of a kind": lambda store, now: store.jobs("drill"),
    "corrections": lambda store, now: store.corrections(),
    "weeks": lambda store, now: store.report_weeks(),
    "versions": lambda store, now: store.versions(),
    "what nobody wrote": lambda store, now: store.erase_author("nobody"),
    "what is too old": lambda store, now: store.prune(T0),
}

_SMALL = {
    *("incidents", "open incidents", "incidents of a brand", "narratives", "narratives of a brand", "merges"),
    *("hours", "hours of a brand"),
}
"""Where rows of equal times, or of one interval, are put in order."""


@pytest.fixture
def plans() -> Iterator[list[str]]:
    """The query plan, line by line, of every statement that runs from now on."""
    lines: list[str] = []

    def explain(
        connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        if statement.startswith(("SELECT", "WITH")):
            found = raw.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            lines.extend(row[3] for row in found)

    event.listen(Engine, "before_cursor_execute", explain)
    yield lines
    event.remove(Engine, "before_cursor_execute", explain)


@pytest.mark.parametrize("name", QUERIES)
def test_no_query_of_the_board_scans_a_table(url: str, plans: list[str], name: str) -> None:
    store = open_store(url)
    plans.clear()
    QUERIES[name](store, T0)
    assert plans
    for line in plans:
        # A small table by its key is fine; a table of mentions only through an index that stops at the limit.
        assert not line.startswith("SCAN") or " INDEX " in line or line in {"SCAN log", "SCAN model_version"}
        assert "ORDER BY" not in line or name in _SMALL
    store.close()


def test_a_search_sorts_no_more_than_its_candidates(url: str, plans: list[str]) -> None:
    store = open_store(url)
    plans.clear()
    store.mentions(50, Selection(search="late"))
    assert plans[0].startswith("CO-ROUTINE")
    assert plans[1].startswith("SCAN mention_fts VIRTUAL TABLE")
    inner = plans[: plans.index(next(line for line in plans if line.startswith("SCAN anon")))]
    assert not any("ORDER BY" in line for line in inner)
    store.close()


def test_embeddings_find_their_mentions_by_id(
    url: str, plans: list[str], steps: Callable[[int, int], Step]
) -> None:
    store = open_store(url)
    store.commit(steps(0, 100))
    plans.clear()
    store.commit(steps(100, 100))
    assert "SEARCH mention USING INDEX sqlite_autoindex_mention_1 (id=?)" in plans
    assert "SCAN mention" not in plans
    store.close()


class Steps:
    """Counts the instructions of SQLite's virtual machine, in tens."""

    tens = 0

    def connected(self, raw: Any, _record: object) -> None:
        raw.set_progress_handler(self.tick, 10)

    def tick(self) -> int:
        self.tens += 1
        return 0


@pytest.fixture
def work() -> Iterator[Steps]:
    counter = Steps()
    event.listen(Pool, "connect", counter.connected)
    yield counter
    event.remove(Pool, "connect", counter.connected)


def cost(work: Steps, query: Query, store: Store, now: datetime) -> int:
    query(store, now)
    before = work.tens
    query(store, now)
    return work.tens - before


def test_ten_times_the_history_costs_no_more(
    url: str, work: Steps, steps: Callable[[int, int], Step]
) -> None:
    searching: dict[str, Query] = {"search": lambda store, now: store.mentions(50, Selection(search="late"))}
    queries = QUERIES | searching
    store = open_store(url)
    store.commit(Step(merges=tuple(Merge(f"narrative {at}", "merged", "Acme", T0) for at in range(5))))
    costs = []
    for start, count in ((0, 2200), (2200, 19_800)):
        for first in range(start, start + count, 1100):
            store.commit(steps(first, 1100))
        now = T0 + timedelta(minutes=start + count)
        costs.append({name: cost(work, query, store, now) for name, query in queries.items()})
    few, many = costs
    assert sum(few.values()) > 100
    assert {name: many[name] for name in queries if many[name] > few[name] * 1.1 + 5} == {}
    store.close()
