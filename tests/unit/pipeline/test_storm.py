"""Storm mode: it begins and ends without flapping, loses nothing, and knows how sure it is."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import astuple, replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.ports import Skimmer, Store
from core.records import EPOCH, Entry, Fetched, Flag, Match, Mention, Pulse, Score, Step, Storm
from models.score import SKIMMED, TextScorer, open_scorer
from models.windows import bin_start
from pipeline import flow
from pipeline.bench.texts import complaints, posts
from pipeline.metrics import Metrics
from pipeline.scoring import BrandScorer, Fresh
from pipeline.storm import switch
from pipeline.storm.reading import CROWD, Reader
from pipeline.storm.sample import chances, drawn
from pipeline.storm.statement import Statement, negatives
from pipeline.storm.switch import CALM, COST, ENTER, LEAST, Switch
from storage import open_log, open_store
from storage.integrity import integrity
from tests.unit.pipeline.conftest import NOW, Product

ROOT = Path(__file__).parents[3]
BACKLOG = int(ENTER / COST) + 1
PATIENCE = 300
"""Seconds after which something has failed, on the busiest machine."""


def mentions(number: int, first: int = 0) -> tuple[Mention, ...]:
    texts = [text for _, text in posts(number, first_key=77_000_000 + 1_000 * first)]
    return tuple(
        Mention("feed", str(first + place), f"Acme: {text}", NOW, NOW) for place, text in enumerate(texts)
    )


def entries(found: Sequence[Mention], *brands: str) -> list[Entry]:
    return [Entry(one, brands or ("Acme",)) for one in found]


def test_a_backlog_begins_it_and_a_moment_of_calm_does_not_end_it() -> None:
    watched = Switch()
    watched.observe(BACKLOG - 2, 0, 100.0)
    assert not watched.on
    watched.observe(BACKLOG, 0, 101.0)
    assert watched.on
    for second in range(CALM - 1):
        watched.observe(0, 10, 102.0 + second)
    watched.observe(BACKLOG // 2, 10, 102.0 + CALM)
    for second in range(CALM - 1):
        watched.observe(0, 10, 120.0 + second)
    assert watched.on
    watched.observe(0, 10, 120.0 + CALM)
    assert not watched.on


def test_what_would_only_bring_the_backlog_back_does_not_end_it() -> None:
    """Nothing waits because little is read in full: all of what comes would still be too much."""
    watched = Switch()
    watched.observe(BACKLOG, 0, 0.0)
    for second in range(1, 100):
        watched.observe(0, int(0.9 / COST), float(second))
    assert watched.on


def test_the_more_comes_and_waits_the_less_is_read() -> None:
    watched = Switch()
    watched.observe(BACKLOG, 0, 0.0)
    begun = watched.share()
    for second in range(1, 60):
        watched.observe(0, int(5 / COST), float(second))
    settled = watched.share()
    assert LEAST < settled < 0.1
    assert begun < switch.SHARE
    watched.observe(100 * BACKLOG, 0, 60.5)
    assert watched.share() == LEAST


def test_a_slow_machine_begins_it_sooner() -> None:
    watched = Switch()
    for _ in range(50):
        watched.read(64, 6.4)
    watched.observe(BACKLOG // 10, 0, 0.0)
    assert watched.on


def test_slow_single_readings_of_the_sample_do_not_keep_it_on() -> None:
    watched = Switch()
    watched.observe(BACKLOG, 0, 0.0)
    for second in range(1, CALM + 2):
        watched.sampled(2, 0.2)
        watched.observe(0, 100, float(second))
    assert not watched.on


def test_each_brand_gets_the_same_number_of_readings_while_it_has_so_many() -> None:
    flood, few = [("Acme",)] * 90, [("Zenith",)] * 6 + [("Acme", "Zenith")] * 4
    odds = chances([*flood, *few], 0.4)
    assert odds[-10:] == [1.0] * 10
    assert odds[0] == pytest.approx(30 / 94)
    assert chances([("Acme",)] * 8, 0.25) == [0.25] * 8
    assert chances([], 0.5) == []


def test_a_draw_follows_from_the_id_alone() -> None:
    ids = [Mention("feed", str(place), "", NOW, NOW).id for place in range(4_000)]
    some = {key for key in ids if drawn(key, 0.1)}
    assert len(some) == pytest.approx(400, abs=60)  # three standard errors
    assert some < {key for key in ids if drawn(key, 0.2)}
    assert all(drawn(key, 1.0) for key in ids)


@pytest.fixture
def reader(scorer: Skimmer, tmp_path: Path) -> Reader:
    return Reader(open_store(f"memory://{tmp_path}"), scorer, lambda: NOW)


def test_what_is_skimmed_says_so_and_what_was_drawn_keeps_both(
    reader: Reader, text_scorer: TextScorer
) -> None:
    found = reader.skim(entries(mentions(120)), 0.25)
    scores = [fresh.scored.score for fresh in found]
    unread = [score for score in scores if score.unread]
    read = [score for score in scores if not score.unread]
    assert 15 <= len(read) <= 45
    assert {score.version for score in unread} == {text_scorer.base + SKIMMED}
    assert {score.version for score in read} == {text_scorer.version}
    assert {score.inclusion for score in scores} == {0.25}
    assert all(score.skimmed is not None and score.embedding for score in read)
    assert not any(score.embedding for score in unread)


def test_a_copy_of_what_was_read_costs_nothing_and_is_certain(
    reader: Reader, text_scorer: TextScorer
) -> None:
    (one,) = mentions(1, first=500)
    (known,) = text_scorer.score([one])
    copy = Mention("feed", "copy", one.text, NOW, NOW)
    (fresh,) = reader.skim(entries([copy]), LEAST)
    assert fresh.scored.score == known


def test_what_only_fills_the_past_is_read_in_full(reader: Reader) -> None:
    old = [Entry(Mention("feed", f"old {n}", f"Acme in {n}", NOW, NOW, flags=Flag.BACKFILL), ("Acme",))
           for n in range(20)]  # fmt: skip
    reader.observe(BACKLOG, 0, 0.0)
    assert reader.since == NOW
    assert not any(fresh.scored.score.unread for fresh in reader.compute(old))


def _stored(store: Store, found: Sequence[Fresh]) -> float:
    """Store what was scored, counted for one brand; return the sum of negatives."""
    matches = [Match(one.scored.mention.id, "Acme", NOW) for one in found]
    store.commit(Step(tuple(one.scored for one in found), tuple(matches)))
    return sum(one.negative for one in store.rollups(EPOCH, NOW + timedelta(hours=1)))


def test_the_estimate_holds_what_the_encoder_would_have_said(tmp_path: Path) -> None:
    """Complaints, which the fast path takes for milder than they are, as they come in a storm.

    The hash draws the sample, so that this is the same run on every machine.
    """
    scorer = BrandScorer(open_scorer(remembered=1), ())
    store = open_store(f"memory://{tmp_path}")
    reader = Reader(store, scorer, lambda: NOW)
    texts = complaints("Acme", 480, NOW)
    every = [Mention("feed", str(1_000 + place), text, NOW, NOW) for place, text in enumerate(texts)]
    stored = 0.0
    for start in range(0, 480, 160):
        stored = _stored(store, reader.skim(entries(every[start : start + 160]), 1 / 8))
    truth = sum(score.negative for score in scorer.score(every))
    found = store.skimmed(NOW)
    estimate = negatives(store, EPOCH, NOW + timedelta(hours=1), found)
    assert found.read + found.unread == 480
    assert estimate == pytest.approx(stored + found.correction)
    assert abs(estimate - truth) <= found.band
    assert found.band < 0.3 * truth
    assert abs(stored - truth) < abs(_skimmed(scorer, every) - truth), "the level of the sample is worth it"


def _skimmed(scorer: Skimmer, every: Sequence[Mention]) -> float:
    return sum(score.negative for score in scorer.skim(every))


@pytest.fixture
def easily(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let some dozen mentions begin a storm, and a moment end it."""
    monkeypatch.setattr(switch, "ENTER", 0.1)
    monkeypatch.setattr(switch, "CALM", 1)


