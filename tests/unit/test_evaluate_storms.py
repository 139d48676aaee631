"""`firetower evaluate storms`: columns against the product's detector, the scenario, peers, the result."""

import csv
import gzip
import json
from dataclasses import replace
from itertools import pairwise
from math import inf, log2
from pathlib import Path
from xml.etree.ElementTree import fromstring

import numpy as np
import pytest

from core.clock import from_seconds
from core.errors import ConfigError
from core.records import Mention, Score, Scored
from models.forecast import HORIZONS, Forecaster, present
from models.known import HOURS, Known
from models.opening import open_detector
from models.signature import BYTES
from pipeline.evaluate import storms
from pipeline.evaluate.storms import bursts, plan, rules, texts, work
from pipeline.evaluate.storms.people import Crowd
from pipeline.evaluate.storms.plan import Size, Unit
from pipeline.evaluate.storms.planted import Cell, Storm, place, plant
from pipeline.evaluate.storms.plot import picture
from pipeline.evaluate.storms.posts import SOURCES, Posts, contents, copy_numbers, joined, weights
from pipeline.evaluate.storms.result import told
from pipeline.evaluate.storms.texts import Archive, Texts
from pipeline.evaluate.storms.watch import clean, stormy
from pipeline.evaluate.storms.watched import Watched
from pipeline.evaluate.storms.world import DAY, EPOCH, WARM_DAYS, Brand, Stream, World, chance, cox, hawkes

WEEK = 7 * DAY


def posts(*rows: tuple[int, float, int, int, int]) -> Posts:
    """Bin, P(negative), author, source, cluster of each."""
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return Posts(columns[0], columns[1].astype(np.float64), *columns[2:])


def archive(brand: str, days: int = 21, a_day: int = 150) -> Archive:
    drawn = np.random.default_rng(len(brand))
    size = days * a_day
    bins = np.sort(drawn.integers(0, days * DAY, size))
    said = Posts(bins, drawn.beta(1, 5, size), drawn.integers(0, 900, size), 0 * bins, 0 * bins)
    return Archive(brand, EPOCH, days, said)


def world(side: int = 0) -> World:
    drawn = np.random.default_rng(1)
    pools = drawn.beta(4, 2, 50), drawn.beta(1, 5, 50), drawn.beta(2, 2, 50), drawn.beta(2, 3, 50)
    made = Texts(*pools, drawn.beta(1, 8, 50), archive("spotify"), (archive("AAPL"), archive("C")))
    counts = drawn.poisson(8.0, 24 * DAY)
    return World(made, {"FB": (EPOCH, counts)}, side, simulated=1)


def test_columns_are_weighed_as_the_product_weighs_copies_and_authors() -> None:
    rows = posts((0, 0.9, 1, 0, 7), (1, 0.9, 2, 0, 7), (1, 0.1, 3, 0, 0), (2, 0.9, 4, 0, 7))
    numbers = copy_numbers(rows.clusters)
    assert numbers.tolist() == [1, 2, 1, 3]
    assert weights(rows, numbers).tolist() == pytest.approx([1.0, 0.75, 1.0, 0.6])
    busy = posts(*((0, 0.9, 5, 0, 0) for _ in range(5)), (12, 0.9, 5, 0, 0))
    assert weights(busy, copy_numbers(busy.clusters)).tolist() == [1.0, 1.0, 1.0, 0.0, 0.0, 1.0]


def mentions(said: Posts, start: int) -> list[Scored]:
    """The same rows as mentions: rows of a cluster share a text, the others have one of their own."""
    drawn, signatures = np.random.default_rng(3), dict[int, bytes]()
    made = []
    for row in range(len(said)):
        cluster = int(said.clusters[row]) or -row - 1
        own = signatures.setdefault(cluster, drawn.bytes(BYTES))
        at = from_seconds(start + 300 * int(said.bins[row]) + 1)
        author, source = str(said.authors[row]), SOURCES[said.sources[row]]
        mention = Mention(source, str(row), "words", at, at, author=author)
        made.append(Scored(mention, Score(float(said.negative[row]), 0.0, 0.0, own)))
    return made


