"""A workspace as the board meets it: brands in all states, a storm, hostile texts, in a real SQLite store."""

import math
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import streamlit as st

from core.clock import ManualClock
from core.ports import Store
from core.records import (
    Contribution,
    Delivery,
    DeliveryStatus,
    EventKind,
    Explanation,
    Flag,
    Forecast,
    Growth,
    Incident,
    IncidentEvent,
    Match,
    Mention,
    Notification,
    Outcome,
    Outlook,
    Pulse,
    Quote,
    Reason,
    Score,
    Scored,
    Signal,
    SourceShare,
    SourceState,
    SourceStatus,
    Stage,
    StageChange,
    Step,
    derive,
)
from dashboard.workspace import open_for_reading
from storage import open_store

BIN = timedelta(minutes=5)
NOW = datetime(2026, 11, 20, 14, 37, 23, tzinfo=UTC)
BOARD_SECRET = "a-secret-of-the-tests-only"


TOML = """
public_url = "https://firetower.example"
timezone = "{zone}"

[[brand]]
name = "Northwind Air"

[[brand]]
name = "Kestrel Sports"

[[channel]]
name = "mail"
url = "mailto://somebody:password@mail.example"

[[channel]]
name = "chat"
url = "json://chat.example"
"""

COMPLAINTS = (
    "Cancelled at midnight, and the desk says the ticket was “non-refundable”. They cancelled it, not me.",
    "Third mail from Northwind Air with the same paragraph: no refund, a voucher that ends in March.",
    "A voucher is not my money back. 412 euros for a flight that never left the ground.",
    "The app shows “refund refused” before I have even asked for one. Impressive, in a way.",
    "Whole family stuck in Porto, hotline at 94 minutes, refund refused by a robot.",
)
HOSTILE = (
    "<script>window.__pwned = 1</script><img src=x onerror='window.__pwned = 2'> is what their site sends me",
    "![tracker](https://tracker.example/pixel.png) [click](javascript:window.__pwned=3) **bold** $x^2$",
    "\u202eتم إلغاء الرحلة ولا أحد يجيب على الهاتف منذ ثلاث ساعات",
    "unbroken" * 250,
    "</style></div><style>body{display:none}</style> {{ 7 * 7 }} {% raw %}",
)


def afternoon_zone(now: datetime) -> str:
    """Return a zone in which it is afternoon: what the seeded workspace holds is all of one day."""
    ahead = min(14, 15 - now.hour)  # 14 is the last one there is
    return f"Etc/GMT{-ahead:+d}"  # these names count westwards


@dataclass(frozen=True)
class Shape:
    """A brand of the seeded workspace: its newest signal, and its line over the hours before."""

    signal: Signal
    line: Callable[[float], float]
    """Seen per hour by hours before now."""


def _signal(brand: str, stage: Stage, at: datetime, seen: float, band: tuple[float, float, float]) -> Signal:
    expected, low, high = band
    return Signal(
        brand=brand,
        at=at,
        stage=stage,
        seen=seen,
        expected=expected,
        low=low,
        high=high,
        mentions=seen * 1.6,
        sources=4,
        learned_hours=400.0,
        coverage=0.83,
        sure=0.9,
        would_catch=high,
        evidence=1.0,
        threshold=4.2,
        negative_share=0.2,
        usual_share=0.19,
        growth=Growth(0.05, -0.3, 0.4),
    )


