"""Which stored complaints are shown where the topic is another one, and what is said of it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from core.records import Mention, Score, Signal, Stage, TopicChange
from models.explain import explain
from models.topics import AXES, DIRECTIONS
from pipeline.rise import around
from pipeline.topics import complaints
from storage import open_store
from tests.contract.filling import T0, put

_AXES = np.load(AXES)
_OLD, _NEW = 3, 45
CHANGE = TopicChange(T0, 30, tuple(60 * (place == _NEW) for place in range(DIRECTIONS)))
SIGNAL = Signal("Acme", T0 + timedelta(hours=1), Stage.SMOULDERING, topics=CHANGE, learned_hours=500.0)


def _mention(number: int, text: str) -> Mention:
    at = T0 + timedelta(minutes=number)
    return Mention("rss/news", str(number), text, at, at, author=f"a{number}")


def _score(topic: int) -> Score:
    return Score(0.9, 0.1, 0.0, b"", "v1", bytes(_AXES[topic].tobytes()))


@pytest.mark.parametrize("url", ["memory://{}", "sqlite:///{}/firetower.db"])
def test_the_complaints_that_moved_are_shown_with_their_words(tmp_path: Path, url: str) -> None:
    store = open_store(url.format(tmp_path))
    try:
        put(store, [_mention(n, f"refund refused again, case {n}") for n in range(20)], _score(_OLD))
        put(store, [_mention(n, f"the battery caught fire, case {n}") for n in range(20, 30)], _score(_NEW))
        about = complaints(store, SIGNAL)
        assert {row.mention.native_id for row in about} == {str(n) for n in range(20, 30)}
        found = explain(SIGNAL, around(store, SIGNAL), "Acme", about=about)
        assert found.sentences[0].startswith("Complaints are about something else than usual: ")
        assert "battery" in found.sentences[0]
        assert "fire" in found.label
        assert found.quotes
        assert all("battery" in quote.text for quote in found.quotes)
        assert complaints(store, replace(SIGNAL, topics=None)) == []
    finally:
        store.close()


def test_of_erased_texts_nothing_is_shown_but_that_it_is_something_else(tmp_path: Path) -> None:
    store = open_store(f"memory://{tmp_path}")
    put(store, [_mention(n, "gone") for n in range(5)], replace(_score(_NEW), embedding=b""))
    about = complaints(store, SIGNAL)
    assert about == []
    found = explain(SIGNAL, around(store, SIGNAL), "Acme", about=about)
    assert found.sentences[0] == (
        "Complaints are about something else than usual (the last 30 against those of weeks)."
    )