def test_bins_lead_the_products_own_detector_to_the_same_evidence() -> None:
    """Counted mention by mention or in columns: same sums, same evidence, same stage."""
    drawn = chance("equal")
    length = 3 * DAY
    crowd = Crowd(20.0, drawn)
    bins = np.sort(drawn.integers(0, length, 1500))
    bins[0] = 0  # the product begins with the first mention
    usual = crowd.written(bins, drawn.beta(1, 4, 1500), drawn)
    angry = np.sort(drawn.integers(2 * DAY, 2 * DAY + 40, 300))
    storm = crowd.written(angry, drawn.beta(4, 2, 300), drawn)
    storm = replace(storm, clusters=np.where(drawn.random(300) < 0.3, 9, 0))
    every = joined([usual, storm])
    detector, same = open_detector("Acme"), Watched("Acme", Stream(EPOCH, length, every, crowd), 0.5)
    product = {}
    for scored in mentions(every, EPOCH):
        for signal in detector.advance(scored.mention.event_at, 1.0, len(SOURCES)):
            product[int(signal.at.timestamp())] = signal
        detector.count(scored)
    state, windows = same._state, same._windows
    compared = 0
    for number, content in enumerate(contents(every, length)):
        start = EPOCH + 300 * number
        if content is not None:
            windows.bins[start] = content
        windows.observe(start, 1.0, len(SOURCES))
        state.close(start, windows)
        if (same_bin := product.get(start + 300)) is not None and number > DAY:
            assert same_bin.stage is state.stages.stage
            assert same_bin.evidence == pytest.approx(state.evidence, abs=1e-6)
            assert same_bin.seen == pytest.approx(windows.hour(start).independent_negative, abs=1e-4)
            compared += same_bin.evidence > 0.0
    assert compared > 10


def test_many_authors_are_remembered_as_one_by_one() -> None:
    drawn = np.random.default_rng(2)
    hours = np.sort(drawn.integers(0, HOURS, 500)) + 20 * HOURS
    authors = drawn.integers(0, 1 << 32, 500)
    single, together = Known(), Known()
    for author, hour in zip(authors.tolist(), hours.tolist(), strict=True):
        single.add(author, hour * 3600)
    together.add_all(authors, hours)
    together.add_all(authors[:0], hours[:0])
    assert together.dump() == single.dump()


def test_a_storm_doubles_from_two_per_cent_to_its_size_and_sources_join() -> None:
    here = world()
    stream = here.draw(Brand("cox", "cox-01", 60), chance(1))
    cell = Cell(60, 10.0, 2.0)
    storm = Storm(cell, stream.warm + 10)
    assert storm.peak - storm.onset == pytest.approx(24.0 * log2(500.0), abs=1.0)
    said = plant(storm, 1, stream, here.texts, chance(2))
    late = said.where((said.bins >= storm.peak - 12) & (said.bins < storm.peak + 12))
    assert len(late) / 24.0 == pytest.approx(10.0 * stream.rate, rel=0.4)
    early = said.where(said.bins < storm.onset + 24)
    assert set(early.sources.tolist()) <= {0}
    assert set(late.sources.tolist()) == {0, 1, 2}
    assert said.bins.max() < storm.over
    assert 0.1 < (said.clusters > 0).mean() < 0.3
    assert 0.3 < late.negative.mean() < 0.8
    usual = set(stream.crowd.regulars.tolist())
    assert 0.15 < np.mean([author in usual for author in said.authors.tolist()]) < 0.35


def test_storms_are_placed_after_the_warm_weeks_and_apart() -> None:
    waiting = [Cell(6, 3.0, 1.0)] * 40
    placed = place(WARM_DAYS * DAY + 8 * WEEK, waiting, chance(3))
    assert len(placed) + len(waiting) == 40
    assert placed[0].onset >= WARM_DAYS * DAY
    assert all(two.onset - one.over >= 2 * DAY for one, two in pairwise(placed))
    assert [cell.counted for cell in (Cell(6, 3.0, 1.0), Cell(6, 2.0, 1.0), Cell(0, 3.0, 1.0))] == [1, 0, 0]
    assert not Cell(6, 10.0, 1.0, neutral=True).counted


@pytest.mark.parametrize("make", [cox, hawkes])
def test_simulated_backgrounds_have_their_rate_and_are_not_poisson(make: object) -> None:
    counts = make(60.0, chance(4), 28)  # type: ignore[operator] # one of two functions of one form
    assert counts.size == 28 * DAY
    assert 12.0 * counts.mean() == pytest.approx(60.0, rel=0.25)
    assert counts.var() > 1.5 * counts.mean()


def test_benign_bursts_are_of_every_kind_and_campaigns_copy_one_text() -> None:
    here = world()
    crowd = Crowd(60.0, chance(5))
    made = [bursts.burst(50, 20.0, crowd, here.texts, chance("burst", seed), seed) for seed in range(60)]
    copied = [each for each in made if each.clusters.any()]
    assert 3 <= len(copied) <= 25
    assert all(np.unique(each.negative).size == 1 for each in copied)
    assert all(len(np.unique(each.authors)) <= 12 for each in copied)
    assert all(each.bins.max() < 58 for each in made)