def shapes(now: datetime) -> list[Shape]:
    """Return the brands, as they are at `now`."""
    storm = replace(
        _signal("Northwind Air", Stage.FIRESTORM, now, 214.0, (18.0, 6.0, 34.0)),
        growth=Growth(60 * math.log(2) / 48, 60 * math.log(2) / 80, 60 * math.log(2) / 35),
        negative_share=0.62,
        usual_share=0.17,
        sure=0.97,
        authors=143,
        amplification=1.33,
        evidence=7.0,
        would_catch=31.0,
        onset=now - timedelta(minutes=112),
        contributions=(
            Contribution("Growth of negatives", 3.1),
            Contribution("New-author share", 1.6),
            Contribution("Negative share", 1.4),
            Contribution("Sources joining", 0.9),
            Contribution("Copies among mentions", -0.8),
            Contribution("Reach of top author", 0.1),
        ),
        conditions=("the growth interval excludes zero", "four sources", "143 authors"),
        outlook=Outlook(
            (
                Forecast(1, 321.0, 190.0, 540.0),
                Forecast(2, 497.0, 230.0, 1070.0),
                Forecast(3, 700.0, 260.0, 1880.0),
                Forecast(6, 1300.0, 310.0, 5400.0),
            ),
            held=25,
            judged=31,
            seen=214.0,
        ),
    )
    bank = replace(
        _signal("Zenith Bank", Stage.SPREADING, now, 71.0, (24.0, 11.0, 41.0)),
        growth=Growth(60 * math.log(2) / 130, 60 * math.log(2) / 240, 60 * math.log(2) / 80),
        negative_share=0.41,
        usual_share=0.22,
        sure=0.88,
    )
    foods = replace(
        _signal("Acme Foods", Stage.SMOULDERING, now, 33.0, (21.0, 9.0, 36.0)),
        sure=None,
        learned_hours=14.2,
    )
    energy = replace(
        _signal("Halden Energy", Stage.COOLING, now, 58.0, (30.0, 15.0, 49.0)),
        growth=Growth(-60 * math.log(2) / 160, -60 * math.log(2) / 120, -60 * math.log(2) / 220),
        coverage=1.0,
    )
    mobile = replace(_signal("Orchard Mobile", Stage.CALM, now, 21.0, (20.0, 11.0, 31.0)), coverage=0.98)
    sports = replace(
        _signal("Kestrel Sports", Stage.UNKNOWN, now, 3.0, (16.0, 6.0, 28.0)),
        coverage=0.22,
        would_catch=None,
        sure=None,
        growth=None,
        negative_share=None,
        usual_share=None,
    )
    return [
        Shape(mobile, lambda ago: 20.0),
        Shape(sports, lambda ago: 14.0),
        Shape(storm, lambda ago: 14.0 + 200.0 * math.exp(-ago / 0.55)),
        Shape(
            energy, lambda ago: 22.0 + 80.0 * math.exp(-((ago - 3.6) ** 2) / 1.2) + 34.0 * math.exp(-ago / 2)
        ),
        Shape(bank, lambda ago: 22.0 + 49.0 * math.exp(-ago / 0.5)),
        Shape(foods, lambda ago: 18.0 + 15.0 * math.exp(-((ago - 0.4) ** 2))),
    ]


def _points(shape: Shape, now: datetime, chance: random.Random) -> list[Signal]:
    """Return closed bins of the eight hours before `now`."""
    bins = []
    for number in range(8 * 12, 0, -1):
        ago = number / 12
        seen = max(0.0, shape.line(ago) * (1 + chance.gauss(0, 0.08)))
        season = 1.0 + 0.15 * math.sin(ago / 2)
        end = shape.signal
        blind = end.stage is Stage.UNKNOWN and ago < 2
        bins.append(
            replace(
                end,
                at=now - number * BIN,
                stage=Stage.UNKNOWN if blind else Stage.CALM,
                seen=seen,
                expected=end.expected * season,
                low=end.low * season,
                high=end.high * season,
                bin_seen=seen / 12,
                bin_expected=end.expected * season / 12,
                bin_low=0.0,
                bin_high=end.high * season / 12 + 1.5,
            )
        )
    return bins


