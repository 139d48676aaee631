"""The tweets that sentiment is learned from: SemEval 2013-2016 without anything that it is tested on."""

from collections.abc import Iterable
from pathlib import Path

from core.errors import ConfigError
from pipeline.evaluate.sentiment import LABELS, Labelled, unescape
from pipeline.evaluate.texts import fingerprint

_FOLDER = Path("sentiment/semeval2017/train")


def read(data: Path, held_out: Iterable[str]) -> Labelled:
    """Return the training pool under `data`, without copies and without the texts in `held_out`.

    Texts are compared by `fingerprint`: TweetEval's own copies differ in names, links and quotes.
    The first label of a repeated text counts. Raises `ConfigError` when the folder is absent.
    """
    files = sorted((data / _FOLDER).glob("*.txt"))
    if not files:
        raise ConfigError(f"{data / _FOLDER} holds no *.txt: give the folder with the data sets, --data DIR")
    seen = {fingerprint(text) for text in held_out} | {""}
    texts, labels = [], []
    for label, text in _rows(files):
        mark = fingerprint(text)
        if mark not in seen:
            seen.add(mark)
            texts.append(text)
            labels.append(LABELS.index(label))
    return Labelled(tuple(texts), tuple(labels))


def older(data: Path, year: str) -> set[str]:
    """Return the fingerprints of the pool's texts that stand in no file of `year`, nor a later one."""
    files = sorted((data / _FOLDER).glob("*.txt"))
    new = [file for file in files if file.stem.split("-")[1][:4] >= year]
    old = [file for file in files if file not in new]
    return {fingerprint(text) for _, text in _rows(old)} - {fingerprint(text) for _, text in _rows(new)}


def _rows(files: Iterable[Path]) -> Iterable[tuple[str, str]]:
    for file in files:
        for line in file.read_text("utf-8").split("\n"):
            if line:
                _, label, text, *_ = line.split("\t")
                yield label, _unquoted(unescape(text))


def _unquoted(text: str) -> str:
    """Undo the quoting of a spreadsheet that some of the files went through."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    return text.replace('""', '"')