def test_the_plan_has_each_storm_as_often_as_wanted_and_odd_brands_alone() -> None:
    here, size = world(), Size("tiny", 1, 1, 1)
    units = plan.storm_units(here, size)
    planted = [storm.cell for unit in units for storm in unit.storms]
    assert sorted(map(str, planted)) == sorted(map(str, plan.cells()))
    assert all(storm.over < here.length(unit.brand) for unit in units for storm in unit.storms)
    names = {brand.name for brand in here.brands()}
    assert names == {"AAPL", "C", "spotify", "FB", "cox-01", "hawkes-01"}
    even = {brand.name for brand in world(side=1).brands()}
    assert even - names == {"cox-02", "hawkes-02"}
    assert not even & {"spotify", "cox-01", "hawkes-01"}
    quiet = plan.clean_units(here, size)
    assert {unit.budget for unit in quiet} == {0.25, 0.5, 1.0}
    assert all(unit.clean for unit in quiet)


def test_a_peers_threshold_keeps_the_rate_and_a_page_is_followed_by_silence() -> None:
    streams = [[(10, 5.0), (20, 9.0), (10 + DAY, 7.0)], [(4, 6.0), (900, 1.0)]]
    assert rules.pages(streams[0], 5.0) == [10, 10 + DAY]
    assert rules.pages(streams[0], 6.0) == [20]
    assert [rules.threshold(streams, most) for most in (0, 1, 2, 3)] == [inf, 7.0, 6.0, 5.0]
    said = np.array([0.0, 3.0, 9.0, 9.0])
    assert rules.first_page(said, 5.0, 1, 3) == 2
    assert rules.first_page(said, 5.0, 0, 1) is None


def test_slow_peers_speak_once_an_hour() -> None:
    counts = np.random.default_rng(6).poisson(4.0, 20 * 12)
    for name in rules.SLOW:
        said = rules.scores(name, counts)
        assert np.isfinite(said).sum() == 20
        assert np.isfinite(said[11::12]).all()
    assert np.isfinite(rules.scores("EWMA", counts)).all()


def test_a_unit_finds_a_large_storm_and_shows_it_to_peers() -> None:
    here = world()
    brand = Brand("stocknet", "C", 0)
    quiet = clean(Unit(brand, 0, 0.5), here)
    assert quiet["weeks"] == pytest.approx(1.0)
    bars = {name: rules.threshold([peaks], 3) for name, peaks in quiet["peers"].items()}
    storm = Storm(Cell(0, 10.0, 1.0), WARM_DAYS * DAY + 500)
    result = stormy(Unit(brand, 0, 0.5, (storm,)), here, bars, frozenset())
    (found,) = result["storms"]
    assert found["lead"] is not None
    assert -6.0 <= found["lead"] < 9.0
    assert found["peers"].keys() >= {"clock|all", "EWMA|all", "EWMA|negatives"}
    assert "rrcf|all" not in found["peers"]
    assert json.loads(json.dumps(result)) == result


def results() -> tuple[list[tuple[Unit, dict[str, object]]], list[tuple[Unit, dict[str, object]]]]:
    """Made-up results: one page in two streams of ten weeks, three storms a volume, one of them missed."""
    sample = Brand("nab", "FB", 60), Brand("cox", "cox-01", 60)
    quiet = [
        (Unit(brand, 0, budget), {"weeks": 10.0, "rate": 60.0, "pages": [5] * (brand.kind == "nab")})
        for budget in plan.BUDGETS
        for brand in sample
    ]
    noisy = []
    for volume in (6, 60, 1500):
        cell = Cell(volume, 3.0, 1.0)
        leads = [4.0, 2.0, None]
        shown = [{"lead": lead, "peers": {"EWMA|all": 1.0, "EWMA|negatives": 2.0}} for lead in leads]
        unit = Unit(Brand("cox", "c", volume), 0, 0.5, tuple(Storm(cell, 5000 + n) for n in range(3)))
        noisy.append((unit, {"storms": shown, "forecasts": [True] * 4 + [False]}))
    return quiet, noisy


def test_the_result_has_exactly_the_agreed_keys_as_plain_numbers() -> None:
    result = told(*results())
    assert list(result) == [
        "recall",
        "lead_hours",
        "best_peer",
        "false_pages_per_brand_week",
        "false_pages_interval_95",
        "forecast_coverage_80",
        "cells",
    ]
    assert result["recall"] == pytest.approx(2 / 3, abs=1e-4)
    assert result["lead_hours"] == {"6": 2.0, "60": 2.0, "1500": 2.0}
    assert result["best_peer"]["name"]["60"] == "EWMA"
    assert result["best_peer"]["lead_hours"]["60"] == 1.0
    assert result["false_pages_per_brand_week"] == {"0.25": 0.05, "0.5": 0.05, "1": 0.05}
    low, high = result["false_pages_interval_95"]["0.5"]
    assert 0.0 <= low <= 0.05 <= high <= 0.1
    assert result["forecast_coverage_80"] == 0.8
    assert "null" not in json.dumps(result)
    cell = result["cells"][0]
    assert (cell["lead_hours"], cell["peers_fed_with_negatives"]) == (2.0, {"EWMA": 2.0})
    assert [each["brand_weeks"] for each in result["cells"] if each.get("background") == "all real ones"] == [
        10
    ]
    assert fromstring(picture(result)).tag.endswith("svg")


