"""The shipped sentiment head: its file, its numbers, and what it reads in a text."""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import Permanent
from models import features
from models.embed import open_encoder
from models.sentiment import WEIGHTS, SentimentHead
from pipeline.evaluate import pool
from pipeline.evaluate.sentiment import read
from pipeline.evaluate.texts import fingerprint

BAD = (
    "Worst customer service ever, I am furious and I want my money back",
    "@user you ruined our holiday, never again!!",
    "they lied about the data leak, disgusting company",
)
GOOD = (
    "I love this phone, best purchase of the year!",
    "@user thank you so much, wonderful staff 😍",
    "what a great concert, amazing night",
)
PLAIN = (
    "The shop on Main Street opens at nine on Tuesday",
    "Company X publishes its results on 4 May http",
)


def predict(texts: tuple[str, ...]) -> NDArray[np.float32]:
    canonical = [features.canonical(text) for text in texts]
    return SentimentHead.load().predict(canonical, open_encoder(threads=1).encode(canonical))


def test_rows_are_probabilities() -> None:
    rows = predict(BAD + GOOD + PLAIN + ("", "\x00", "é" * 10_000))
    assert rows.shape == (11, 3)
    assert rows.dtype == np.float32
    assert np.all(rows >= 0)
    assert np.allclose(rows.sum(axis=1), 1.0, atol=1e-6)


def test_plain_cases_are_told_apart() -> None:
    assert predict(BAD).argmax(axis=1).tolist() == [0, 0, 0]
    assert predict(GOOD).argmax(axis=1).tolist() == [2, 2, 2]
    assert predict(PLAIN).argmax(axis=1).tolist() == [1, 1]


def test_negation_turns_praise_into_less_of_it() -> None:
    praise, blame = predict(("the support was helpful", "the support was not helpful"))
    assert blame[0] > praise[0] + 0.2


def test_no_texts() -> None:
    assert SentimentHead.load().predict([], np.empty((0, 384), dtype=np.float32)).shape == (0, 3)


def test_rows_do_not_depend_on_their_batch_mates() -> None:
    together = predict(BAD + GOOD + PLAIN)
    alone = np.concatenate([predict((text,)) for text in BAD + GOOD + PLAIN])
    assert np.abs(together - alone).max() < 1e-6


def test_the_card_describes_the_file() -> None:
    card = json.loads(WEIGHTS.with_suffix(".json").read_text("utf-8"))
    assert card["sha256"] == sha256(WEIGHTS.read_bytes()).hexdigest()
    assert card["encoder"] == open_encoder(threads=1).name
    assert card["test"]["macro_recall"] >= 0.66
    assert card["configurations_tried"] >= 1
    assert {"script", "seed", "date", "data", "settings", "validation"} <= set(card)
    assert WEIGHTS.stat().st_size < 5_000_000


def test_tampered_weights_are_refused(tmp_path: Path) -> None:
    copy = tmp_path / WEIGHTS.name
    shutil.copy(WEIGHTS.with_suffix(".json"), copy.with_suffix(".json"))
    data = bytearray(WEIGHTS.read_bytes())
    data[len(data) // 2] ^= 1
    copy.write_bytes(data)
    with pytest.raises(Permanent, match="does not fit its card"):
        SentimentHead.load(copy)


def test_weights_without_a_card_are_refused(tmp_path: Path) -> None:
    copy = tmp_path / WEIGHTS.name
    shutil.copy(WEIGHTS, copy)
    with pytest.raises(Permanent, match="cannot be read"):
        SentimentHead.load(copy)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RT @jo: late again @DHL &amp; no reply https://t.co/x1", "late again @user & no reply http"),
        ("write to help@example.com", "write to help@example.com"),
        ("  two\n\nlines ", "two lines"),
        ("see www.example.com/a?b=c now", "see http now"),
        ("\ud800", "?"),
        ("", ""),
    ],
)
def test_canonical(text: str, expected: str) -> None:
    assert features.canonical(text) == expected


def test_a_negation_marks_the_words_after_it_within_its_clause() -> None:
    plain, negated = features.words(["good"]), features.words(["not good"])
    assert not set(plain.columns) & set(negated.columns)
    assert set(plain.columns) < set(features.words(["not bad, good"]).columns)


@pytest.mark.parametrize("word", ["don't", "isn’t", "cant", "never", "no", "NOT"])
def test_negations(word: str) -> None:
    assert not set(features.words(["good"]).columns) & set(features.words([f"{word} good"]).columns)


@pytest.mark.parametrize("word", ["want", "important", "note", "went"])
def test_words_that_only_look_like_negations(word: str) -> None:
    assert set(features.words(["good"]).columns) < set(features.words([f"{word} good"]).columns)


def test_features_of_a_text_are_the_same_in_every_batch() -> None:
    batch = ["", "so good", "a", "not so good at all, honestly"]
    for bag_of in (features.words, features.characters):
        together = bag_of(batch)
        for row, text in enumerate(batch):
            alone = bag_of([text]).columns
            assert together.columns[together.rows == row].tolist() == alone.tolist()


def fibonacci(value: int) -> int:
    return (value * 0x9E3779B97F4A7C15 % 2**64) >> (64 - features.BITS)


def test_hashes_follow_from_the_text_alone() -> None:
    so, good = crc32(b"so"), crc32(b"good")
    expected = [fibonacci(so), fibonacci(good), fibonacci(so * 0x1000193 + good + 1)]
    assert features.words(["so good"]).columns.tolist() == expected
    run = 3
    for character in " a ":
        run = (run * 0x100000001B3 + ord(character)) % 2**64
    assert features.characters(["a"]).columns.tolist() == [fibonacci(run)]


def test_traits_lie_within_one() -> None:
    traits = features.dense(["I LOVE it!!!!!! #a #b #c #d #e", "", "http @user @user @user @user ???"])
    assert traits.shape == (3, features.DENSE)
    assert np.abs(traits).max() <= 1.0


def test_the_training_pool_holds_nothing_of_tweeteval(shared: Path) -> None:
    held_out = read(shared / "data", "val").texts + read(shared / "data", "test").texts
    marks = [fingerprint(text) for text in pool.read(shared / "data", held_out).texts]
    assert len(marks) == len(set(marks)) > 45_000
    assert not set(marks) & {fingerprint(text) for text in held_out}
