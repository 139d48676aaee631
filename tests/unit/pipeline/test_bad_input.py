"""Every command with wrong words, files and folders: one line that says what to do, nothing left behind."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from core.records import (
    Explanation,
    Incident,
    Match,
    Mention,
    Score,
    Scored,
    Signal,
    SourceState,
    SourceStatus,
    Stage,
    Step,
)
from pipeline.__main__ import app
from pipeline.workspace import DATABASE, database_url
from storage import open_store

AT = datetime(2026, 3, 2, 3, 4, tzinfo=UTC)
SETTINGS = """
[[brand]]
name = "Acme"
[[source]]
kind = "rss"
name = "trade-press"
url = "http://127.0.0.1:9/rss"
"""
READING = (
    "explain d25b",
    "board",
    "report --out {place}/out",
    "export {place}/out.csv",
    "db backup --to {place}/copy.tar.gz",
    "db check",
    "db erase --author somebody",
    "db prune",
    "drill",
)
"""Commands that need a workspace with something in it; each gets `--workspace`."""


def incident(number: int) -> Incident:
    signal = Signal("Acme", AT, Stage.SPREADING)
    return Incident(
        id=f"{number:x}a11ed00",
        brand="Acme",
        stage=Stage.SPREADING,
        peak_stage=Stage.SPREADING,
        started_at=AT,
        opened_at=AT,
        updated_at=AT,
        explanation=Explanation(signal, "Refunds", (), "refunds"),
    )


def fill(folder: Path) -> None:
    store = open_store(database_url(folder))
    mention = Mention("trade-press", "n1", "late again", AT, AT, author="somebody")
    scored, match = Scored(mention, Score(0.5, 0.3, 0.2)), Match(mention.id, "Acme", AT)
    incidents = tuple(incident(number) for number in range(5))
    store.commit(Step((scored,), (match,), incidents=incidents))
    store.save_source(SourceState("news-acme", "google_news", SourceStatus.OK))
    store.close()


def broken(folder: Path) -> None:
    (folder / DATABASE).write_text("date,text\n" * 99)


def newer(folder: Path) -> None:
    open_store(database_url(folder)).close()
    with closing(sqlite3.connect(folder / DATABASE)) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.commit()


@pytest.fixture(scope="module", autouse=True)
def _logging() -> Iterator[None]:
    """Undo what `run` sets up: logs go to a stream that is closed when the command has ended."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with workspaces of every kind, and files that are none."""
    place = tmp_path_factory.mktemp("examples")
    makers: dict[str, Callable[[Path], None]] = {
        "whole": fill,
        "broken": broken,
        "newer": newer,
        "fresh": lambda folder: None,
    }
    for name, make in makers.items():
        (place / name).mkdir()
        (place / name / "firetower.toml").write_text(SETTINGS)
        (place / name / "secret").write_text("not-guessable-at-all")
        make(place / name)
    (place / "vacant").mkdir()
    (place / "file").write_text("")
    return place


@pytest.fixture
def place(examples: Path) -> Iterator[Path]:
    """Give the folder, and hold the commands to leave nothing in it that was not there before."""
    before = names(examples)
    yield examples
    assert names(examples) == before


def names(folder: Path) -> set[str]:
    passing = (f"{DATABASE}-wal", f"{DATABASE}-shm", "firetower.lock")
    return {str(path) for path in folder.rglob("*") if path.name not in passing}


def refused(command: str, place: Path) -> tuple[int, str]:
    """Run a command that fails; return its status and what it says."""
    done = CliRunner().invoke(app, command.format(place=place).split())
    assert isinstance(done.exception, SystemExit), done.exception  # anything else would be a traceback
    assert done.exit_code, done.output
    return done.exit_code, done.output.replace(str(place), "")


UNREADABLE = {
    "absent": (2, "firetower init --workspace /absent"),
    "vacant": (2, "firetower init --workspace /vacant"),
    "file": (2, "/file"),
    "fresh": (2, "firetower run --workspace /fresh"),
    "broken": (1, "Move it away or restore a back-up"),
    "newer": (1, "Upgrade the program"),
}
COPIED = ("db backup --to {place}/copy.tar.gz", "newer")
"""A back-up is a copy: it can be made of what only a newer program reads."""


@pytest.mark.parametrize(
    ("command", "workspace"), [pair for pair in product(READING, UNREADABLE) if pair != COPIED]
)
def test_a_workspace_that_cannot_be_read(place: Path, command: str, workspace: str) -> None:
    status, says = UNREADABLE[workspace]
    given, said = refused(f"{command} --workspace {{place}}/{workspace}", place)
    assert says in said
    assert given == status


