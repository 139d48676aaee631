"""Whole alarms as timelines on a clock that is moved by hand: what a person gets, and what not.

Signals go in at one end; a real HTTP server stands at the other and counts what arrives.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from pytest_httpserver import HTTPServer

from alerts.incidents import advance
from alerts.runner import AlertRunner
from core.clock import ManualClock
from core.config import ChannelConfig, Config
from core.ports import Store
from core.records import (
    Action,
    Answer,
    EventKind,
    Explanation,
    Incident,
    Notification,
    Outcome,
    Quote,
    Signal,
    Silence,
    Stage,
    Step,
)
from storage import open_store

START = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)

SMOULDERING, SPREADING, FIRESTORM = Stage.SMOULDERING, Stage.SPREADING, Stage.FIRESTORM
COOLING, CALM, UNKNOWN = Stage.COOLING, Stage.CALM, Stage.UNKNOWN


@dataclass
class Timeline:
    """One brand's evening: `at("14:05", SPREADING)` moves the clock there and lets everything happen."""

    store: Store
    server: HTTPServer
    channels: tuple[ChannelConfig, ...]
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))
    incident: Incident | None = None
    seen: list[str] = field(default_factory=list)
    """Ids of incidents, in the order they opened."""

    def __post_init__(self) -> None:
        config = Config.model_validate({"channel": self.channels})
        self.runner = AlertRunner(self.store, config, self.clock, patience=60)

    async def at(self, time: str, stage: Stage) -> None:
        self.clock.set(_moment(time, self.clock.now()))
        await self._look(stage)

    async def until(self, time: str, stage: Stage) -> None:
        """Stay at `stage`, with a look every five minutes."""
        end = _moment(time, self.clock.now())
        while self.clock.now() < end:
            self.clock.move(timedelta(minutes=5))
            await self._look(stage)

    async def _look(self, stage: Stage) -> None:
        self.commit(stage)
        await self.runner.run_once(self.clock.now())

    def commit(self, stage: Stage) -> None:
        """Detect, as the pipeline does, without letting the alert chain run."""
        now = self.clock.now()
        signal = Signal(brand="Northwind Air", at=now, stage=stage, seen=40, expected=4, onset=now)
        moved = advance(self.incident, signal, now, _explain, f"mention {now}", simulated=False)
        self.incident = moved.incident
        if moved.incident is not None:
            self.store.commit(
                Step((), incidents=(moved.incident,), events=moved.events, notifications=moved.notifications)
            )
            if moved.incident.id not in self.seen:
                self.seen.append(moved.incident.id)

    @property
    def pages(self) -> list[str]:
        """Subjects that arrived at the server."""
        return [request.get_json()["title"] for request, _ in self.server.log]

    @property
    def stages(self) -> list[str]:
        """The stages of the pages that arrived, in order."""
        return [subject[1:].partition("]")[0] for subject in self.pages]

    @property
    def notifications(self) -> list[Notification]:
        return sorted(self.store.notifications(), key=lambda page: (page.created_at, page.stage.severity))

    def answer(self, action: Action, who: str) -> None:
        assert self.incident is not None
        self.store.answer(Answer(self.incident.id, action, who, self.clock.now()))

    def silence(self, minutes: int, incident: bool) -> None:
        assert self.incident is not None
        now = self.clock.now()
        self.store.add_silence(
            Silence(
                id=f"silence {now}",
                brand="Northwind Air",
                incident_id=self.incident.id if incident else "",
                reason="known",
                created_by="Ana",
                created_at=now,
                until=now + timedelta(minutes=minutes),
            )
        )


def _moment(time: str, now: datetime) -> datetime:
    """Return the next `HH:MM`, on the following day when it is past."""
    hour, minute = map(int, time.split(":"))
    moment = now.replace(hour=hour, minute=minute)
    return moment if moment >= now else moment + timedelta(days=1)


def _explain(signal: Signal) -> Explanation:
    quote = Quote("m", signal.at, "news", "Jane", "They keep our money", "", 0.9)
    return Explanation(
        signal, "Passengers say refunds are refused.", (), "refund refused", (quote,), (quote,)
    )


@pytest.fixture
def timeline(httpserver: HTTPServer) -> Iterator[Callable[..., Timeline]]:
    httpserver.expect_request("/").respond_with_data("ok")
    url = f"json://localhost:{httpserver.port}"
    opened: list[Store] = []

    def start(*stages: str) -> Timeline:
        opened.append(open_store(f"memory://{uuid4()}"))
        channels = tuple(
            ChannelConfig.model_validate({"name": stage, "url": url, "stage": stage}, context={"environ": {}})
            for stage in stages or ("spreading",)
        )
        return Timeline(opened[-1], httpserver, channels)

    yield start
    for store in opened:
        store.close()


Start = Callable[..., Timeline]


async def test_a_storm_from_the_first_spark_to_its_end_is_two_pages(timeline: Start) -> None:
    evening = timeline()
    await evening.at("14:00", SMOULDERING)
    assert evening.pages == []
    await evening.at("14:20", SPREADING)
    assert evening.stages == ["Spreading"]
    await evening.at("14:40", FIRESTORM)
    assert evening.stages == ["Spreading", "Firestorm"]
    await evening.until("17:00", FIRESTORM)
    await evening.until("20:00", COOLING)
    assert evening.incident is not None
    assert evening.incident.open
    await evening.until("23:00", CALM)
    assert evening.incident.open
    await evening.until("23:05", CALM)
    assert evening.incident is not None
    assert evening.incident.closed_at == evening.clock.now()
    assert evening.incident.peak_stage is FIRESTORM
    assert [change.stage for change in evening.incident.stages] == [
        SMOULDERING,
        SPREADING,
        FIRESTORM,
        COOLING,
        CALM,
    ]
    assert evening.stages == ["Spreading", "Firestorm"]
    assert [page.outcome for page in evening.notifications] == [Outcome.SENT, Outcome.SENT]


