"""What all tables of the configuration share: strictness, and the kinds of names."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _without_controls(text: str) -> str:
    if any(not character.isprintable() for character in text):
        raise ValueError("must not contain line breaks or control characters")
    return text


def _safe(text: str) -> str:
    if not _SAFE.fullmatch(text):
        raise ValueError(f"{text[:40]!r} should have only letters, digits, '.', '_' and '-', no blanks")
    return text


MAX_LABEL = 80
"""Characters of a name that people read: it has to fit on a tile and in the subject of a page."""

Label = Annotated[str, Field(min_length=1, max_length=MAX_LABEL), AfterValidator(_without_controls)]
"""A name that people read."""

Identifier = Annotated[str, Field(max_length=64), AfterValidator(_safe)]
"""A name that is also used as a key: letters, digits, `.`, `_` and `-`."""


class Table(BaseModel):
    """A table of the file: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, validate_by_name=True, validate_by_alias=True
    )
