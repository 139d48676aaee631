"""Column types that turn records into what a database keeps, and back."""

from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from core.codec import dumps, loads
from core.records import EPOCH
from storage.clean import clean, clean_text, storable

T = TypeVar("T")

Number = BigInteger().with_variant(Integer, "sqlite")
"""Type of a running number; only an INTEGER key is SQLite's own row number."""

_MICROSECOND = timedelta(microseconds=1)
_NUL = "\\u0000"


class Moment(TypeDecorator[datetime]):
    """An aware time as microseconds since the epoch: exact, sortable, before 1970 too."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return the number; a naive time raises `TypeError`."""
        return moments([value])[0]

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Return the time, UTC."""
        return None if value is None else EPOCH + timedelta(microseconds=value)


def moments(times: list[datetime | None]) -> list[int | None]:
    """Return a column of `Moment` as it is stored; a naive time raises `TypeError`."""
    return [None if at is None else (at - EPOCH) // _MICROSECOND for at in times]


class SafeText(TypeDecorator[str]):
    """Text from anywhere; what cannot be stored is replaced by U+FFFD. Ids are plain text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text that can be stored."""
        return None if value is None else clean_text(value)


def texts(values: list[str | None]) -> list[str | None]:
    """Return a column of `SafeText` as it is stored; nearly always all of it can be."""
    if storable("".join(filter(None, values))):
        return values
    return [None if value is None else clean_text(value) for value in values]


class Record(TypeDecorator[T]):
    """A whole record of one kind, as JSON."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[T]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: T | None, dialect: Dialect) -> str | None:
        """Return the record's JSON; it is looked through where something in it cannot be stored."""
        if value is None:
            return None
        try:
            text = dumps(value)
        except ValueError:  # a lone surrogate
            return dumps(clean(value))
        return dumps(clean(value)) if _NUL in text else text

    def process_result_value(self, value: Any | None, dialect: Dialect) -> T | None:
        """Return the record."""
        return None if value is None else loads(self.kind, value)
