"""Whole nights of paging on a clock that is moved by hand: quiet hours, escalation, the cap, and drills.

Signals go in at one end; a real HTTP server stands at the other, one path for each channel, and counts what
arrives there.
"""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import uuid4

import pytest
from pytest_httpserver import HTTPServer

from alerts.incidents import advance
from alerts.runner import AlertRunner
from core.clock import ManualClock
from core.config import Config
from core.ports import Store
from core.records import (
    Action,
    Answer,
    Delivery,
    DeliveryStatus,
    EventKind,
    Explanation,
    Incident,
    Notification,
    Outcome,
    Reason,
    Signal,
    Silence,
    Stage,
    Step,
)
from storage import open_store

EVENING = datetime(2026, 3, 7, 20, 0, tzinfo=UTC)
"""A Saturday."""

SPREADING, FIRESTORM, COOLING, CALM = Stage.SPREADING, Stage.FIRESTORM, Stage.COOLING, Stage.CALM

Table = dict[str, object]


@dataclass
class Night:
    """A workspace through a night; times are `HH:MM` of UTC, the next ones to come."""

    store: Store
    server: HTTPServer
    settings: Table
    clock: ManualClock = field(default_factory=lambda: ManualClock(EVENING))
    incidents: dict[str, Incident] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.runner = AlertRunner(self.store, Config.model_validate(self.settings), self.clock, patience=60)

    async def at(
        self, time: str, stage: Stage | None = None, brand: str = "Acme", drill: bool = False
    ) -> None:
        """Let minutes pass until `time`, then let detection say `stage` of `brand`."""
        end = _moment(time, self.clock.now())
        while self.clock.now() < end:
            self.clock.move(min(timedelta(minutes=1), end - self.clock.now()))
            await self.runner.run_once(self.clock.now())
        if stage is not None:
            self.signal(stage, brand, drill)
            await self.runner.run_once(self.clock.now())

    def signal(self, stage: Stage, brand: str = "Acme", drill: bool = False) -> None:
        now = self.clock.now()
        signal = Signal(brand=brand, at=now, stage=stage, seen=40, expected=4, onset=now)
        moved = advance(
            self.incidents.get(brand), signal, now, _explain, f"{brand} {now}", simulated=drill, drill=drill
        )
        if moved.incident is not None:
            self.incidents[brand] = moved.incident
            self.store.commit(
                Step(incidents=(moved.incident,), events=moved.events, notifications=moved.notifications)
            )

    def close(self, brand: str = "Acme") -> None:
        now = self.clock.now()
        self.incidents[brand] = replace(self.incidents[brand], closed_at=now, updated_at=now)
        self.store.commit(Step(incidents=(self.incidents[brand],)))

    def answer(self, action: Action, who: str = "second", brand: str = "Acme") -> None:
        incident, now = self.incidents[brand], self.clock.now()
        self.store.answer(Answer(incident.id, action, who, now))
        if action is Action.SNOOZE:
            until = now + timedelta(minutes=30)
            self.store.add_silence(Silence(f"snooze {brand}", brand, incident.id, "", who, now, until))

    @property
    def got(self) -> list[tuple[str, str]]:
        """Channel and subject of everything that a service has taken, in order."""
        return [
            (request.path.strip("/"), request.get_json()["title"])
            for request, response in self.server.log
            if response.status_code == 200
        ]

    @property
    def who(self) -> list[str]:
        """`channel: what` of everything taken, the channels of one moment by name."""
        return [f"{channel}: {subject[1:].partition(']')[0]}" for channel, subject in self.got]

    def told(self, brand: str = "Acme") -> list[str]:
        return [event.text for event in self.store.events(self.incidents[brand].id)]

    def page(self, reason: Reason, level: int = 1) -> Notification:
        (found,) = (p for p in self.store.notifications() if p.reason is reason and p.level == level)
        return found


def _moment(time: str, now: datetime) -> datetime:
    hour, minute = map(int, time.split(":"))
    moment = now.replace(hour=hour, minute=minute, second=0)
    return moment if moment >= now else moment + timedelta(days=1)


