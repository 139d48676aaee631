"""The weekly page on a real workspace: collected from SQLite, written, kept, sent over SMTP, scheduled."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.clock import ManualClock
from core.codec import dumps, loads
from core.config import Config, load_config
from core.errors import ConfigError, Permanent
from core.ports import Store
from core.records import (
    Action,
    Answer,
    BrandWeek,
    DataState,
    Explanation,
    Growth,
    Incident,
    Match,
    Mention,
    Narrative,
    Rollup,
    Score,
    Scored,
    Signal,
    SourceState,
    SourceStatus,
    Stage,
    StageChange,
    Step,
    Week,
)
from pipeline.weekly.publish import make, report_job
from pipeline.weekly.schedule import Schedule
from pipeline.weekly.span import Span, read_week
from pipeline.workspace import Purpose, Workspace, open_workspace

ZONE = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 11, 15, 23, tzinfo=UTC)
"""Midnight in Paris: the start of week 47."""
AFTER = MONDAY + timedelta(weeks=1, hours=8)
TOML = """
timezone = "Europe/Paris"

[[brand]]
name = "Acme"
rivals = ["Zenith"]

[brand.goals]
index = 40
negative_share = 0.25
acknowledge_minutes = 10

[[brand]]
name = "Zenith"
{more}
"""


def history(
    brand: str, weeks: int, last: tuple[int, int, int], usual: tuple[int, int, int]
) -> Iterable[Rollup]:
    """Yield a sum every third hour; the last week has its own mix of negative, neutral and positive."""
    for hour in range(0, 168 * weeks, 3):
        at = MONDAY + timedelta(weeks=1, hours=hour - 168 * weeks)
        negative, neutral, positive = last if at >= MONDAY else usual
        total = negative + neutral + positive
        start = int(at.timestamp())
        yield Rollup(brand, "news", start, total, negative, neutral, positive, total, negative)


def watched(brand: str, weeks: int, coverage: Callable[[datetime], float]) -> Iterable[Signal]:
    for hour in range(168 * weeks):
        at = MONDAY + timedelta(weeks=1, hours=hour + 1 - 168 * weeks)
        yield Signal(brand, at, Stage.CALM, coverage=coverage(at))


def fill(
    store: Store,
    weeks: int = 14,
    coverage: Callable[[datetime], float] = lambda at: 1.0,
    last: tuple[int, int, int] = (4, 4, 4),
) -> None:
    """Write weeks of two brands, the last of them week 47."""
    store.import_rollups(history("Acme", weeks, last, (4, 4, 4)), watched("Acme", weeks, coverage))
    store.import_rollups(history("Zenith", weeks, (4, 4, 4), (4, 4, 4)), watched("Zenith", weeks, coverage))


def only_this_week(share: float) -> Callable[[datetime], float]:
    return lambda at: share if at > MONDAY else 1.0


@pytest.fixture
def space(tmp_path: Path) -> Any:
    (tmp_path / "firetower.toml").write_text(TOML.format(more=""), "utf-8")
    space = open_workspace(tmp_path, Purpose.LIVE)
    yield space
    space.close()


def config_of(space: Workspace, more: str = "") -> Config:
    (space.folder / "firetower.toml").write_text(TOML.format(more=more), "utf-8")
    return load_config(space.folder, {})


def week_47() -> Span:
    return read_week("2026-W47", AFTER, ZONE)


def made(space: Workspace, now: datetime = AFTER) -> Week:
    return make(space.store, config_of(space), week_47(), now).week


def acme(week: Week) -> BrandWeek:
    return next(brand for brand in week.brands if brand.brand == "Acme")


def storm(
    start: datetime, brand: str = "Acme", number: str = "1", paged: bool = True, drill: bool = False
) -> Incident:
    """Six hours: two of smouldering, two of spreading, two of firestorm, then closed."""
    hours = [start + timedelta(hours=2 * n) for n in range(4)]
    signal = Signal(brand, hours[2], Stage.FIRESTORM, seen=120, expected=9)
    return Incident(
        id=f"incident-{number}",
        brand=brand,
        stage=Stage.FIRESTORM,
        peak_stage=Stage.FIRESTORM,
        started_at=start,
        opened_at=start,
        updated_at=hours[3],
        explanation=Explanation(signal, "a storm", (), "refund refused"),
        stages=(
            StageChange(Stage.SMOULDERING, hours[0]),
            StageChange(Stage.SPREADING, hours[1]),
            StageChange(Stage.FIRESTORM, hours[2]),
        ),
        paged_at=hours[1] if paged else None,
        closed_at=hours[3],
        drill=drill,
    )


def test_a_week_like_the_others_is_fifty_and_no_change(space: Workspace) -> None:
    fill(space.store)
    brand = acme(made(space))
    assert brand.state is DataState.OK
    assert brand.index is not None
    assert brand.index.value == 50
    assert brand.words.headline.startswith("No change: 50 (")
    assert brand.mentions == 56 * 12
    assert brand.mentions_before == brand.mentions
    assert brand.compared_with == 12
    assert brand.words.learning == ""
    assert [point.index is not None for point in brand.line] == [True] * 13
    assert [(voice.brand, voice.share, voice.before) for voice in brand.voices] == [
        ("Acme", 50, 50),
        ("Zenith", 50, 50),
    ]
    assert brand.coverage.share == 100
    assert brand.words.goals == (
        "Brand health at least 40: reached, 50.",
        "Negative share under 25 %: not reached, 33 %.",
        "Pages answered in under 10 min (median): not known this week.",
    )


def test_a_week_of_anger_falls_and_says_so(space: Workspace) -> None:
    fill(space.store, last=(10, 1, 1))
    brand = acme(made(space))
    assert brand.change is not None
    assert brand.change.certain
    assert brand.change.by < -10
    assert brand.sentiment is not None
    assert brand.sentiment.value == pytest.approx(-75, abs=8)
    assert brand.lowest_in == 13
    assert re.match(
        r"Health fell by \d+ points to \d+, its lowest in 13 weeks; net sen", brand.words.headline
    )
    assert made(space).brands[0].brand == "Acme"


def test_sixty_per_cent_coverage_is_provisional(space: Workspace) -> None:
    fill(space.store, coverage=only_this_week(0.6))
    week = make(space.store, config_of(space), week_47(), AFTER)
    brand = acme(week.week)
    assert brand.state is DataState.PROVISIONAL
    assert brand.coverage.share == 60
    assert brand.index is not None
    assert brand.words.headline.startswith("Provisional: no change: 50")
    assert "Provisional" in week.report.html


def test_forty_per_cent_coverage_has_no_number_and_says_why(space: Workspace) -> None:
    fill(space.store, coverage=only_this_week(0.4))
    week = make(space.store, config_of(space), week_47(), AFTER)
    brand = acme(week.week)
    assert brand.state is DataState.HIDDEN
    assert (brand.index, brand.sentiment, brand.negative_share) == (None, None, None)
    assert (brand.components, brand.voices, brand.themes) == ((), (), ())
    assert brand.line[-1].index is None
    assert brand.words.headline.startswith("No number: only 40 % of the usual stream was seen")
    assert brand.goals[0].reached is None
    assert "No number" in week.report.html
    assert brand.worst is Stage.UNKNOWN
    (risk,) = week.week.risks
    assert (risk.kind, risk.brand, risk.coverage) == ("blind", "", brand.coverage)
    assert risk.words.startswith("Only 40 % of the usual stream was seen")


def test_a_week_that_nobody_saw_is_unknown_and_says_so(space: Workspace) -> None:
    fill(space.store, coverage=only_this_week(0.0))
    week = made(space)
    assert {brand.worst for brand in week.brands} == {Stage.UNKNOWN}
    (risk,) = week.risks
    assert (risk.brand, risk.stage, risk.since) == ("", Stage.UNKNOWN, MONDAY)
    assert risk.words == "Nothing was seen in 168 of 168 hours: what happened meanwhile is not known."


def test_a_blind_brand_stands_among_the_risks_whatever_else_happened(space: Workspace) -> None:
    usual = (4, 4, 4)
    space.store.import_rollups(history("Acme", 3, usual, usual), watched("Acme", 3, lambda at: 1.0))
    space.store.import_rollups(history("Zenith", 3, usual, usual), watched("Zenith", 3, only_this_week(0.49)))
    storms = [storm(MONDAY + timedelta(days=n), number=str(n)) for n in range(4)]
    space.store.commit(Step(incidents=tuple(storms)))
    week = made(space)
    assert [(risk.kind, risk.brand) for risk in week.risks] == [
        ("blind", "Zenith"),
        ("incident", "Acme"),
        ("incident", "Acme"),
    ]
    assert {brand.brand: brand.worst for brand in week.brands} == {
        "Acme": Stage.FIRESTORM,
        "Zenith": Stage.UNKNOWN,
    }


def test_what_was_seen_to_rise_stays_though_most_of_the_week_was_blind(space: Workspace) -> None:
    fill(space.store, coverage=only_this_week(0.2))
    space.store.commit(Step(incidents=(storm(MONDAY + timedelta(days=1)),)))
    assert acme(made(space)).worst is Stage.FIRESTORM


@pytest.mark.parametrize(("share", "state"), [(0.8, DataState.OK), (0.79, DataState.PROVISIONAL)])
def test_the_limits_of_coverage(space: Workspace, share: float, state: DataState) -> None:
    fill(space.store, weeks=3, coverage=only_this_week(share))
    assert acme(made(space)).state is state


def test_hours_that_nobody_watched_count_as_unseen(space: Workspace) -> None:
    fill(space.store, coverage=lambda at: 0.0 if MONDAY < at <= MONDAY + timedelta(hours=12) else 1.0)
    brand = acme(made(space))
    assert brand.coverage.share == round(100 * 156 / 168)
    assert (brand.coverage.blind, brand.coverage.longest) == (12, 12)
    assert brand.coverage.longest_from == MONDAY
    assert "blind for 12 of 168 hours, the longest gap began on Monday at 00:00" in brand.words.coverage


def test_the_first_week_has_no_number_and_the_next_ones_are_learning(space: Workspace) -> None:
    fill(space.store, weeks=1)
    first = acme(made(space))
    assert first.state is DataState.FIRST
    assert first.words.headline.startswith("No number yet")
    fill(space.store, weeks=3)
    second = acme(made(space))
    assert second.learning
    assert "measured against 2 earlier weeks so far" in second.words.learning


def test_a_storm_costs_calm_and_stands_on_the_line(space: Workspace) -> None:
    fill(space.store)
    start = MONDAY + timedelta(days=2)
    space.store.commit(Step(incidents=(storm(start),)))
    space.store.answer(
        Answer("incident-1", Action.ACKNOWLEDGE, "duty", start + timedelta(hours=2, minutes=4))
    )
    week = made(space)
    brand = acme(week)
    assert brand.worst is Stage.FIRESTORM
    calm = next(part for part in brand.components if part.part == "calm")
    assert calm.value == round(100 * (1 - (2 * 1 + 2 * 4 + 2 * 16) / 168))
    assert calm.before == 100
    assert [(event.week, event.label) for event in brand.events] == [("2026-W47", "Refund refused")]
    assert (week.alarms.pages, week.alarms.real, week.alarms.needless) == (1, 1, 0)
    assert (week.response.median_minutes, week.response.unanswered) == (4, 0)
    assert brand.goals[2].reached is True
    assert [risk.label for risk in week.risks] == ["Refund refused"]
    assert week.risks[0].words.startswith("Over; began Wednesday 18 November, 00:00.")


def test_the_account_of_the_alarms(space: Workspace) -> None:
    fill(space.store, weeks=3)
    day = timedelta(days=1)
    space.store.commit(
        Step(
            incidents=(
                storm(MONDAY, number="real"),
                storm(MONDAY + day, number="needless"),
                storm(MONDAY + 2 * day, number="open"),
                storm(MONDAY + 3 * day, number="missed", paged=False),
                storm(MONDAY + 4 * day, number="drill", drill=True),
                storm(MONDAY - 2 * day, number="before"),
            )
        )
    )
    at = MONDAY + 5 * day
    space.store.answer(Answer("incident-real", Action.ACKNOWLEDGE, "duty", at))
    space.store.answer(Answer("incident-needless", Action.ACKNOWLEDGE, "duty", at))
    space.store.answer(Answer("incident-needless", Action.FALSE_ALARM, "duty", at))
    account = acme(made(space)).alarms
    assert (account.pages, account.real, account.needless, account.unreviewed) == (3, 1, 1, 1)
    assert (account.missed, account.drills, account.promised) == (1, 1, 0.5)


def test_what_was_rejected_was_no_storm(space: Workspace) -> None:
    fill(space.store)
    space.store.commit(Step(incidents=(storm(MONDAY + timedelta(days=1)),)))
    space.store.answer(Answer("incident-1", Action.NOT_US, "duty", MONDAY + timedelta(days=2)))
    brand = acme(made(space))
    assert brand.worst is Stage.CALM
    assert brand.events == ()
    assert made(space).risks == ()


def said(number: int, at: datetime, tone: tuple[float, float, float]) -> Scored:
    mention = Mention("news", str(number), f"text {number}", at, at)
    return Scored(mention, Score(*tone))


def test_themes_are_the_largest_narratives_with_their_mood(space: Workspace) -> None:
    fill(space.store, weeks=3)
    angry, glad, small = (0.8, 0.1, 0.1), (0.1, 0.2, 0.7), (0.3, 0.4, 0.3)
    groups = {"refunds": (angry, 30), "crew": (glad, 12), "rare": (small, 9)}
    for place, (name, (tone, size)) in enumerate(groups.items()):
        at = MONDAY + timedelta(days=1)
        scored = [said(1_000 * place + n, at + timedelta(minutes=n), tone) for n in range(size)]
        narrative = Narrative(name, "Acme", f"about {name}", at, at + timedelta(hours=1), size)
        matches = [Match(each.mention.id, "Acme", each.mention.event_at, narrative=name) for each in scored]
        space.store.commit(Step(tuple(scored), tuple(matches), narratives=(narrative,)))
    themes = acme(made(space)).themes
    assert [(theme.label, theme.net, theme.mentions) for theme in themes] == [
        ("About refunds", -70, 30),
        ("About crew", 60, 12),
    ]


def test_a_growing_narrative_is_a_risk_of_the_present_only(space: Workspace) -> None:
    fill(space.store, weeks=6)
    at = AFTER - timedelta(hours=9)
    growing = Narrative(
        "n", "Acme", "pilots' ballot", at, at, 20, seen=12, expected=4, growth=Growth(0.5, 0.2, 0.9)
    )
    steady = Narrative("m", "Acme", "seats", at, at, 20, seen=4, expected=4, growth=Growth(0.1, -0.2, 0.4))
    space.store.commit(Step(narratives=(growing, steady)))
    risk = made(space).risks[0]
    assert (risk.kind, risk.label, risk.stage) == ("narrative", "Pilots' ballot", Stage.CALM)
    assert "12 negative an hour, 4 expected, doubles in 83 min" in risk.words
    assert len(made(space).risks) == 1
    assert made(space, AFTER + timedelta(weeks=2)).risks == ()


def test_a_narrative_that_is_being_learnt_has_no_expected_number(space: Workspace) -> None:
    fill(space.store, weeks=3)
    at = AFTER - timedelta(hours=9)
    young = Narrative(
        "n", "Acme", "ballot", at, at, 20, seen=4, expected=3, growth=Growth(0.5, 0.2, 0.9), learning_since=at
    )
    space.store.commit(Step(narratives=(young,)))
    week = make(space.store, config_of(space), week_47(), AFTER)
    (risk,) = week.week.risks
    assert (risk.learning, risk.expected) == (True, None)
    assert "4 negative an hour, usual not known yet, doubles in" in risk.words
    assert ">Learning<" in re.sub(r"<i[^>]*></i>", "", week.report.html)


def test_a_past_week_has_no_risk_that_came_after_it(space: Workspace) -> None:
    fill(space.store, weeks=3)
    end = MONDAY + timedelta(weeks=1)
    later = end + timedelta(hours=1)
    growth = Growth(0.5, 0.2, 0.9)
    young = Narrative("n", "Acme", "ballot", later, later, 20, seen=9, expected=4, growth=growth)
    rise = storm(end - timedelta(hours=1))  # spreads only after the week
    space.store.commit(Step(narratives=(young,), incidents=(rise, storm(later, number="2"))))
    space.store.save_source(SourceState("reddit", "reddit", SourceStatus.STOPPED, later, since=later))
    (risk,) = made(space).risks
    assert (risk.stage, risk.since, risk.is_open, risk.growth) == (
        Stage.SMOULDERING,
        end - timedelta(hours=1),
        True,
        None,
    )
    assert risk.seen == 0  # the point at the end of the week, not the 120 of later
    space.store.commit(Step(narratives=(replace(young, born_at=end - timedelta(hours=2)),)))
    assert {each.kind for each in made(space).risks} == {"incident", "narrative"}
    assert {each.kind for each in made(space, end + timedelta(days=1)).risks} == {"incident"}


def test_a_blind_source_is_a_risk(space: Workspace) -> None:
    fill(space.store, weeks=3)
    since = AFTER - timedelta(hours=9)
    space.store.save_source(SourceState("reddit", "reddit", SourceStatus.STOPPED, since, since=since))
    risk = made(space).risks[0]
    assert (risk.kind, risk.label) == ("blind", "reddit")
    keyless = SourceState("reddit", "reddit", SourceStatus.STOPPED, since=since, configured=False)
    space.store.save_source(keyless)  # it never watched, so nothing is missing
    assert made(space).risks == ()


def test_archived_weeks_reach_further_back_than_the_line(space: Workspace) -> None:
    fill(space.store, weeks=16)
    config = config_of(space)
    for weeks in (13, 14):
        span = week_47().before(weeks)
        space.store.save_report(make(space.store, config, span, span.until + timedelta(hours=8)).report)
    assert acme(made(space)).compared_with == 14


def test_the_coverage_of_an_archived_week_is_not_read_again(space: Workspace) -> None:
    fill(space.store, weeks=6)
    span = week_47().before(1)
    page = make(space.store, config_of(space), span, span.until + timedelta(hours=8))
    assert acme(page.week).coverage.share == 100
    seen = replace(acme(page.week).coverage, share=40)
    less = replace(page.week, brands=tuple(replace(brand, coverage=seen) for brand in page.week.brands))
    space.store.save_report(replace(page.report, data=dumps(less)))
    brand = acme(made(space))
    assert brand.line[-2].state is DataState.HIDDEN
    assert brand.change is None
    assert "no number of last week" in brand.words.headline


def test_the_kept_page_reads_back(space: Workspace) -> None:
    fill(space.store, weeks=3)
    report = make(space.store, config_of(space), week_47(), AFTER).report
    space.store.save_report(report)
    kept = space.store.report("2026-W47")
    assert kept is not None
    assert kept.pdf.startswith(b"%PDF")
    assert loads(Week, kept.data).words.title == "Week 47, 16 to 22 November 2026"
    assert space.store.report_weeks() == ["2026-W47"]


# ---- the job and the schedule -----------------------------------------------------------------------------


async def test_the_job_makes_keeps_and_refuses(space: Workspace) -> None:
    fill(space.store, weeks=3)
    config, clock = config_of(space), ManualClock(AFTER)
    assert await report_job(space.store, config, clock, {}) == "made the page of 2026-W47"
    assert space.store.report_weeks() == ["2026-W47"]
    with pytest.raises(ConfigError, match="write a year"):
        await report_job(space.store, config, clock, {"week": "soon"})
    with pytest.raises(Permanent, match=r"no data: .*2026-W20"):
        await report_job(space.store, config, clock, {"week": "2026-W20"})
    with pytest.raises(ConfigError, match="send_to"):
        await report_job(space.store, config, clock, {"send": "yes"})


async def test_the_schedule_makes_the_page_once_and_makes_up_for_lost_time(space: Workspace) -> None:
    fill(space.store, weeks=3)
    config, clock = config_of(space), ManualClock(MONDAY + timedelta(weeks=1, hours=6, minutes=59))
    await Schedule(space.store, config, clock).look()
    assert space.store.report_weeks() == ["2026-W46"]  # nothing ran when that one was due
    clock.move(timedelta(minutes=1))
    schedule = Schedule(space.store, config, clock)
    await schedule.look()
    first = space.store.report("2026-W47")
    assert first is not None
    clock.move(timedelta(days=1))
    await schedule.look()
    await Schedule(space.store, config, clock).look()  # after a restart
    assert space.store.report("2026-W47") == first


async def test_the_schedule_replaces_a_page_that_was_made_too_early(space: Workspace) -> None:
    fill(space.store, weeks=3)
    config = config_of(space)
    space.store.save_report(make(space.store, config, week_47(), MONDAY + timedelta(days=3)).report)
    await Schedule(space.store, config, ManualClock(AFTER)).look()
    report = space.store.report("2026-W47")
    assert report is not None
    assert loads(Week, report.data).complete


async def test_a_new_workspace_gets_no_page_of_the_time_before_it(space: Workspace) -> None:
    await Schedule(space.store, config_of(space), ManualClock(AFTER)).look()
    assert space.store.report_weeks() == []


CHANNELS = """
[[channel]]
name = "board-members"
url = "mailto://127.0.0.1:{port}?from=f@example.com&to=exec@example.com&mode=insecure"

