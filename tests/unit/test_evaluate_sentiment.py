"""`firetower evaluate sentiment`: its measures, its data, and what the shipped model reaches."""

import csv
import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from core.errors import ConfigError
from core.records import Sentiment
from core.vectors import pack_vector
from models.adaptation import Reading
from models.label_shift import EQUAL, LEAST_TEXTS, distance
from models.score import open_scorer
from pipeline.__main__ import app
from pipeline.evaluate import airline, hard_cases, language, online, peers, sentiment, umsab, unlabelled
from pipeline.evaluate.texts import fingerprint
from tests.unit.models.test_label_shift import simulated

TEXTS = (
    "worst airline ever, I am furious",
    "the gate opens at nine",
    "love this crew, thank you so much!",
)
TWEETEVAL = Path("sentiment/tweeteval/sentiment")


def write(folder: Path, texts: str, labels: str, place: Path = TWEETEVAL, part: str = "test") -> Path:
    (folder / place).mkdir(parents=True, exist_ok=True)
    (folder / place / f"{part}_text.txt").write_text(texts, "utf-8")
    (folder / place / f"{part}_labels.txt").write_text(labels, "utf-8")
    return folder


def write_airline(folder: Path, rows: list[tuple[str, str, str, str]]) -> None:
    path = folder / "airline_2015" / "Tweets.csv.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("tweet_id", "airline_sentiment", "text", "tweet_created"))
        writer.writerows(rows)


