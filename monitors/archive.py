"""Reads archives of mentions: CSV or JSON lines, plain or gzip.

Every row comes out as `Accepted` or `Rejected`; nothing is dropped in silence and nothing raises
because of a row. The identity is the archive's own id. An archive without one gets ids from time,
author, link and text together with a running number among equal rows: equal rows of a file stay
apart, and reading the file again gives the same ids.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.clock import SystemClock
from core.config import MAX_LABEL
from core.errors import ConfigError
from core.records import Entry, Mention, Rejected
from core.validation import hint
from monitors.archive_lines import Damaged
from monitors.archive_mapping import Mapping, check_mapping, explain_mapping, guess_mapping, override
from monitors.archive_rows import Row, Sample, read_rows, read_sample
from monitors.dates import read_time
from monitors.normalize import (
    EARLIEST,
    MAX_NAME,
    MAX_TITLE,
    clean_id,
    digest,
    plain_text,
    safe_url,
)

__all__ = [
    "Accepted",
    "Damaged",
    "Mapping",
    "Rejected",
    "Sample",
    "explain_mapping",
    "guess_mapping",
    "override",
    "read_archive",
    "read_sample",
]

_WHOLE_FLOAT = re.compile(r"(\d+)\.0*")
_ROUNDED = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
"""5.70306E+17: a spreadsheet rounded this id, and many posts share what is left of it."""

Matcher = Callable[[str], tuple[str, ...]]
"""Returns the brands whose query a text meets."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """One row as an entry; `line` is where it starts, from 1."""

    line: int
    entry: Entry


def read_archive(
    path: Path,
    mapping: Mapping,
    source: str,
    *,
    brand: str | None = None,
    brand_column: str | None = None,
    matcher: Matcher | None = None,
    now: datetime | None = None,
) -> Iterator[Accepted | Rejected]:
    """Yield every row of `path`, in its order.

    Brands come from `brand` for all rows, else from `brand_column`, else from `matcher`, else from
    the mapping's brand column. A row dated after `now` (default: the system's time) is rejected,
    as is one whose time cannot be read. `seen_at` is the row's own time. A compressed file
    that breaks off ends with `Damaged`. Raises `ConfigError` at once when nothing could be read at all.
    """
    sample = read_sample(path)
    check_mapping(mapping, sample)
    column = brand_column or ("" if brand or matcher else mapping.brand)
    if not (brand or column or matcher):
        raise ConfigError("whose mentions are these? Say --brand NAME or --brand-column COLUMN")
    if column and column not in sample.columns:
        raise ConfigError(f"the archive has no column {column!r}{hint(column, sample.columns)}")
    brands = _brands_of(brand, column, matcher)
    return _read(path, _Reader(mapping, source, brands, now or SystemClock().now()))


def _read(path: Path, reader: "_Reader") -> Iterator[Accepted | Rejected]:
    for row in read_rows(path):
        yield row if isinstance(row, Rejected) else reader.row(*row)


class _Reader:
    """Turns rows into entries."""

    def __init__(
        self, mapping: Mapping, source: str, brands: Callable[[Row, Mention], tuple[str, ...]], now: datetime
    ) -> None:
        self._mapping = mapping
        self._source = source
        self._brands = brands
        self._now = now
        self._equal: Counter[str] = Counter()
        """How often each row without an id came so far."""

    def row(self, line: int, row: Row) -> Accepted | Rejected:
        """Return the row as an entry, or why it is none."""
        try:
            mention = self._mention(row)
            return Accepted(line, Entry(mention, self._brands(row, mention)))
        except ValueError as error:
            return Rejected(str(line), str(error))

    def _mention(self, row: Row) -> Mention:
        columns = self._mapping
        at = self._time(row.get(columns.time, ""))
        text, title = plain_text(row.get(columns.text, "")), plain_text(row.get(columns.title, ""), MAX_TITLE)
        if not text and not title:
            raise ValueError("has no text")
        author = plain_text(row.get(columns.author, ""), MAX_NAME)
        url = safe_url(row.get(columns.url, ""))
        return Mention(
            source=self._source,
            native_id=_id(row.get(columns.id, "")) or self._made_id(at.isoformat(), author, url, title, text),
            text=text,
            title=title,
            event_at=at,
            seen_at=at,
            author=author,
            url=url,
            language=plain_text(row.get(columns.language, ""), MAX_NAME),
        )

    def _time(self, value: str) -> datetime:
        at = read_time(value)
        if at is None:
            raise ValueError(
                f"has no time that can be read ({value[:30]!r})" if value.strip() else "has no time"
            )
        if at < EARLIEST:
            raise ValueError(f"is dated {at:%Y-%m-%d}, before {EARLIEST:%Y}: a placeholder, not a time")
        if at > self._now:
            raise ValueError(f"is dated {at:%Y-%m-%d}, in the future")
        return at

    def _made_id(self, *parts: str) -> str:
        made = digest(*parts)
        self._equal[made] += 1
        return f"{made[:40]}-{self._equal[made]}"


def _brands_of(
    brand: str | None, column: str, matcher: Matcher | None
) -> Callable[[Row, Mention], tuple[str, ...]]:
    """Return what names a row's brands; it raises `ValueError` for a row that has none and should."""
    if brand:
        return lambda row, mention: (brand,)
    if column:
        return lambda row, mention: (_brand_in(row, column),)
    assert matcher is not None
    return lambda row, mention: matcher(mention.body)


def _brand_in(row: Row, column: str) -> str:
    name = plain_text(row.get(column, ""), MAX_LABEL)
    if not name:
        raise ValueError(f"names no brand in column {column!r}")
    return name


def _id(value: str) -> str:
    """Return an id as it stands, without the `.0` of a table that took it for a number; "" when rounded."""
    value = clean_id(value)
    if _ROUNDED.fullmatch(value):
        return ""
    whole = _WHOLE_FLOAT.fullmatch(value)
    return whole[1] if whole else value
