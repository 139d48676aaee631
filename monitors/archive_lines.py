"""Lines of an archive, plain or gzip, one at a time: files may be larger than memory."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from core.errors import ConfigError
from core.records import Rejected

MAX_LINE = 4_000_000
"""Bytes: longer lines are set aside. A field of 1 MB, each byte escaped, still fits."""
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Line:
    """One physical line with its end; bytes that are no UTF-8 stand as lone surrogates."""

    number: int
    """Counts from 1."""
    text: str


@dataclass(frozen=True, slots=True)
class Damaged(Rejected):
    """Here a compressed file breaks off: all that followed is missing."""


@contextmanager
def open_archive(path: Path) -> Iterator[Iterator[Line | Rejected]]:
    """Give the lines of `path`; raises `ConfigError` when it cannot be opened."""
    try:
        raw = path.open("rb")
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from None
    with raw:
        start = raw.peek(2)[:2]
        # cast: GzipFile reads like a BinaryIO and says so nowhere
        yield _lines(cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if start == _GZIP else raw)


def _lines(handle: BinaryIO) -> Iterator[Line | Rejected]:
    number = 0
    try:
        while line := handle.readline(MAX_LINE):
            number += 1
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                _skip_line(handle)
                yield Rejected(str(number), f"longer than {MAX_LINE / 1e6:g} MB")
            else:
                text = line.decode("utf-8", "surrogateescape")
                yield Line(number, text.removeprefix("\ufeff") if number == 1 else text)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        yield Damaged(str(number + 1), f"the gzip file breaks off or is damaged here ({error})")


def _skip_line(handle: BinaryIO) -> None:
    while (rest := handle.readline(MAX_LINE)) and not rest.endswith(b"\n"):
        pass
