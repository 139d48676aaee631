"""Checks what people wrote against a pydantic model, and names every mistake with its place."""

import difflib
import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from core.errors import ConfigError

M = TypeVar("M", bound=BaseModel)

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)")
_UNIT_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SHOWN = 40
"""A longer value is not repeated in a message: the key is enough to find it."""
_TABLE_TYPES = frozenset({"model_type", "model_attributes_type", "dict_type"})
_FOLLOWS = "default_factory_not_called"
"""A default that could not be worked out because of another mistake, which is named."""


class Mistakes(ConfigError):
    """Several mistakes of one table or file, each with its place; `mistakes` has them one by one."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


def mistakes(error: ConfigError) -> tuple[str, ...]:
    """Return what `error` tells, one text for each mistake."""
    return error.mistakes if isinstance(error, Mistakes) else (str(error),)


def to_seconds(value: object) -> object:
    """Turn `"90s"`, `"5m"`, `"1h"` or `"1d"` into seconds; any other value is left to the model.

    >>> to_seconds("5m"), to_seconds(30)
    (300.0, 30)
    """
    if not isinstance(value, str):
        return value
    found = _SPAN.fullmatch(value.strip().lower())
    if found is None:
        raise ValueError('write seconds as a number, or a span such as "90s", "5m" or "1h"')
    return float(found[1]) * _UNIT_SECONDS[found[2]]


Seconds = Annotated[float, BeforeValidator(to_seconds), Field(gt=0, allow_inf_nan=False)]
"""A span of time in a model: a number of seconds, or text such as `"5m"`."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the one of `known` that `word` was probably meant to be, or "".

    >>> nearest("intervall", ["name", "interval"])
    'interval'
    """
    lowered = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    return lowered[close[0]] if close else ""


def hint(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?`, or the known words when none is near, or "" when there are none."""
    names = sorted(known)
    if near := nearest(word, names):
        return f"; did you mean {near!r}?"
    return f"; known are {', '.join(names)}" if names else ""


def validate(
    model: type[M],
    data: Mapping[str, object],
    place: str,
    *,
    also: Iterable[str] = (),
    context: Mapping[str, object] | None = None,
) -> M:
    """Return `data` as a `model`, by the keys that people write (aliases).

    Raises one `Mistakes`, a `ConfigError`, that names every wrong key and value: its place, what is wrong and
    the nearest right word. `also` are keys that are right at this place but read by somebody
    else; `context` is handed to the model's validators. Secrets and URLs are never repeated.
    """
    try:
        return model.model_validate(dict(data), by_alias=True, by_name=False, context=context)
    except ValidationError as error:
        found = (item for item in error.errors(include_url=False) if item["type"] != _FOLLOWS)
        raise Mistakes(_line(model, place, item, tuple(also)) for item in found) from None


def _line(model: type[BaseModel], place: str, error: ErrorDetails, also: tuple[str, ...]) -> str:
    where = _where(place, error["loc"])
    return f"{where}: {_reason(model, error, also)}"


def _where(place: str, loc: tuple[int | str, ...]) -> str:
    """Write `("source", 1, "interval")` as `firetower.toml: [[source]] 2, key interval`."""
    if len(loc) > 1 and isinstance(loc[1], int):
        place, loc = f"{place}: [[{loc[0]}]] {loc[1] + 1}", loc[2:]
    elif len(loc) > 1:
        place, loc = f"{place}: [{loc[0]}]", loc[1:]
    if not loc:
        return place
    key = ".".join(str(step + 1 if isinstance(step, int) else step) for step in loc)
    return f"{place}, key {key}"


def _reason(model: type[BaseModel], error: ErrorDetails, also: tuple[str, ...]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return (
            f"unknown key{hint(str(error['loc'][-1]), {*_keys(_model_at(model, error['loc'][:-1])), *also})}"
        )
    if kind == "missing":
        return "is missing"
    if kind == "tuple_type" and isinstance(error["input"], dict):
        return f"may appear several times: write [[{error['loc'][-1]}]] with two brackets"
    if kind == "model_type" and isinstance(error["input"], list):
        return f"may appear only once: write [{error['loc'][-1]}] with single brackets"
    if kind == "value_error":
        return str(context["error"])
    return _message(model, error) + _value(model, error)


def _message(model: type[BaseModel], error: ErrorDetails) -> str:
    if error["type"] == "tuple_type":
        tables = _model_at(model, error["loc"]) is not None
        return (
            f"should be a list of [[{error['loc'][-1]}]] tables" if tables else 'should be a list: ["…", "…"]'
        )
    if error["type"] in _TABLE_TYPES:
        return "should be a table"
    if error["type"] == "string_pattern_mismatch" and (examples := _examples(model, error["loc"])):
        return f"should look like {examples}"
    if error["type"] == "too_short":
        return f"needs at least {error['ctx']['min_length']} in its list; write one, or remove the table"
    text = error["msg"].removeprefix("Input ").removeprefix("String ")
    if error["type"] in {"literal_error", "enum"} and isinstance(error["input"], str):
        return text + hint(error["input"], re.findall(r"'([^']+)'", text))
    return text


def _examples(model: type[BaseModel], loc: tuple[int | str, ...]) -> str:
    """Return what the field gives as `examples`, in words: `1h, 7d or 2m`."""
    field = _field_at(model, loc)
    *first, last = [str(example) for example in (field.examples if field else None) or [""]]
    return f"{', '.join(first)} or {last}" if first else last


def _value(model: type[BaseModel], error: ErrorDetails) -> str:
    """Return the wrong value in brackets, unless it is long, a URL or a secret."""
    field = _field_at(model, error["loc"])
    given = repr(error["input"])
    if len(given) > _SHOWN or "://" in given or (field and "Secret" in str(field.annotation)):
        return ""
    return f" (is {given})"


def _field_at(model: type[BaseModel] | None, loc: tuple[int | str, ...]) -> FieldInfo | None:
    """Return the field that `loc` leads to, by name or alias."""
    field: FieldInfo | None = None
    for step in (step for step in loc if isinstance(step, str)):
        field = _fields(model).get(step) if model else None
        model = _inner_model(field.annotation) if field else None
    return field


def _model_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel] | None:
    field = _field_at(model, loc)
    return _inner_model(field.annotation) if field else (model if not loc else None)


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    for item in (annotation, *get_args(annotation)):
        if inspect.isclass(item) and issubclass(item, BaseModel):
            return item
    return None


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {_written(name, field): field for name, field in model.model_fields.items()}


def _keys(model: type[BaseModel] | None) -> list[str]:
    return list(_fields(model)) if model else []


def _written(name: str, field: FieldInfo) -> str:
    return field.validation_alias if isinstance(field.validation_alias, str) else name
