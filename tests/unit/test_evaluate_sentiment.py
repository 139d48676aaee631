"""`firetower evaluate sentiment`: its measures, its data, and what the shipped model reaches."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import ConfigError
from pipeline.evaluate import sentiment


def write(folder: Path, texts: str, labels: str) -> Path:
    place = folder / "sentiment" / "tweeteval" / "sentiment"
    place.mkdir(parents=True)
    (place / "test_text.txt").write_text(texts, "utf-8")
    (place / "test_labels.txt").write_text(labels, "utf-8")
    return folder


def test_measures_of_a_known_table() -> None:
    found = sentiment.quality([0, 0, 1, 1, 1, 2], np.array([0, 1, 1, 1, 2, 2]))
    assert found.recall == pytest.approx({"negative": 1 / 2, "neutral": 2 / 3, "positive": 1})
    assert found.macro_recall == pytest.approx((1 / 2 + 2 / 3 + 1) / 3)
    assert found.accuracy == pytest.approx(4 / 6)
    assert found.macro_f1 == pytest.approx((2 / 3 + 2 / 3 + 2 / 3) / 3)
    assert found.texts == 6


def test_calibration_error_of_a_known_case() -> None:
    probabilities = np.array([[0.9, 0.05, 0.05]] * 10, dtype=np.float32)
    found = sentiment.quality([0] * 7 + [1] * 3, probabilities.argmax(axis=1), probabilities)
    assert found.calibration_error == pytest.approx(0.2, abs=1e-6)


def test_reads_texts_line_by_line(tmp_path: Path) -> None:
    data = write(tmp_path, "don\\u2019t\u2028stop\n\nlast\n", "0\n1\n2\n")
    assert sentiment.read(data, "test") == sentiment.Labelled(("don’t\u2028stop", "", "last"), (0, 1, 2))


def test_evaluates_any_folder_of_that_shape(tmp_path: Path) -> None:
    texts = "worst airline ever, I am furious\nthe gate opens at nine\nlove this crew, thank you so much!\n"
    found = sentiment.evaluate(write(tmp_path, texts, "0\n1\n2\n"))
    assert found["tweeteval"]["macro_recall"] == 1.0
    assert found["tweeteval"]["texts"] == found["peers"]["vader"]["texts"] == 3


def test_absent_data_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--data DIR"):
        sentiment.evaluate(tmp_path)


@pytest.mark.parametrize("labels", ["0\n1\n2\n", "0\n7\n"])
def test_labels_that_do_not_fit_are_a_clear_error(tmp_path: Path, labels: str) -> None:
    with pytest.raises(ConfigError, match="do not fit together"):
        sentiment.read(write(tmp_path, "one\ntwo", labels), "test")


def test_validation_part_is_judged_well(shared: Path) -> None:
    part = sentiment.read(shared / "data", "val")
    found = sentiment.quality(part.labels, sentiment.predict(part.texts).argmax(axis=1))
    assert found.texts == 2000
    assert found.macro_recall >= 0.66


@pytest.mark.slow
def test_test_part_reaches_the_goal_and_beats_vader(shared: Path) -> None:
    found = sentiment.evaluate(shared / "data")
    assert found["tweeteval"]["texts"] == 12_284
    assert found["tweeteval"]["macro_recall"] >= 0.66
    assert found["peers"]["vader"]["macro_recall"] == pytest.approx(0.57, abs=0.01)
