"""A file to work on, and steps that fill it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.records import Match, Mention, Score, Scored, Signal, Stage, Step
from storage import opening

T0 = datetime(2026, 3, 1, tzinfo=UTC)
BRANDS = ("Acme", "Globex")
USUAL = Score(0.25, 0.5, 0.25, b"sign", "v1", b"vector")
RARE = Score(0.25, 0.25, 0.5, b"sign", "v1", b"vector")


@pytest.fixture(autouse=True)
def _new_databases_are_made(monkeypatch: pytest.MonkeyPatch, open_file: Callable[[str], Any]) -> None:
    """Run the migrations for each new file, as outside of tests."""
    monkeypatch.setattr(opening, "_open_file", open_file)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "firetower.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def steps() -> Callable[[int, int], Step]:
    """Return a maker of steps: mentions number `start` to `start + count`, one a minute, brands in turn.

    Every 400th is from a rare source, of a rare narrative and positive.
    """
    return _step


def _step(start: int, count: int) -> Step:
    mentions = [_mention(number) for number in range(start, start + count)]
    return Step(
        scored=tuple(
            Scored(mention, RARE if _is_rare(number) else USUAL)
            for number, mention in enumerate(mentions, start)
        ),
        matches=tuple(_match(mention, number) for number, mention in enumerate(mentions, start)),
        signals=tuple(Signal("Acme", mention.event_at, Stage.CALM) for mention in mentions),
    )


def _mention(number: int) -> Mention:
    at = T0 + timedelta(minutes=number)
    source = "app/rare" if _is_rare(number) else "rss/news"
    return Mention(source, f"n{number}", f"late again, number {number}", at, at, author="ann")


def _match(mention: Mention, number: int) -> Match:
    narrative = "rare" if _is_rare(number) else f"narrative {number % 5}"
    return Match(mention.id, BRANDS[number % 2], mention.event_at, narrative=narrative)


def _is_rare(number: int) -> bool:
    return number % 400 == 0
