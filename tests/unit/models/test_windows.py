"""Counting by event time: exact sums, any order, bounded sketches."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from core.clock import from_seconds
from core.records import Mention, Score, Scored, Window
from models.bins import SKETCH, Bin, distinct, quantum, short_hash, summarise, tally
from models.windows import MAX_SOURCES, Windows, bin_start

START = 1_700_006_400


def scored(number: int, negative: float = 0.8, author: str = "", source: str = "rss") -> Scored:
    at = from_seconds(START)
    mention = Mention(source, str(number), "text", at, at + timedelta(seconds=1), author=author)
    return Scored(mention, Score(negative, 1 - negative, 0.0))


def test_bin_start_is_the_multiple_of_five_minutes_below() -> None:
    assert [bin_start(START), bin_start(START + 299.9), bin_start(START + 300)] == [START, START, START + 300]


def test_counts_what_may_not_be_read_well_also_when_it_is_read_late() -> None:
    windows, languages = Windows(), ("en", "", "ko")
    for number, language in enumerate(languages):
        each = scored(number)
        windows.add(replace(each, score=replace(each.score, language=language)), START, 1.0, "a", 1)
    assert windows.hour(START).foreign == 1.0
    told = scored(1).score
    read = replace(scored(1), score=replace(told, language="th"))
    windows.reread(read, told, START, 1.0, "a", 1)
    assert windows.hour(START).foreign == 2.0


def test_sums_do_not_depend_on_the_order() -> None:
    chance = random.Random(1)
    values = [quantum(chance.random()) for _ in range(500)]
    shuffled = chance.sample(values, len(values))
    assert sum(values) == sum(shuffled)


def test_counts_raw_and_independent_mentions() -> None:
    windows = Windows()
    windows.add(scored(1, 0.75), START, 1.0, "a", 1)
    windows.add(scored(2, 0.25), START, 0.5, "b", 1)
    window = windows.window(START)
    assert (window.mentions, window.negative) == (2.0, 1.0)
    assert (window.independent, window.independent_negative) == (1.5, 0.875)


def test_authors_are_none_where_no_source_names_them() -> None:
    windows = Windows()
    windows.add(scored(1), START, 1.0, "a", 1)
    assert windows.window(START).hour_authors is None
    windows.add(scored(2, author="ann"), START, 1.0, "b", 1)
    assert windows.window(START).hour_authors == 1


def test_same_name_on_two_sources_is_two_authors() -> None:
    windows = Windows()
    for number, source in enumerate(["rss", "forum"]):
        windows.add(scored(number, author="ann", source=source), START, 1.0, "a", 1)
    assert (windows.hour(START).authors, windows.hour(START).sources) == (2, 2)


def test_hour_reaches_back_twelve_bins_and_no_further() -> None:
    windows = Windows()
    windows.add(scored(1, author="old"), START, 1.0, "a", 1)
    windows.add(scored(2, author="new"), START + 3300, 1.0, "b", 1)
    assert windows.hour(START + 3300).authors == 2
    assert windows.hour(START + 3600).authors == 1


def test_largest_cluster_and_three_busiest_authors() -> None:
    windows = Windows()
    for copy in range(1, 9):
        windows.add(scored(copy, author="ann"), START, 0.1, "text", copy)
    for number in range(10, 12):
        windows.add(scored(number, author=f"a{number}"), START, 1.0, str(number), 1)
    hour = windows.hour(START)
    assert (hour.top_cluster, hour.top_authors) == (0.8, 1.0)


def test_sketch_is_the_same_in_any_order_and_bounded() -> None:
    chance = random.Random(2)
    keys = [short_hash(str(chance.randrange(300))) for _ in range(2000)]
    one: dict[int, int] = {}
    two: dict[int, int] = {}
    for key in keys:
        tally(one, key)
    for key in chance.sample(keys, len(keys)):
        tally(two, key)
    assert one == two
    assert len(one) == SKETCH


@pytest.mark.parametrize("authors", [0, 1, SKETCH - 1, 200, 2000])
def test_distinct_is_exact_when_small_and_near_when_large(authors: int) -> None:
    sketches: list[dict[int, int]] = [{} for _ in range(12)]
    for number in range(authors):
        tally(sketches[number % 12], short_hash(f"author {number}"))
    found = distinct(sketches)
    assert found == authors if authors < SKETCH else abs(found - authors) <= 0.3 * authors


def test_many_sources_share_the_last_place() -> None:
    windows = Windows()
    for number in range(3 * MAX_SOURCES):
        windows.add(scored(number, source=f"s{number}"), START, 1.0, str(number), 1)
    assert len(windows.names) < MAX_SOURCES
    assert windows.hour(START).sources == MAX_SOURCES


@pytest.mark.parametrize("left", [0, 20, 120])
def test_of_many_authors_that_turn_out_not_to_be_angry_about_as_many_are_left(left: int) -> None:
    windows, calm = Windows(), Score(0.1, 0.9, 0.0)
    every = [scored(number, author=f"a{number}", source=f"s{number % 3}") for number in range(240)]
    for each in every:
        windows.add(each, START, 1.0, each.mention.id, 1)
    for each in every[left:]:
        windows.reread(replace(each, score=calm), each.score, START, 1.0, each.mention.id, 1)
    found = windows.hour(START)
    assert found.negative == pytest.approx(0.8 * left + 0.1 * (240 - left), abs=1e-3)
    assert found.sources == min(left, 3)
    assert sum(found.places.values()) == left
    assert (found.authors or 0) == pytest.approx(left, rel=0.5)
    assert left or found.authors is None


def test_dump_and_load_keep_everything() -> None:
    windows = Windows()
    for number in range(300):
        place = START + 300 * (number % 7)
        each = scored(number, number % 10 / 10, f"a{number % 50}")
        each = replace(each, score=replace(each.score, language=("en", "ko")[number % 2]))
        windows.add(each, place, 0.3, str(number % 9), number % 3 + 1)
    windows.observe(START, 0.4, 3)
    copy = Windows()
    copy.load(list(windows.names), windows.dump())
    assert copy.bins == windows.bins
    assert (copy.exposure(START), copy.observable(START)) == (0.4, 3)
    assert copy.dump() == windows.dump()


def test_empty_hour_and_imported_window() -> None:
    assert summarise([]).authors is None
    windows = Windows()
    windows.import_window(Window(START, 1.0, 5.0, 2.0, 4.0, 1.5))
    windows.import_window(Window(START + 300))
    assert windows.bins == {START: Bin(5.0, 2.0, 4.0, 1.5, 2.0)}