def write_pool(folder: Path, texts: tuple[str, ...]) -> None:
    place = folder / "sentiment" / "semeval2017" / "train"
    place.mkdir(parents=True)
    rows = (f"{n}\t{sentiment.LABELS[n % 3]}\t{text}\n" for n, text in enumerate(texts))
    (place / "own.txt").write_text("".join(rows), "utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of that shape, with sentences of its own."""
    text, labels = "\n".join(TEXTS) + "\n", "0\n1\n2\n"
    write(tmp_path, text, labels)
    write(tmp_path, "a bad day\na day\na good day\n", labels, part="val")
    for name in umsab.LANGUAGES:
        write(tmp_path, text, labels, Path("sentiment/umsab") / name)
    when = "2015-02-17 0{}:00:00 -0800"
    write_airline(
        tmp_path,
        [
            ("1", "negative", TEXTS[0], when.format(1)),
            ("2", "neutral", TEXTS[1], when.format(2)),
            ("3", "negative", f"@air {TEXTS[0].upper()}!!", when.format(3)),
            ("4", "positive", TEXTS[2], when.format(4)),
            ("4", "positive", TEXTS[2], when.format(4)),
        ],
    )
    write_pool(
        tmp_path,
        ("so bad, so sad", "the shop is open", "so good", "bad and sad", "the open shop", "good, so good"),
    )
    return tmp_path


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


def test_evaluates_any_folder_of_that_shape(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hard_cases, "FOLDER", data / "absent")
    ran = CliRunner().invoke(app, ["evaluate", "sentiment", "--data", str(data), "--json"])
    assert ran.exit_code == 0, ran.output
    found = json.loads(ran.stdout.splitlines()[-1])  # before it the log, which `main` alone sends elsewhere
    assert set(found) == {"tweeteval", "airline", "umsab", "ece", "peers"}  # an installed package
    assert found["tweeteval"]["macro_recall"] == 1.0
    assert found["ece"] == found["tweeteval"]["calibration_error"]
    assert set(found["umsab"]) == {*umsab.LANGUAGES, "mean"}
    assert found["umsab"]["mean"] == pytest.approx(1.0)
    assert set(found["peers"]) == {"vader", "tfidf_logistic", "minilm_logistic"}
    assert all(peer["texts"] == 3 for peer in found["peers"].values())
    assert (found["airline"]["texts"], found["airline"]["transfer_accuracy"]) == (4, 1.0)
    assert found["airline"]["transfer_accuracy_plain"] == 1.0
    assert found["airline"]["true_shares"] == {"negative": 0.5, "neutral": 0.25, "positive": 0.25}
    assert found["airline"]["estimated_shares"] == pytest.approx(dict.fromkeys(sentiment.LABELS, 1 / 3))
    assert (found["airline"]["online_texts"], found["airline"]["online_shipped_accuracy"]) == (3, 1.0)


def test_every_test_can_be_cut(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hard_cases, "FOLDER", data / "hard")
    hard_cases.FOLDER.mkdir()
    rows = [{"id": f"caps-0{n}", "text": text, "label": "positive"} for n, text in enumerate(TEXTS[::-1])]
    (hard_cases.FOLDER / "caps.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assert hard_cases.measure(hard_cases.read(hard_cases.FOLDER), open_scorer()) == {
        "caps": {"accuracy": pytest.approx(1 / 3), "texts": 3}
    }
    found = language.evaluate(data, most=2)
    assert found["hard_cases"] == {"caps": {"accuracy": pytest.approx(1 / 2), "texts": 2}}
    assert found["tweeteval"]["texts"] == found["airline"]["texts"] == 2


@pytest.mark.parametrize("part", ["airline_2015", "sentiment/umsab/hindi", "sentiment/semeval2017/train"])
def test_absent_data_is_a_clear_error(data: Path, part: str) -> None:
    (data / part).rename(data / "elsewhere")
    with pytest.raises(ConfigError, match=f"{part}.*--data DIR"):
        language.evaluate(data)


def test_copies_of_a_text_are_left_out_whoever_they_name() -> None:
    texts = ["Late again", "@air late AGAIN! http://t.co/x", "on time", "😡", "@air"]
    assert online.first_of_each_text(texts) == [0, 2, 3]


def test_a_text_is_predicted_before_its_label_is_told() -> None:
    chance = np.random.default_rng(7)
    vectors = chance.normal(size=(40, 8)).astype(np.float32)
    readings = [Reading((0.34, 0.33, 0.33), pack_vector(row / np.linalg.norm(row))) for row in vectors]
    labels = [Sentiment.POSITIVE] * 40
    told = online.predict_then_learn(readings, labels)
    assert told[0] is Sentiment.NEGATIVE  # as shipped: nothing was learned yet
    assert told[20:] == labels[20:]
    for place in (1, 20, 39):
        other = [*labels[:place], *[Sentiment.NEUTRAL] * (40 - place)]
        assert online.predict_then_learn(readings, other)[: place + 1] == told[: place + 1]
    assert online.predict_then_learn(readings, [Sentiment.NEUTRAL] * 40)[-1] is Sentiment.NEUTRAL


def test_shares_are_counted_from_earlier_texts_alone_each_once() -> None:
    _, rows = simulated(2_400, (0.7, 0.2, 0.1))
    readings = [Reading(row, b"") for row in rows]
    times = [datetime(2026, 2, 1, tzinfo=UTC) + timedelta(minutes=place) for place in range(len(rows))]
    first, second, *_ = found = unlabelled.steps(readings, times, range(len(rows)))
    assert (first.first, first.shares) == (0, EQUAL)
    assert LEAST_TEXTS <= second.first < LEAST_TEXTS + 65  # an hour, and the rest of the bin
    assert distance(second.shares, (0.7, 0.2, 0.1)) < 0.08
    other = [*readings[:1_100], *[Reading((0.0, 0.0, 1.0), b"")] * 1_300]
    assert unlabelled.steps(other, times, range(len(rows)))[1] == second
    assert unlabelled.steps(readings, times, range(LEAST_TEXTS - 1)) == [first]  # all others are copies
    read = unlabelled.read_with(readings, found[:2])
    assert read[: second.first] == pytest.approx(np.array(rows[: second.first]))
    weighted = np.array(rows[second.first :]) * second.shares
    assert read[second.first :] == pytest.approx(weighted / weighted.sum(axis=1, keepdims=True))


def test_other_shares_are_learned_on_from_the_beginning() -> None:
    chance = np.random.default_rng(7)
    vectors = chance.normal(size=(20, 8)).astype(np.float32)
    readings = [Reading((0.34, 0.33, 0.33), pack_vector(row / np.linalg.norm(row))) for row in vectors]
    counted = [unlabelled.Step(0, EQUAL), unlabelled.Step(3, (0.01, 0.01, 0.98))]
    told = online.predict_then_learn(readings, [Sentiment.NEGATIVE] * 20, counted)
    assert told[3] is Sentiment.POSITIVE
    assert told[:3] == [Sentiment.NEGATIVE] * 3


def test_peers_learn_from_the_pool_alone() -> None:
    training = sentiment.Labelled(
        ("awful", "awful", "plain", "plain", "superb", "superb"), (0, 0, 1, 1, 2, 2)
    )
    test = sentiment.Labelled(("superb", "awful"), (0, 2))  # labelled the wrong way round
    found = peers.measure(training, test)
    assert {name: quality.accuracy for name, quality in found.items()} == dict.fromkeys(found, 0.0)
    again = peers.measure(training, sentiment.Labelled(test.texts, (2, 0)))
    assert {name: quality.accuracy for name, quality in again.items()} == dict.fromkeys(found, 1.0)


@pytest.mark.parametrize("labels", ["0\n1\n2\n", "0\n7\n"])
def test_labels_that_do_not_fit_are_a_clear_error(tmp_path: Path, labels: str) -> None:
    with pytest.raises(ConfigError, match="do not fit together"):
        sentiment.read(write(tmp_path, "one\ntwo", labels), "test")


def test_validation_part_is_judged_well(shared: Path) -> None:
    part = sentiment.read(shared / "data", "val")
    found = sentiment.quality(part.labels, sentiment.predict(part.texts).argmax(axis=1))
    assert found.texts == 2000
    assert found.macro_recall >= 0.66


def test_eight_languages_are_read_and_english_is_tweetevals(shared: Path) -> None:
    sets = umsab.tests(shared / "data")
    assert {name: len(part.texts) for name, part in sets.items()} == dict.fromkeys(umsab.LANGUAGES, 870)
    known = {fingerprint(text) for text in sentiment.read(shared / "data", "test").texts}
    assert sum(fingerprint(text) in known for text in sets["english"].texts) > 860


def test_airline_tweets_come_once_by_id_and_by_text(shared: Path) -> None:
    tweets = airline.read(shared / "data")
    assert len({tweet.mention.native_id for tweet in tweets}) == len(tweets) == 14_485
    kept = [tweets[place].mention for place in online.first_of_each_text([t.mention.body for t in tweets])]
    assert len({fingerprint(mention.body) for mention in kept}) == len(kept) < 14_485
    assert kept == sorted(kept, key=lambda mention: mention.event_at)


@pytest.mark.slow
def test_what_ships_holds_its_figures_and_beats_its_peers(shared: Path) -> None:
    found = language.evaluate(shared / "data")
    assert found["tweeteval"]["texts"] == 12_284
    assert found["tweeteval"]["macro_recall"] >= 0.70
    assert found["ece"] <= 0.05
    assert (found["airline"]["texts"], found["airline"]["online_texts"]) == (14_485, 14_180)
    assert found["airline"]["transfer_accuracy"] >= 0.74 > found["airline"]["transfer_accuracy_plain"] >= 0.71
    assert found["airline"]["online_accuracy"] >= 0.79
    assert found["umsab"]["mean"] >= 0.55
    assert sum(phenomenon["texts"] for phenomenon in found["hard_cases"].values()) == 557
    recall = {name: peer["macro_recall"] for name, peer in found["peers"].items()}
    measured = {"vader": 0.570, "tfidf_logistic": 0.598, "minilm_logistic": 0.653}
    assert recall == pytest.approx(measured, abs=0.01)
    assert max(recall.values()) < found["tweeteval"]["macro_recall"]