async def _until_read(product: Product) -> bool:
    """Run until nothing waits and nothing is unread; return whether anything ever was."""
    skimmed = False
    running = asyncio.create_task(product.flow.run())
    async with asyncio.timeout(PATIENCE):
        while not running.done():
            left = await asyncio.to_thread(product.store.unread, 1)
            sampled = (await asyncio.to_thread(product.store.skimmed, EPOCH)).read
            skimmed = skimmed or bool(left)
            if not left and not sampled and not product.log.depth():
                break
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return skimmed


async def test_imported_history_does_not_begin_it(tmp_path: Path, easily: None, scorer: Skimmer) -> None:
    product = Product(tmp_path, scorer)
    product.flow.skims = True
    old = [replace(one, flags=Flag.BACKFILL) for one in mentions(60, first=9_000)]
    await product.flow.collect("feed", Fetched(tuple(old), "1"))
    begun = False
    running = asyncio.create_task(product.flow.run())
    async with asyncio.timeout(PATIENCE):
        while product.log.depth():
            begun = begun or product.flow.reader.since is not None
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not begun
    assert product.store.unread(1) == []
    product.close()


async def test_in_a_crowd_sources_are_held_back_until_there_is_room_and_never_for_long(
    tmp_path: Path, scorer: Skimmer, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = Product(tmp_path, scorer)
    reader = product.flow.reader
    reader.observe(CROWD, 0, 0.0)  # a storm begins with what waits already
    await product.flow.collect("feed", Fetched(mentions(3), "1"))
    assert product.log.depth() == 3

    monkeypatch.setattr(flow, "HOLD_SECONDS", PATIENCE)
    reader.observe(CROWD + 1, 0, 1.0)
    held = asyncio.create_task(product.flow.collect("feed", Fetched(mentions(3, first=10), "2")))
    _, waiting = await asyncio.wait({held}, timeout=0.2)
    assert (waiting, product.log.depth()) == ({held}, 3)
    reader.observe(CROWD, 100, 2.0)
    await held
    assert product.log.depth() == 6

    monkeypatch.setattr(flow, "HOLD_SECONDS", 0.01)
    reader.observe(CROWD + 1, 0, 3.0)
    await product.flow.collect("feed", Fetched(mentions(3, first=20), "3"))
    assert product.log.depth() == 9
    product.close()


async def test_read_late_it_is_stored_as_in_a_calm_run(tmp_path: Path, easily: None, scorer: Skimmer) -> None:
    found = {}
    for skims in (True, False):
        folder = tmp_path / str(skims)
        folder.mkdir()
        product = Product(folder, BrandScorer(open_scorer(), ()) if skims else scorer)
        product.flow.skims = skims
        await product.flow.collect("feed", Fetched(mentions(150, first=2_000), "1"))
        assert await _until_read(product) is skims
        rows = {row.mention.id: row for row in product.store.mentions(999)}
        scores = product.store.known(rows)
        sums = product.store.rollups(EPOCH, NOW + timedelta(hours=1))
        found[skims] = (
            scores,
            sum(one.negative for one in sums),
            sorted((one.brand, one.mentions) for one in sums),
            _followed(product),
        )
        assert integrity(f"sqlite:///{folder}/firetower.db") == []
        product.close()
    late, calm = found[True][0], found[False][0]
    assert late.keys() == calm.keys()
    assert all(_alike(late[key], calm[key]) for key in calm)
    assert found[True][1] == pytest.approx(found[False][1])
    assert found[True][2] == found[False][2]
    assert found[True][3] == pytest.approx(found[False][3], abs=1e-3)


def _followed(product: Product) -> list[float]:
    """What the running detector holds; all that is stored belongs to a narrative that is stored, too."""
    window = product.detection.watch("Acme", NOW).detector.window(bin_start(NOW.timestamp()))
    assert all(row.narrative for row in product.store.mentions(999))
    return [window.mentions, window.negative, window.independent, window.independent_negative]


def _alike(one: Score, other: Score) -> bool:
    """Tell whether two readings of a text are the same but for the last digit, which hangs on the batch."""
    rows = [
        (each.negative, each.neutral, each.positive, *astuple(each.tone))
        for each in (one, other)
        if each.tone is not None
    ]
    same = replace(one, negative=0, neutral=0, positive=0, tone=None, embedding=b"")
    assert same == replace(other, negative=0, neutral=0, positive=0, tone=None, embedding=b"")
    return rows[0] == pytest.approx(rows[1], abs=1e-5) and len(one.embedding) == len(other.embedding)


CHILD = """
import asyncio, sys
from pathlib import Path
from models.score import open_scorer
from pipeline.scoring import BrandScorer
from pipeline.storm import switch
from tests.unit.pipeline.conftest import Product
switch.ENTER, switch.CALM = 0.1, 1
product = Product(Path(sys.argv[1]), BrandScorer(open_scorer(), ()))
product.flow.skims = True
asyncio.run(product.flow.run())
"""


def _kill_when(folder: Path, store: Store, stored: int, unread: int) -> None:
    """Run the flow in a process of its own, and kill it once so much is stored and so little unread."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(folder)], env=environment)
    until = time.monotonic() + PATIENCE
    while store.count_mentions() < stored or store.skimmed(EPOCH).unread > unread:
        assert child.poll() is None, "the flow ended by itself"
        assert time.monotonic() < until
        time.sleep(0.002)
    child.send_signal(signal.SIGKILL)
    child.wait()


async def test_killed_in_the_storm_and_after_it_nothing_is_lost_or_counted_twice(
    tmp_path: Path, easily: None, scorer: Skimmer
) -> None:
    every = mentions(500, first=4_000)
    url = f"sqlite:///{tmp_path}/firetower.db"
    store, log = open_store(url), open_log(url)
    log.append("feed", entries(every), "1")
    _kill_when(tmp_path, store, 200, 10_000)
    assert log.depth()
    assert store.skimmed(EPOCH).unread, "it was killed in the storm"
    _kill_when(tmp_path, store, 500, 420)
    assert store.skimmed(EPOCH).unread, "it was killed while it read late"
    product = Product(tmp_path, scorer)
    product.flow.skims = True
    await _until_read(product)
    product.close()
    assert (log.depth(), store.count_mentions(), store.skimmed(EPOCH).unread) == (0, 500, 0)
    (total,) = store.totals()
    truth = sum(score.negative for score in scorer.score(every))
    assert total.mentions == 500
    assert total.negative_share == pytest.approx(truth / 500)
    assert integrity(url) == []


def test_people_are_told(reader: Reader, tmp_path: Path) -> None:
    store = open_store(f"memory://{tmp_path}")
    statement = Statement(store, reader)
    assert statement.at(NOW) is None
    reader.observe(BACKLOG, 0, 0.0)
    _stored(store, reader.skim(entries(mentions(64, first=6_000)), 0.25))
    told = statement.at(NOW)
    assert told is not None
    assert (told.since, told.unread) == (NOW, store.skimmed(NOW).unread)
    assert told.band > 0.0
    store.save_pulse(Pulse(NOW, NOW, storm=told))
    lines = Metrics().text(store, open_log(f"memory://{tmp_path}")).splitlines()
    assert "firetower_storm 1.0" in lines
    assert f"firetower_unread {float(told.unread)}" in lines


def test_after_the_storm_the_statement_ends_with_the_last_late_reading(tmp_path: Path) -> None:
    store = open_store(f"memory://{tmp_path}")
    reader = Reader(store, BrandScorer(open_scorer(remembered=1), ()), lambda: NOW)
    every = mentions(16, first=7_000)
    _stored(store, reader.skim(entries(every), LEAST))
    statement = Statement(store, reader)
    assert statement.at(NOW) == Storm(len(store.unread(99)))
    late = reader.late(store.unread(99))
    store.read_late(late.scored, late.towards)
    assert statement.at(NOW + timedelta(seconds=11)) is None
    assert store.known([one.id for one in every])[every[0].id] != Score(0.0, 0.0, 0.0)