async def test_its_timeline_tells_the_whole_story_once(timeline: Start) -> None:
    evening = timeline()
    await evening.at("14:00", SMOULDERING)
    await evening.at("14:20", SPREADING)
    await evening.until("15:00", SPREADING)
    await evening.until("20:25", CALM)
    kinds = [event.kind for event in evening.store.events(evening.seen[0])]
    assert sorted(kinds) == sorted(
        [
            EventKind.FIRST_MENTION,
            EventKind.STAGE,
            EventKind.STAGE,
            EventKind.PAGED,
            EventKind.DELIVERED,
            EventKind.STAGE,
            EventKind.STAGE,
            EventKind.CLOSED,
        ]
    )


async def test_a_jump_is_one_page(timeline: Start) -> None:
    evening = timeline()
    await evening.at("14:00", FIRESTORM)
    await evening.until("16:00", SPREADING)
    assert evening.stages == ["Firestorm"]


async def test_flapping_is_one_page(timeline: Start) -> None:
    evening = timeline()
    for hour in range(13, 20):
        await evening.at(f"{hour}:00", SPREADING)
        await evening.at(f"{hour}:30", SMOULDERING)
    assert evening.stages == ["Spreading"]
    assert len(evening.seen) == 1


async def test_smoke_without_fire_is_no_page(timeline: Start) -> None:
    evening = timeline()
    await evening.at("14:00", SMOULDERING)
    await evening.until("20:05", CALM)
    assert evening.pages == []
    assert evening.incident is None or not evening.incident.open
    assert len(evening.seen) == 1


async def test_a_second_storm_after_the_first_has_closed_pages_again(timeline: Start) -> None:
    evening = timeline()
    await evening.at("14:00", SPREADING)
    await evening.until("20:00", CALM)
    await evening.until("20:30", CALM)
    await evening.at("21:00", SPREADING)
    assert evening.stages == ["Spreading", "Spreading"]
    assert len(evening.seen) == 2


async def test_a_false_alarm_silences_what_comes_and_says_whose_word_it_was(timeline: Start) -> None:
    evening = timeline()
    await evening.at("14:00", SPREADING)
    evening.answer(Action.FALSE_ALARM, "Ana")
    await evening.at("14:20", FIRESTORM)
    assert evening.stages == ["Spreading"]
    silenced = evening.notifications[-1]
    assert silenced.outcome is Outcome.SILENCED
    assert silenced.detail == 'Ana said "false alarm" at 2026-03-07 14:00 UTC'


async def test_whoever_acknowledged_is_told_when_it_gets_worse(timeline: Start) -> None:
    evening = timeline()
    await evening.at("14:00", SPREADING)
    evening.answer(Action.ACKNOWLEDGE, "Ana")
    await evening.at("14:20", FIRESTORM)
    assert evening.stages == ["Spreading", "Firestorm"]


async def test_a_snooze_at_spreading_does_not_hide_the_firestorm(timeline: Start) -> None:
    evening = timeline()
    await evening.at("14:00", SPREADING)
    evening.silence(30, incident=True)
    await evening.at("14:10", FIRESTORM)
    assert evening.stages == ["Spreading", "Firestorm"]


async def test_a_silence_of_the_brand_holds_spreading_until_it_ends(timeline: Start) -> None:
    evening = timeline()
    await evening.at("14:00", SMOULDERING)
    evening.silence(60, incident=False)
    await evening.at("14:10", SPREADING)
    await evening.until("14:55", SPREADING)
    assert evening.pages == []
    await evening.until("15:00", SPREADING)
    assert evening.stages == ["Spreading"]


async def test_a_silence_of_the_brand_lets_a_firestorm_through(timeline: Start) -> None:
    evening = timeline()
    await evening.at("14:00", SMOULDERING)
    evening.silence(60, incident=False)
    await evening.at("14:10", SPREADING)
    await evening.at("14:20", FIRESTORM)
    await evening.until("16:00", FIRESTORM)
    assert evening.stages == ["Firestorm"]
    assert [page.outcome for page in evening.notifications] == [Outcome.GROUPED, Outcome.SENT]


async def test_two_pages_that_wait_leave_as_one(timeline: Start) -> None:
    """The process was down while the storm grew; nobody is told half of it first."""
    evening = timeline()
    evening.commit(SPREADING)
    evening.clock.move(timedelta(minutes=5))
    evening.commit(FIRESTORM)
    await evening.runner.run_once(evening.clock.now())
    assert evening.stages == ["Firestorm"]
    grouped = evening.notifications[0]
    assert (grouped.outcome, grouped.detail) == (Outcome.GROUPED, "the page for firestorm replaced it")


async def test_each_channel_gets_what_it_asked_for(timeline: Start) -> None:
    evening = timeline("spreading", "firestorm")
    await evening.at("14:00", SPREADING)
    await evening.at("14:20", FIRESTORM)
    assert evening.stages == ["Spreading", "Firestorm", "Firestorm"]


async def test_blindness_neither_pages_nor_closes(timeline: Start) -> None:
    evening = timeline()
    await evening.at("14:00", SPREADING)
    await evening.until("22:00", UNKNOWN)
    assert evening.incident is not None
    assert evening.incident.open
    await evening.at("22:05", SPREADING)
    assert evening.stages == ["Spreading"]
    told = [event.text for event in evening.store.events(evening.seen[0]) if event.kind is EventKind.COVERAGE]
    assert len(told) == 2