def _explain(signal: Signal) -> Explanation:
    return Explanation(signal, f"Buyers say {signal.brand} keeps their money.", (), "refund refused")


Begin = Callable[..., Night]


@pytest.fixture
def begin(httpserver: HTTPServer) -> Iterator[Begin]:
    """Return what begins a night: channels as `name=dict(...)`, each a path of the server."""
    opened: list[Store] = []

    def start(paging: Table | None = None, broken: tuple[str, ...] = (), **channels: Table) -> Night:
        opened.append(open_store(f"memory://{uuid4()}"))
        for name in channels:
            status = 503 if name in broken else 200
            httpserver.expect_request(f"/{name}").respond_with_data("", status)
        tables = [
            {"name": name, "url": f"json://localhost:{httpserver.port}/{name}", **table}
            for name, table in channels.items()
        ]
        settings: Table = {
            "public_url": "https://tower.example",
            "channel": tables,
            "paging": paging or {},
            "secret": "a secret of enough characters",
        }
        return Night(opened[-1], httpserver, settings)

    yield start
    for store in opened:
        store.close()


QUIET: Table = {"quiet": "22:00-07:00"}
BOSS: Table = {"level": 2}


# -- quiet hours ------------------------------------------------------------------------------------------


async def test_what_spreads_in_quiet_hours_is_held_and_comes_as_one_digest(begin: Begin) -> None:
    night = begin(duty=QUIET)
    await night.at("23:00", SPREADING, "Acme")
    await night.at("01:00", SPREADING, "Zenith")
    await night.at("02:00", SPREADING, "Halden")
    await night.at("06:59")
    assert night.got == []
    assert "Page to duty held until 07:00 UTC: quiet hours" in night.told()
    await night.at("12:00")
    ((channel, subject),) = night.got
    assert channel == "duty"
    assert subject.startswith("[Digest] Acme, Halden, Zenith: 3 incidents in your quiet hours")
    assert [page.outcome for page in night.store.notifications()] == [Outcome.SENT] * 4
    assert night.page(Reason.DIGEST).created_at.hour == 7
    assert "Digest to duty delivered in 0 s" in night.told("Zenith")


async def test_a_digest_says_what_became_of_each_and_begins_with_what_waits(begin: Begin) -> None:
    night = begin(duty=QUIET)
    await night.at("23:00", SPREADING, "Acme")
    night.answer(Action.ACKNOWLEDGE)
    await night.at("01:00", SPREADING, "Zenith")
    night.close("Zenith")
    await night.at("02:00", SPREADING, "Halden")
    await night.at("07:00")
    (request, _) = night.server.log[0]
    body = request.get_json()["message"]
    assert "In your quiet hours: 3 incidents, 1 still waits for an answer." in body
    lines = [line for line in body.splitlines() if line.startswith("Spreading at")]
    assert lines == [
        "Spreading at 02:00, Halden: refund refused. Now spreading. Nobody has answered.",
        "Spreading at 23:00, Acme: refund refused. second acknowledged it at 23:00. Now spreading.",
        "Spreading at 01:00, Zenith: refund refused. Closed at 01:00.",
    ]
    assert body.count("https://tower.example/ack/") == 3


async def test_a_firestorm_passes_and_what_was_held_of_it_is_overtaken(begin: Begin) -> None:
    night = begin(duty=QUIET)
    await night.at("23:00", SPREADING)
    await night.at("03:00", FIRESTORM)
    assert night.who == ["duty: Firestorm"]
    await night.at("12:00")
    assert night.who == ["duty: Firestorm"]
    assert night.page(Reason.SPREADING).outcome is Outcome.GROUPED


async def test_other_channels_get_the_page_at_once(begin: Begin) -> None:
    night = begin(duty=QUIET, screen={})
    await night.at("23:00", SPREADING)
    assert night.who == ["screen: Spreading"]
    await night.at("07:00")
    assert night.who == ["screen: Spreading", "duty: Digest"]


