"""A file to work on, and steps that fill it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.records import Match, Mention, Score, Scored, Signal, Stage, Step

T0 = datetime(2026, 3, 1, tzinfo=UTC)
BRANDS = ("Acme", "Globex")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "firetower.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def steps() -> Callable[[int, int], Step]:
    """Return a maker of steps: mentions number `start` to `start + count`, one a minute, brands in turn."""
    return _step


def _step(start: int, count: int) -> Step:
    mentions = [_mention(number) for number in range(start, start + count)]
    return Step(
        scored=tuple(Scored(mention, Score(0.25, 0.5, 0.25, b"sign", "v1")) for mention in mentions),
        matches=tuple(
            Match(mention.id, BRANDS[number % 2], mention.event_at)
            for number, mention in enumerate(mentions, start)
        ),
        signals=tuple(Signal("Acme", mention.event_at, Stage.CALM) for mention in mentions),
    )


def _mention(number: int) -> Mention:
    at = T0 + timedelta(minutes=number)
    return Mention("rss/news", f"n{number}", f"late again, number {number}", at, at, author="ann")
