"""Records to JSON and back, by their type annotations."""

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def dumps(value: object) -> str:
    """Return `value`, a record, as JSON.

    >>> from core.records import Rejected
    >>> dumps(Rejected("3", "no date"))
    '{"where":"3","reason":"no date"}'
    """
    return _adapter(type(value)).dump_json(value).decode()


def loads(kind: type[T], text: str | bytes) -> T:
    """Return the record of type `kind` that `text` holds; raises `ValueError` when it is not one."""
    result: T = _adapter(cast(Hashable, kind)).validate_json(text)
    return result
