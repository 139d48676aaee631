"""The learner: starts at what ships, moves neighbours, is bounded, deterministic, restorable bit for bit."""

import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from core.records import Sentiment
from core.vectors import pack_vector, unpack_vector
from models.adaptation import (
    CLASSES,
    FARTHEST,
    Adaptation,
    Reading,
    most_probable,
    name_version,
    read_version,
)
from models.learned import Learned
from models.learner import Learner
from models.packing import pack, unpack

DIMENSIONS = 24


def readings(count: int, seed: int = 1) -> list[Reading]:
    chance = np.random.default_rng(seed)
    vectors = chance.normal(size=(count, DIMENSIONS))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    shares = chance.dirichlet([1, 1, 1], size=count).astype(np.float32)
    return [_reading(vector, share) for vector, share in zip(vectors, shares, strict=True)]


def _reading(vector: NDArray[np.float64], share: NDArray[np.float32]) -> Reading:
    shipped = (float(share[0]), float(share[1]), float(share[2]))
    return Reading(shipped, pack_vector(vector.astype(np.float32)))


def labels(count: int, seed: int = 2) -> list[Sentiment]:
    return [CLASSES[place] for place in np.random.default_rng(seed).integers(3, size=count)]


def taught(count: int, seed: int = 1) -> Learner:
    learner = Learner(DIMENSIONS, 1)
    teach(learner, readings(count, seed), labels(count))
    return learner


def teach(learner: Learner, texts: Sequence[Reading], said: Sequence[Sentiment]) -> None:
    for reading, label in zip(texts, said, strict=True):
        learner.learn_one(reading, label)


def test_without_corrections_nothing_changes_at_all() -> None:
    texts = readings(200)
    untaught = Learner(DIMENSIONS)
    assert untaught.adaptation().apply(texts) == [text.shipped for text in texts]
    assert [untaught.predict_one(text) for text in texts] == [most_probable(text.shipped) for text in texts]


def test_a_correction_moves_the_text_and_its_neighbours_by_less() -> None:
    corrected, *_ = readings(1)
    vector = unpack_vector(corrected.embedding).astype(np.float64)
    chance = np.random.default_rng(5)
    aside = chance.normal(size=DIMENSIONS)
    aside -= (aside @ vector) * vector
    aside /= np.linalg.norm(aside)
    even = np.array([0.2, 0.2, 0.6], dtype=np.float32)
    family = [
        _reading(cosine * vector + (1 - cosine**2) ** 0.5 * aside, even) for cosine in (1.0, 0.8, 0.4, -0.8)
    ]
    learner = Learner(DIMENSIONS, 1)
    learner.learn_one(family[0], Sentiment.NEGATIVE)
    negative = [row[0] for row in learner.adaptation().apply(family)]
    assert negative[0] > negative[1] > negative[2] > negative[3]
    assert negative[1] > 0.23


def test_repeated_corrections_turn_the_label_over() -> None:
    (text,) = readings(1)
    learner = Learner(DIMENSIONS, 1)
    for label, times in ((Sentiment.NEUTRAL, 30), (Sentiment.POSITIVE, 120), (Sentiment.NEGATIVE, 240)):
        for _ in range(times):
            learner.learn_one(text, label)
        assert learner.predict_one(text) is label


def test_one_wrong_teacher_moves_no_text_far() -> None:
    """AdaGrad's first step is its longest: the rate times the length of the embedding in the 1-norm."""
    text = readings(1)[0]
    learner = Learner(DIMENSIONS, 1)
    learner.learn_one(text, CLASSES[int(np.argmin(text.shipped))])
    for row, before in zip(learner.adaptation().apply(readings(300)), readings(300), strict=True):
        moved = np.abs(np.log(row) - np.log(before.shipped))
        assert moved.max() < 2 * 0.03 * (DIMENSIONS**0.5 + 1)