class Seeder:
    """Writes mentions through the same commit as the product."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.chance = random.Random(7)
        self.scored: list[Scored] = []
        self.matches: list[Match] = []

    def add(
        self, brand: str, source: str, ago: timedelta, text: str, negative: float = 0.93, copies: int = 1
    ) -> Mention:
        """Add one mention of `brand`, `ago` before now."""
        number = len(self.scored)
        at = self.now - ago
        flags = Flag.SIMULATED if source == "simulator" else Flag.NONE
        mention = Mention(source, str(number), text, at, at, author=f"@author{number % 37}", flags=flags)
        rest = 1.0 - negative
        positive = rest * (0.95 if negative < 0.05 else 0.3)
        self.scored.append(Scored(mention, Score(negative, rest - positive, positive)))
        self.matches.append(
            Match(mention.id, brand, at, 1.0 if copies == 1 else 0.1, mention.id, copy_number=copies)
        )
        return mention

    def storm(self) -> Mention:
        """Add the storm of Northwind Air; return its first mention."""
        first = self.add("Northwind Air", "bluesky", timedelta(minutes=112), COMPLAINTS[0])
        joins = {"bluesky": 100, "news": 30, "reviews": 55, "hacker-news": 20, "reddit": 60}
        for source, since in joins.items():
            for minute in range(since, 0, -1):
                rate = {"bluesky": 2.6, "news": 0.8}.get(source, 0.9) * math.exp(-minute / 30)
                if source == "reddit" and minute < 27:
                    continue
                for _ in range(int(rate + self.chance.random())):
                    text = self.chance.choice(COMPLAINTS)
                    self.add("Northwind Air", source, timedelta(minutes=minute, seconds=20), text)
        return first

    def latest(self) -> None:
        """Add what the stream shows on top: hostile texts, copies, tones of all kinds."""
        for number, text in enumerate(HOSTILE):
            self.add("Northwind Air", "bluesky", timedelta(seconds=50 + number), text)
        self.add(
            "Acme Foods", "simulator", timedelta(seconds=41), "Oat bars pulled from the shelf again?", 0.45
        )
        self.add("Northwind Air", "bluesky", timedelta(seconds=30), COMPLAINTS[2], 0.95, copies=27)
        self.add(
            "Zenith Bank", "hacker-news", timedelta(seconds=24), "The app showed me another balance.", 0.84
        )
        self.add(
            "Northwind Air", "reviews", timedelta(seconds=19), "Lovely crew, rebooked us in minutes.", 0.02
        )
        self.add(
            "Orchard Mobile", "news", timedelta(seconds=13), "Orchard opens a shop in Linz on Monday.", 0.08
        )
        self.add("Northwind Air", "bluesky", timedelta(seconds=4), COMPLAINTS[1], 0.96)


def _quote(mention: Mention, copies: int = 1) -> Quote:
    return Quote(
        mention.id, mention.event_at, mention.source, mention.author, mention.text, mention.url, 0.95, copies
    )


def _explanation(signal: Signal, seeder: Seeder, first: Mention) -> Explanation:
    texts = [scored.mention for scored in seeder.scored if scored.mention.text in HOSTILE[:2]]
    return Explanation(
        signal=signal,
        headline="214 negative mentions of Northwind Air in the last hour, 18 expected (6–34).",
        sentences=("214 negative mentions in the last hour, 18 expected (6–34).",),
        label="Refund refused after cancelled flight",
        quotes=(_quote(first, 27), *(_quote(mention) for mention in texts)),
        first=(_quote(first), *(_quote(mention) for mention in texts)),
        sources=(
            SourceShare("bluesky", 132.0, first.event_at),
            SourceShare("reviews", 34.0, first.event_at + timedelta(minutes=57)),
            SourceShare("news", 21.0, first.event_at + timedelta(minutes=82)),
        ),
        playbook="Explain and apologise before offering money: early compensation fed similar storms.\n"
        "Say when refunds will be paid.",
    )


def _incident(signal: Signal, seeder: Seeder, first: Mention) -> Incident:
    now = seeder.now
    changes = (
        StageChange(Stage.SMOULDERING, now - timedelta(minutes=90)),
        StageChange(Stage.SPREADING, now - timedelta(minutes=48)),
        StageChange(Stage.FIRESTORM, now - timedelta(minutes=8)),
    )
    return Incident(
        id=derive("incident", signal.brand, first.id),
        brand=signal.brand,
        stage=Stage.FIRESTORM,
        peak_stage=Stage.FIRESTORM,
        started_at=first.event_at,
        opened_at=changes[0].at,
        updated_at=now,
        explanation=_explanation(signal, seeder, first),
        stages=changes,
        paged_at=now - timedelta(minutes=47),
    )


def _events(incident: Incident) -> tuple[IncidentEvent, ...]:
    mine = incident.id
    coverage = "Blind: 69 % of the expected stream is seen"
    return (
        IncidentEvent(mine, incident.started_at, EventKind.FIRST_MENTION, "First mention, on bluesky"),
        *(
            IncidentEvent(
                mine, change.at, EventKind.STAGE, f"{change.stage.title()}: as measured", change.stage
            )
            for change in incident.stages
        ),
        IncidentEvent(mine, incident.stages[1].at, EventKind.PAGED, "Page for spreading", Stage.SPREADING),
        IncidentEvent(
            mine, incident.updated_at - timedelta(minutes=27), EventKind.COVERAGE, coverage, Stage.UNKNOWN
        ),
    )


def _notification(incident: Incident) -> Notification:
    assert incident.paged_at is not None
    return Notification(
        id=derive("notification", incident.id, Reason.SPREADING),
        incident_id=incident.id,
        brand=incident.brand,
        reason=Reason.SPREADING,
        stage=Stage.SPREADING,
        created_at=incident.paged_at,
        explanation=incident.explanation,
        started_at=incident.started_at,
    )


def _sources(now: datetime) -> Iterator[SourceState]:
    for name in ("bluesky", "hacker-news", "news", "reviews", "rss"):
        heard = now - timedelta(seconds=20)
        yield SourceState(name, "rss", SourceStatus.OK, heard, heard, interval_seconds=60.0)
    blind = now - timedelta(minutes=27)
    yield SourceState(
        "reddit", "reddit", SourceStatus.FAILING, blind, blind, error="503", interval_seconds=60.0
    )


def seed(folder: Path, now: datetime) -> str:
    """Write the workspace into `folder`; return the storm's incident id."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "firetower.toml").write_text(TOML.format(zone=afternoon_zone(now)), "utf-8")
    (folder / "secret").write_text(BOARD_SECRET, "utf-8")
    store = open_store(f"sqlite:///{folder.resolve()}/firetower.db")
    store.set_meta("purpose", "live")
    incident = _fill(store, now)
    store.close()
    return incident.id


