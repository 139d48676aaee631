"""The fast path: the same answers in a process of its own as here, whatever becomes of that process."""

import os
import signal
import time
from collections.abc import Iterator
from multiprocessing import active_children

import pytest

from models import fast_path
from models.fast_path import FastPath, look
from models.heads import Heads
from pipeline.bench.texts import posts

TEXTS = [text for _, text in posts(40, first_key=71_000_000)] + [
    "",
    "\ud800 lone",
    "早く返金して",
    "x" * 9_000,
]
PATIENCE = 60.0
"""Seconds in which a process starts on the busiest machine."""


@pytest.fixture(scope="module")
def heads() -> Heads:
    return Heads.load()


@pytest.fixture
def path(heads: Heads) -> Iterator[FastPath]:
    yield FastPath(heads)
    for child in workers():
        os.kill(child, signal.SIGKILL)


def workers() -> list[int]:
    return [child.pid or 0 for child in active_children() if child.name == "fast path"]


def begun(path: FastPath) -> None:
    """Look until the process answers."""
    until = time.monotonic() + PATIENCE
    while not path.ready:
        assert time.monotonic() < until
        path.look(TEXTS[:1])
        time.sleep(0.05)


def test_it_answers_at_once_and_the_same_in_a_process_of_its_own(path: FastPath, heads: Heads) -> None:
    expected = look(heads, TEXTS)
    assert path.look(TEXTS) == expected
    assert not path.ready
    begun(path)
    assert path.look(TEXTS) == expected
    assert path.look([]) == look(heads, [])


def test_a_killed_process_costs_no_answer_and_is_replaced(path: FastPath, heads: Heads) -> None:
    begun(path)
    (first,) = workers()
    os.kill(first, signal.SIGKILL)
    assert path.look(TEXTS) == look(heads, TEXTS)
    begun(path)
    assert workers() != [first]
    assert path.look(TEXTS) == look(heads, TEXTS)


@pytest.mark.parametrize("texts", [TEXTS, [f"{number} never again " * 400 for number in range(60)]])
def test_a_process_that_stands_still_is_given_up(
    path: FastPath, heads: Heads, monkeypatch: pytest.MonkeyPatch, texts: list[str]
) -> None:
    """Also where the texts are more than a pipe takes."""
    begun(path)
    (stopped,) = workers()
    os.kill(stopped, signal.SIGSTOP)
    monkeypatch.setattr(fast_path, "ANSWER_SECONDS", 0.2)
    assert path.look(texts) == look(heads, texts)
    assert not path.ready
    monkeypatch.undo()
    begun(path)
    assert stopped not in workers()
    assert path.look(texts) == look(heads, texts)


def test_a_process_that_cannot_start_is_not_tried_again(
    path: FastPath, heads: Heads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast_path, "_serve", fails_at_once)
    until = time.monotonic() + PATIENCE
    while not path.useless:
        assert time.monotonic() < until
        assert path.look(TEXTS[:2]) == look(heads, TEXTS[:2])
        time.sleep(0.05)
    monkeypatch.undo()
    path.look(TEXTS)
    assert workers() == []
    assert path.look(TEXTS) == look(heads, TEXTS)


def fails_at_once(*_: object) -> None:
    os._exit(3)


def test_it_ends_when_nobody_asks(path: FastPath, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_path, "_serve", impatient)
    begun(path)
    until = time.monotonic() + PATIENCE
    while workers():
        assert time.monotonic() < until
        time.sleep(0.05)


def impatient(*given: object) -> None:
    fast_path.IDLE_SECONDS = 0.2
    fast_path._serve(*given)  # type: ignore[arg-type]  # what the process is given, passed on