def test_whatever_is_taught_is_bounded() -> None:
    learner = Learner(DIMENSIONS, 1)
    text = readings(1)[0]
    for _ in range(3_000):
        learner.learn_one(text, Sentiment.POSITIVE)
    (row,) = learner.adaptation().apply([text])
    odds = np.log(row) - np.log(text.shipped)
    assert np.ptp(odds) <= 2 * FARTHEST + 1e-9


def test_predicting_changes_nothing() -> None:
    learner = taught(20)
    before = learner.dump()
    for text in readings(50, 9):
        learner.predict_one(text)
    assert learner.dump() == before


def test_restored_it_learns_on_bit_for_bit() -> None:
    learner = taught(40)
    again = Learner.load(learner.dump(), 1)
    assert again.dump() == learner.dump()
    for each in (learner, again):
        teach(each, readings(40, 8), labels(40, 9))
    assert again.dump() == learner.dump()
    assert again.adaptation().apply(readings(50)) == learner.adaptation().apply(readings(50))


def test_the_state_does_not_grow() -> None:
    assert abs(len(taught(400).dump()) - len(taught(100).dump())) < 100


def test_another_process_learns_the_same() -> None:
    """Python orders sets of strings differently in every process; nothing may depend on that."""
    script = (
        "import hashlib, tests.unit.models.test_learner as t;"
        "print(hashlib.sha256(t.taught(30).dump()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_a_batch_changes_no_row() -> None:
    adaptation, texts = taught(50).adaptation(), readings(150, 4)
    together = adaptation.apply(texts)
    assert together == [adaptation.apply([text])[0] for text in texts]
    assert adaptation.apply([]) == []


def test_undoing_gives_the_shipped_numbers_bit_for_bit() -> None:
    adaptation, texts = taught(100).adaptation(), readings(500, 6)
    adapted = adaptation.apply(texts)
    assert adapted != [text.shipped for text in texts]
    assert adaptation.undo(adapted, [text.embedding for text in texts]) == [text.shipped for text in texts]


def test_undoing_holds_at_the_edge_of_what_may_be_learned() -> None:
    wild = Adaptation(1, np.full((DIMENSIONS, 3), (50.0, 0.0, -50.0)), np.zeros(3))
    texts = [*readings(50), Reading((1.0, 0.0, 0.0), readings(1)[0].embedding)]
    assert wild.undo(wild.apply(texts), [text.embedding for text in texts]) == [t.shipped for t in texts]


def test_damage_is_refused() -> None:
    state = taught(3).dump()
    with pytest.raises(ValueError, match="damaged"):
        Learner.load(state[:-20], 1)


def test_a_successor_knows_what_its_parent_knows_and_counts_anew() -> None:
    parent = Learned(taught(10), position=7, won=3, lost=1, alarms=2, judged=["a"], used=True)
    parent.verdicts.learn_one("Acme", true=False)
    newest = Learned(Learner(DIMENSIONS, 4), position=12, judged=["a", "b"])
    child = parent.successor(5, newest)
    assert child.learner.dump() == parent.learner.dump()
    assert child.verdicts.dump() == parent.verdicts.dump()
    assert (child.learner.number, child.parent, child.position, child.judged) == (5, 1, 12, ["a", "b"])
    assert (child.used, child.alarms, child.won, child.lost) == (False, 0, 0, 0)
    assert Learned.unpack(child.pack(), 5).pack() == child.pack()


def test_names_of_versions() -> None:
    assert [read_version("base", name_version("base", number)) for number in (0, 12)] == [0, 12]
    assert read_version("base", "older+learned-3") is None
    assert read_version("base", "") is None


def test_what_a_former_release_kept_is_read() -> None:
    """It neither watched the model in use nor knew who had vouched for it."""
    header, blobs = unpack(1, Learned(taught(3), position=4, vouched=2).pack())
    del header["watch"], header["vouched"]
    again = Learned.unpack(pack(1, header, blobs), 1)
    assert (again.position, again.vouched, again.watch.asked) == (4, 0, [])
    assert again.learner.dump() == taught(3).dump()
