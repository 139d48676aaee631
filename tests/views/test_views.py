"""The pages, run by Streamlit's own test runner on a real store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.ports import Store
from core.records import Action, Answer, SourceState, SourceStatus, Step
from dashboard import widgets
from dashboard.views import live as live_view
from storage import open_store

APP = widgets.HERE / "app.py"


def _open() -> AppTest:
    """Open Live, through the router."""
    return AppTest.from_file(APP, default_timeout=120).run()


def _incidents() -> None:
    import streamlit

    from dashboard.views import incident

    streamlit.navigation([incident.route()]).run()


def _open_incidents(incident_id: str = "") -> AppTest:
    """Open Incidents alone: AppTest cannot choose among a router's function pages."""
    test = AppTest.from_function(_incidents, default_timeout=120)
    if incident_id:
        test.query_params["id"] = incident_id
    return test.run()


def _html(test: AppTest) -> str:
    """Return all HTML on the page but the stylesheet."""
    bodies = (element.proto.body for element in test.get("html"))
    return "\n".join(body for body in bodies if "<style>" not in body)


@pytest.fixture
def live(incident_id: str) -> AppTest:
    """Live, on the seeded workspace."""
    return _open()


def test_live_shows_a_tile_for_each_brand_the_worst_first(live: AppTest) -> None:
    assert not live.exception
    html = _html(live)
    order = [
        "Northwind Air",
        "Zenith Bank",
        "Acme Foods",
        "Halden Energy",
        "Kestrel Sports",
        "Orchard Mobile",
    ]
    places = [html.index(f'<h3 dir="auto">{brand}</h3>') for brand in order]
    assert places == sorted(places)


def test_many_brands_are_left_out_until_they_are_asked_for(
    incident_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_view, "TILES", 4)
    live = _open()
    assert "Halden Energy</h3>" in _html(live)
    assert "Orchard Mobile</h3>" not in _html(live)
    live.button(key="every_brand").click().run()
    assert "Orchard Mobile</h3>" in _html(live)
    live.button(key="fewer_brands").click().run()
    assert "Orchard Mobile</h3>" not in _html(live)
    assert live.button(key="every_brand").label == "Show 2 more brands, the worst unknown"


def test_live_says_how_fresh_and_how_complete_it_is(live: AppTest) -> None:
    html = _html(live)
    assert "<b>Live</b>" in html
    assert "5 of 6 sources seen" in html
    assert "reddit blind since " in html
    assert "<b>mail, chat</b>" in html


def test_live_says_why_a_source_is_blind(incident_id: str, store: Store) -> None:
    hostile = "answered 404: <img src=x onerror='window.__pwned = 4'>"
    store.save_source(SourceState("shop", "rss", SourceStatus.STOPPED, error=hostile))
    html = _html(_open())
    assert "<b>reddit</b>: <bdi>503</bdi>" in html
    assert "<b>shop</b>: <bdi>stopped: answered 404: &lt;img src=x" in html
    assert "<img" not in html


def test_a_blind_brand_is_unknown_and_never_calm(live: AppTest) -> None:
    tile = next(e.proto.body for e in live.get("html") if "Kestrel Sports</h3>" in e.proto.body)
    assert "pill-unknown" in tile
    assert "3 seen, too little to judge" in tile
    assert "<b>nothing</b>" in tile
    assert "pill-calm" not in tile


def test_a_learning_brand_says_so_beside_its_state(live: AppTest) -> None:
    tile = next(e.proto.body for e in live.get("html") if "Acme Foods</h3>" in e.proto.body)
    assert "learning, 14 h of 24" in tile
    assert "pill-smouldering" in tile


def test_no_text_of_a_mention_becomes_markup(live: AppTest) -> None:
    html = _html(live)
    assert "&lt;script&gt;window.__pwned" in html
    for markup in ("<script", "<img", "<style>body", "onerror='"):
        assert markup not in html
    assert "{{ 7 * 7 }}" in html


def test_mentions_say_what_they_count_for(live: AppTest) -> None:
    html = _html(live)
    assert "<b>counts 0.1</b> 27th copy of one text" in html
    assert '<span class="simulated">simulated</span>' in html
    assert "positive 0.9" in html


def test_the_banner_answers_what_and_why(live: AppTest) -> None:
    html = _html(live)
    assert (
        "<b>214 negative mentions</b> in the last hour, 18 expected (6–34). Doubles in 48 min (35–80)."
        in html
    )
    assert "143 authors in 4 sources." in html
    assert "mail paged " in html


def test_acknowledging_on_live_is_recorded_once(live: AppTest, store: Store, incident_id: str) -> None:
    live.button(f"acknowledge_{incident_id}").click().run()
    answer = store.answers(incident_id)[Action.ACKNOWLEDGE]
    assert (answer.who, answer.via) == ("board", "board")
    assert "Acknowledged on the board at " in _html(live)
    assert live.button(f"acknowledge_{incident_id}").disabled
    live.run()
    live.run()
    assert store.answers(incident_id) == {Action.ACKNOWLEDGE: answer}


def test_a_press_after_somebody_elses_changes_nothing_and_says_who(
    live: AppTest, store: Store, incident_id: str, now: datetime
) -> None:
    first = store.answer(Answer(incident_id, Action.ACKNOWLEDGE, "mail", now))
    live.button(f"acknowledge_{incident_id}").click().run()
    assert store.answers(incident_id) == {Action.ACKNOWLEDGE: first}
    assert live.toast[0].value.startswith("Acknowledged by mail at ")