def _fill(store: Store, now: datetime) -> Incident:
    seeder = Seeder(now)
    first = seeder.storm()
    seeder.latest()
    brands = shapes(now)
    storm = next(shape.signal for shape in brands if shape.signal.stage is Stage.FIRESTORM)
    incident = _incident(storm, seeder, first)
    page = _notification(incident)
    store.commit(
        Step(
            scored=tuple(seeder.scored),
            matches=tuple(seeder.matches),
            signals=tuple(point for shape in brands for point in _points(shape, now, seeder.chance)),
            states=tuple(shape.signal for shape in brands),
            incidents=(incident,),
            events=_events(incident),
            notifications=(page,),
        )
    )
    for source in _sources(now):
        store.save_source(source)
    store.save_delivery(Delivery(page.id, "mail", DeliveryStatus.SENT, 1, page.created_at, seconds=3.0))
    store.finish(page.id, Outcome.SENT, "", page.created_at + timedelta(seconds=3))
    store.set_meta("metrics", "firetower_mentions 321\n")
    store.save_pulse(Pulse(now - timedelta(hours=9), now, {"flow": "running"}))
    return incident


@pytest.fixture
def now() -> datetime:
    """The present, on any day and however long a test takes: the board's clock begins here."""
    return NOW


class _Ticking(ManualClock):
    """A clock that is a little later at each look, so that no two answers have one moment."""

    def now(self) -> datetime:
        """Return the time it was set to, and some milliseconds for the looks before."""
        self.move(timedelta(milliseconds=1))
        return super().now()


@pytest.fixture
def empty_folder(tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that the board is told to show, with nothing in it; caches are emptied around the test."""
    opening = partial(open_for_reading, clock=_Ticking(now))
    monkeypatch.setattr("dashboard.queries.shared.open_for_reading", opening)
    monkeypatch.setenv("FIRETOWER_WORKSPACE", str(tmp_path / "ws"))
    monkeypatch.delenv("FIRETOWER_SECRET", raising=False)
    st.cache_data.clear()
    st.cache_resource.clear()
    yield tmp_path / "ws"
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The seeded workspace, written once, and the storm's id."""
    folder = tmp_path_factory.mktemp("template") / "ws"
    return folder, seed(folder, NOW)


@pytest.fixture
def incident_id(empty_folder: Path, template: tuple[Path, str]) -> str:
    """The storm's id; the workspace in `empty_folder` is seeded."""
    folder, storm = template
    shutil.copytree(folder, empty_folder)
    return storm


@pytest.fixture
def store(incident_id: str, empty_folder: Path) -> Iterator[Store]:
    """The seeded workspace's store, through a connection of its own."""
    opened = open_store(f"sqlite:///{empty_folder.resolve()}/firetower.db")
    yield opened
    opened.close()
