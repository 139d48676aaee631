"""On-call: who is paged, what became of every page, and whether the way to people works."""

import importlib.util
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.ports import Store
from core.records import Action, Answer, Delivery, DeliveryStatus, Job, Outcome, Reason, Step
from dashboard.queries import oncall as queries
from dashboard.queries.shared import facts_in
from dashboard.viewmodels import OncallPage
from dashboard.workspace import folder_from_environment
from storage import open_store


def _seed() -> ModuleType:
    path = Path(__file__).with_name("seed_people.py")
    spec = importlib.util.spec_from_file_location("seed_people", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _page() -> None:
    import streamlit

    from dashboard.views import incident, oncall

    streamlit.navigation([oncall.route(), incident.route()]).run()


def _open() -> AppTest:
    return AppTest.from_function(_page, default_timeout=120).run()


def _html(test: AppTest) -> str:
    return "\n".join(element.proto.body for element in test.get("html"))


def _read() -> OncallPage:
    st.cache_data.clear()
    return queries.page()


@pytest.fixture
def seeded(store: Store, empty_folder: Path, now: datetime, incident_id: str) -> Store:
    """The seeded workspace with two persons and pages of every outcome."""
    seed = _seed()
    seed.people(empty_folder)
    seed.deliveries(store, now, incident_id)
    return store


def _configure(folder: Path, channels: str) -> None:
    file = folder / "firetower.toml"
    kept, _, _ = file.read_text("utf-8").partition("[[channel]]")
    file.write_text(kept + channels, "utf-8")


def test_the_headline_says_who_is_on_call_and_who_is_next(seeded: Store) -> None:
    page = _read()
    assert page.headline == "On call: duty; then second."
    assert [level.when for level in page.levels] == [
        "paged at once",
        "after 15 min without an acknowledgement",
    ]
    assert page.levels[1].rows[0].takes == "firestorms only"


def test_nobody_on_call_is_said_and_what_to_do(store: Store, empty_folder: Path) -> None:
    _configure(empty_folder, "")
    page = _read()
    assert page.nobody
    assert page.headline == "Nobody is on call. Pages go to nobody. Add a channel."
    html = _html(_open())
    assert "Nobody is on call. Pages go to nobody. Add a channel." in html
    assert "[[channel]]" in html


def test_quiet_hours_are_shown_while_they_last(seeded: Store) -> None:
    rows = {row.channel: row for row in _read().levels[0].rows}
    assert rows["mail"].quiet_now
    assert rows["mail"].quiet == "00:00–23:59"
    assert not rows["chat"].quiet_now


def test_quiet_hours_of_everybody_are_said_in_front(store: Store, empty_folder: Path) -> None:
    channel = '[[channel]]\nname = "mail"\nurl = "json://mail.example"\nquiet = "00:00-23:59"\n'
    _configure(empty_folder, channel)
    assert _read().note.startswith("Level 1 is in its quiet hours: only a firestorm gets through")


def test_dead_letters_come_with_channel_page_and_reason(seeded: Store) -> None:
    (letter,) = _read().letters
    assert letter.channel == "chat"
    assert letter.about == "Firestorm, Northwind Air: Refund refused after cancelled flight"
    assert letter.why.startswith("the server said 550: <img")


def test_only_a_few_dead_letters_are_told_and_the_others_counted(
    seeded: Store, now: datetime, incident_id: str
) -> None:
    seed = _seed()
    for number in range(9):
        page = seed.notification(incident_id, Reason.SPREADING, now - timedelta(hours=2, minutes=number))
        seeded.commit(Step(notifications=(page,)))
        seeded.save_delivery(Delivery(page.id, "chat", DeliveryStatus.DEAD, 8, page.created_at, error="gone"))
    page = _read()
    assert len(page.letters) == 6
    assert page.more_letters == "and 4 more"


def test_what_was_withdrawn_is_a_dead_letter_only_where_tries_had_failed(
    store: Store, now: datetime, incident_id: str
) -> None:
    page = _seed().notification(incident_id, Reason.SPREADING, now)
    store.commit(Step(notifications=(page,)))
    error = 'duty said "false alarm"; last error: nobody knows its name (DNS)'
    for channel, attempts, at in (("chat", 4, now), ("mail", 0, None)):
        row = Delivery(page.id, channel, DeliveryStatus.WITHDRAWN, attempts, at, error=error)
        store.save_delivery(row)
    told = _read()
    (letter,) = told.letters
    assert (letter.channel, letter.why) == ("chat", f"withdrawn after 4 tries: {error}")
    assert [row.word for row in told.pages[0].deliveries] == ["withdrawn after 4 tries", "withdrawn"]


def test_an_old_dead_letter_is_no_longer_loud(store: Store, now: datetime, incident_id: str) -> None:
    page = _seed().notification(incident_id, Reason.SPREADING, now - timedelta(days=8))
    store.commit(Step(notifications=(page,)))
    store.save_delivery(Delivery(page.id, "chat", DeliveryStatus.DEAD, 8, page.created_at, error="gone"))
    assert _read().letters == ()


def test_the_log_has_each_page_with_what_each_channel_said(seeded: Store) -> None:
    page = _read()
    assert [row.what for row in page.pages] == [
        "Escalation, level 2",
        "Firestorm",
        "Spreading",
        "Spreading",
        "Test page",
    ]
    escalation, firestorm, _, held, test = page.pages
    assert [row.word for row in firestorm.deliveries] == ["gave up after 8 tries", "sent in 2.4 s"]
    assert (firestorm.outcome, firestorm.state) == ("not taken by all", "dead")
    assert firestorm.deliveries[1].service == "mailto://***@mail.example"
    assert escalation.deliveries[0].word.startswith("failed, 2 tries, again at ")
    assert (held.outcome, held.state) == ("kept back", "held")
    assert held.deliveries[1].word.startswith("held until ")
    assert held.deliveries[0].word == "kept back, the week's pages are used up"
    assert test.outcome == "sent"


@pytest.mark.parametrize(
    ("outcome", "told", "state"),
    [
        (Outcome.FAILED, "could not be delivered", "dead"),
        (Outcome.NOBODY, "went to nobody", "dead"),
        (Outcome.SILENCED, "silenced", "held"),
        (Outcome.REPLAY, "recorded, never sent", "held"),
    ],
)
def test_a_page_that_nobody_got_is_never_called_sent(
    store: Store, now: datetime, outcome: Outcome, told: str, state: str
) -> None:
    page = _seed().notification("other", Reason.SPREADING, now)
    store.commit(Step(notifications=(page,)))
    store.finish(page.id, outcome, "", now)
    row = _read().pages[0]
    assert (row.outcome, row.state) == (told, state)


def test_an_instant_delivery_is_not_written_as_no_time(store: Store, now: datetime) -> None:
    page = _seed().notification("other", Reason.SPREADING, now)
    store.commit(Step(notifications=(page,)))
    store.save_delivery(Delivery(page.id, "chat", DeliveryStatus.SENT, 2, now, seconds=0.01))
    assert _read().pages[0].deliveries[0].word == "sent in under 0.1 s, 2 tries"


def test_pages_are_counted_by_person_once_and_without_tests_and_drills(
    seeded: Store, now: datetime, incident_id: str
) -> None:
    drill = replace(_seed().notification(incident_id, Reason.SPREADING, now), drill=True)
    seeded.commit(Step(notifications=(drill,)))
    seeded.save_delivery(Delivery(drill.id, "phone", DeliveryStatus.SENT, 1, now))
    persons = {row.person: row for row in _read().persons}
    assert (persons["duty"].pages, persons["duty"].width, persons["duty"].full) == ("2", "50%", False)
    assert persons["second"].pages == "0"


def test_an_unfinished_escalation_says_who_is_next_and_when(
    store: Store, empty_folder: Path, incident_id: str
) -> None:
    _seed().people(empty_folder)
    (row,) = _read().waiting
    assert row.incident_id == incident_id
    assert row.text.startswith("mail paged ")
    assert row.text.endswith("not acknowledged; goes to second now")


def test_the_highest_level_has_nobody_next(seeded: Store) -> None:
    (row,) = _read().waiting
    assert row.text.endswith("at level 2; nobody is next")


def test_whose_page_is_held_in_quiet_hours_is_next(seeded: Store, now: datetime, incident_id: str) -> None:
    (escalated,) = (page for page in seeded.notifications() if page.reason is Reason.ESCALATION)
    free = now + timedelta(hours=3)
    seeded.save_delivery(Delivery(escalated.id, "phone", DeliveryStatus.HELD, next_at=free))
    (row,) = _read().waiting
    assert f", at level 2; goes to second at {facts_in(folder_from_environment()).time(free)}" in row.text


def test_what_was_acknowledged_waits_no_more(seeded: Store, incident_id: str, now: datetime) -> None:
    seeded.answer(Answer(incident_id, Action.ACKNOWLEDGE, "duty", now, "mail"))
    assert _read().waiting == ()


def test_a_snoozed_incident_says_until_when(seeded: Store, incident_id: str, now: datetime) -> None:
    seeded.answer(Answer(incident_id, Action.SNOOZE, "duty", now, "mail"))
    (row,) = _read().waiting
    assert row.text.startswith("Snoozed by duty at ")


def test_the_age_of_the_last_test_is_told(seeded: Store) -> None:
    page = _read()
    assert page.tested == "Last test page 2 d ago: 3 of 3 channels took it."
    assert page.tested_well


def test_a_test_of_this_minute_was_just_now(store: Store, now: datetime) -> None:
    store.commit(Step(notifications=(_seed().notification("new", Reason.TEST, now),)))
    assert _read().tested.startswith("Last test page just now: ")


def test_without_a_test_it_is_not_known_whether_people_are_reached(store: Store) -> None:
    page = _read()
    assert "it is not known whether people are reached" in page.tested
    assert not page.tested_well


def test_an_old_test_proves_nothing(store: Store, now: datetime) -> None:
    page = _seed().notification("", Reason.TEST, now - timedelta(days=9), "", "")
    store.commit(Step(notifications=(page,)))
    told = _read()
    assert told.tested.endswith("That is long ago: send one.")
    assert not told.tested_well


def test_the_button_asks_for_a_test_of_the_chosen_channel(seeded: Store) -> None:
    test = _open()
    test.selectbox[0].set_value("phone")
    test.button[0].click().run()
    assert not test.exception
    job = seeded.take_job()
    assert job is not None
    assert (job.kind, job.arguments) == ("test_page", {"channel": "phone"})
    seeded.finish_job(job.id, "done", "phone: sent in 0.7 s")
    st.cache_data.clear()
    assert "phone: sent in 0.7 s" in _html(test.run())


def test_without_a_choice_all_channels_are_tested(seeded: Store) -> None:
    _open().button[0].click().run()
    job = seeded.take_job()
    assert job is not None
    assert job.arguments == {"channel": "all"}


def test_a_failed_test_says_why(seeded: Store) -> None:
    queries.send_test("")
    job = seeded.take_job()
    assert job is not None
    seeded.finish_job(job.id, "failed", "chat: not sent: refused")
    asked = queries.asked()
    assert asked is not None
    assert asked.failed
    assert asked.text.endswith("it failed: chat: not sent: refused")


def test_an_old_result_is_not_shown_any_more(seeded: Store, now: datetime) -> None:
    seeded.add_job(Job("old", "test_page", {"channel": "all"}, now - timedelta(hours=2)))
    assert queries.asked() is None


def test_a_replay_only_records_and_tests_nothing(seeded: Store) -> None:
    seeded.set_meta("purpose", "replay")
    st.cache_resource.clear()
    page = _read()
    assert page.note == "This is a replay: pages are recorded, never sent."
    assert not page.can_test
    assert not _open().button


def test_hostile_errors_and_labels_stay_text(seeded: Store) -> None:
    html = _html(_open())
    assert "&lt;img src=x onerror=" in html
    assert "<img" not in html


def test_without_pages_the_log_says_what_to_do(empty_folder: Path) -> None:
    empty_folder.mkdir()
    (empty_folder / "firetower.toml").write_text('[[brand]]\nname = "Northwind Air"\n', "utf-8")
    opened = open_store(f"sqlite:///{empty_folder.resolve()}/firetower.db")
    opened.set_meta("purpose", "live")
    opened.close()
    assert "No page so far. Send a test page" in _html(_open())
