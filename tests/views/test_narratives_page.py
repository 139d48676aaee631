"""Narratives: by risk, one by itself, on Live and inside an incident."""

import math
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.ports import Store
from core.records import (
    Action,
    Answer,
    Growth,
    Match,
    Mention,
    Merge,
    Narrative,
    NarrativeShare,
    Pulse,
    Score,
    Scored,
    SourceShare,
    Stage,
    Step,
)
from dashboard import widgets
from dashboard.charts.narrative import NarrativePoint, over_time
from dashboard.present import narratives as present
from dashboard.present.changed import since_acknowledged
from dashboard.queries.shared import facts_in

HOSTILE = "<img src=x onerror=alert(1)> ![p](https://tracker.example/p.png)"
DOUBLING = Growth(60 * math.log(2) / 48, 60 * math.log(2) / 80, 60 * math.log(2) / 35)


def _narratives() -> None:
    import streamlit

    from dashboard.views import narratives

    streamlit.navigation([narratives.route()]).run()


def _open(**parameters: str) -> AppTest:
    test = AppTest.from_function(_narratives, default_timeout=120)
    for name, value in parameters.items():
        test.query_params[name] = value
    return test.run()


def _html(test: AppTest) -> str:
    bodies = (element.proto.body for element in test.get("html"))
    return "\n".join(body for body in bodies if "<style>" not in body)


def _narrative(key: str, now: datetime, **given: object) -> Narrative:
    narrative = Narrative(
        key,
        "Northwind Air",
        f"about {key}",
        now - timedelta(hours=2),
        now - timedelta(minutes=1),
        mentions=12,
        independent=10.0,
        negative=8.0,
    )
    return replace(narrative, **given)  # type: ignore[arg-type]  # the test names real fields


def _keep(store: Store, *narratives: Narrative, merges: tuple[Merge, ...] = ()) -> None:
    store.commit(Step(narratives=narratives, merges=merges))
    st.cache_data.clear()


def _say(store: Store, narrative: Narrative, now: datetime, count: int) -> None:
    """Add mentions of a narrative, one each five minutes back from now."""
    scored, matches = [], []
    for number in range(count):
        at = now - timedelta(minutes=5 * number + 1)
        mention = Mention("rss", f"{narrative.id}{number}", f"voice {number} <b>", at, at, author="@a")
        scored.append(Scored(mention, Score(0.9, 0.05, 0.05)))
        matches.append(Match(mention.id, narrative.brand, at, 1.0, mention.id, narrative=narrative.id))
    store.commit(Step(scored=tuple(scored), matches=tuple(matches)))
    st.cache_data.clear()


def test_the_order_is_stage_then_growth_then_size(now: datetime) -> None:
    calm = _narrative("calm", now, seen=400.0)
    small = _narrative("small", now, stage=Stage.SPREADING, seen=3.0, growth=DOUBLING)
    large = _narrative("large", now, stage=Stage.SPREADING, seen=90.0)
    larger = _narrative("larger", now, stage=Stage.SPREADING, seen=91.0, growth=Growth(0.9, -0.1, 2.0))
    storm = _narrative("storm", now, stage=Stage.FIRESTORM)
    found = present.riskiest([calm, large, small, storm, larger], now)
    assert [one.id for one in found] == ["storm", "small", "larger", "large", "calm"]


def test_the_list_says_how_bad_how_fast_and_how_large(store: Store, now: datetime) -> None:
    rising = _narrative("n1", now, stage=Stage.SPREADING, seen=71.0, expected=2.0, growth=DOUBLING)
    _keep(store, rising, _narrative("n2", now))
    html = _html(_open())
    assert "2 in the last 24 hours, 1 of them rises" in html
    assert html.index("About n1") < html.index("About n2")
    assert "pill-spreading" in html
    assert "<b>71</b>" in html
    assert "2 expected" in html
    assert "doubles in 48 min (35–80)" in html
    assert "80 %" in html