def test_looking_answers_nothing(live: AppTest, store: Store, incident_id: str) -> None:
    live.run()
    _open_incidents(incident_id).run()
    assert store.answers(incident_id) == {}


def test_pausing_keeps_what_is_read(live: AppTest, store: Store) -> None:
    live.button("pause").click().run()
    assert "paused" in _html(live)
    live.button("resume").click().run()
    assert "a minute" in _html(live)
    assert not live.exception


@pytest.fixture
def incident(incident_id: str) -> AppTest:
    """The storm's page."""
    return _open_incidents(incident_id)


def test_the_incident_tells_its_story(incident: AppTest) -> None:
    assert not incident.exception
    html = _html(incident)
    assert "Refund refused after cancelled flight." in html
    assert "214 negative mentions of Northwind Air in the last hour, 18 expected" in html
    for words in ("Seen, last hour", "Doubles in", "Authors", "Sources", "With copies", "Negative share"):
        assert words in html
    assert "evidence 7.0, pages at 4.2" in html
    assert "then blind" in html
    assert "First in bluesky " in html
    assert "Explain and apologise before offering money" in html
    assert "Page for spreading" in html


def test_the_page_of_a_drill_that_is_over_claims_nothing_that_is_gone(
    store: Store, incident_id: str, now: datetime
) -> None:
    storm = store.incident(incident_id)
    assert storm is not None
    store.commit(Step(incidents=(replace(storm, simulated=True, drill=True, closed_at=now),)))
    store.drop_brand(storm.brand)
    page = _open_incidents(incident_id)
    assert not page.exception
    html = _html(page)
    assert html.index("This is a drill.") < html.index("Refund refused after cancelled flight.")
    assert '<span class="simulated">drill</span>' in html
    assert "so no line is left" in html
    assert "No source was read for this" in html
    for untrue in ("The line begins", "Spread over sources", "all seen", '"simulated">simulated<'):
        assert untrue not in html


def test_the_incident_draws_one_chart(incident: AppTest) -> None:
    (chart,) = incident.get("arrow_vega_lite_chart") or incident.get("vega_lite_chart")
    assert "renderer" in chart.proto.spec


def test_snoozing_silences_it(incident: AppTest, store: Store, incident_id: str, now: datetime) -> None:
    incident.button(f"snooze_{incident_id}").click().run()
    (silence,) = store.silences(now + timedelta(minutes=5))
    assert silence.incident_id == incident_id
    assert "Snoozed on the board at " in _html(incident)


@pytest.mark.parametrize("action", [Action.FALSE_ALARM, Action.NOT_US])
def test_verdicts_are_recorded(incident: AppTest, store: Store, incident_id: str, action: Action) -> None:
    incident.button(f"{action}_{incident_id}").click().run()
    assert set(store.answers(incident_id)) == {action}
    assert not [button for button in incident.button if incident_id in (button.key or "")]
    assert " on the board at " in _html(incident)


def test_after_a_verdict_live_offers_no_answer(live: AppTest, incident_id: str) -> None:
    live.button(f"false_alarm_{incident_id}").click().run()
    assert not [button for button in live.button if incident_id in (button.key or "")]
    assert "Called a false alarm on the board at " in _html(live)


def test_an_unknown_incident_says_where_to_look(incident_id: str) -> None:
    test = _open_incidents("<b>no-such</b>")
    assert not test.exception
    assert "There is no such incident here." in _html(test)


def test_the_list_shows_every_incident(incident_id: str) -> None:
    test = _open_incidents()
    assert not test.exception
    assert "Refund refused after cancelled flight" in _html(test)


def test_without_a_database_it_says_what_to_do(empty_folder: Path) -> None:
    html = _html(_open())
    assert "There is no Firetower database" in html
    assert f"firetower run --workspace {empty_folder}" in html


def test_a_wrong_configuration_is_named(incident_id: str, empty_folder: Path) -> None:
    (empty_folder / "firetower.toml").write_text("timezon = 'UTC'\n", "utf-8")
    html = _html(_open())
    assert "timezon" in html
    assert "firetower check" in html


@pytest.fixture
def fresh(empty_folder: Path) -> Iterator[Store]:
    """A store without mentions, and no main process."""
    empty_folder.mkdir()
    opened = open_store(f"sqlite:///{empty_folder.resolve()}/firetower.db")
    yield opened
    opened.close()


def test_without_a_brand_it_says_where_to_add_one(fresh: Store, empty_folder: Path) -> None:
    (empty_folder / "firetower.toml").write_text("", "utf-8")
    html = _html(_open())
    assert "No brand is watched" in html
    assert "firetower.toml" in html


def test_before_the_first_mention_it_says_so(fresh: Store, empty_folder: Path) -> None:
    (empty_folder / "firetower.toml").write_text('[[brand]]\nname = "Northwind Air"\n', "utf-8")
    test = _open()
    html = _html(test)
    assert not test.exception
    assert "No mentions yet" in html
    assert "Pages go to nobody." in html
    assert "No open incident." in html


def test_a_silent_main_process_is_named(store: Store, now: datetime) -> None:
    pulse = store.pulse()
    assert pulse is not None
    store.save_pulse(type(pulse)(pulse.started_at, now.replace(year=now.year - 1)))
    st.cache_data.clear()
    html = _html(_open())
    assert "<b>Not running</b>" in html
    assert "Start it with firetower run" in html
