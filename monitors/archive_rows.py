"""Rows of an archive by column name, whatever its format: CSV or JSON lines, plain or gzip."""

import json
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from core.errors import ConfigError
from core.records import Rejected
from monitors.archive_csv import CsvRecords
from monitors.archive_lines import Damaged, Line, open_archive
from monitors.normalize import clean_id

SAMPLE_ROWS = 200
"""Rows that columns are guessed from."""

_UTF_16 = "is UTF-16; save it as UTF-8"
_WEB_PAGE = "is a web page (HTML) or XML; download the archive itself"
_ZIP = "is a ZIP file or a workbook; unpack it first, or save the sheet as CSV"
_FOREIGN = (
    ("\udcff\udcfe", _UTF_16),
    ("\udcfe\udcff", _UTF_16),
    ("pk\x03\x04", _ZIP),
    ("pk\x05\x06", _ZIP),
    ("<!doctype", _WEB_PAGE),
    ("<html", _WEB_PAGE),
    ("<?xml", _WEB_PAGE),
    ("[", "is one JSON list; write one object a line (jq -c '.[]' does it)"),
)
"""How files begin that are no archive, in lower case; bytes that are no UTF-8 stand as lone surrogates."""

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Sample:
    """The columns of an archive and its first rows."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def values(self, column: str) -> list[str]:
        """Return the values of a column that are not blank."""
        return [value for row in self.rows if (value := row.get(column, "").strip())]


def read_rows(path: Path) -> Generator[tuple[int, Row] | Rejected, None, None]:
    """Yield each row with the line where it starts, or why it is none.

    Raises `ConfigError` when the file is no archive at all.
    """
    with open_archive(path) as lines:
        yield from _records(lines, path)


def read_sample(path: Path) -> Sample:
    """Return the first rows of an archive and their columns; raises `ConfigError` when there is no row."""
    rows: list[Row] = []
    bad: Rejected | None = None
    with closing(read_rows(path)) as found:
        for item in found:
            if isinstance(item, Rejected):
                bad = item if bad is None or isinstance(item, Damaged) else bad
            else:
                rows.append(item[1])
            if len(rows) == SAMPLE_ROWS:
                break
    if not rows:
        raise ConfigError(f"{path} {_why_no_row(bad)}")
    return Sample(tuple(dict.fromkeys(clean_id(name) for row in rows for name in row)), tuple(rows))


def _why_no_row(bad: Rejected | None) -> str:
    """Say why an archive has no row; `bad` is the damage, else the first line that could not be read."""
    if bad is None:
        return "has a header and no rows"
    if isinstance(bad, Damaged):
        return f"holds no row that can be read: {bad.reason}"
    should = "it should be CSV with a header, or JSON lines"
    return f"holds no row that can be read; {should} (line {bad.where}: {bad.reason})"


def _records(lines: Iterator[Line | Rejected], path: Path) -> Iterator[tuple[int, Row] | Rejected]:
    """Yield rows by column name with their line numbers, whatever the format."""
    first = next(lines, None)
    if first is None:
        raise ConfigError(f"{path} is empty")
    if isinstance(first, Rejected):
        raise ConfigError(f"{path} {_why_no_row(first)}")
    start = first.text.lstrip()
    if foreign := _foreign(start):
        raise ConfigError(f"{path} {foreign}")
    return (_json_rows if start.startswith("{") else _csv_rows)(chain([first], lines))


def _foreign(start: str) -> str:
    """Return what a file is that begins with `start` and is no archive, or ""."""
    if "\0" in start[:4] and not start.startswith("PK"):
        return _UTF_16
    lowered = start[:20].lower()
    return next((what for sign, what in _FOREIGN if lowered.startswith(sign)), "")


def _csv_rows(lines: Iterator[Line | Rejected]) -> Iterator[tuple[int, Row] | Rejected]:
    records = CsvRecords(lines)
    for record in records:
        if isinstance(record, Rejected):
            yield record
        else:
            yield record[0], dict(zip(records.columns, record[1], strict=True))


def _json_rows(lines: Iterator[Line | Rejected]) -> Iterator[tuple[int, Row] | Rejected]:
    for line in lines:
        if isinstance(line, Rejected):
            yield line
        elif line.text.strip():
            yield _json_row(line)


def _json_row(line: Line) -> tuple[int, Row] | Rejected:
    try:
        line.text.encode()
        # numbers stay as they are written: a float would round a tweet's id
        data = json.loads(line.text, parse_int=str, parse_float=str)
    except UnicodeEncodeError:
        return Rejected(str(line.number), "holds a byte that is not UTF-8")
    except (ValueError, RecursionError) as error:
        return Rejected(str(line.number), f"is not JSON ({str(error)[:80]})")
    if not isinstance(data, dict):
        return Rejected(str(line.number), "is not a JSON object")
    return line.number, {key: value for key, value in data.items() if isinstance(value, str)}
