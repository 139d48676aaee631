"""What Sources, On-call and Weekly need besides the seeded workspace: people, deliveries, weeks, a fortnight.

Test folders are no packages: `load_seed` of the tests beside it reads this file by its path.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.report.html import html
from alerts.report.pdf import pdf
from alerts.report.sentences import tell
from alerts.report.view import page_view
from core.codec import dumps
from core.ports import Store
from core.records import (
    Alarms,
    BrandWeek,
    Change,
    Component,
    Coverage,
    DataState,
    Delivery,
    DeliveryStatus,
    Estimate,
    Explanation,
    Goal,
    GoalName,
    LinePoint,
    Notification,
    Outcome,
    Part,
    Reason,
    Report,
    Response,
    Risk,
    RiskKind,
    Rollup,
    Signal,
    SourceState,
    SourceStatus,
    Stage,
    Step,
    Theme,
    VoiceShare,
    Week,
    WeekEvent,
    derive,
)

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
HOSTILE = "<img src=x onerror='window.__pwned = 9'> refund refused"
PEOPLE = """
[paging]
escalate_after = 15
pages_per_person_week = 4

[[channel]]
name = "mail"
url = "mailto://somebody:password@mail.example"
person = "duty"
quiet = "00:00-23:59"

[[channel]]
name = "chat"
url = "json://chat.example"
person = "duty"

[[channel]]
name = "phone"
url = "json://phone.example"
person = "second"
level = 2
stage = "firestorm"
"""


def people(folder: Path) -> None:
    """Put three channels of two persons in place of the workspace's own."""
    file = folder / "firetower.toml"
    kept, _, _ = file.read_text("utf-8").partition("[[channel]]")
    file.write_text(kept + PEOPLE, "utf-8")


def deliveries(store: Store, now: datetime, incident_id: str) -> None:
    """Add pages of every outcome, dead letters, what was held and kept back, and a test."""
    firestorm = notification(incident_id, Reason.FIRESTORM, now - timedelta(minutes=6))
    escalated = replace(
        notification(incident_id, Reason.ESCALATION, now - timedelta(minutes=3)),
        level=2,
    )
    held = notification(
        "other", Reason.SPREADING, now - timedelta(hours=7), "Zenith Bank", "App shows wrong balance"
    )
    test = notification("", Reason.TEST, now - timedelta(days=2), "", "")
    store.commit(Step(notifications=(firestorm, escalated, held, test)))
    error = f"the server said 550: {HOSTILE}"
    rows = (
        _sent(firestorm, "mail", 2.4, "mailto://***@mail.example"),
        Delivery(firestorm.id, "chat", DeliveryStatus.DEAD, 8, firestorm.created_at, error=error),
        Delivery(
            escalated.id, "phone", DeliveryStatus.RETRY, 2, now, now + timedelta(minutes=1), error="timed out"
        ),
        Delivery(held.id, "mail", DeliveryStatus.HELD, next_at=now + timedelta(hours=2)),
        Delivery(
            held.id, "chat", DeliveryStatus.CAPPED, at=held.created_at, error="duty has had 4 pages in 7 days"
        ),
        _sent(test, "mail", 1.9, "mailto://***@mail.example"),
        _sent(test, "chat", 0.4, "json://chat.example"),
        _sent(test, "phone", 0.7, "json://phone.example"),
    )
    for row in rows:
        store.save_delivery(row)
    store.finish(firestorm.id, Outcome.PARTIAL, "chat gave up", now - timedelta(minutes=5))
    store.finish(test.id, Outcome.SENT, "", test.created_at + timedelta(seconds=2))


def notification(
    incident_id: str,
    reason: Reason,
    at: datetime,
    brand: str = "Northwind Air",
    label: str = "Refund refused after cancelled flight",
) -> Notification:
    """Return a page about a firestorm, or a test."""
    stage = Stage.CALM if reason is Reason.TEST else Stage.FIRESTORM
    signal = Signal(brand, at, stage)
    return Notification(
        id=derive("notification", incident_id, reason, at.isoformat()),
        incident_id=incident_id,
        brand=brand,
        reason=reason,
        stage=stage,
        created_at=at,
        explanation=Explanation(signal, "", (), label),
        started_at=at,
    )


def _sent(page: Notification, channel: str, seconds: float, service: str) -> Delivery:
    at = page.created_at + timedelta(seconds=seconds)
    return Delivery(page.id, channel, DeliveryStatus.SENT, 1, at, service=service, seconds=seconds)


def sources(store: Store, now: datetime) -> None:
    """Add a source that is stopped, one that fails, one that lacks its keys, and a fortnight of counts."""
    states = (
        SourceState(
            "shop-reviews",
            "app_store",
            SourceStatus.STOPPED,
            now - timedelta(hours=5),
            now - timedelta(hours=6),
            error=f"answered 403: {HOSTILE}",
            interval_seconds=600.0,
            rejected=4,
        ),
        SourceState(
            "mastodon",
            "mastodon",
            SourceStatus.FAILING,
            now - timedelta(seconds=20),
            now - timedelta(minutes=4),
            lag_seconds=41.0,
            completeness=0.6,
            error="timed out after 20 s",
            interval_seconds=60.0,
            rejected=2,
            deleted=3,
        ),
        SourceState(
            "forum",
            "reddit",
            SourceStatus.STOPPED,
            error="client_id and client_secret, from your account's apps",
            configured=False,
        ),
    )
    for state in states:
        store.save_source(state)
    for state in store.sources():
        if state.name in {"bluesky", "hacker-news", "news", "reviews", "rss"}:
            received = 100 * len(state.name)
            store.save_source(replace(state, lag_seconds=4.0 * len(state.name), received=received, deleted=7))
    store.import_rollups(_fortnight(now), ())


