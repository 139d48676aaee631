"""The page behind a link: opening it changes nothing, its button answers once."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.clock import ManualClock
from core.config import load_config
from core.ports import Store
from core.records import Action, Answer, Incident, Pulse, SourceState, SourceStatus, Step
from core.signing import LIFETIME, Grant, Signer
from dashboard.routes import FORM_BYTES, Board, routes

HOST = "http://board.example"
Counts = tuple[dict[Action, Answer], int, int, Incident | None, Pulse | None, list[SourceState]]


@pytest.fixture
def clock(now: datetime) -> ManualClock:
    """The board's time."""
    return ManualClock(now)


@pytest.fixture
def client(empty_folder: Path, incident_id: str, clock: ManualClock) -> Iterator[TestClient]:
    """A browser that sends what it is told to send."""
    app = Starlette(routes=routes(Board(empty_folder, clock)))
    with TestClient(app, base_url=HOST) as opened:
        yield opened


@pytest.fixture
def link(empty_folder: Path, incident_id: str, now: datetime) -> str:
    """The link in mail."""
    secret = load_config(empty_folder, {}).secret.get_secret_value()
    return "/ack/" + Signer(secret).sign(Grant(incident_id, "mail"), now)


def _state(store: Store, incident_id: str, now: datetime) -> Counts:
    return (
        store.answers(incident_id),
        len(store.silences(now + timedelta(minutes=1))),
        len(store.events(incident_id)),
        store.incident(incident_id),
        store.pulse(),
        store.sources(),
    )


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_changes_nothing(
    client: TestClient, link: str, store: Store, incident_id: str, now: datetime, method: str
) -> None:
    before = _state(store, incident_id, now)
    for _ in range(3):
        assert client.request(method, link).status_code == 200
    assert _state(store, incident_id, now) == before


def test_it_says_what_and_how_bad(client: TestClient, link: str) -> None:
    text = client.get(link).text
    for words in ("Firestorm", "Refund refused after cancelled flight", "214", "18 expected (6–34)"):
        assert words in text
    assert "Doubles in 48 min (35–80)." in text
    assert "5 of 6 sources seen" in text
    assert "Nobody has answered yet." in text
    assert len(re.findall("<blockquote>", text)) == 3


def test_a_source_without_keys_is_not_one_that_is_missing(
    client: TestClient, link: str, store: Store
) -> None:
    store.save_source(SourceState("keyless", "reddit", SourceStatus.STOPPED, configured=False))
    text = client.get(link).text
    assert "5 of 6 sources seen" in text
    assert "keyless" not in text


def test_a_mention_never_becomes_markup(client: TestClient, link: str) -> None:
    text = client.get(link).text
    assert "<script" not in text
    assert "&lt;script&gt;window.__pwned" in text
    assert "<img" not in text


def test_the_page_needs_nothing_from_elsewhere(client: TestClient, link: str) -> None:
    response = client.get(link)
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert not re.search("<(script|link|img|iframe|object|base)", response.text)


def test_the_button_acknowledges(client: TestClient, link: str, store: Store, incident_id: str) -> None:
    response = client.post(link, data={"action": "acknowledge"}, headers={"origin": HOST})
    assert response.status_code == 200
    assert "Acknowledged by mail at " in response.text
    answer = store.answers(incident_id)[Action.ACKNOWLEDGE]
    assert (answer.who, answer.via) == ("mail", "link")


def test_a_second_press_changes_nothing_and_says_who_answered_when(
    client: TestClient, link: str, store: Store, incident_id: str, clock: ManualClock
) -> None:
    client.post(link, data={"action": "acknowledge"})
    first = store.answers(incident_id)
    told = re.compile(
        r"Acknowledged by mail at (?:\d+ \w+ )?(\d+:\d+)"
    )  # with its date once that was yesterday
    sentence = told.findall(client.get(link).text)
    clock.move(timedelta(hours=2))
    again = client.post(link, data={"action": "acknowledge"})
    assert sentence
    assert told.findall(again.text) == sentence
    assert store.answers(incident_id) == first


def test_somebody_elses_press_does_not_replace_the_first(
    client: TestClient, link: str, store: Store, incident_id: str, empty_folder: Path, now: datetime
) -> None:
    client.post(link, data={"action": "acknowledge"})
    secret = load_config(empty_folder, {}).secret.get_secret_value()
    other = "/ack/" + Signer(secret).sign(Grant(incident_id, "chat"), now)
    assert "Acknowledged by mail" in client.post(other, data={"action": "acknowledge"}).text
    assert store.answers(incident_id)[Action.ACKNOWLEDGE].who == "mail"


