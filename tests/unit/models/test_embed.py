"""The encoder against the packaged one, against batches, and against hostile texts."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import huggingface_hub
import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import ConfigError, Permanent
from core.ports import Encoder
from models import embed
from models.wording import worded

TEXTS = (
    "The parcel never came and nobody answers the phone.",
    "ok",
    "Lovely staff, great coffee 😍",
    "We are sorry to hear that, please send us a message with your order number.",
    "Ich warte seit drei Wochen auf mein Geld!",
    "Quarterly results beat expectations; shares rose 4 % in late trading. " * 20,
    "???",
    "@user why is the app down AGAIN http",
)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return embed.open_encoder(threads=1)


@pytest.fixture(scope="module")
def rows(encoder: Encoder) -> NDArray[np.float32]:
    return encoder.encode(TEXTS)


def test_rows_are_float32_of_length_one_in_the_order_given(
    encoder: Encoder, rows: NDArray[np.float32]
) -> None:
    assert rows.shape == (len(TEXTS), encoder.dimensions) == (len(TEXTS), 384)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert np.array_equal(encoder.encode(TEXTS[::-1]), rows[::-1])


def test_a_row_does_not_depend_on_its_batch_mates(encoder: Encoder, rows: NDArray[np.float32]) -> None:
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    many = encoder.encode([*TEXTS, *(f"filler number {n} " * (n % 30) for n in range(100))])
    assert np.abs(alone - rows).max() < 1e-6
    assert np.abs(many[: len(TEXTS)] - rows).max() < 1e-6


def test_the_plain_model_can_be_named_and_is_close(rows: NDArray[np.float32]) -> None:
    """What was trained further stays near the packaged model, so that narratives stay good."""
    reference = embed.open_encoder(embed.PLAIN)
    expected = reference.encode([worded(text) for text in TEXTS])
    assert reference.name == embed.PLAIN
    assert reference.dimensions == 384
    short = [index for index, text in enumerate(TEXTS) if len(text) < 300]  # it cuts at 256 tokens, not 128
    assert ((rows * expected).sum(axis=1)[short]).min() > 0.8


def test_meaning_is_kept(encoder: Encoder) -> None:
    late, later, coffee = encoder.encode(
        ["my order is late", "the delivery has still not arrived", "best espresso in town"]
    )
    assert late @ later > late @ coffee + 0.2


def test_no_texts(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00",
        "a\x00b",
        "\ud800 lone \udfff",
        "x" * 1_000_000,
        "a b " * 250_000,
        "\u202e\u200b",
        "🔥" * 5000,
    ],
    ids=["empty", "nul", "nul inside", "surrogates", "one word", "many words", "controls", "emoji"],
)
def test_hostile_texts_get_a_row(encoder: Encoder, text: str) -> None:
    (row,) = encoder.encode([text])
    assert np.linalg.norm(row) == pytest.approx(1.0, abs=1e-5)


def test_long_texts_count_by_their_first_tokens(encoder: Encoder) -> None:
    start = "the service was bad and nobody helped " * 40
    first, second = encoder.encode([start + "apples", start + "oranges"])
    assert np.array_equal(first, second)


def test_another_model_that_does_not_exist_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be loaded"):
        embed.open_encoder(str(tmp_path / "no-such-model"))


@pytest.mark.parametrize("content", [b"", b"not the model", b"\x08" + 7 * b"\0" + b'{"a": 1}'])
def test_a_folder_with_broken_weights_is_a_configuration_error(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "model"
    shutil.copytree(embed.packaged(), folder)
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(ConfigError, match="cannot be loaded"):
        embed.open_encoder(str(folder))


def test_a_model_that_was_fetched_before_is_not_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "models--example--kept"
    (kept / "refs").mkdir(parents=True)
    (kept / "refs" / "main").write_text("0" * 40)
    shutil.copytree(embed.packaged(), kept / "snapshots" / ("0" * 40))
    asked: list[object] = []

    def asks(*where: object, **_: object) -> list[object]:
        asked.append(where)
        raise OSError("no network")

    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_DISABLE_TELEMETRY", True)  # read when imported
    monkeypatch.setattr(socket, "getaddrinfo", asks)
    encoder = embed.open_encoder("example/kept")
    assert (encoder.dimensions, asked) == (384, [])


def test_tampered_packaged_weights_are_refused(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"not the model")
    with pytest.raises(Permanent, match="not the expected model"):
        embed.verify(weights)
    weights.unlink()
    with pytest.raises(Permanent, match="cannot be read"):
        embed.verify(weights)


def test_the_packaged_weights_are_the_expected_ones() -> None:
    assert embed.packaged().is_dir()


def test_a_start_loads_neither_torch_nor_sentence_transformers() -> None:
    code = (
        "import sys; from models.score import open_scorer; open_scorer().probabilities(['late again']);"
        "print(sorted({'torch', 'sentence_transformers', 'transformers', 'sklearn', 'scipy', 'onnx'}"
        " & set(sys.modules)))"
    )
    root = Path(embed.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "[]"