def test_finished_units_are_taken_from_the_folder(tmp_path: Path) -> None:
    here = world()
    unit = Unit(Brand("stocknet", "C", 0), 0, 0.25)
    at_work = work.Work(here, tmp_path)
    try:
        (first,) = at_work.clean([unit])
        (kept,) = tmp_path.rglob("*.json")
        kept.write_text(json.dumps(first | {"pages": [7]}), "utf-8")
        assert at_work.clean([unit])[0]["pages"] == [7]
    finally:
        at_work.close()
    other = work.Work(world(side=1), tmp_path)
    try:
        assert other.clean([unit])[0]["pages"] == [7]
    finally:
        other.close()


def test_texts_are_scored_once_and_drawn_from_the_folder(tmp_path: Path) -> None:
    said = ["Worst service ever, I want my money back", "I love it, thank you so much!"]
    first = texts._scores(said, tmp_path)
    assert first[0] > 0.5 > first[1]
    (kept,) = tmp_path.glob("scores-*.npy")
    np.save(kept, np.array([0.25, 0.75]))
    assert texts._scores(said, tmp_path).tolist() == [0.25, 0.75]


def test_data_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"reviews\.csv is absent"):
        storms.evaluate(tmp_path)


def data(folder: Path) -> Path:
    """A folder as that of the open data sets, with some invented lines in each file."""
    (folder / "review_bombs").mkdir()
    with (folder / "review_bombs" / "reviews.csv").open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines)
        writer.writerow(["text", "is_review_bomb", "bomb_type"])
        writer.writerows([["bad", "Ja", "negativ"], ["bad", "Ja", "negativ"], ["good", "Ja", "positiv"]])
    irony = folder / "sentiment" / "tweeteval" / "irony"
    irony.mkdir(parents=True)
    (irony / "val_text.txt").write_text("oh great\nno joke\n", "utf-8")
    (irony / "val_labels.txt").write_text("1\n0\n", "utf-8")
    for name in ("spotify_2017", "stocknet_2014"):
        (folder / name).mkdir()
    with gzip.open(folder / "spotify_2017" / "support_tweets.csv.gz", "wt", encoding="utf-8") as lines:
        lines.write("created_at,author_id,text\n2017-10-05T00:10:00+00:00,a,it stopped\n")
    rows = [
        {
            "id": str(n),
            "ticker": ticker,
            "ts": f"2014-01-{1 + n % 28:02d}T12:00:00",
            "user": "u",
            "text": text,
        }
        for ticker, text in (("A", "up"), ("B", "down"), ("C", "flat"))
        for n in range(1040)
    ]
    with gzip.open(folder / "stocknet_2014" / "tweets.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in [*rows, {**rows[0], "ticker": "D"}])
    return folder


def test_archives_are_read_by_brand_and_their_copies_found(tmp_path: Path) -> None:
    found = texts.read(data(tmp_path), None, side=0)
    assert (found.outrage.size, found.praise.size, found.jokes.size) == (1, 1, 1)
    assert [each.brand for each in found.stocknet] == ["A", "C"]
    mine = found.stocknet[0]
    assert (mine.days, len(mine.posts), set(mine.posts.clusters.tolist())) == (28, 1040, {1})
    assert found.spotify.posts.bins.tolist() == [2]


def test_forecasts_cover_what_comes_and_learn_how_wide_they_have_to_be() -> None:
    here = world()
    stream = here.draw(Brand("hawkes", "hawkes-01", 60), chance(7))
    watched = Watched("Acme", stream, 0.5)
    state, windows, forecaster = watched._state, watched._windows, Forecaster()
    held = []
    for number, content in enumerate(contents(stream.posts.where(stream.posts.bins < 18 * DAY), 18 * DAY)):
        start = EPOCH + 300 * number
        if content is not None:
            windows.bins[start] = content
        windows.observe(start, 1.0, 3)
        state.close(start, windows)
        held += forecaster.judge(start + 300, state.seen.hour_negative)
        if number % 12 == 0 and number > 3 * DAY:
            forecaster.tell(start + 300, present(state))
            outlook = forecaster.outlook(present(state))
            assert [each.hours for each in outlook.ahead] == list(HORIZONS)
            assert all(each.low <= each.high for each in outlook.ahead)
            assert (outlook.held, outlook.judged) == (sum(held), len(held))
    assert np.mean(held) == pytest.approx(0.8, abs=0.05)
