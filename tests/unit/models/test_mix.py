"""Mix of sources: only a change of where negatives come from is evidence."""

import random
from math import log

import pytest
from scipy.spatial.distance import jensenshannon

from core.clock import from_seconds
from core.records import Mention, Score, Scored
from models.bins import PLACES, short_hash
from models.mix import Mix, divergence
from models.seen import Seen
from models.signature import BYTES
from models.windows import Windows

START = 1_700_006_400


def taught(places: dict[int, int], bins: int = 200, expected: float = 10.0) -> Mix:
    mix = Mix()
    for place in range(bins):
        mix.learn_one(Seen(start=START + 300 * place, places=places, expected_negative=expected))
    return mix


def test_divergence_is_that_of_scipy() -> None:
    chance = random.Random(2)
    for _ in range(20):
        p, q = ([chance.random() * (chance.random() > 0.3) for _ in range(6)] for _ in range(2))
        one, two = [value / sum(p) for value in p], [value / sum(q) for value in q]
        wanted = float(jensenshannon(one, two)) ** 2
        assert divergence(list(zip(one, two, strict=True))) == pytest.approx(wanted, abs=1e-12)
    assert divergence([(1.0, 0.0), (0.0, 1.0)]) == pytest.approx(log(2))


def test_the_usual_mix_is_no_surprise_and_another_one_is() -> None:
    mix = taught({1: 4, 2: 2})
    assert mix.surprise({1: 20, 2: 10}, 1.0) == 0.0
    assert mix.surprise({1: 14, 2: 16}, 1.0) < mix.surprise({2: 30}, 1.0)
    assert mix.surprise({9: 30}, 1.0) == 10.0


def test_chance_alone_rarely_surprises() -> None:
    mix, chance = taught({1: 4, 2: 2, 3: 1}), random.Random(5)
    surprises = []
    for _ in range(500):
        drawn = chance.choices([1, 2, 3], [4, 2, 1], k=20)
        surprises.append(mix.surprise({cell: drawn.count(cell) for cell in (1, 2, 3)}, 1.0))
    assert sum(each > 2.0 for each in surprises) < 0.08 * len(surprises)


def test_more_mentions_of_the_same_mix_say_more() -> None:
    mix = taught({1: 4, 2: 2})
    assert mix.surprise({2: 3}, 1.0) < mix.surprise({2: 6}, 1.0) < mix.surprise({2: 12}, 1.0)


def test_one_source_a_young_brand_and_a_blind_source_say_nothing() -> None:
    assert taught({1: 4}).surprise({1: 30}, 1.0) == 0.0
    assert taught({1: 1}, bins=5).surprise({2: 30}, 1.0) == 0.0
    assert taught({1: 4}).surprise({2: 30}, 0.9) == 0.0
    assert taught({1: 4}).surprise({}, 1.0) == 0.0


def test_a_burst_is_cut_off_and_a_storm_teaches_slowly() -> None:
    burst, storm, plain = (taught({1: 2}, expected=2.0) for _ in range(3))
    burst.learn_one(Seen(start=START + 300 * 200, places={2: 10_000}, expected_negative=2.0))
    storm.learn_one(Seen(start=START + 300 * 200, places={2: 7}, expected_negative=2.0, speed=0.1))
    plain.learn_one(Seen(start=START + 300 * 200, places={2: 7}, expected_negative=2.0))
    surprises = [mix.surprise({1: 8, 2: 2}, 1.0) for mix in (storm, burst, plain)]
    assert surprises[0] > surprises[1] == pytest.approx(surprises[2])


def scored(number: int, source: str, negative: float = 0.8) -> Scored:
    at = from_seconds(START)
    return Scored(
        Mention(source, str(number), "text", at, at), Score(negative, 1 - negative, 0.0, b"0" * BYTES)
    )


def test_an_hour_counts_negative_originals_by_source_in_any_order() -> None:
    mentions = [(scored(n, f"s{n % 3}", 0.8 if n % 4 else 0.1), 1 + (n % 5 == 0)) for n in range(60)]
    one, two = Windows(), Windows()
    for each, copy in mentions:
        one.add(each, START, 1.0, "c", copy)
    for each, copy in reversed(mentions):
        two.add(each, START, 1.0, "c", copy)
    places = one.hour(START).places
    assert places == two.hour(START).places
    assert sum(places.values()) == sum(copy == 1 and each.score.negative > 0.5 for each, copy in mentions)
    assert set(places) == {short_hash(f"s{n}") % PLACES for n in range(3)}
