"""Records to JSON and back, by their type annotations."""

from typing import Any, TypeVar

from pydantic import TypeAdapter
from pydantic_core import to_json

T = TypeVar("T")

_ADAPTERS: dict[object, TypeAdapter[Any]] = {}


def _adapter(kind: Any) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def dumps(value: object) -> str:
    """Return `value`, a record, as JSON.

    >>> from core.records import Rejected
    >>> dumps(Rejected("3", "no date"))
    '{"where":"3","reason":"no date"}'
    """
    # Infinities and NaN keep their names: as null they could not be read back.
    return to_json(value, inf_nan_mode="constants").decode()


def loads(kind: type[T], text: str | bytes) -> T:
    """Return the record of type `kind` that `text` holds; raises `ValueError` when it is not one."""
    result: T = _adapter(kind).validate_json(text)
    return result
