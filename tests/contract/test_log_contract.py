"""What every log promises: at least once, the cursor with the rows, nothing lost that nobody acknowledged."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from core.ports import Log
from core.records import Entry, Flag, Mention
from storage import open_log, open_store

T0 = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def entry(number: int, *brands: str, text: str = "late again") -> Entry:
    at = T0 + timedelta(seconds=number)
    mention = Mention("rss/news", f"n{number}", text, at, at, author="ann", flags=Flag.SIMULATED)
    return Entry(mention, brands or ("Acme",))


def test_gives_back_what_was_appended_in_order(log: Log) -> None:
    entries = [entry(number, "Acme", "Globex") for number in range(5)]
    assert log.append("rss/news", entries, "c1") == 5
    assert [found for _, found in log.read(10)] == entries
    assert [found for _, found in log.read(2)] == entries[:2]
    assert log.depth() == 5


def test_goes_on_behind_a_position(log: Log) -> None:
    entries = [entry(number) for number in range(5)]
    log.append("rss/news", entries, "c1")
    last = log.read(2)[-1][0]
    assert [found for _, found in log.read(2, last)] == entries[2:4]
    log.ack([last])
    assert (log.depth(last), log.depth()) == (3, 4)
    newest = log.read(9)[-1][0]
    assert (log.read(9, newest), log.depth(newest)) == ([], 0)
    log.ack([position for position, _ in log.read(9)])
    log.append("rss/news", [entry(7)], "c2")
    assert [found for _, found in log.read(9, newest)] == [entry(7)]


def test_starts_without_cursor_and_keeps_one_for_each_source(log: Log) -> None:
    assert log.cursor("rss/news") == ""
    log.append("rss/news", [], "c1")
    log.append("rss/other", [entry(1)], "x9")
    log.append("rss/news", [], "c2")
    assert (log.cursor("rss/news"), log.cursor("rss/other")) == ("c2", "x9")


def test_keeps_giving_until_acknowledged(log: Log) -> None:
    log.append("rss/news", [entry(number) for number in range(4)], "c")
    first = log.read(2)
    assert log.read(2) == first
    log.ack([first[1][0]])
    assert [found.mention.native_id for _, found in log.read(10)] == ["n0", "n2", "n3"]
    assert log.depth() == 3


def test_ignores_unknown_and_repeated_acknowledgements(log: Log) -> None:
    log.append("rss/news", [entry(1)], "c")
    position = log.read(1)[0][0]
    log.ack([position, position, 999])
    log.ack([position])
    log.ack([])
    assert log.depth() == 0


def test_acknowledges_any_positions_however_many(log: Log) -> None:
    log.append("rss/news", [entry(number) for number in range(5_000)], "c")
    positions = [position for position, _ in log.read(5_000)]
    log.ack(iter(positions[::2]))
    assert [position for position, _ in log.read(5_000)] == positions[1::2]
    log.ack(positions)
    assert log.depth() == 0


def test_never_gives_a_position_twice(log: Log) -> None:
    """A late acknowledgement must not meet a newer entry."""
    log.append("rss/news", [entry(1)], "c")
    old = log.read(1)[0][0]
    log.ack([old])
    log.append("rss/news", [entry(2)], "c")
    log.ack([old])
    assert [found.mention.native_id for _, found in log.read(10)] == ["n2"]


def test_stores_a_waiting_entry_once(log: Log) -> None:
    assert log.append("rss/news", [entry(1), entry(1), entry(2)], "c") == 2
    assert log.append("rss/news", [entry(1), entry(2), entry(3)], "c") == 1
    assert log.depth() == 3


def test_the_first_of_two_equal_entries_counts(log: Log) -> None:
    log.append("rss/news", [entry(1, text="first"), entry(2), entry(1, text="second")], "c")
    log.append("rss/news", [entry(1, text="third")], "c")
    assert [found.mention.text for _, found in log.read(10)] == ["first", "late again"]


def test_other_brands_make_another_entry_their_order_does_not(log: Log) -> None:
    assert log.append("rss/news", [entry(1, "Acme"), entry(1, "Acme", "Globex")], "c") == 2
    assert log.append("rss/news", [entry(1, "Globex", "Acme")], "c") == 0


def test_takes_an_acknowledged_entry_again(log: Log) -> None:
    log.append("rss/news", [entry(1)], "c")
    log.ack([log.read(1)[0][0]])
    assert log.append("rss/news", [entry(1)], "c") == 1


def test_another_handle_sees_the_same(log: Log, store_url: str) -> None:
    log.append("rss/news", [entry(1)], "c1")
    other = open_log(store_url)
    assert (other.depth(), other.cursor("rss/news")) == (1, "c1")
    other.ack([other.read(1)[0][0]])
    other.close()
    assert log.depth() == 0


def test_unacknowledged_entries_and_cursor_outlive_a_close(store_url: str) -> None:
    log = open_log(store_url)
    log.append("rss/news", [entry(1), entry(2)], "c7")
    log.ack([log.read(1)[0][0]])
    log.close()
    log = open_log(store_url)
    assert [found.mention.native_id for _, found in log.read(10)] == ["n2"]
    assert log.cursor("rss/news") == "c7"
    log.close()


def test_shares_its_place_with_the_store(log: Log, store_url: str) -> None:
    store = open_store(store_url)
    log.append("rss/news", [entry(1)], "c")
    assert store.count_mentions() == 0
    store.close()


@pytest.mark.parametrize("text", ["\ud83d alone", "nul \x00 here", "😡" * 3, "x" * 1_000_000, ""])
def test_carries_any_text(log: Log, text: str) -> None:
    at = datetime(1969, 7, 20, 20, 17, 40, 1, tzinfo=UTC)
    log.append("rss\udfff", [Entry(Mention("s", f"id{text[:9]}", text, at, at), ("Acme",))], "\x00c")
    ((_, found),) = log.read(1)
    assert found.mention.text == text.replace("\ud83d", "�").replace("\x00", "�")
    assert found.mention.event_at == at
    assert log.cursor("rss�") == "�c"


def test_counts_each_entry_once_when_two_threads_append_the_same(store_url: str) -> None:
    start, counts = Barrier(4), []
    entries = [entry(number) for number in range(50)]

    def work() -> None:
        log = open_log(store_url)
        start.wait()
        counts.append(log.append("rss/news", entries, "c"))
        log.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 0, 0, 50]
    log = open_log(store_url)
    assert log.depth() == 50
    log.close()


def test_says_which_mentions_still_wait(log: Log) -> None:
    one, two, three = (entry(number) for number in (1, 2, 3))
    ids = [found.mention.id for found in (one, two, three)]
    assert log.holds(ids) == set()
    log.append("rss/news", [one, two, entry(1, "Globex")], "c")
    assert log.holds(iter(ids)) == set(ids[:2])
    assert log.holds([]) == set()
    log.ack([log.read(3)[1][0]])
    assert log.holds(ids) == {ids[0]}