async def test_a_try_that_falls_into_quiet_hours_waits_for_their_end(begin: Begin) -> None:
    night = begin(duty=QUIET)
    night.server.clear()
    night.server.expect_oneshot_request("/duty").respond_with_data("down", 503)
    night.server.expect_request("/duty").respond_with_data("")
    await night.at("21:59")
    night.clock.move(timedelta(seconds=58))
    night.signal(SPREADING)
    await night.runner.run_once(night.clock.now())
    await night.at("06:59")
    assert len(night.server.log) == 1
    (held,) = (e for e in night.store.events(night.incidents["Acme"].id) if "held until" in e.text)
    assert held.at.hour == 22
    await night.at("07:00")
    assert night.who == ["duty: Digest"]


async def test_quiet_hours_taken_out_of_the_configuration_release_at_once(begin: Begin) -> None:
    night = begin(duty=QUIET)
    await night.at("23:00", SPREADING)
    channel = night.settings["channel"][0]  # type: ignore[index]  # a table of plain values
    del channel["quiet"]
    night.restart()
    await night.at("23:01")
    assert night.who == ["duty: Digest"]


async def test_a_digest_that_nobody_takes_is_told_as_undelivered(begin: Begin) -> None:
    night = begin(duty=QUIET, broken=("duty",))
    await night.at("23:00", SPREADING)
    await night.at("20:00")
    assert night.got == []
    assert night.page(Reason.DIGEST).outcome is Outcome.FAILED
    assert night.page(Reason.SPREADING).outcome is Outcome.FAILED
    (row,) = night.store.deliveries(night.page(Reason.SPREADING).id)
    assert (row.status, row.error) == (DeliveryStatus.DEAD, "the digest reached nobody")
    assert any(text.startswith("Digest to duty given up after 10 of 10 tries") for text in night.told())


# -- escalation -------------------------------------------------------------------------------------------


async def test_nobody_answers_so_the_next_level_is_told_once_and_then_the_next(begin: Begin) -> None:
    night = begin(duty={}, boss=BOSS, chief={"level": 3})
    await night.at("21:00", FIRESTORM)
    await night.at("21:09")
    assert night.who == ["duty: Firestorm"]
    await night.at("21:10")
    assert night.who == ["duty: Firestorm", "boss: Firestorm"]
    assert night.got[1][1].startswith("[Firestorm] Escalated: Acme: 40 negative/h")
    await night.at("21:20")
    await night.at("20:00")
    assert night.who == ["duty: Firestorm", "boss: Firestorm", "chief: Firestorm"]
    assert "Escalated to level 2: nobody acknowledged for 10 min" in night.told()
    (request, _) = night.server.log[1]
    assert request.get_json()["message"].startswith("Escalated to level 2: nobody acknowledged for 10 min.")


@pytest.mark.parametrize("action", [Action.ACKNOWLEDGE, Action.FALSE_ALARM, Action.NOT_US])
async def test_an_answer_stops_it(begin: Begin, action: Action) -> None:
    night = begin(duty={}, boss=BOSS)
    await night.at("21:00", FIRESTORM)
    await night.at("21:09")
    night.answer(action)
    await night.at("23:00")
    assert night.who == ["duty: Firestorm"]


async def test_a_snooze_stops_it_until_it_has_ended_and_the_time_begins_anew(begin: Begin) -> None:
    night = begin(duty={}, boss=BOSS)
    await night.at("21:00", SPREADING)
    await night.at("21:05")
    night.answer(Action.SNOOZE)
    await night.at("21:44")
    assert night.who == ["duty: Spreading"]
    await night.at("21:45")
    assert night.who == ["duty: Spreading", "boss: Spreading"]


async def test_a_snooze_at_spreading_does_not_delay_the_firestorm(begin: Begin) -> None:
    night = begin(duty={}, boss=BOSS)
    await night.at("21:00", SPREADING)
    night.answer(Action.SNOOZE)
    await night.at("21:05", FIRESTORM)
    await night.at("21:15")
    assert night.who == ["duty: Spreading", "duty: Firestorm", "boss: Firestorm"]


