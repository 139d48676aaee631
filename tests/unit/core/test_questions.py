"""What is worth a person's judgement: unsure, near many, weighed by what matters, none alike, some drawn."""

import random
from dataclasses import replace

import numpy as np
import pytest

from core.questions import ALIKE, AT_RANDOM, MOST, Candidate, Question, margin, worth_asking
from core.vectors import pack_vector, unpack_vector

DIMENSIONS = 16
UNSURE, SURE = (0.36, 0.34, 0.30), (0.98, 0.01, 0.01)


def vector(*towards: float, noise: float = 0.0, seed: int = 0) -> bytes:
    """Return a unit vector whose first parts are `towards`."""
    found = np.zeros(DIMENSIONS)
    found[: len(towards)] = towards
    found += noise * np.random.default_rng(seed).normal(size=DIMENSIONS)
    return pack_vector((found / np.linalg.norm(found)).astype(np.float32))


def crowd(
    name: str, count: int, *towards: float, shares: tuple[float, float, float] = UNSURE
) -> list[Candidate]:
    """Return mentions that lie near each other, and are not alike."""
    return [
        Candidate(f"{name}{number}", shares, vector(*towards, noise=0.15, seed=number))
        for number in range(count)
    ]


def scattered(count: int, seed: int = 1) -> list[Candidate]:
    chance = np.random.default_rng(seed)
    vectors = chance.normal(size=(count, DIMENSIONS)).astype(np.float32)
    return [
        Candidate(f"m{number}", tuple(chance.dirichlet((1, 1, 1))), pack_vector(row / np.linalg.norm(row)))
        for number, row in enumerate(vectors)
    ]


def best(pool: list[Candidate], most: int = 1) -> list[str]:
    """Return those that were chosen for what they teach; fewer than five have no lot among them."""
    return [one.id for one in worth_asking(pool, most) if not one.at_random]


def test_the_unsure_one_is_asked_before_the_sure_one() -> None:
    sure = [Candidate("a", SURE, vector(1)), Candidate("b", (0.6, 0.3, 0.1), vector(0, 1))]
    assert best([*sure, Candidate("c", UNSURE, vector(0, 0, 1))]) == ["c"]


def test_one_among_many_is_asked_before_one_alone() -> None:
    many, alone = crowd("many", 9, 1.0), Candidate("alone", UNSURE, vector(0, 1))
    (chosen,) = best([alone, *many])
    assert chosen.startswith("many")


def test_after_one_of_a_crowd_another_matter_is_asked_about() -> None:
    first, second = best([*crowd("a", 9, 1.0), *crowd("b", 6, 0.0, 1.0)], 2)
    assert (first[0], second[0]) == ("a", "b")


def test_what_is_near_a_label_teaches_little() -> None:
    large, small = crowd("a", 9, 1.0), crowd("b", 6, 0.0, 1.0)
    labelled = [replace(large[0], said=True), *large[1:]]
    assert best([*large, *small])[0].startswith("a")
    assert best([*labelled, *small])[0].startswith("b")


def test_copies_count_for_the_voices_that_they_are() -> None:
    copies = [replace(one, voice=0.1) for one in crowd("copy", 9, 1.0)]
    assert best([*copies, *crowd("voice", 3, 0.0, 1.0)])[0].startswith("voice")


def test_an_open_incident_weighs_more() -> None:
    quiet, burning = crowd("quiet", 6, 1.0), crowd("burning", 5, 0.0, 1.0)
    assert best([*quiet, *burning])[0].startswith("quiet")
    assert best([*quiet, *(replace(one, urgent=True) for one in burning)])[0].startswith("burning")


@pytest.mark.parametrize("seed", range(3))
def test_no_two_are_alike_and_nothing_is_asked_twice(seed: int) -> None:
    pool = scattered(40, seed)
    pool += [replace(one, id=f"copy of {one.id}") for one in pool]
    pool += [replace(one, id=f"said {one.id}", said=True) for one in pool[:10]]
    found = worth_asking(pool)
    assert len(found) == MOST
    vectors = {one.id: unpack_vector(one.embedding) for one in pool}
    shown = np.stack([vectors[one.id] for one in found])
    assert np.max(shown @ shown.T - np.eye(MOST)) < ALIKE
    labelled = np.stack([vectors[one.id] for one in pool if one.said])
    assert np.max(shown @ labelled.T) < ALIKE


def test_a_fifth_is_drawn_by_lot_whatever_the_model_thinks() -> None:
    pool = [replace(one, shares=SURE) for one in scattered(60)]
    by_lot = [one.id for one in worth_asking(pool) if one.at_random]
    assert len(by_lot) == AT_RANDOM
    turned = [replace(one, shares=UNSURE if one.id in by_lot else SURE, voice=0.5) for one in pool]
    assert [one.id for one in worth_asking(turned) if one.at_random] == by_lot
    left = [replace(one, said=one.id in by_lot) for one in pool]
    assert not {one.id for one in worth_asking(left)} & set(by_lot)


def test_every_mention_has_the_same_chance_by_lot() -> None:
    """Over many pools, unsure and sure ones are drawn alike."""
    drawn = 0
    for seed in range(150):
        pool = [replace(one, id=f"{seed} {one.id}") for one in scattered(20, seed)]
        pool = [replace(one, shares=UNSURE if place % 2 else SURE) for place, one in enumerate(pool)]
        unsure = {one.id for one in pool if one.shares is UNSURE}
        drawn += sum(one.id in unsure for one in worth_asking(pool) if one.at_random)
    assert 120 < drawn < 180  # 150 of 300; three and a half standard deviations


def test_the_order_of_the_pool_does_not_matter() -> None:
    pool = scattered(50)
    found = worth_asking(pool)
    random.Random(4).shuffle(pool)
    assert worth_asking(pool) == found


def test_a_small_pool_gives_what_it_has() -> None:
    assert worth_asking([]) == []
    alone = Candidate("a", UNSURE, vector(1))
    assert worth_asking([alone]) in ([Question("a")], [Question("a", True)])
    assert worth_asking([replace(alone, said=True)]) == []


def test_the_margin_is_that_of_the_two_likeliest() -> None:
    assert margin((0.1, 0.6, 0.3)) == pytest.approx(0.3)
