"""The model that ships: its files, its numbers, and what it reads in plain cases."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import Permanent
from models import artefact, features
from models.features import canonical
from models.heads import CLASSES, TONES, Heads, Parameters
from models.student import PROBES, Student
from training.student.data import TASKS

ROOT = Path(__file__).parents[3]
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


@pytest.fixture(scope="module")
def student() -> Student:
    return Student(threads=1)


def predict(student: Student, texts: tuple[str, ...]) -> NDArray[np.float32]:
    return student.read([canonical(text) for text in texts]).sentiment


def test_rows_are_probabilities(student: Student) -> None:
    read = student.read([*BAD, *GOOD, *PLAIN, "", "\x00", "é" * 10_000])
    assert read.sentiment.shape == (11, 3)
    assert read.sentiment.dtype == np.float32
    assert np.all(read.sentiment >= 0)
    assert np.allclose(read.sentiment.sum(axis=1), 1.0, atol=1e-6)
    assert read.tones.shape == (11, len(TONES))
    assert np.all((read.tones > 0) & (read.tones < 1))


def test_plain_cases_are_told_apart(student: Student) -> None:
    assert predict(student, BAD).argmax(axis=1).tolist() == [0, 0, 0]
    assert predict(student, GOOD).argmax(axis=1).tolist() == [2, 2, 2]
    assert predict(student, PLAIN).argmax(axis=1).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("negative", "positive"),
    [
        ("Quel service horrible, je suis furieux", "Merci beaucoup, c'est magnifique"),
        ("Qué asco de servicio, una vergüenza", "Me encanta, muchas gracias, feliz día"),
        ("Servizio pessimo, che schifo", "Bellissimo, grazie mille!"),
        ("Que serviço horrível, péssimo", "Adorei, muito obrigado, lindo"),
    ],
)
def test_other_languages_are_told_apart(student: Student, negative: str, positive: str) -> None:
    bad, good = predict(student, (negative, positive))
    assert bad[0] > good[0] + 0.2
    assert good[2] > bad[2] + 0.2


def test_negation_turns_praise_into_less_of_it(student: Student) -> None:
    praise, blame = predict(student, ("the support was helpful", "the support was not helpful"))
    assert blame[0] > praise[0] + 0.2


def test_anger_is_high_where_somebody_is_furious(student: Student) -> None:
    angry, calm = student.read(
        ["I am so furious right now, this makes me rage", "a quiet evening at home"]
    ).tones
    place = TONES.index("anger")
    assert angry[place] > calm[place] + 0.4


def test_no_texts(student: Student) -> None:
    assert student.read([]).sentiment.shape == (0, 3)


def test_rows_do_not_depend_on_their_batch_mates(student: Student) -> None:
    together = student.read(BAD + GOOD + PLAIN)
    for place, text in enumerate(BAD + GOOD + PLAIN):
        alone = student.read([text])
        assert np.abs(alone.sentiment - together.sentiment[place]).max() < 1e-6
        assert np.abs(alone.tones - together.tones[place]).max() < 1e-6


def test_the_card_describes_the_files() -> None:
    card = artefact.read_card()
    assert card["sha256"] == artefact.digests(artefact.FOLDER)
    assert card["validation"]["semeval"]["macro_recall"] >= 0.74
    assert card["test"]["macro_recall"] >= 0.70
    assert {"scripts", "recipe", "date", "data", "test_part_looked_at"} <= set(card)
    assert sum(file.stat().st_size for file in artefact.FOLDER.iterdir()) < 40_000_000


def test_the_heads_are_those_that_are_trained() -> None:
    assert ("sentiment", *TONES) == TASKS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(artefact.FOLDER, tmp_path / "weights"))


@pytest.mark.parametrize("name", [artefact.GRAPH, artefact.TOKENIZER, artefact.HEADS])
def test_a_damaged_file_is_refused_by_name(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(Permanent, match=rf"^{name} in .* does not fit the card"):
        Student(folder)
    (folder / name).unlink()
    with pytest.raises(Permanent, match="cannot be read"):
        Student(folder)


@pytest.mark.parametrize("card", [None, "not json", "[]", "{}", '{"sha256": 3}'])
def test_a_missing_or_foreign_card_is_refused(folder: Path, card: str | None) -> None:
    (folder / artefact.CARD).unlink()
    if card is not None:
        (folder / artefact.CARD).write_text(card)
    with pytest.raises(Permanent, match="card"):
        Student(folder)


def test_a_card_of_another_format_is_refused(folder: Path) -> None:
    card = artefact.read_card(folder)
    (folder / artefact.CARD).write_text(json.dumps(card | {"format": 1}))
    with pytest.raises(Permanent, match=r"the card in .* does not fit"):
        Student(folder)


def test_words_weigh_as_much_as_their_share_in_english_and_elsewhere() -> None:
    """The encoder says nothing here, so all that is read comes from words and runs of characters."""
    zeros = np.zeros((2, CLASSES), np.float32)
    table = np.random.default_rng(1).normal(size=(2**features.BITS, CLASSES)).astype(np.float32)
    shares, ones = np.array([0.25, 1.0], np.float32), np.ones(2, np.float32)
    heads = Heads(Parameters(zeros, zeros[0], table, table, zeros[0], shares, ones, zeros, zeros, zeros[0]))
    rows = heads.sentiment(["no reply since Monday"] * 2, ["en", "it"], np.zeros((2, 2), np.float32))
    english, italian = np.diff(np.log(rows), axis=1)
    assert np.abs(italian).min() > 0.01
    assert np.allclose(english, 0.25 * italian, atol=1e-5)


def test_a_processor_that_sums_wrongly_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands for saturating sums: all probabilities come out equal."""
    even = np.full((len(PROBES), 3), 1 / 3, dtype=np.float32)
    monkeypatch.setattr(Heads, "sentiment", lambda *_: even)
    with pytest.raises(Permanent, match="on this machine"):
        Student()


def test_the_runtime_reports_to_nobody(tmp_path: Path) -> None:
    """It keeps a database of what it is about to send, unless it is told before it is imported."""
    home = {name: value for name, value in os.environ.items() if name not in {"CI", "ORT_DISABLE_TELEMETRY"}}
    home |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    code = "from models.student import Student; Student().read(['hello'])"
    subprocess.run([sys.executable, "-c", code], env=home, check=True, cwd=ROOT)
    assert list(tmp_path.iterdir()) == []
