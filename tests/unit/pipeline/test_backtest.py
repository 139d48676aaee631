"""`backtest`: stored history under other settings, on a real SQLite file."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from alerts.channels import Channel
from core.errors import ConfigError
from core.records import (
    Action,
    Answer,
    DeliveryStatus,
    Explanation,
    Incident,
    Match,
    Mention,
    Notification,
    Outcome,
    Reason,
    Score,
    Scored,
    Signal,
    Stage,
    Step,
)
from models.bar import threshold
from models.priors import load_priors
from models.signature import signature
from pipeline.__main__ import app
from pipeline.backtest import backtest
from pipeline.backtest.compare import Kind
from pipeline.backtest.reach import Reach
from pipeline.backtest.report import Backtest
from pipeline.backtest.rerun import rerun
from pipeline.workspace import Purpose, open_workspace

START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 9
WEAK, STRONG = START + timedelta(days=7, hours=5), START + timedelta(days=8, hours=12)
FILE = """
[[brand]]
name = "Acme"

[[channel]]
name = "duty"
url = "json://127.0.0.1:9/"
"""


def _mention(number: int, at: datetime, author: str, angry: bool) -> Scored:
    text = f"case {number} of {author} in {random.Random(number).random()}: {'furious' if angry else 'fine'}"
    mention = Mention("forum", str(number), text, at, at, author=author)
    negative = 0.9 if angry else 0.1
    return Scored(mention, Score(negative, 1.0 - negative, 0.0, signature(text)))


def _burst(first: int, at: datetime, count: int, hours: float) -> list[Scored]:
    """Return strangers who complain ever more often."""
    chance = random.Random(first)
    times = (at + timedelta(hours=hours) * chance.random() ** 0.4 for _ in range(count))
    return [_mention(first + n, when, f"stranger{first + n}", True) for n, when in enumerate(times)]


def _world() -> list[Scored]:
    """Six an hour by forty regulars, a small burst that calms down, and a storm."""
    chance = random.Random(5)
    seconds = sorted(chance.uniform(0, 86_400 * DAYS) for _ in range(144 * DAYS))
    made = [
        _mention(n, START + timedelta(seconds=at), f"regular{n % 40}", chance.random() < 0.25)
        for n, at in enumerate(seconds)
    ]
    made += [*_burst(5_000, WEAK, 10, 0.8), *_burst(6_000, STRONG, 150, 3.0)]
    return sorted(made, key=lambda each: each.mention.event_at)


def _workspace(folder: Path, detection: str = "") -> Path:
    (folder / "firetower.toml").write_text(f"{FILE}\n{detection}", "utf-8")
    space = open_workspace(folder, Purpose.LIVE)
    world = _world()
    matches = tuple(Match(each.mention.id, "Acme", each.mention.event_at) for each in world)
    space.store.commit(Step(scored=tuple(world), matches=matches))
    space.close()
    return folder


def _really_paged(folder: Path, at: datetime) -> None:
    """Keep an incident that began at `at` and its page, as they were made when it happened."""
    told = Explanation(Signal("Acme", at, Stage.SPREADING), "Something.", (), "refunds")
    after, closed = at + timedelta(minutes=50), at + timedelta(hours=5)
    incident = Incident(
        *(f"i{at}", "Acme", Stage.CALM, Stage.SPREADING, at, after, after, told),
        paged_at=after,
        closed_at=closed,
    )
    page = Notification(
        *(f"n{at}", incident.id, "Acme", Reason.SPREADING, Stage.SPREADING, after, told, at),
        outcome=Outcome.SENT,
    )
    space = open_workspace(folder, Purpose.LIVE)
    space.store.commit(
        Step(incidents=(incident,), notifications=(page, replace(page, id=f"d{at}", drill=True)))
    )
    space.close()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _workspace(tmp_path_factory.mktemp("history"))


@pytest.fixture(scope="module")
def stricter(workspace: Path) -> Backtest:
    """What next to no budget, and a channel of the second level, would change."""
    return backtest(workspace, "9d", ("detection.needless_pages_per_week=0.00001", "channel.duty.level=2"))


def test_a_page_that_would_go_is_told_with_the_bar_that_it_misses(stricter: Backtest) -> None:
    row = stricter.pages[0]
    assert row.kind is Kind.GOES
    assert row.proposed is None
    assert row.now is not None
    assert WEAK < row.now.at < WEAK + timedelta(hours=2)
    assert row.now.label == "furious"
    assert row.now.evidence >= row.now.bar == threshold(load_priors(), 0.5)
    assert f"below the bar of {threshold(load_priors(), 0.00001):.2f}" in row.why
    assert f"No page as proposed: {row.why}" in stricter.text()


def test_a_stage_that_is_passed_over_is_told_as_such(stricter: Backtest) -> None:
    row = stricter.pages[1]
    assert (row.kind, row.stage) == (Kind.GOES, Stage.SPREADING)
    assert row.why == "it is called a firestorm at once"


def test_a_page_that_comes_later_and_to_others_is_told_with_both(stricter: Backtest) -> None:
    row = stricter.pages[2]
    assert (row.kind, row.stage) == (Kind.CHANGES, Stage.FIRESTORM)
    assert row.now is not None
    assert row.proposed is not None
    assert STRONG < row.now.at < row.proposed.at < STRONG + timedelta(hours=3)
    assert [each.status for each in row.now.told] == [DeliveryStatus.SENT]
    assert row.proposed.told == ()
    assert row.why == "5 min later; goes to nobody instead of duty"


def test_json_has_both_settings_and_every_page(stricter: Backtest) -> None:
    told = json.loads(stricter.json())
    assert told["settings"] == [
        {"name": "detection.needless_pages_per_week", "now": 0.5, "proposed": 0.00001},
        {"name": "channel.duty.level", "now": 1, "proposed": 2},
    ]
    assert told["brands"] == [{"brand": "Acme", "now": 3, "proposed": 1, "really": 0}]
    assert [page["kind"] for page in told["pages"]] == ["goes", "goes", "changes"]
    assert {page["really"] for page in told["pages"]} == {None}
    assert told["in_neither"] == []


def test_a_page_that_would_come_stands_beside_those_that_were_really_made(tmp_path: Path) -> None:
    folder = _workspace(tmp_path, "[detection]\nneedless_pages_per_week = 0.00001")
    _really_paged(folder, WEAK)
    _really_paged(folder, START + timedelta(days=3))
    settings = ("detection.needless_pages_per_week=0.5", "channel.duty.quiet=05:00-07:30")
    found = backtest(folder, "2026-03-04", settings, "Acme")
    row = found.pages[0]
    assert row.kind is Kind.COMES
    assert row.now is None
    assert row.proposed is not None
    assert row.really is not None
    assert row.really.outcome is Outcome.SENT
    assert row.really.at == WEAK + timedelta(minutes=50)
    assert f"below the bar of {threshold(load_priors(), 0.00001):.2f}" in row.why
    assert [each.text(found.zone) for each in row.proposed.told] == ["duty held until 2026-03-09 07:30 UTC"]
    assert found.since == START + timedelta(days=2)
    assert [each.at for each in found.left] == [START + timedelta(days=3, minutes=50)]
    assert "and under neither of the settings" in found.text()


def test_what_people_called_false_ends_there_and_the_same_rise_pages_no_more(workspace: Path) -> None:
    _really_paged(workspace, STRONG)
    space = open_workspace(workspace, Purpose.LIVE)
    (incident,) = space.store.incidents()
    said_at = STRONG + timedelta(minutes=90)
    space.store.answer(Answer(incident.id, Action.FALSE_ALARM, "duty", said_at))
    bar = threshold(load_priors(), 0.5)
    again = rerun(space.store, "Acme", bar, STRONG - timedelta(days=1), STRONG + timedelta(hours=3))
    space.close()
    assert [page.stage for page in again.pages] == [Stage.SPREADING]
    assert [each.closed_at for each in again.incidents.values() if each.started_at > WEAK][-1] is not None


def test_the_weekly_cap_and_levels_decide_whom_a_page_reaches() -> None:
    def page(number: int, hours: float, stage: Stage = Stage.SPREADING) -> Notification:
        at = START + timedelta(hours=hours)
        told = Explanation(Signal("Acme", at, stage), "", (), "")
        return Notification(str(number), "i", "Acme", Reason.SPREADING, stage, at, told, at)

    channels = [
        Channel("phone", "", "phone", person="duty"),
        Channel("mail", "", "email", person="duty"),
        Channel("loud", "", "chat", stage=Stage.FIRESTORM, person="second"),
        Channel("boss", "", "chat", level=2, person="boss"),
    ]
    pages = [page(3, 2, Stage.FIRESTORM), page(2, 1), page(1, 0), page(4, 24 * 7 + 0.5)]
    told = Reach(channels, 1, ZoneInfo("UTC")).of(pages)
    short = {key: [(each.channel, each.status.value) for each in those] for key, those in told.items()}
    assert short == {
        "1": [("phone", "sent"), ("mail", "sent")],
        "2": [("phone", "capped"), ("mail", "capped")],
        "3": [("phone", "sent"), ("mail", "sent"), ("loud", "sent")],
        "4": [("phone", "capped"), ("mail", "capped")],
    }


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "name what to try"),
        (("--set", "budget"), "should look like detection.needless_pages_per_week=1"),
        (("--set", "board.port=1"), "decides over no page; these do: detection.needless_pages_per_week"),
        (("--set", "detection.needless_pages_per_week=0"), "should be greater than 0"),
        (("--set", "channel.dutty.quiet="), "did you mean 'duty'?"),
        (("--set", "channel.duty.quiet=25:00"), 'should look like "22:00-07:00"'),
        (("--set", "channel.duty.level=2", "--since", "long"), "should be a span such as 28d"),
        (("--set", "channel.duty.level=2", "--since", "2999-01-01"), "is not before the last look"),
        (("--set", "channel.duty.level=2", "--since", "999999999d"), "should be a span such as 28d"),
        (("--set", "channel.duty.level=2", "--brand", "Acmee"), "did you mean 'Acme'?"),
    ],
)
def test_bad_input_is_told_with_what_to_do(workspace: Path, options: Sequence[str], said: str) -> None:
    done = CliRunner().invoke(app, ["backtest", "--workspace", str(workspace), *options])
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_a_workspace_without_mentions_says_so(tmp_path: Path) -> None:
    (tmp_path / "firetower.toml").write_text(FILE, "utf-8")
    open_workspace(tmp_path, Purpose.LIVE).close()
    with pytest.raises(ConfigError, match="nothing is stored yet"):
        backtest(tmp_path, "28d", ["paging.pages_per_person_week=1"])