async def test_a_worse_stage_begins_at_the_first_level_and_those_who_were_told(begin: Begin) -> None:
    night = begin(duty={}, boss=BOSS, chief={"level": 3})
    await night.at("21:00", SPREADING)
    await night.at("21:12", FIRESTORM)
    assert sorted(night.who) == ["boss: Firestorm", "boss: Spreading", "duty: Firestorm", "duty: Spreading"]
    await night.at("21:22")
    assert night.who[4:] == ["chief: Firestorm"]
    assert "Escalated to level 2: it has had the page for the stage before" in night.told()


async def test_who_has_it_is_told_of_the_worse_stage_and_nobody_else_is_woken(begin: Begin) -> None:
    night = begin(duty={}, boss=BOSS)
    await night.at("21:00", SPREADING)
    night.answer(Action.ACKNOWLEDGE)
    await night.at("21:30", FIRESTORM)
    await night.at("23:30")
    assert night.who == ["duty: Spreading", "duty: Firestorm"]


async def test_who_has_it_cannot_be_reached_so_it_goes_on(begin: Begin) -> None:
    night = begin(duty={}, boss=BOSS)
    await night.at("21:00", SPREADING)
    night.answer(Action.ACKNOWLEDGE)
    night.server.clear()
    night.server.expect_request("/duty").respond_with_data("", 503)
    night.server.expect_request("/boss").respond_with_data("")
    await night.at("21:30", FIRESTORM)
    await night.at("21:40")
    assert night.who == ["boss: Firestorm"]


async def test_a_level_without_a_working_channel_hands_on_at_once(begin: Begin) -> None:
    night = begin(duty={"url": "nosuch://service/token"}, boss=BOSS)
    await night.at("21:00", FIRESTORM)
    assert night.who == ["boss: Firestorm"]
    assert "Escalated to level 2 at once: duty gave up" in night.told()


async def test_a_service_that_is_down_is_waited_for_as_long_as_for_an_answer(begin: Begin) -> None:
    night = begin(duty={}, boss=BOSS, broken=("duty",))
    await night.at("21:00", FIRESTORM)
    await night.at("21:09")
    assert night.got == []
    await night.at("21:10")
    assert night.who == ["boss: Firestorm"]


async def test_what_quiet_hours_hold_goes_to_the_next_level_at_once(begin: Begin) -> None:
    night = begin(duty=QUIET, boss=BOSS)
    await night.at("23:00", SPREADING)
    assert night.who == ["boss: Spreading"]
    assert "Escalated to level 2 at once: duty is in its quiet hours" in night.told()
    await night.at("12:00")
    assert night.who == ["boss: Spreading", "duty: Digest"]


async def test_an_acknowledgement_also_ends_the_tries_of_what_was_escalated(begin: Begin) -> None:
    night = begin(duty={}, boss=BOSS, broken=("boss",))
    await night.at("21:00", FIRESTORM)
    await night.at("21:11")
    night.answer(Action.ACKNOWLEDGE, "duty")
    await night.at("23:59")
    tried = sum(request.path == "/boss" for request, _ in night.server.log)
    assert tried == 2  # at 21:10, and once more half a minute later
    assert night.page(Reason.ESCALATION, 2).outcome is Outcome.SILENCED
    assert night.page(Reason.ESCALATION, 2).detail == "duty acknowledged at 2026-03-07 21:11 UTC"


async def test_a_closed_incident_wakes_nobody_else(begin: Begin) -> None:
    night = begin(duty={}, boss=BOSS)
    await night.at("21:00", FIRESTORM)
    night.close()
    await night.at("23:00")
    assert night.who == ["duty: Firestorm"]


async def test_killed_at_any_moment_each_level_is_told_once(begin: Begin) -> None:
    night = begin(duty={}, boss=BOSS)
    await night.at("21:00", FIRESTORM)
    for _ in range(30):
        night.clock.move(timedelta(minutes=1))
        night.restart()
        await night.runner.run_once(night.clock.now())
    assert night.who == ["duty: Firestorm", "boss: Firestorm"]


# -- the cap ----------------------------------------------------------------------------------------------


