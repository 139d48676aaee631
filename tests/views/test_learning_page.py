"""The learning panel: what was learned in words, promote and roll back as jobs."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.codec import dumps
from core.ports import Store
from core.records import (
    CLASS_SHARES,
    LEARNED_BARS,
    MODEL_DRIFT,
    PROMOTION_WAITS,
    TEXT_DRIFT,
    ClassShares,
    Correction,
    Drift,
    Job,
    ModelState,
    ModelVersion,
    Sentiment,
    Stretch,
    TextDrift,
    Trait,
)
from dashboard.present import learning as present
from dashboard.present.learning import Standing, Told
from dashboard.queries.shared import facts_in
from dashboard.viewmodels import LearningPanel

SHADOW = ModelState.SHADOW


def _mentions() -> None:
    import streamlit

    from dashboard.views import mentions

    streamlit.navigation([mentions.route()]).run()


def _open() -> AppTest:
    st.cache_data.clear()
    return AppTest.from_function(_mentions, default_timeout=120).run()


def _html(test: AppTest) -> str:
    bodies = (element.proto.body for element in test.get("html"))
    return "\n".join(body for body in bodies if "<style>" not in body)


def _version(number: int, state: ModelState, at: datetime, **given: object) -> ModelVersion:
    version = ModelVersion(number, at, state, "base", 20, 20, 12, 9, at, "board")
    return replace(version, **given)  # type: ignore[arg-type]  # the test names real fields


def _panel(folder: Path, *versions: ModelVersion, jobs: tuple[Job, ...] = ()) -> LearningPanel:
    return present.panel(facts_in(folder), versions, Told(), jobs)


def test_before_anything_is_learned_it_says_how_to_begin(incident_id: str) -> None:
    test = _open()
    html = _html(test)
    assert "The shipped model is in use, with nothing learned on top." in html
    assert "Say of mentions what they are, also of those that are read rightly" in html
    assert test.button(key="promote").disabled
    assert test.button(key="roll_back").disabled


def test_a_shadow_is_measured_against_what_ships(store: Store, now: datetime) -> None:
    store.save_version(_version(2, SHADOW, now))
    test = _open()
    html = _html(test)
    assert "Version 2 learns in shadow. 20 corrections are in it." in html
    assert "would have been right 12 of 20 times, the shipped model 9 of 20." in html
    assert 'style="width:60%"' in html
    assert 'style="width:45%"' in html
    assert not test.button(key="promote").disabled
    assert test.button(key="roll_back").disabled


def test_promote_and_roll_back_are_asked_of_the_main_process(store: Store, now: datetime) -> None:
    store.save_version(_version(1, ModelState.PROMOTED, now - timedelta(hours=1)))
    store.save_version(_version(2, SHADOW, now))
    test = _open()
    assert "Version 1 is in use since " in _html(test)
    test.button(key="promote").click().run()
    (job,) = store.jobs("promote")
    assert (job.arguments, job.state) == ({"who": "board"}, "waiting")
    assert "waits for its turn." in _html(test)
    assert test.button(key="promote").disabled  # one after the other

    assert store.take_job() is not None
    store.finish_job(job.id, "done", "version 2 is in use; <b>20</b> corrections are in it")
    test = _open()
    assert "version 2 is in use; &lt;b&gt;20&lt;/b&gt; corrections are in it" in _html(test)
    test.button(key="roll_back").click().run()
    assert [one.arguments for one in store.jobs("rollback")] == [{"who": "board"}]


def test_what_verdicts_moved_is_said(store: Store) -> None:
    store.set_meta(LEARNED_BARS, "Verdicts put the bar of Northwind Air 3 % higher.")
    assert "Verdicts put the bar of Northwind Air 3 % higher." in _html(_open())


def test_how_common_the_classes_are_is_said(store: Store) -> None:
    store.set_meta(CLASS_SHARES, dumps(ClassShares(0.562, 0.254, 0.184, 5_000)))
    expected = "Here about 56 % of mentions are negative, 25 % neutral: counted in, without labels, from"
    assert expected in _html(_open())


@pytest.mark.parametrize(
    ("state", "word"),
    [(SHADOW, "in shadow"), (ModelState.PROMOTED, "in use"), (ModelState.RETIRED, "retired")],
)
def test_each_version_says_its_state_and_measure(
    incident_id: str, empty_folder: Path, now: datetime, state: ModelState, word: str
) -> None:
    (row,) = _panel(empty_folder, _version(3, state, now)).versions
    assert (row.name, row.state) == ("Version 3", word)
    assert row.measured == "right 12 of 20, shipped 9"


def test_what_was_not_measured_has_no_share(incident_id: str, empty_folder: Path, now: datetime) -> None:
    panel = _panel(empty_folder, _version(1, SHADOW, now, corrections=1, measured=0, right=0, base_right=0))
    assert panel.shadow == "Version 1 learns in shadow. 1 correction is in it. It was not measured yet."
    assert (panel.right, panel.base_right) == ("", "")


def test_the_newest_request_is_the_one_that_is_told(
    incident_id: str, empty_folder: Path, now: datetime
) -> None:
    older = Job("1", "promote", {}, now - timedelta(minutes=5), "done", "version 1 is in use")
    newer = Job("2", "rollback", {}, now, "failed", "the shipped model is in use: nothing to roll back")
    panel = _panel(empty_folder, jobs=(older, newer))
    assert panel.asked is not None
    assert panel.asked.failed
    assert "it failed: the shipped model is in use" in panel.asked.text


def _given(*labels: Sentiment | None) -> list[tuple[int, Correction]]:
    """Return what was said of one mention, at positions 1, 2, 3 …"""
    at = datetime.fromisoformat("2026-07-01T12:00+00:00")
    return [(place, Correction("m", label, "board", at)) for place, label in enumerate(labels, 1)]


@pytest.mark.parametrize(
    ("labels", "in_use", "expected"),
    [
        ((Sentiment.NEGATIVE,), (1,), Standing.COUNTS),
        ((Sentiment.NEGATIVE,), (), Standing.TAKEN_BACK),
        ((None, Sentiment.NEGATIVE, Sentiment.NEGATIVE), (), Standing.COUNTS),  # 3 waits to be learned
        ((None, None, None, Sentiment.NEGATIVE), (), Standing.COUNTS),  # 4 is in the shadow
        ((Sentiment.NEGATIVE, None), (), Standing.WITHDRAWN),
        ((Sentiment.NEGATIVE, None), (1,), Standing.STILL_IN_USE),
    ],
)
def test_what_became_of_a_label_follows_from_the_versions(
    now: datetime,
    labels: tuple[Sentiment | None, ...],
    in_use: tuple[int, ...],
    expected: Standing,
) -> None:
    versions = [
        _version(9, SHADOW, now, stands_on=8, learned=(4,)),
        _version(8, ModelState.PROMOTED, now, stands_on=6, learned=(7,)),
        _version(7, ModelState.RETIRED, now, learned=(1, 2)),
        _version(6, ModelState.RETIRED, now, learned=in_use),
        _version(5, ModelState.RETIRED, now),
    ]
    assert present.standing(_given(*labels), present.taught(versions)) is expected


def test_a_drift_says_since_when_and_how_much(store: Store, now: datetime) -> None:
    since = now - timedelta(hours=1)
    drift = Drift(since, before=Stretch(45, 10, 9.0), now=Stretch(60, 23, 12.6))
    store.save_version(_version(2, SHADOW, now))
    store.set_meta(MODEL_DRIFT, dumps(drift))
    html = _html(_open())
    assert "the model in use is wrong more often than before" in html
    assert "38 % of 60 labels, by its own certainty 21 % expected." in html
    assert "Before: 22 % of 45 labels, by its own certainty 20 % expected." in html
    store.set_meta(MODEL_DRIFT, "")
    assert "wrong more often" not in _html(_open())


@pytest.mark.parametrize("trait", Trait)
def test_texts_that_change_are_told_of(store: Store, now: datetime, trait: Trait) -> None:
    store.set_meta(TEXT_DRIFT, dumps((TextDrift(trait, now - timedelta(hours=1), 0.18, 0.31, 240),)))
    html = _html(_open())
    assert "than before: 31 % in 240 texts, 18 % before." in html
    assert "label some of the newest" in html
    store.set_meta(TEXT_DRIFT, dumps(()))
    assert "label some of the newest" not in _html(_open())


def test_why_a_promotion_waits_for_a_person_is_said(store: Store, now: datetime) -> None:
    store.save_version(_version(2, SHADOW, now))
    store.set_meta(PROMOTION_WAITS, "It would change much.")
    html = _html(_open())
    assert "It has earned its use and waits for you: it would change much." in html
    assert "It is put into use by itself" not in html
