"""Stored mentions as a file for other programs: CSV, JSON lines or Parquet."""

import csv
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from core.certainty import named
from core.errors import ConfigError, StorageFull
from core.ports import Store
from core.records import MentionRow, Selection
from core.spreadsheet import safe_cell
from core.validation import hint
from pipeline.known import require_source
from pipeline.workspace import existing_database
from storage import open_store

PAGE = 2_000
"""Rows that are read at once: memory stays small however many there are."""


class Format(StrEnum):
    """What can be written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Row:
    """One mention as one brand sees it: a line of the file."""

    time: datetime
    brand: str
    source: str
    kind: str
    title: str
    text: str
    author: str
    url: str
    language: str
    """As it was read, else as its source says."""
    negative: float
    neutral: float
    positive: float
    sentiment: str
    """What a person said it is, else what the model calls it; it may be unsure."""
    anger: float | None
    offensive: float | None
    irony: float | None
    label: str
    """What a person said it is; empty when nobody did."""
    weight: float
    copy: int
    narrative: str
    seen: datetime
    version: str
    flags: str
    """Names of flags, separated by blanks."""
    id: str


COLUMNS = tuple(part.name for part in fields(Row))


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What the command line asks for."""

    workspace: Path
    file: Path
    form: str
    """Name of a format; empty to go by the file's ending."""
    brand: str = ""
    source: str = ""
    since: str = ""
    until: str = ""


def export_mentions(request: ExportRequest) -> int:
    """Carry out a request; return how many lines were written.

    Raises `ConfigError` where the request is wrong, and what `export` raises.
    """
    which = Selection(
        brand=request.brand,
        since=_time(request.since, "--since"),
        until=_time(request.until, "--until"),
        source=request.source,
    )
    form = _format(request)
    store = open_store(existing_database(request.workspace))
    try:
        _require_known(store, request)
        return export(store, which, form, request.file)
    finally:
        store.close()


def _format(request: ExportRequest) -> Format:
    name = request.form or request.file.suffix.removeprefix(".")
    try:
        return Format(name.lower())
    except ValueError:
        known = ", ".join(Format)
        raise ConfigError(f"{name[:20]!r} is no format of an export; give --format, one of {known}") from None


def _time(text: str, option: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"{option} {text[:40]!r} is no time; write it as 2026-11-01T12:00Z") from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _require_known(store: Store, request: ExportRequest) -> None:
    brands = [total.brand for total in store.totals()]
    if request.brand and request.brand not in brands:
        raise ConfigError(f"nothing is stored of {request.brand!r}{hint(request.brand, brands)}")
    if request.source:
        require_source(store, request.source)


def export(store: Store, which: Selection, form: Format, path: Path) -> int:
    """Write the mentions that `which` selects to `path`, oldest first; return how many lines there are.

    The file appears under its name only when it is whole. Raises `ConfigError` when it exists already,
    `StorageFull` without room.
    """
    if path.exists():
        raise ConfigError(f"{path} exists already; choose another name")
    if not path.parent.is_dir():
        raise ConfigError(f"the folder {path.parent} does not exist; make it first")
    unfinished = path.with_name(f"{path.name}.part")
    try:
        written = _WRITERS[form](map(_row, every_mention(store, which)), unfinished)
        os.replace(unfinished, path)
    except OSError as error:
        raise StorageFull(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return written


def every_mention(store: Store, which: Selection) -> Iterator[MentionRow]:
    """Yield all mentions that `which` selects, oldest first, a page at a time."""
    size, last = PAGE, set[int]()
    while True:
        rows = store.mentions(size, which, oldest_first=True)
        yield from (row for row in rows if row.seq not in last)
        if len(rows) < size:
            return
        newest = rows[-1].mention.event_at
        # The next page begins at the same moment: what is known of it is left out there.
        last = {row.seq for row in rows if row.mention.event_at == newest}
        if len(last) == len(rows):
            size *= 2  # more mentions of one moment than a page holds
        which = replace(which, since=newest)


def _row(row: MentionRow) -> Row:
    mention, score, tone = row.mention, row.felt, row.score.tone
    return Row(
        time=mention.event_at,
        brand=row.brand,
        source=mention.source,
        kind=mention.kind,
        title=mention.title,
        text=mention.text,
        author=mention.author,
        url=mention.url,
        language=score.language or mention.language,
        negative=round(score.negative, 4),
        neutral=round(score.neutral, 4),
        positive=round(score.positive, 4),
        sentiment=named(score, row.label),
        anger=round(tone.anger, 4) if tone else None,
        offensive=round(tone.offensive, 4) if tone else None,
        irony=round(tone.irony, 4) if tone else None,
        label=row.label or "",
        weight=round(row.weight, 4),
        copy=row.copy_number,
        narrative=row.narrative,
        seen=mention.seen_at,
        version=score.version,
        flags=" ".join(str(flag.name).lower() for flag in mention.flags),
        id=mention.id,
    )


def _write_csv(rows: Iterator[Row], path: Path) -> int:
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        written = 0
        for row in rows:
            writer.writerow([_cell(value) for value in asdict(row).values()])
            written += 1
    return written


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return safe_cell(value) if isinstance(value, str) else value


def _write_jsonl(rows: Iterator[Row], path: Path) -> int:
    written = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(asdict(row), ensure_ascii=False, default=datetime.isoformat) + "\n")
            written += 1
    return written


def _write_parquet(rows: Iterator[Row], path: Path) -> int:
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    kinds: dict[Any, Any] = {
        datetime: pyarrow.timestamp("us", tz="UTC"),
        str: pyarrow.string(),
        float: pyarrow.float64(),
        float | None: pyarrow.float64(),
        int: pyarrow.int32(),
    }
    schema = pyarrow.schema([(part.name, kinds[part.type]) for part in fields(Row)])
    written = 0
    with ParquetWriter(path, schema) as writer:
        while page := [asdict(row) for row in islice(rows, PAGE)]:
            writer.write_table(pyarrow.Table.from_pylist(page, schema))
            written += len(page)
    return written


_WRITERS: dict[Format, Callable[[Iterator[Row], Path], int]] = {
    Format.CSV: _write_csv,
    Format.JSONL: _write_jsonl,
    Format.PARQUET: _write_parquet,
}