def test_snoozing_silences_the_incident_for_half_an_hour(
    client: TestClient, link: str, store: Store, incident_id: str, now: datetime, clock: ManualClock
) -> None:
    client.post(link, data={"action": "snooze"})
    clock.move(timedelta(minutes=10))
    client.post(link, data={"action": "snooze"})
    (silence,) = store.silences(now + timedelta(minutes=5))
    assert (silence.incident_id, silence.until) == (incident_id, now + timedelta(minutes=30))
    assert store.silences(now + timedelta(minutes=31)) == []


@pytest.mark.parametrize("action", [Action.FALSE_ALARM, Action.NOT_US])
def test_verdicts_are_kept(
    client: TestClient, link: str, store: Store, incident_id: str, action: Action
) -> None:
    text = client.post(link, data={"action": action.value}).text
    assert set(store.answers(incident_id)) == {action}
    assert " by mail at " in text
    assert "<button" not in text


def test_a_second_verdict_is_answered_with_the_first_and_changes_nothing(
    client: TestClient, link: str, store: Store, incident_id: str, clock: ManualClock
) -> None:
    client.post(link, data={"action": "false_alarm"})
    first = store.answers(incident_id)
    clock.move(timedelta(seconds=12))
    text = client.post(link, data={"action": "not_us"}).text
    assert "Called a false alarm by mail at " in text
    assert "Said to be not us" not in text
    assert store.answers(incident_id) == first


@pytest.mark.parametrize("token", ["forged", "a.b.c", "%00", "x" * 3000])
def test_a_forged_link_is_refused(client: TestClient, token: str) -> None:
    response = client.post(f"/ack/{token}", data={"action": "acknowledge"})
    assert response.status_code == 403
    assert "damaged" in response.text


def test_a_link_signed_with_another_secret_is_refused(
    client: TestClient, incident_id: str, now: datetime, store: Store
) -> None:
    forged = Signer("a-secret-of-somebody-else").sign(Grant(incident_id, "mail"), now)
    assert client.post(f"/ack/{forged}", data={"action": "acknowledge"}).status_code == 403
    assert store.answers(incident_id) == {}


def test_an_expired_link_says_so(client: TestClient, link: str, clock: ManualClock) -> None:
    clock.move(LIFETIME + timedelta(seconds=1))
    response = client.get(link)
    assert response.status_code == 410
    assert "expired" in response.text


def test_a_link_to_an_incident_that_is_gone_says_so(
    client: TestClient, empty_folder: Path, now: datetime
) -> None:
    secret = load_config(empty_folder, {}).secret.get_secret_value()
    response = client.get("/ack/" + Signer(secret).sign(Grant("no-such", "mail"), now))
    assert response.status_code == 404


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://board.example.evil.example", "http://[bad"]
)
def test_another_site_cannot_answer(
    client: TestClient, link: str, store: Store, incident_id: str, origin: str
) -> None:
    response = client.post(link, data={"action": "acknowledge"}, headers={"origin": origin})
    assert response.status_code == 403
    assert store.answers(incident_id) == {}


@pytest.mark.parametrize("origin", [HOST, "https://firetower.example"])
def test_our_own_site_can_answer_also_behind_a_proxy(client: TestClient, link: str, origin: str) -> None:
    assert client.post(link, data={"action": "acknowledge"}, headers={"origin": origin}).status_code == 200


@pytest.mark.parametrize("form", [{}, {"action": "explode"}, {"other": "acknowledge"}])
def test_an_unknown_answer_is_refused(
    client: TestClient, link: str, store: Store, incident_id: str, form: dict[str, str]
) -> None:
    assert client.post(link, data=form).status_code == 400
    assert store.answers(incident_id) == {}


def test_a_huge_form_is_refused(client: TestClient, link: str, store: Store, incident_id: str) -> None:
    form = {"action": "acknowledge", "padding": "x" * FORM_BYTES}
    assert client.post(link, data=form).status_code == 413
    assert store.answers(incident_id) == {}


def test_a_drill_claims_no_coverage(client: TestClient, link: str, store: Store, incident_id: str) -> None:
    assert "sources seen" in client.get(link).text
    incident = store.incident(incident_id)
    assert incident is not None
    store.commit(Step(incidents=(replace(incident, drill=True),)))
    shown = client.get(link).text
    assert "sources seen" not in shown
    assert "No source was read for this" in shown
    assert "This is a drill" in shown


def test_in_a_replay_the_archives_time_counts(
    client: TestClient, store: Store, link: str, incident_id: str, now: datetime, clock: ManualClock
) -> None:
    store.set_meta("purpose", "replay")
    clock.move(timedelta(days=3650))
    assert client.post(link, data={"action": "acknowledge"}).status_code == 200
    assert store.answers(incident_id)[Action.ACKNOWLEDGE].at == now


def test_without_a_workspace_it_says_what_is_missing(empty_folder: Path) -> None:
    client = TestClient(Starlette(routes=routes(Board(empty_folder))), base_url=HOST)
    response = client.get("/ack/anything")
    assert response.status_code == 503
    assert "no Firetower database" in response.text