async def test_a_person_gets_so_many_pages_and_a_firestorm_always(begin: Begin) -> None:
    night = begin(paging={"pages_per_person_week": 2}, mail={"person": "duty"}, phone={"person": "duty"})
    for minute, brand in enumerate(("Acme", "Zenith", "Halden", "Orbit")):
        await night.at(f"21:0{minute}", SPREADING, brand)
    assert len(night.got) == 4  # two pages on two channels
    assert "Page to mail not sent: duty has had 2 pages in 7 days" in night.told("Halden")
    assert [row.status for row in night.store.deliveries(_page_of(night, "Orbit").id)] == [
        DeliveryStatus.CAPPED
    ] * 2
    assert _page_of(night, "Orbit").outcome is Outcome.SILENCED
    await night.at("22:00", FIRESTORM, "Orbit")
    await night.at("23:00")
    assert sorted(night.who[4:]) == ["mail: Firestorm", "phone: Firestorm"]


def _page_of(night: Night, brand: str) -> Notification:
    return next(page for page in night.store.notifications() if page.brand == brand)


async def test_after_a_week_pages_come_again(begin: Begin) -> None:
    night = begin(paging={"pages_per_person_week": 1}, duty={})
    await night.at("21:00", SPREADING, "Acme")
    night.clock.move(timedelta(days=7))
    night.signal(SPREADING, "Zenith")
    await night.runner.run_once(night.clock.now())
    assert night.who == ["duty: Spreading"]
    night.clock.move(timedelta(seconds=1))
    night.signal(SPREADING, "Halden")
    await night.runner.run_once(night.clock.now())
    assert night.who == ["duty: Spreading", "duty: Spreading"]


async def test_when_all_of_a_level_are_capped_the_next_is_told_at_once(begin: Begin) -> None:
    night = begin(paging={"pages_per_person_week": 1}, duty={}, boss=BOSS)
    await night.at("21:00", SPREADING, "Acme")
    night.answer(Action.ACKNOWLEDGE, brand="Acme")
    await night.at("21:05", SPREADING, "Zenith")
    assert night.who == ["duty: Spreading", "boss: Spreading"]
    assert "Escalated to level 2 at once: duty has had the pages of the week" in night.told("Zenith")


async def test_tests_and_drills_do_not_count_and_a_digest_counts_one(begin: Begin) -> None:
    night = begin(paging={"pages_per_person_week": 2}, duty=QUIET)
    await night.at("21:00", SPREADING, "Trial", drill=True)
    await night.at("23:00", SPREADING, "Acme")
    await night.at("23:30", SPREADING, "Zenith")
    await night.at("07:00")
    await night.at("08:00", SPREADING, "Halden")
    await night.at("08:30", SPREADING, "Orbit")
    assert night.got[0][1].startswith("DRILL [Spreading] Trial")
    assert night.who[1:] == ["duty: Digest", "duty: Spreading"]


async def test_a_drill_says_so_in_every_page(begin: Begin) -> None:
    night = begin(duty={}, boss=BOSS)
    await night.at("21:00", SPREADING, drill=True)
    await night.at("21:10")
    subjects = [subject for _, subject in night.got]
    assert len(subjects) == 2
    assert all(subject.startswith("DRILL [Spreading]") for subject in subjects)
    assert all(
        request.get_json()["message"].startswith("DRILL: an exercise") for request, _ in night.server.log
    )


# -- what must hold for every night -----------------------------------------------------------------------


def _random_channels(chance: random.Random) -> dict[str, Table]:
    channels: dict[str, Table] = {}
    for number in range(chance.randint(1, 5)):
        table: Table = {"level": chance.randint(1, 3), "person": chance.choice(("one", "two", "three"))}
        if chance.random() < 0.5:
            table["quiet"] = chance.choice(("22:00-07:00", "00:00-23:59", "12:00-13:00"))
        if chance.random() < 0.2:
            table["stage"] = "firestorm"
        channels[f"c{number}"] = table
    return channels