def test_before_it_is_known_what_is_usual_nothing_is_calm(
    store: Store, now: datetime, empty_folder: Path
) -> None:
    since = now - timedelta(minutes=50)
    young = _narrative("n1", now, seen=9.0, expected=29.0, learning_since=since)
    rising = _narrative("n2", now, stage=Stage.SPREADING, learning_since=now - timedelta(minutes=20))
    _keep(store, young, rising)
    told = f"learning what is usual (since {facts_in(empty_folder).time(since)})"
    for test in (_open(), _open(id="n1")):
        html = _html(test)
        assert "pill-learning" in html
        assert "g-learning" in html
        assert "pill-calm" not in html
        assert "usual not known yet" in html
        assert " expected" not in html
        assert told in html
    listed = _html(_open())
    assert "pill-spreading" in listed
    assert '<b>9</b><span class="muted">, usual not known yet</span>' in listed
    _keep(store, replace(young, learning_since=None))
    html = _html(_open(id="n1"))
    assert "29 expected" in html
    assert "learning" not in html


def test_the_brand_in_the_address_chooses(store: Store, now: datetime) -> None:
    _keep(store, _narrative("n1", now), _narrative("n2", now, brand="Zenith Bank"))
    html = _html(_open(brand="Zenith Bank"))
    assert "About n2" in html
    assert "About n1" not in html


def test_what_is_silent_for_an_hour_is_not_called_seen(store: Store, now: datetime) -> None:
    last = now - timedelta(hours=2)
    _keep(store, _narrative("n1", now, seen=50.0, growth=DOUBLING, last_at=last))
    html = _html(_open())
    assert "<b>0</b>" in html
    assert "silent since " in html
    assert "doubles" not in html


def test_when_nobody_watches_no_narrative_is_calm(store: Store, now: datetime) -> None:
    _keep(store, _narrative("n1", now))
    store.save_pulse(Pulse(now - timedelta(days=1), now - timedelta(days=1)))
    st.cache_data.clear()
    html = _html(_open())
    assert "pill-unknown" in html
    assert "pill-calm" not in html


def test_without_narratives_it_says_what_makes_one(incident_id: str) -> None:
    assert "No narrative yet: it takes three people who say the same." in _html(_open())


def test_labels_never_become_markup(store: Store, now: datetime) -> None:
    hostile = _narrative("n1", now, label=HOSTILE)
    _keep(store, hostile)
    for test in (_open(), _open(id="n1")):
        assert not test.exception
        assert "<img" not in _html(test)
    (link,) = [one for one in _open().get("page_link") if "Open" in one.proto.label]
    assert "\\!\\[p\\]\\(https\\:" in link.proto.label


def test_one_narrative_shows_its_line_its_words_and_its_kin(store: Store, now: datetime) -> None:
    root = _narrative("root", now, stage=Stage.SMOULDERING, seen=9.0, expected=1.0)
    part = _narrative("part", now, merged_into="root", mentions=4)
    _keep(store, root, part, merges=(Merge("part", "root", root.brand, now),))
    _say(store, root, now, 9)
    test = _open(id="root")
    assert not test.exception
    html = _html(test)
    assert "About root" in html
    assert "voice 0 &lt;b&gt;" in html
    assert "4 mentions, absorbed " in html
    assert len(test.get("arrow_vega_lite_chart") or test.get("vega_lite_chart")) == 1
    labels = [link.proto.label for link in test.get("page_link")]
    assert "All its mentions" in labels
    merged = _open(id="part")
    assert "It became part of this one." in _html(merged)


def test_a_page_tells_the_life_of_a_narrative(store: Store, now: datetime) -> None:
    root = _narrative("root", now, split_off=("young", "gone"), label=f"about {HOSTILE}")
    young = _narrative("young", now, split_from="root", merged_into="root", mentions=4)
    _keep(store, root, young, merges=(Merge("young", "root", root.brand, now),))
    _say(store, root, now, 9)
    test = _open(id="root")
    assert not test.exception
    html = _html(test)
    for words in ("What happened", "<b>Born.</b>", "<b>Grew.</b>", "<b>Split.</b>", "<b>Absorbed.</b>"):
        assert words in html
    assert "“About young” became a narrative of its own" in html
    assert "4 mentions, split off " in html
    assert "<img" not in html
    html = _html(_open(id="young"))
    assert "It was part of this one until " in html
    assert "<b>Split off.</b>" in html
    assert "<b>Merged.</b>" in html
    assert "<img" not in html


def test_an_unknown_narrative_says_where_to_look(incident_id: str) -> None:
    test = _open(id="<b>no-such</b>")
    assert not test.exception
    assert "There is no such narrative here." in _html(test)


