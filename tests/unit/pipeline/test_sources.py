"""`firetower sources`: every kind, every configured source, in words."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from core.clock import ManualClock
from core.config import load_config
from core.records import Pulse, SourceState, SourceStatus
from core.words import SourceWord, source_word
from models.score import open_scorer
from monitors.base import PollLoop
from monitors.catalog import catalog
from pipeline.__main__ import app
from pipeline.run import Parts, Product
from pipeline.sources import SourceLine, page, report_sources
from pipeline.workspace import Purpose, open_workspace
from storage import open_store

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CONFIG = (
    '[[brand]]\nname = "Acme"\n[[source]]\nkind = "rss"\nname = "news"\nurl = "https://news.example/feed"\n'
    '[[source]]\nkind = "hacker_news"\n'
)
DOCUMENT = Path(__file__).parents[3] / "docs" / "sources.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "firetower.toml").write_text(CONFIG, "utf-8")
    return tmp_path


def keep(folder: Path, *states: SourceState, pulse_at: datetime = NOW, catching_up: bool = False) -> None:
    store = open_store(f"sqlite:///{folder}/firetower.db")
    for state in states:
        store.save_source(state)
    store.save_pulse(Pulse(NOW - timedelta(days=1), pulse_at, catching_up=catching_up))
    store.close()


def state(name: str = "news", status: SourceStatus = SourceStatus.OK, **other: object) -> SourceState:
    usual: dict[str, object] = {"heartbeat_at": NOW, "since": NOW - timedelta(hours=2)}
    return SourceState(name, "rss", status, interval_seconds=300.0, **{**usual, **other})  # type: ignore[arg-type]  # by name


def line(folder: Path, name: str = "news", now: datetime = NOW) -> SourceLine:
    report = report_sources(folder, {}, ManualClock(now))
    return next(each for each in report.sources if each.name == name)


def test_without_a_workspace_the_kinds_are_listed_with_a_hint(tmp_path: Path) -> None:
    report = report_sources(tmp_path / "none", {})
    assert {kind.kind for kind in report.kinds} == set(catalog())
    assert report.sources == ()
    assert f"firetower init --workspace {tmp_path / 'none'}" in report.hint
    assert all(kind.about in report.text() and kind.needs in report.text() for kind in report.kinds)
    assert not (tmp_path / "none").exists()


def test_without_a_database_the_configured_sources_are_not_read_yet(folder: Path) -> None:
    report = report_sources(folder, {})
    assert [(each.name, each.state) for each in report.sources] == [
        ("news", "not seen yet"),
        ("hacker_news", "not seen yet"),
    ]
    assert f"firetower run --workspace {folder}" in report.hint
    assert not (folder / "firetower.db").exists()


def test_a_source_that_works_says_when_and_how_much(folder: Path) -> None:
    keep(folder, state(last_item_at=NOW - timedelta(minutes=12), lag_seconds=240.0, completeness=0.95))
    found = line(folder)
    assert (found.state, found.last_item, found.lag_seconds) == ("seen", "12 min ago", 240.0)
    report = report_sources(folder, {}, ManualClock(NOW))
    assert report.hint == ""
    head, row, *_ = report.text().splitlines()
    assert head.split() == ["source", "kind", "state", "lag", "last", "item", "complete"]
    assert row.split() == ["news", "rss", "seen", "4", "min", "12", "min", "ago", "95", "%"]


async def test_a_restart_forgets_nothing_of_a_source(folder: Path) -> None:
    """The feed's port is closed: the source starts with what was known of it, and goes on failing."""
    config = CONFIG.replace("https://news.example", "http://127.0.0.1:1")
    (folder / "firetower.toml").write_text(config, "utf-8")
    last, since = NOW - timedelta(minutes=12), NOW - timedelta(hours=2)
    before = state(
        status=SourceStatus.FAILING, last_item_at=last, lag_seconds=240.0, error="it was down", received=7
    )
    keep(folder, before, state("gone"))
    space = open_workspace(folder, Purpose.LIVE)
    product = Product(Parts(space, load_config(folder, {}), ManualClock(NOW), open_scorer()))
    try:
        (monitor,) = (each for each in product._monitors if each.name == "news")
        loop = product._loop(monitor)
        assert isinstance(loop, PollLoop)
        await loop._tell()
        early = await asyncio.to_thread(line, folder)
        assert early.state.startswith("starting")
        assert (early.last_item, early.problem) == ("12 min ago", "it was down")
        await loop.poll_once()
    finally:
        await product.close()
        space.close()
    found = await asyncio.to_thread(line, folder)
    assert (found.state, found.last_item) == (f"failing since {since:%Y-%m-%d %H:%M} UTC", "12 min ago")
    assert (found.lag_seconds, found.received) == (240.0, 7)
    assert "it was down" not in found.problem


