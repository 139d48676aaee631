"""What is read in a text besides its embedding."""

from pathlib import Path
from zlib import crc32

import pytest

from models import features
from pipeline.evaluate import pool
from pipeline.evaluate.sentiment import read
from pipeline.evaluate.texts import fingerprint


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


def test_the_training_pool_holds_nothing_of_tweeteval(shared: Path) -> None:
    held_out = read(shared / "data", "val").texts + read(shared / "data", "test").texts
    marks = [fingerprint(text) for text in pool.read(shared / "data", held_out).texts]
    assert len(marks) == len(set(marks)) > 45_000
    assert not set(marks) & {fingerprint(text) for text in held_out}


def test_older_texts_of_the_pool_stand_in_no_file_of_the_year(tmp_path: Path) -> None:
    folder = tmp_path / "sentiment" / "semeval2017" / "train"
    folder.mkdir(parents=True)
    (folder / "twitter-2015train-A.txt").write_text("1\tneutral\tShop opens\n2\tpositive\tSo GOOD, @jo!\n")
    (folder / "twitter-2016test-A.txt").write_text("3\tpositive\tso good\n4\tnegative\tso bad\n")
    assert pool.older(tmp_path, "2016") == {fingerprint("Shop opens")}
