"""Group, silence and deduplicate: which page goes on, and the reason of each that does not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.deduplicate import deduplicate
from alerts.group import group
from alerts.pages import Context, Facts, Pages, Stop, Tools
from alerts.render import Renderer
from alerts.silence import silence
from core.clock import ManualClock
from core.config import Config, PagingConfig
from core.ports import Store
from core.records import (
    Action,
    Answer,
    Incident,
    Notification,
    Outcome,
    Reason,
    Silence,
    Stage,
    StageChange,
)


@pytest.fixture
def milder(page: Notification) -> Notification:
    return replace(page, id="milder", reason=Reason.SPREADING, stage=Stage.SPREADING)


@pytest.fixture
def look(store: Store, config: Callable[..., Config], clock: ManualClock) -> Callable[..., Context]:
    """Return a context that knows `facts` about one page."""

    def build(page: Notification, facts: Facts, replay: bool = False) -> Context:
        tools = Tools(
            store,
            (),
            Renderer(config()),
            clock,
            replay=replay,
            patience=1,
            zone=ZoneInfo("Europe/Paris"),
            paging=PagingConfig(),
        )
        return Context(clock.now(), tools, {page.id: facts})

    return build


Look = Callable[..., Context]


def only_stop(pages: Pages) -> Stop:
    assert pages.going == ()
    ((_, stop),) = pages.stopped
    return stop


@pytest.mark.parametrize("outcome", [Outcome.PENDING, Outcome.SENT, Outcome.PARTIAL])
async def test_a_worse_page_replaces_a_milder_one(
    look: Look, page: Notification, milder: Notification, outcome: Outcome
) -> None:
    context = look(milder, Facts(siblings=(replace(page, outcome=outcome),)))
    stop = only_stop(await group(Pages((milder,)), context))
    assert stop == Stop(Outcome.GROUPED, "the page for firestorm replaced it")


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.SILENCED, Outcome.NOBODY])
async def test_a_worse_page_that_reached_nobody_replaces_nothing(
    look: Look, page: Notification, milder: Notification, outcome: Outcome
) -> None:
    context = look(milder, Facts(siblings=(replace(page, outcome=outcome),)))
    assert (await group(Pages((milder,)), context)).going == (milder,)


async def test_a_milder_page_replaces_nothing(look: Look, page: Notification, milder: Notification) -> None:
    assert (await group(Pages((page,)), look(page, Facts(siblings=(milder,))))).going == (page,)


async def test_in_a_replay_nothing_is_grouped(look: Look, page: Notification, milder: Notification) -> None:
    context = look(milder, Facts(siblings=(page,)), replay=True)
    assert (await group(Pages((milder,)), context)).going == (milder,)


async def test_the_same_reason_is_told_once(look: Look, page: Notification) -> None:
    told = replace(page, id="told", outcome=Outcome.SENT)
    stop = only_stop(await deduplicate(Pages((page,)), look(page, Facts(siblings=(told,)))))
    assert stop == Stop(Outcome.DUPLICATE, "the page for firestorm was made 2026-03-07 15:32 CET")


async def test_of_two_that_wait_one_goes(look: Look, page: Notification) -> None:
    twin = replace(page, id="twin", created_at=page.created_at + timedelta(seconds=1))
    first = await deduplicate(Pages((page,)), look(page, Facts(siblings=(twin,))))
    second = await deduplicate(Pages((twin,)), look(twin, Facts(siblings=(page,))))
    assert first.going == (page,)
    assert only_stop(second).outcome is Outcome.DUPLICATE


async def test_one_that_failed_may_be_told_again(look: Look, page: Notification) -> None:
    failed = replace(page, id="failed", outcome=Outcome.FAILED)
    assert (await deduplicate(Pages((page,)), look(page, Facts(siblings=(failed,))))).going == (page,)


async def test_a_test_page_is_never_a_duplicate(look: Look, page: Notification) -> None:
    test = replace(page, reason=Reason.TEST)
    told = replace(test, id="told", outcome=Outcome.SENT)
    assert (await deduplicate(Pages((test,)), look(test, Facts(siblings=(told,))))).going == (test,)


@pytest.mark.parametrize(
    ("action", "words"), [(Action.FALSE_ALARM, "false alarm"), (Action.NOT_US, "not us")]
)
async def test_a_verdict_ends_the_pages_and_says_whose_it_is(
    look: Look, page: Notification, now: datetime, action: Action, words: str
) -> None:
    answers = {action: Answer(page.incident_id, action, "Ana", now)}
    stop = only_stop(await silence(Pages((page,)), look(page, Facts(answers=answers))))
    assert stop == Stop(Outcome.SILENCED, f'Ana said "{words}" at 2026-03-07 15:32 CET')


@pytest.mark.parametrize("action", [Action.ACKNOWLEDGE, Action.SNOOZE])
async def test_who_has_it_still_wants_to_know_when_it_gets_worse(
    look: Look, page: Notification, now: datetime, action: Action
) -> None:
    answers = {action: Answer(page.incident_id, action, "Ana", now)}
    assert (await silence(Pages((page,)), look(page, Facts(answers=answers)))).going == (page,)


@pytest.fixture
def silenced(page: Notification, now: datetime) -> Silence:
    return Silence(
        id="s",
        brand=page.brand,
        incident_id=page.incident_id,
        reason="we know",
        created_by="Ana",
        created_at=now,
        until=now + timedelta(minutes=30),
    )


async def test_a_silence_holds_what_its_author_knew_of(
    look: Look, page: Notification, incident: Incident, silenced: Silence
) -> None:
    stop = only_stop(
        await silence(Pages((page,)), look(page, Facts(incident=incident, silences=(silenced,))))
    )
    assert stop == Stop(Outcome.PENDING, "silenced by Ana until 2026-03-07 16:02 CET (we know)")


async def test_a_silence_made_at_spreading_does_not_hide_a_firestorm(
    look: Look, page: Notification, incident: Incident, silenced: Silence, now: datetime
) -> None:
    changes = (
        StageChange(Stage.SPREADING, now - timedelta(hours=1)),
        StageChange(Stage.FIRESTORM, now + timedelta(minutes=1)),
    )
    context = look(page, Facts(incident=replace(incident, stages=changes), silences=(silenced,)))
    assert (await silence(Pages((page,)), context)).going == (page,)


async def test_a_silence_of_a_brand_holds_spreading_and_lets_a_firestorm_through(
    look: Look, page: Notification, milder: Notification, incident: Incident, silenced: Silence
) -> None:
    brand = replace(silenced, incident_id="")
    held = await silence(Pages((milder,)), look(milder, Facts(incident=incident, silences=(brand,))))
    through = await silence(Pages((page,)), look(page, Facts(incident=incident, silences=(brand,))))
    assert only_stop(held).outcome is Outcome.PENDING
    assert through.going == (page,)


async def test_a_held_page_leaves_when_the_silence_ends_and_the_incident_is_open(
    look: Look, page: Notification, incident: Incident, silenced: Silence
) -> None:
    context = look(page, Facts(incident=incident, silences_then=(silenced,)))
    assert (await silence(Pages((page,)), context)).going == (page,)


async def test_a_held_page_whose_incident_has_closed_is_dropped_with_its_reason(
    look: Look, page: Notification, incident: Incident, silenced: Silence, now: datetime
) -> None:
    closed = replace(incident, closed_at=now)
    stop = only_stop(
        await silence(Pages((page,)), look(page, Facts(incident=closed, silences_then=(silenced,))))
    )
    assert stop.outcome is Outcome.SILENCED
    assert stop.detail.endswith("(we know); the incident closed before it ended")