@pytest.mark.parametrize("status", [SourceStatus.FAILING, SourceStatus.STOPPED])
def test_what_is_wrong_is_told_with_its_last_error(folder: Path, status: SourceStatus) -> None:
    keep(folder, state(status=status, error="news.example \x1b[31manswered 503"))
    found = line(folder)
    assert found.state == f"{status} since 2026-05-01 10:00 UTC"
    assert found.problem == "news.example [31manswered 503"
    assert "  news.example [31manswered 503\n" in report_sources(folder, {}, ManualClock(NOW)).text()


def test_a_source_that_is_no_longer_heard_is_silent_and_the_reason_is_told(folder: Path) -> None:
    keep(folder, state())
    later = NOW + timedelta(hours=1)
    assert line(folder, now=later).state == "blind since 2026-05-01 12:00 UTC"
    hint = report_sources(folder, {}, ManualClock(later)).hint
    assert hint.startswith("nothing is being read since 2026-05-01 12:00 UTC: `firetower run")


def test_while_a_demo_catches_up_its_own_time_counts(folder: Path) -> None:
    keep(folder, state(), catching_up=True)
    report = report_sources(folder, {}, ManualClock(NOW + timedelta(hours=3)))
    assert (report.sources[0].state, report.hint) == ("seen", "")


def test_a_workspace_without_a_file_shows_what_its_database_knows(tmp_path: Path) -> None:
    keep(tmp_path, state("simulated-news"))
    assert [each.name for each in report_sources(tmp_path, {}, ManualClock(NOW)).sources] == [
        "simulated-news"
    ]


def test_a_source_that_cannot_be_built_says_why_and_hides_no_other(folder: Path) -> None:
    with (folder / "firetower.toml").open("a", encoding="utf-8") as file:
        file.write('[[source]]\nkind = "mastodn"\nname = "toots"\n')
    keep(folder, state("toots"), state("news"))
    found = line(folder, "toots")
    assert (found.state, line(folder).state) == ("cannot be read", "seen")
    assert "did you mean 'mastodon'?" in found.problem


def test_it_reads_beside_a_running_process(folder: Path) -> None:
    keep(folder, state())
    running = open_store(f"sqlite:///{folder}/firetower.db")
    try:
        running.save_source(state(status=SourceStatus.FAILING, error="down"))
        assert line(folder).problem == "down"
        running.save_source(state())
        assert line(folder).problem == ""
    finally:
        running.close()


def test_the_command_prints_one_json_object(folder: Path) -> None:
    keep(folder, state(received=7))
    result = CliRunner().invoke(app, ["sources", "--workspace", str(folder), "--json"])
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert found["sources"][0]["received"] == 7
    assert {kind["kind"]: kind["may_train"] for kind in found["kinds"]}["reddit"] is False


def test_a_broken_configuration_ends_with_status_2(folder: Path) -> None:
    (folder / "firetower.toml").write_text("[[source", "utf-8")
    result = CliRunner().invoke(app, ["sources", "--workspace", str(folder)])
    assert result.exit_code == 2
    assert "is not TOML" in result.stderr


def test_the_table_of_sources_is_what_the_kinds_say() -> None:
    assert DOCUMENT.read_text("utf-8") == page(), "run `python -m pipeline.sources > docs/sources.md`"


@pytest.mark.parametrize(
    ("about", "word"),
    [
        ({}, SourceWord.SEEN),
        ({"status": SourceStatus.STARTING}, SourceWord.STARTING),
        ({"status": SourceStatus.FAILING}, SourceWord.FAILING),
        ({"status": SourceStatus.FAILING, "heartbeat_at": NOW - timedelta(days=1)}, SourceWord.BLIND),
        ({"status": SourceStatus.FAILING, "heartbeat_at": None}, SourceWord.UNHEARD),
        ({"status": SourceStatus.STOPPED}, SourceWord.STOPPED),
        ({"status": SourceStatus.STOPPED, "configured": False}, SourceWord.UNSET),
    ],
)
def test_every_state_has_one_word_that_the_documentation_explains(about: Any, word: SourceWord) -> None:
    assert source_word(replace(state(), **about), NOW)[0] == word
    assert f"| {word} | " in page()