WRONG = {
    # command and its options: exit status, what is said
    "run --workspace {place}/absent": (2, "firetower init --workspace /absent"),
    "run --workspace {place}/file": (2, "Not a directory"),
    "run --workspace {place}/broken": (1, "Move it away or restore a back-up"),
    "run --workspace {place}/newer": (1, "Upgrade the program"),
    "run --workspace {place}/whole --port 70000": (2, "65535"),
    "run --workspace {place}/whole --channel mailto://x": (2, "[[channel]] table"),
    "run --demo --workspace {place}/file": (1, "/file"),
    "board --workspace {place}/whole --port 0": (2, "--port"),
    "sources --workspace {place}/file": (2, "/file is a file"),
    "sources --workspace {place}/broken": (1, "Move it away"),
    "sources --workspace {place}/newer": (1, "Upgrade the program"),
    "check --workspace {place}/absent": (2, "firetower init --workspace /absent"),
    "check --workspace {place}/file": (2, "Not a directory"),
    "check --workspace {place}/broken": (2, "Move it away or restore a back-up"),
    "check --workspace {place}/newer": (2, "Upgrade the program"),
    "init --workspace {place}/whole --brand Acme": (2, "exists already and is left as it is"),
    "init --workspace {place}/file --brand Acme": (2, "/file is a file, not a folder"),
    "init --workspace {place}/absent": (2, "firetower init --brand Acme"),
    "init --workspace {place}/absent --brand Acme --feed nonsense": (2, "should begin with http"),
    "init --workspace {place}/absent --brand Acme --channel nonsense://x": (2, "no service that Apprise"),
    "explain 3 --workspace {place}/whol": (2, "did you mean --workspace /whole"),
    "explain zzz --workspace {place}/whole": (2, "the newest: "),
    "explain 3a11ed0f --workspace {place}/whole": (2, "the nearest: 3a11ed00 (Acme, 2026-03-02 03:04 UTC)"),
    "report --week 2999-W01 --workspace {place}/whole": (2, "has not begun yet; the last whole week is"),
    "report --week 2026-47 --workspace {place}/whole": (2, "a year and an ISO week, such as"),
    "report --week 2026-W60 --workspace {place}/whole": (2, "2026 has no week 60"),
    "report --send --workspace {place}/whole": (2, "send_to of [weekly]"),
    "report --out {place}/file --workspace {place}/whole": (2, "/file is a file, not a folder"),
    "report --out /proc/none --workspace {place}/whole": (1, "cannot write into /proc/none"),
    "export {place}/whole --workspace {place}/whole": (2, "give --format, one of csv, jsonl, parquet"),
    "export {place}/a.csv --brand Acne --workspace {place}/whole": (2, "did you mean 'Acme'"),
    "export {place}/a.csv --source trade --workspace {place}/whole": (2, "known are trade-press, news-acme"),
    "export {place}/a.csv --since today --workspace {place}/whole": (2, "2026-11-01T12:00Z"),
    "export {place}/no/a.csv --workspace {place}/whole": (2, "make it first"),
    "export /proc/a.csv --workspace {place}/whole": (1, "cannot write /proc/a.csv"),
    "db erase --author somebody --source trade-pres --workspace {place}/whole": (2, "known are trade-press"),
    "db backup --to {place}/file --workspace {place}/whole": (2, "choose another name"),
    "db backup --to {place}/no/copy --workspace {place}/whole": (2, "make it first"),
    "db backup --to /proc/copy --workspace {place}/whole": (1, "cannot write"),
    "db restore {place}/absent --workspace {place}/new": (2, "/absent does not exist"),
    "db restore {place}/vacant --workspace {place}/new": (2, "/vacant is no file"),
    "db restore {place}/file --workspace {place}/new/deep": (1, "damaged or no back-up"),
    "db restore {place}/file --workspace {place}/vacant": (1, "damaged or no back-up"),
    "db restore {place}/file --workspace {place}/file": (2, "/file is a file, not a folder"),
    "db restore {place}/file --workspace /proc/none": (1, "cannot use /proc/none"),
    "replay {place}/absent": (2, "/absent does not exist"),
    "replay {place}/vacant": (2, "/vacant is no file"),
    "replay {place}/file --workspace {place}/new": (2, "/file is empty"),
    "drill --brand Acne --workspace {place}/whole": (2, "did you mean 'Acme'"),
    "drill --shape stedy --workspace {place}/whole": (2, "did you mean 'steady'"),
    "drill --size nan --workspace {place}/whole": (2, "--size has to be 12 to 6000"),
    "drill --wait -1 --workspace {place}/whole": (2, "--wait has to be 0 to 1440"),
    "evaluate sentiment --data {place}/absent": (2, "give the folder"),
    "evaluate sentiment --data {place}/file": (2, "give the folder"),
    "evaluate learning --data {place}/absent": (2, "give the folder"),
    "evaluate learning --data {place}/file": (2, "give the folder"),
    "evaluate narratives --data {place}/absent": (2, "give the folder"),
    "evaluate narratives --data {place}/file": (2, "give the folder"),
    "nonsense": (2, "No such command"),
}


@pytest.mark.parametrize("command", WRONG)
def test_what_is_wrong_is_said_with_what_to_do(place: Path, command: str) -> None:
    status, says = WRONG[command]
    given, said = refused(command, place)
    assert says in said
    assert given == status


def test_a_failed_restore_leaves_a_folder_as_it_was(place: Path) -> None:
    (place / "vacant" / "firetower.lock").unlink(missing_ok=True)
    refused("db restore {place}/file --workspace {place}/vacant", place)
    assert list((place / "vacant").iterdir()) == []


def test_a_command_that_writes_says_when_a_week_had_nothing(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "whole", tmp_path / "whole")
    arguments = ["report", "--week", "2020-W10", "--workspace", str(tmp_path / "whole"), "--out"]
    done = CliRunner().invoke(app, [*arguments, str(tmp_path / "pages")])
    assert done.exit_code == 0
    assert done.output.startswith("no data: nothing was heard of any brand in 2020-W10")


def test_an_author_of_whom_nothing_is_stored(place: Path) -> None:
    arguments = ["db", "erase", "--source", "trade-press", "--workspace", str(place / "whole")]
    done = CliRunner().invoke(app, [*arguments, "--author", "Somebody"])
    assert done.exit_code == 0
    assert done.output.startswith("nothing by 'Somebody' from trade-press is stored")
