"""Splits CSV into records and finds its feet again after a broken one (RFC 4180).

The csv module reads well-formed files, but an open quote makes it swallow all that follows. Here a
record that does not come out right gives up its first line only; reading goes on with the next.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.errors import ConfigError
from core.records import Rejected
from monitors.archive_lines import MAX_LINE, Line
from monitors.normalize import clean_id

_DELIMITERS = ",;\t|"
_QUOTED = re.compile(r'(?:[^"]+|"")*+')
_NOT_UTF8 = re.compile(r"[\udc80-\udcff]")


class Broken(ValueError):
    """These lines are no record; the message says why."""


@dataclass(slots=True)
class _Record:
    """One record in the making; a quoted field may run over several lines."""

    delimiter: str
    fields: list[str] = field(default_factory=list)
    _quoted: list[str] | None = None
    """Pieces of the field whose closing quote has not come yet."""

    def feed(self, line: str) -> bool:
        """Take one line; return True when the record is complete. Raises `Broken`."""
        at = 0
        while True:
            if self._quoted is None and line.startswith('"', at):
                self._quoted, at = [], at + 1
            if self._quoted is None:
                at, last = self._take_plain(line, at)
            else:
                piece = _QUOTED.match(line, at)
                at = piece.end() if piece else at
                self._quoted.append(piece[0] if piece else "")
                if at == len(line):
                    return False
                at, last = self._close_quoted(line, at + 1)
            if last:
                return True

    def _take_plain(self, line: str, at: int) -> tuple[int, bool]:
        """Take an unquoted field; return where the next one starts and whether it was the last."""
        end = line.find(self.delimiter, at)
        self.fields.append(line[at:end] if end >= 0 else line[at:].rstrip("\r\n"))
        return end + 1, end < 0

    def _close_quoted(self, line: str, at: int) -> tuple[int, bool]:
        self.fields.append("".join(self._quoted or ()).replace('""', '"'))
        self._quoted = None
        if not line[at:].rstrip("\r\n"):
            return at, True
        if line[at] != self.delimiter:
            raise Broken("text after a closing quote")
        return at + 1, False


class CsvRecords:
    """The records of a CSV file; the first one names the columns.

    Iterating yields `(line number, fields)`, with as many fields as columns, or `Rejected`.
    """

    def __init__(self, lines: Iterator[Line | Rejected]) -> None:
        self._lines = lines
        self._again: deque[Line | Rejected] = deque()
        """Lines that a broken record had taken."""
        self._delimiter = ","
        self.columns = self._header()

    def __iter__(self) -> Iterator[tuple[int, list[str]] | Rejected]:
        while (line := self._next()) is not None:
            if isinstance(line, Rejected):
                yield line
            elif line.text.strip():
                yield self._record(line)

    def _header(self) -> tuple[str, ...]:
        """Read the names of the columns; a name that comes twice gets a number."""
        first = self._next()
        if not isinstance(first, Line):
            return ()
        self._delimiter = max(_DELIMITERS, key=first.text.count)
        try:
            fields = self._fields(first, [])
        except Broken as error:
            raise ConfigError(f"the first line should name the columns, but {error}") from None
        names: dict[str, None] = {}
        for position, name in enumerate(fields, start=1):
            plain = clean_id(name) or f"column_{position}"
            names[plain if plain not in names else f"{plain}_{position}"] = None
        return tuple(names)

    def _record(self, first: Line) -> tuple[int, list[str]] | Rejected:
        """Read the record that starts at `first`; if it is broken, all lines but the first are read again."""
        taken: list[Line | Rejected] = []
        try:
            fields = self._fields(first, taken)
            self._check(fields, several=bool(taken))
        except Broken as error:
            self._again.extendleft(reversed(taken))
            return Rejected(str(first.number), str(error))
        return first.number, fields

    def _fields(self, first: Line, taken: list[Line | Rejected]) -> list[str]:
        """Return the fields of the record that starts at `first`; further lines go into `taken`."""
        record, size = _Record(self._delimiter), len(first.text)
        complete = record.feed(first.text)
        while not complete:
            line = self._next()
            if line is not None:
                taken.append(line)
            if not isinstance(line, Line) or (size := size + len(line.text)) > MAX_LINE:
                raise Broken("a quote is opened and never closed")
            complete = record.feed(line.text)
        return record.fields

    def _check(self, fields: list[str], several: bool) -> None:
        if len(fields) != len(self.columns):
            hint = "; a quote may be open" if several else ""
            raise Broken(f"has {len(fields)} fields instead of {len(self.columns)}{hint}")
        if any(_NOT_UTF8.search(value) for value in fields):
            raise Broken("holds a byte that is not UTF-8")
        if any("\0" in value for value in fields):
            raise Broken("holds a NUL byte")

    def _next(self) -> Line | Rejected | None:
        return self._again.popleft() if self._again else next(self._lines, None)
