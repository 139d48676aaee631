"""What a person thinks of the pages, written down in `verdicts.csv` before anything was tuned on them.

A verdict stands for a brand and a stretch of time, not for a minute: a page that comes an hour sooner is
still about the same thing.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from core.errors import ConfigError
from pipeline.evaluate.replays.found import Page

FILE = Path(__file__).with_name("verdicts.csv")
TRUE: Final = "true"
FALSE: Final = "false"
UNJUDGED: Final = "unjudged"
"""Counts as false."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody on duty would have wanted a page of this brand in this stretch."""

    archive: str
    brand: str
    since: datetime
    until: datetime
    verdict: str
    reason: str


def read_verdicts(path: Path = FILE) -> list[Verdict]:
    """Return the verdicts of a CSV; raises `ConfigError` with the line where one cannot be read."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return [_verdict(path, rows.line_num, row) for row in rows]


def _verdict(path: Path, line: int, row: dict[str, str]) -> Verdict:
    try:
        since, until = datetime.fromisoformat(row["since"]), datetime.fromisoformat(row["until"])
        verdict = Verdict(row["archive"], row["brand"], since, until, row["verdict"], row["reason"])
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{path.name}, line {line}: {error}") from None
    aware = since.tzinfo is not None and until.tzinfo is not None
    if not aware or since >= until or verdict.verdict not in {TRUE, FALSE} or not verdict.reason:
        raise ConfigError(
            f"{path.name}, line {line}: needs two times with a zone in order, true or false, and a reason"
        )
    return verdict


def verdict_of(archive: str, page: Page, verdicts: Sequence[Verdict]) -> str:
    """Return the verdict on a page: the first one whose brand and stretch fit."""
    for each in verdicts:
        if (each.archive, each.brand) == (archive, page.brand) and each.since <= page.at < each.until:
            return each.verdict
    return UNJUDGED
