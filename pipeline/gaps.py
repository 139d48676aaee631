"""Spans of an archive in which nothing could be seen."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.errors import ConfigError
from pipeline.coverage import FULL, Seen


@dataclass(frozen=True, slots=True)
class Gap:
    """Blind from `start` up to `end`."""

    start: datetime
    end: datetime


def read_gaps(path: Path | None) -> tuple[Gap, ...]:
    """Read a CSV with the columns `from` and `until`, ISO 8601; raises `ConfigError` with the line."""
    if path is None:
        return ()
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return tuple(_gap(row, number) for number, row in enumerate(csv.DictReader(file), start=2))
    except FileNotFoundError:
        raise ConfigError(f"--gaps: {path} does not exist") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(
            f"cannot read gaps from {path}: {reason}. It is a CSV with the columns from,until."
        ) from None


def _gap(row: Mapping[str, str | None], line: int) -> Gap:
    start, end = (_time(row.get(column), column, line) for column in ("from", "until"))
    if end <= start:
        raise ValueError(f"line {line}: `until` is not after `from`")
    return Gap(start, end)


def _time(text: str | None, column: str, line: int) -> datetime:
    if not text:
        raise ValueError(f"line {line}: has no `{column}`")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"line {line}: `{column}` is no time ({text[:30]!r}); write 2026-03-01T10:00Z"
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def seen_at(gaps: Sequence[Gap], now: datetime) -> Seen:
    """Return what could be seen of the span that ends at `now`."""
    for gap in gaps:
        if gap.start < now <= gap.end:
            return Seen(0.0, 0, (f"archive blind since {gap.start:%H:%M}",))
    return FULL


def edges(gaps: Sequence[Gap]) -> tuple[datetime, ...]:
    """Return the moments at which coverage changes, in order."""
    return tuple(sorted({at for gap in gaps for at in (gap.start, gap.end)}))
