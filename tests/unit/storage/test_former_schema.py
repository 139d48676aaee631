"""A workspace of the first release goes on under this one."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from core.ports import Log, Store
from core.records import (
    UNSURE,
    DeliveryStatus,
    Flag,
    Match,
    RelevanceLabel,
    Scored,
    Selection,
    Sentiment,
    Step,
)
from storage import integrity, open_log, open_store
from tests.contract.filling import NEGATIVE, T0, mention, step
from tests.unit.storage.former import bring, fill_former


@pytest.fixture
def store(path: Path, url: str) -> Store:
    fill_former(path)
    return open_store(url)


@pytest.fixture
def log(store: Store, url: str) -> Log:
    return open_log(url)


def numbers(store: Store, which: Selection) -> list[str]:
    return [row.mention.native_id for row in store.mentions(9, which)]


def test_nothing_is_lost_and_a_copy_stands_beside(store: Store, path: Path) -> None:
    assert store.count_mentions() == 4
    assert numbers(store, Selection(search="late")) == ["n3", "n2", "n1", "n0"]
    assert path.with_name("firetower.db.before-0009").exists()


def test_all_of_it_counts_for_its_brand_until_somebody_says_otherwise(store: Store, url: str) -> None:
    assert numbers(store, Selection(not_us=True)) == []
    assert {(row.ours, row.not_us, row.said_ours) for row in store.mentions(9)} == {(None, False, None)}
    store.add_relevance(RelevanceLabel(mention(0, source="rss/0").id, "Acme", False, "duty", T0))
    assert numbers(store, Selection(not_us=True)) == ["n0"]
    assert integrity(url) == []


def test_its_sums_agree_with_its_rows(store: Store, url: str) -> None:
    assert integrity(url) == []


def test_old_mentions_are_found_by_source_and_sentiment(store: Store) -> None:
    assert numbers(store, Selection(source="rss/1")) == ["n3", "n1"]
    assert numbers(store, Selection(sentiment=Sentiment.NEGATIVE)) == ["n3", "n0"]
    assert numbers(store, Selection(sentiment=Sentiment.NEUTRAL, brand="Acme")) == ["n1"]
    assert numbers(store, Selection(sentiment=Sentiment.POSITIVE)) == ["n2"]


def test_what_former_schemas_did_not_record_says_so(store: Store) -> None:
    (point,) = store.signals("Acme", T0, T0)
    assert (point.coverage, point.observable) == (0.75, None)


@pytest.mark.parametrize(("label", "unsure"), [(None, ["n1"]), ("", ["n1"]), ("neutral", [])])
def test_what_has_no_majority_is_unsure_unless_somebody_said_what_it_is(
    path: Path, url: str, label: str | None, unsure: list[str]
) -> None:
    fill_former(path)
    bring(path, "0004")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE mention SET p_negative = 0.3, p_neutral = 0.4, p_positive = 0.3 WHERE seq = 2")
        given = [(mention(1, source="rss/1").id, said, at) for at, said in enumerate(["negative", label])]
        for row in given if label is not None else ():
            file.execute(
                "INSERT INTO correction (id, mention_id, label, who, at) VALUES (?2, ?1, ?2, '', ?3)", row
            )
    store = open_store(url)
    assert numbers(store, Selection(sentiment=UNSURE)) == unsure
    (found,) = store.mentions(1)
    assert (found.score.tone, found.score.language) == (None, "")
    assert store.mentions(9, Selection(angry=True)) == []


def test_what_waited_to_be_read_is_found_when_it_is_read(path: Path, url: str) -> None:
    fill_former(path)
    bring(path, "0008")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE mention SET inclusion = 0.25 WHERE seq = 2")
    store = open_store(url)
    assert numbers(store, Selection(search="late")) == ["n3", "n2", "n0"]
    store.read_late([Scored(mention(1, source="rss/1"), NEGATIVE)], {})
    assert numbers(store, Selection(search="late")) == ["n3", "n2", "n1", "n0"]
    assert integrity(url) == []


def test_a_model_version_of_the_second_schema_goes_on(path: Path, url: str) -> None:
    fill_former(path)
    bring(path, "0002")
    row = (1, 0, "promoted", "shipped", 7, 6, 5, 4, 0, "duty", b"w")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(f"INSERT INTO model_version VALUES ({', '.join('?' * len(row))})", row)
    (version,) = open_store(url).versions()
    assert (version.corrections, version.weights) == (7, b"w")
    assert (version.stands_on, version.learned) == (0, None)


def test_old_deliveries_jobs_and_incidents_are_found(store: Store) -> None:
    assert [row.channel for row in store.deliveries(status=DeliveryStatus.RESERVED)] == ["chat"]
    moment = T0.replace(microsecond=123456)
    assert [row.channel for row in store.delivered_since(moment)] == ["mail"]
    assert store.delivered_since(moment + timedelta(microseconds=1)) == []
    assert [job.id for job in store.jobs("drill")] == ["j1"]
    assert [found.id for found in store.incidents(brand="Acme")] == ["i1"]


def test_what_waits_is_known(store: Store, log: Log) -> None:
    assert log.holds([mention(9).id, mention(8).id]) == {mention(9).id}


def test_old_quotes_can_be_forgotten(store: Store) -> None:
    store.forget([mention(0).id, mention(1, source="rss/1").id])
    found, told = store.incident("i1"), store.notification("n1")
    assert found is not None
    assert told is not None
    assert [quote.text for quote in found.explanation.quotes] == [""]
    assert [quote.text for quote in told.explanation.quotes] == ["late again 1"]


def test_an_old_mention_gets_its_embedding_when_it_is_scored_again(store: Store, url: str) -> None:
    one = mention(0, source="rss/0")
    store.commit(step([one], NEGATIVE, brand="Globex", narrative="a"))
    assert store.embeddings([one.id]) == {one.id: NEGATIVE.embedding}
    store.commit(Step(matches=(Match(one.id, "Initech", T0),)))
    assert store.count_mentions() == 4
    assert integrity(url) == []


def test_old_mentions_can_be_pruned_and_erased(store: Store) -> None:
    assert store.prune(T0 + timedelta(minutes=1)) == 1
    assert store.erase_author("ann") == 3 + 1  # one of them waits in the log
    assert {row.mention.flags for row in store.mentions(9)} == {Flag.DELETED}
