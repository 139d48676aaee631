"""Simulated texts before the product's own eyes: independent ones are no copies, campaigns are.

Monitors know nothing of models, so these tests stand here, where both may be used.
"""

from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import pytest

from core.clock import ManualClock
from models.copies import Copies, Placed
from models.score import TextScorer, open_scorer
from models.signature import signature
from monitors.catalog import Context
from monitors.http import HttpClient
from monitors.simulation.brands import BRANDS, RIVALS, TONES, Brand
from monitors.simulation.history import READ_AS
from monitors.simulation.scenario import Campaign, Storm, demo_scenario
from monitors.simulation.wording import Writer
from monitors.simulator import Simulator

NOW = datetime(2026, 3, 12, 14, 0, tzinfo=UTC)
TEXTS = 3_000
LIMIT = 0.05
"""Highest share of independent texts that may be taken for copies."""


def copied(texts: list[str]) -> float:
    """Return the share of texts that are called a copy of an earlier one, as detection would."""
    copies = Copies()
    at = int(NOW.timestamp())
    placed = [copies.add(str(n), signature(text), "", at + n) for n, text in enumerate(texts)]
    return sum(p.copy_number > 1 for p in placed) / len(placed)


@pytest.mark.parametrize("brand", BRANDS, ids=lambda b: b.name)
def test_independent_storm_texts_are_no_copies(brand: Brand) -> None:
    writer, (theme,) = Writer(brand), brand.trade.storms
    storm = Storm(brand.name, NOW, 30, 100, 60, theme)
    random = Random(1)
    tones = random.choices(TONES, (storm.negative, 0.11, 0.04), k=TEXTS)
    share = copied([writer.post(tone, storm, random.getrandbits(63)) for tone in tones])
    print(f"{brand.name}, {theme}: {100 * share:.1f} % of {TEXTS} storm texts called copies")
    assert share < LIMIT


@pytest.mark.parametrize("brand", BRANDS, ids=lambda b: b.name)
def test_independent_ordinary_texts_are_no_copies(brand: Brand) -> None:
    writer = Writer(brand)
    random = Random(2)
    odds = (brand.negative, 1.0 - brand.negative - brand.positive, brand.positive)
    tones = random.choices(TONES, odds, k=TEXTS)
    share = copied([writer.post(tone, None, random.getrandbits(63)) for tone in tones])
    print(f"{brand.name}: {100 * share:.1f} % of {TEXTS} ordinary texts called copies")
    assert share < LIMIT


def test_a_campaign_is_found_out() -> None:
    (campaign,) = (e for e in demo_scenario(NOW).events if isinstance(e, Campaign))
    writer = Writer(next(b for b in BRANDS if b.name == campaign.brand))
    random = Random(3)
    share = copied([writer.copy(campaign, 0, random.getrandbits(63)) for _ in range(200)])
    print(f"campaign: {100 * share:.1f} % of 200 posts called copies")
    assert share > 0.9


@pytest.fixture(scope="module")
def scorer() -> TextScorer:
    return open_scorer()


def test_texts_read_as_meant_and_as_history_assumes(scorer: TextScorer) -> None:
    random = Random(4)
    for brand in (*BRANDS, *RIVALS):
        writer, assumed = Writer(brand), np.array(READ_AS[brand.name])
        texts = [[writer.post(tone, None, random.getrandbits(63)) for _ in range(100)] for tone in TONES]
        measured = np.array([scorer.probabilities(some).mean(axis=0) for some in texts])
        usual = np.array([brand.negative, 1.0 - brand.negative - brand.positive, brand.positive])
        seen, told = usual @ measured[:, 0], usual @ assumed[:, 0]
        print(f"{brand.name}: usual negative share {seen:.3f}, history assumes {told:.3f}")
        assert seen == pytest.approx(told, abs=0.04)
        assert measured == pytest.approx(assumed, abs=0.1)
        assert list(measured.argmax(axis=1)) == [0, 1, 2]


@pytest.mark.parametrize("brand", BRANDS, ids=lambda b: b.name)
def test_storms_read_angrier_than_any_day(brand: Brand, scorer: TextScorer) -> None:
    writer, (theme,) = Writer(brand), brand.trade.storms
    storm = Storm(brand.name, NOW, 30, 100, 60, theme)
    texts = [writer.post("negative", storm, seed) for seed in range(60)]
    negative = scorer.probabilities(texts)[:, 0].mean()
    print(f"{brand.name}, {theme}: mean P(negative) {negative:.2f}")
    assert negative > 0.45


async def test_the_demo_holds_copies_only_where_it_says_so() -> None:
    clock = ManualClock(NOW)
    context = Context((), HttpClient(clock), clock)
    source = Simulator("simulated-social", 15.0, Simulator.Options(now=NOW), context)
    cursor = (NOW - timedelta(hours=2)).isoformat()
    mentions = (await source.fetch(cursor)).mentions
    worlds = {brand.name: Copies() for brand in (*BRANDS, *RIVALS)}
    placed: dict[str, list[Placed]] = {name: [] for name in worlds}
    for m in mentions:
        name = next(
            name for name in worlds if name.replace(" ", "").lower() in m.body.replace(" ", "").lower()
        )
        at = int(m.event_at.timestamp())
        placed[name].append(worlds[name].add(m.id, signature(m.body), m.author, at))
    shares = {name: sum(p.copy_number > 1 for p in some) / len(some) for name, some in placed.items()}
    print("copies in the demo's last two hours:", {name: f"{100 * s:.0f} %" for name, s in shares.items()})
    assert shares.pop("Zenith Bank") > 0.5  # a campaign
    assert 0.02 < shares.pop("Northwind Air") < 0.2  # a storm in which some pass posts on
    assert max(shares.values()) < LIMIT
    await context.http.close()
