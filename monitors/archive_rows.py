"""Rows of an archive by column name, whatever its format: CSV or JSON lines, plain or gzip."""

import json
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from core.errors import Permanent
from core.records import Rejected
from monitors.archive_csv import CsvRecords
from monitors.archive_lines import Line, open_archive
from monitors.normalize import clean_id

SAMPLE_ROWS = 200
"""Rows that columns are guessed from."""

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

    Raises `Permanent` when the file is no archive at all.
    """
    with open_archive(path) as lines:
        yield from _records(lines, path)


def read_sample(path: Path) -> Sample:
    """Return the first rows of an archive and their columns; raises `Permanent` as `read_rows` does."""
    with closing(read_rows(path)) as found:
        rows = tuple(islice((row[1] for row in found if not isinstance(row, Rejected)), SAMPLE_ROWS))
    return Sample(tuple(dict.fromkeys(clean_id(name) for row in rows for name in row)), rows)


def _records(lines: Iterator[Line | Rejected], path: Path) -> Iterator[tuple[int, Row] | Rejected]:
    """Yield rows by column name with their line numbers, whatever the format."""
    first = next(lines, None)
    if first is None:
        raise Permanent(f"{path} is empty")
    start = first.text.lstrip()[:1] if isinstance(first, Line) else ""
    if start == "[":
        raise Permanent(f"{path} is one JSON list; write one object a line (jq -c '.[]' does it)")
    return (_json_rows if start == "{" else _csv_rows)(chain([first], lines))


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