def test_the_small_line_shows_the_hours_count(store: Store, now: datetime, empty_folder: Path) -> None:
    narrative = _narrative("n1", now)
    _keep(store, narrative)
    _say(store, narrative, now, 20)
    bins = store.narrative_bins(["n1"], now - timedelta(hours=7), now + timedelta(hours=1))
    line = present.line(facts_in(empty_folder), narrative, bins)
    assert line.spark is not None
    assert line.spark.dot is not None
    assert float(line.spark.dot[1].rstrip("%")) < 30  # twelve of the hour, the most there was


def test_the_chart_ends_each_step_and_has_no_colour_of_its_own(now: datetime) -> None:
    points = [NarrativePoint(now + timedelta(minutes=5 * step), step, step * 0.5) for step in range(4)]
    spec = over_time(points, 5, ZoneInfo("UTC"))
    rows = spec["layer"][1]["data"]["values"]
    assert len(rows) == 5
    assert rows[-1]["negative"] == rows[-2]["negative"] == 1.5
    assert "#" not in str({key: value for key, value in spec.items() if key != "$schema"})


def test_live_shows_the_riskiest_of_the_last_hour(store: Store, now: datetime) -> None:
    old = _narrative("old", now, last_at=now - timedelta(hours=3))
    _keep(store, *(_narrative(f"n{number}", now, seen=float(number)) for number in range(9)), old)
    test = AppTest.from_file(widgets.HERE / "app.py", default_timeout=120).run()
    assert not test.exception
    html = _html(test)
    assert "Narratives by risk" in html
    assert "9 in the last hour, 0 of them rise" in html
    assert html.count('<span class="name">') == 6
    assert html.index("About n8") < html.index("About n7")
    assert "About old" not in html


def test_an_incident_says_what_it_consists_of(store: Store, incident_id: str, now: datetime) -> None:
    one, two = _narrative("n1", now), _narrative("n2", now)
    _keep(store, one, two)
    _say(store, one, now, 6)
    _say(store, two, now, 3)
    incident = store.incident(incident_id)
    assert incident is not None
    shares = (NarrativeShare("n1", "old label", 90, 75.0), NarrativeShare("n2", "x", 30, 25.0))
    explained = replace(incident.explanation, narratives=shares)
    store.commit(Step(incidents=(replace(incident, explanation=explained),)))
    st.cache_data.clear()
    test = _incident(incident_id)
    html = _html(test)
    assert "What it consists of" in html
    assert html.index("About n1") < html.index("About n2") < html.index("Other") < html.index("All together")
    assert "all numbers since " in html
    assert html.count(", busiest hour ") == 2
    assert "Open About n1" in [link.proto.label for link in test.get("page_link")]


def _incident(incident_id: str) -> AppTest:
    test = AppTest.from_function(_incidents, default_timeout=120)
    test.query_params["id"] = incident_id
    return test.run()


def _incidents() -> None:
    import streamlit

    from dashboard.views import incident

    streamlit.navigation([incident.route()]).run()


def test_the_incident_says_what_changed_since_it_was_acknowledged(
    store: Store, incident_id: str, now: datetime
) -> None:
    assert "Since you acknowledged" not in _html(_incident(incident_id))
    store.answer(Answer(incident_id, Action.ACKNOWLEDGE, "mail", now - timedelta(minutes=40)))
    st.cache_data.clear()
    html = _html(_incident(incident_id))
    assert "Since you acknowledged at " in html
    assert ": spreading became firestorm, 214 negative mentions in the last hour after " in html
    assert "new in news." in html


@pytest.mark.parametrize(
    ("seen_stage", "words"),
    [(Stage.FIRESTORM, "still firestorm"), (Stage.UNKNOWN, "its size is unknown now")],
)
def test_what_did_not_change_is_said_too(
    store: Store, incident_id: str, empty_folder: Path, now: datetime, seen_stage: Stage, words: str
) -> None:
    incident = store.incident(incident_id)
    assert incident is not None
    answers = {Action.ACKNOWLEDGE: Answer(incident_id, Action.ACKNOWLEDGE, "mail", now)}
    signal = replace(incident.explanation.signal, stage=seen_stage)
    late = SourceShare("bluesky", 1.0, now - timedelta(hours=1))
    quiet = replace(incident, explanation=replace(incident.explanation, sources=(late,)))
    text = since_acknowledged(facts_in(empty_folder), quiet, signal, answers, [])
    assert words in text
    assert text.endswith("no new source.")
    over = replace(quiet, closed_at=now)
    assert since_acknowledged(facts_in(empty_folder), over, signal, answers, []) == ""