[[channel]]
name = "gone"
url = "nosuch://somewhere"

[weekly]
send_to = ["board-members", "gone"]
"""


async def test_the_schedule_sends_the_pdf_once(space: Workspace, mailbox: Any) -> None:
    fill(space.store, weeks=3)
    config = config_of(space, CHANNELS.format(port=mailbox.port))
    clock = ManualClock(AFTER)
    await Schedule(space.store, config, clock).look()
    await Schedule(space.store, config, clock).look()
    assert len(mailbox.messages) == 1
    mail = mailbox.messages[0]
    assert mail["Subject"].startswith("Firetower, Week 47, 16 to 22 November 2026: ")
    attached = list(mail.iter_attachments())
    assert [part.get_filename() for part in attached] == ["weekly-2026-W47.pdf"]
    assert attached[0].get_content().startswith(b"%PDF")
    report = space.store.report("2026-W47")
    assert report is not None
    assert report.sent.startswith("board-members: sent · gone: not sent, nosuch:// is no service")


# ---- the command ------------------------------------------------------------------------------------------


def test_the_command_writes_keeps_and_sends(
    space: Workspace, firetower: Any, mailbox: Any, tmp_path: Path
) -> None:
    fill(space.store, weeks=3)
    config_of(space, CHANNELS.format(port=mailbox.port).replace(', "gone"', ""))
    common = ("report", "--workspace", str(space.folder), "--out", str(tmp_path / "pages"))
    result = firetower.json(*common, "--week", "2026-W46", "--send")
    assert Path(result["pdf"]).read_bytes().startswith(b"%PDF")
    assert Path(result["html"]).name == "weekly-2026-W46.html"
    assert result["states"] == {"Acme": "ok", "Zenith": "ok"}
    assert [sent["ok"] for sent in result["sent"]] == [True]
    assert len(mailbox.messages) == 1
    assert space.store.report_weeks() == ["2026-W46"]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--week", "2026-47"), 2, "write a year and an ISO week"),
        (("--week", "2999-W01"), 2, "has not begun yet"),
        (("--week", "2020-W10"), 0, "no data: nothing was heard of any brand in 2020-W10"),
        (("--send",), 2, "name channels in send_to of [weekly]"),
        (("--out", "firetower.toml"), 2, "is a file, not a folder"),
    ],
)
def test_the_command_says_what_is_wrong(
    space: Workspace, firetower: Any, arguments: tuple[str, ...], status: int, said: str, tmp_path: Path
) -> None:
    fill(space.store, weeks=3)
    placed = tuple(str(tmp_path / each) if each == "firetower.toml" else each for each in arguments)
    out = () if "--out" in arguments else ("--out", str(tmp_path / "pages"))
    done = firetower.run("report", "--workspace", str(space.folder), *out, *placed)
    assert done.returncode == status, done.stderr
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert space.store.report_weeks() == []


def test_the_command_needs_a_workspace(firetower: Any, tmp_path: Path) -> None:
    done = firetower.run("report", "--workspace", str(tmp_path / "none"), "--json")
    assert done.returncode == 2
    assert "there is no workspace" in done.stderr
    assert not (tmp_path / "none").exists()


def test_a_replay_is_marked_and_has_its_own_time(firetower: Any, archive: Any, tmp_path: Path) -> None:
    archive(tmp_path / "posts.jsonl", 600)
    folder = str(tmp_path / "replayed")
    firetower.json("replay", str(tmp_path / "posts.jsonl"), "--brand-column", "brand", "--workspace", folder)
    result = firetower.json("report", "--workspace", folder, "--out", str(tmp_path))
    assert result["week"] == "2026-W12"
    assert json.dumps(result["states"]).count(":") == 3
    assert "A replay of an archive" in Path(result["html"]).read_text("utf-8")