@pytest.mark.parametrize("seed", range(12))
async def test_a_firestorm_reaches_somebody_if_one_channel_works(begin: Begin, seed: int) -> None:
    """Whatever quiet hours, caps, levels and dead channels say."""
    chance = random.Random(seed)
    channels = _random_channels(chance)
    alive = chance.choice(sorted(channels))
    dead = tuple(name for name in channels if name != alive and chance.random() < 0.6)
    night = begin(paging={"pages_per_person_week": 1}, broken=dead, **channels)
    for brand in ("Zenith", "Halden"):
        night.signal(SPREADING, brand)
    first = chance.choice((SPREADING, FIRESTORM))
    await night.at("20:30", first)
    if first is SPREADING and chance.random() < 0.5:
        night.answer(Action.ACKNOWLEDGE)
    await night.at(f"{chance.choice((21, 23))}:00", FIRESTORM)
    await night.at("23:45")
    assert any("Firestorm" in what for what in night.who)


@pytest.mark.parametrize("seed", range(6))
async def test_a_day_that_burns_is_never_a_storm_of_pages(begin: Begin, seed: int) -> None:
    """Each channel gets at most spreading and firestorm of an incident, and one digest a night."""
    chance = random.Random(seed)
    channels = _random_channels(chance)
    night = begin(**channels)
    stages = (Stage.SMOULDERING, SPREADING, FIRESTORM, COOLING)
    for hour in range(24):
        night.signal(chance.choice(stages), "Acme")
        await night.at(f"{(20 + hour) % 24:02}:{chance.randint(1, 29):02}", chance.choice(stages), "Acme")
        await night.at(f"{(20 + hour) % 24:02}:59")
    for name in channels:
        got = [what for what in night.who if what.startswith(f"{name}:")]
        assert len(got) == len(set(got))
        assert len(got) <= 3
    kinds = [event.kind for event in night.store.events(night.incidents["Acme"].id)]
    assert kinds.count(EventKind.ESCALATED) <= 4


async def test_killed_while_a_page_is_held_it_is_told_once(begin: Begin) -> None:
    night = begin(duty=QUIET)
    await night.at("23:00")
    night.signal(SPREADING)
    mortal = cast("Store", Mortal(night.store, 0))
    victim = AlertRunner(mortal, Config.model_validate(night.settings), night.clock, patience=60)
    with pytest.raises(Killed):
        await victim.run_once(night.clock.now())
    await victim.close()
    night.restart()
    await night.at("23:10")
    assert [text for text in night.told() if "held" in text] == [
        "Page to duty held until 07:00 UTC: quiet hours"
    ]


class Killed(Exception):
    """Stands for `kill -9`."""


class Mortal:
    """A store under a process that is killed at its `left`-th write of a delivery."""

    def __init__(self, store: Store, left: int) -> None:
        self._store, self._left = store, left

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def save_delivery(self, delivery: Delivery) -> None:
        self._left -= 1
        if self._left < 0:
            raise Killed
        self._store.save_delivery(delivery)


@pytest.mark.parametrize("left", range(7))
async def test_killed_while_a_digest_is_made_nothing_held_is_lost(begin: Begin, left: int) -> None:
    night = begin(duty=QUIET)
    await night.at("23:00", SPREADING, "Acme")
    await night.at("01:00", SPREADING, "Zenith")
    await night.at("06:59")
    night.clock.move(timedelta(minutes=1))
    mortal = cast("Store", Mortal(night.store, left))
    victim = AlertRunner(mortal, Config.model_validate(night.settings), night.clock, patience=60)
    with suppress(Killed):
        await victim.run_once(night.clock.now())
    await victim.close()
    night.restart()
    await night.at("07:10")
    told = " ".join(request.get_json()["message"] for request, _ in night.server.log)
    assert {"Acme", "Zenith"} <= set(re.findall(r"Acme|Zenith", told))
    assert len(night.got) <= 2  # at least once: a kill may repeat a digest
    assert night.store.deliveries(status=DeliveryStatus.HELD) == []
    assert {page.outcome for page in night.store.notifications()} == {Outcome.SENT}