def _fortnight(now: datetime) -> list[Rollup]:
    mix = {"bluesky": 31, "reviews": 14, "news": 9, "reddit": 12, "mastodon": 5, "hacker-news": 3}
    start = int(now.timestamp()) // 3600 * 3600 - 14 * 86_400
    return [
        Rollup(brand, source, start + hour * 3600, (rate * share * (2 + (hour * 7) % 5)) // 40)
        for brand, share in (("Northwind Air", 4), ("Kestrel Sports", 1), ("Zenith Bank", 3))
        for source, rate in mix.items()
        for hour in range(14 * 24)
    ]


def line(*values: int | None, first: int = 35) -> tuple[LinePoint, ...]:
    """Return weeks with these indices, None for one that was hardly seen."""
    return tuple(
        LinePoint(f"2026-W{first + at}", DataState.HIDDEN, None)
        if value is None
        else LinePoint(f"2026-W{first + at}", DataState.OK, Estimate(value, value - 5, value + 4))
        for at, value in enumerate(values)
    )


def brand_week(name: str) -> BrandWeek:
    """Return a whole week of a brand that fell."""
    return BrandWeek(
        brand=name,
        state=DataState.OK,
        coverage=Coverage(93, 168, 9, MONDAY + timedelta(days=5, hours=2), 9),
        mentions=3_240,
        mentions_before=2_010,
        negative_share=41,
        compared_with=12,
        worst=Stage.FIRESTORM,
        index=Estimate(54, 49, 58),
        change=Change(61, -7, True),
        last_year=Change(65, -11, True),
        sentiment=Estimate(-18, -24, -11),
        components=(
            Component(Part.SENTIMENT, -18, 3, 2, 56, 3),
            Component(Part.VOICE, 41, 27, 28, 22, 2),
            Component(Part.CALM, 74, 100, 100, 22, -1),
        ),
        line=line(66, 67, 65, 68, 66, 64, 67, None, 63, 65, 64, 61, 54),
        lowest_in=12,
        events=(
            WeekEvent("2026-W39", MONDAY - timedelta(weeks=8), "New fare rules", Stage.SPREADING),
            WeekEvent("2026-W43", MONDAY - timedelta(weeks=4), "Strike", Stage.FIRESTORM),
            WeekEvent("2026-W47", MONDAY + timedelta(days=4), "Refund refused", Stage.FIRESTORM),
        ),
        voices=(
            VoiceShare(name, 41, 27),
            VoiceShare("Meridian Jet", 27, 33),
            VoiceShare("SkyLark", 19, None),
            VoiceShare("Others <b>named</b>", 13, 16),
        ),
        themes=(
            Theme("a", "Refunds", -61, 1_840),
            Theme("b", "Punctuality", -22, 610),
            Theme("c", "App and booking", -4, 380),
            Theme("d", "Food on board", 9, 120),
            Theme("e", "Cabin crew", 38, 290),
        ),
        alarms=Alarms(3, 1, 2, 0, 0, 0.5),
        response=Response(3, 0, 4, 12),
        goals=(
            Goal(GoalName.INDEX, 60.0, 54, False),
            Goal(GoalName.NEGATIVE_SHARE, 45.0, 41, True),
            Goal(GoalName.ACKNOWLEDGE, 10.0, None, None),
        ),
    )  # fmt: skip


def steady(name: str) -> BrandWeek:
    """Return a whole week of a brand that did not change."""
    whole = brand_week(name)
    return replace(
        whole,
        worst=Stage.CALM,
        index=Estimate(66, 62, 70),
        change=Change(65, 1, False),
        last_year=None,
        line=line(64, 66, 65, 63, 66),
        events=(),
        goals=(),
        voices=(),
        themes=(),
    )


def week_of(*brands: BrandWeek, week: str = "2026-W47") -> Week:
    """Return a week with its sentences."""
    since = datetime.fromisocalendar(int(week[:4]), int(week[-2:]), 1).replace(tzinfo=UTC)
    risk = Risk(
        RiskKind.INCIDENT, brands[0].brand, "Refund refused after cancelled flight", Stage.FIRESTORM,
        since + timedelta(days=4, hours=14), seen=369, expected=13,
    )  # fmt: skip
    quiet = replace(
        risk, kind=RiskKind.NARRATIVE, label="Pilots' ballot on Thursday", stage=Stage.SMOULDERING
    )
    blind = replace(risk, kind=RiskKind.BLIND, brand="", label="reddit", stage=Stage.UNKNOWN)
    return tell(
        Week(
            week=week,
            since=since,
            until=since + timedelta(weeks=1),
            zone="UTC",
            made_at=since + timedelta(weeks=1, hours=7),
            complete=True,
            brands=brands,
            risks=(risk, quiet, blind),
            alarms=brands[0].alarms,
            response=brands[0].response,
        )
    )


def report_of(week: Week, sent: str = "") -> Report:
    """Return the archived page of a week, with its real files."""
    page = page_view(week, "made by a test")
    return Report(week.week, week.made_at, dumps(week), html(page), pdf(page, week.made_at), sent)


def archive(store: Store) -> None:
    """Add the pages of two weeks; the newer one has two brands."""
    fell, stayed = brand_week("Northwind Air"), steady("Halden Energy")
    store.save_report(report_of(week_of(stayed, week="2026-W46")))
    store.save_report(report_of(week_of(fell, stayed), "mail: sent in 2.4 s"))


def everything(store: Store, folder: Path, now: datetime, incident_id: str) -> None:
    """Add all of it."""
    people(folder)
    deliveries(store, now, incident_id)
    sources(store, now)
    archive(store)
