"""Upgrades: nothing is changed before a back-up stands beside it, and all of it or nothing."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from core.errors import Permanent
from core.records import Selection, Step
from storage import open_store
from storage.sql import migrate
from storage.sql.schema import metadata

NEXT = """
from alembic import op
import sqlalchemy as sa
revision, down_revision = "next", "{head}"
def upgrade():
    op.add_column("mention", sa.Column("places", sa.Text))
    {then}
"""


def add_revision(folder: Path, monkeypatch: pytest.MonkeyPatch, then: str = "pass") -> None:
    """Let the program know one more revision than it does."""
    shutil.copytree(migrate.FOLDER, folder)
    head = ScriptDirectory(str(migrate.FOLDER)).get_current_head()
    (folder / "versions" / "next.py").write_text(NEXT.format(head=head, then=then))
    monkeypatch.setattr(migrate, "FOLDER", folder)


def columns(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as file:
        return [row[1] for row in file.execute("PRAGMA table_info(mention)")]


def test_the_migrations_build_the_tables_of_the_code(path: Path, url: str) -> None:
    open_store(url).close()
    engine = create_engine(url)
    # FTS5 makes tables of its own, which the code reaches by name only.
    ours = {"include_name": lambda name, kind, _parents: kind != "table" or "mention_fts" not in name}
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts=ours), metadata)
    engine.dispose()
    assert differences == []


def test_a_file_of_a_newer_program_is_refused(
    path: Path, url: str, steps: Callable[[int, int], Step]
) -> None:
    store = open_store(url)
    store.commit(steps(0, 3))
    store.close()
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Permanent, match=r"newer Firetower \(schema 9999.*Upgrade the program"):
        open_store(url)


def test_an_older_file_is_upgraded_after_a_back_up(
    path: Path,
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    steps: Callable[[int, int], Step],
) -> None:
    store = open_store(url)
    store.commit(steps(0, 30))
    add_revision(tmp_path / "migrations", monkeypatch)
    open_store(url).close()
    assert columns(path)[-1] == "places"
    copy = path.with_name("firetower.db.before-next")
    assert "places" not in columns(copy)
    with closing(sqlite3.connect(copy)) as file:
        assert file.execute("SELECT count(*) FROM mention").fetchone() == (30,)
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.commit(steps(30, 5))
    assert len(store.mentions(50, Selection(search="late"))) == 35
    assert sorted(found.name for found in tmp_path.glob("*.part")) == []
    store.close()


def test_a_failed_upgrade_changes_nothing(
    path: Path,
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    steps: Callable[[int, int], Step],
) -> None:
    open_store(url).commit(steps(0, 3))
    with monkeypatch.context() as patch:
        add_revision(tmp_path / "migrations", patch, then='raise RuntimeError("half way")')
        with pytest.raises(RuntimeError, match="half way"):
            open_store(url)
    assert "places" not in columns(path)
    store = open_store(url)
    assert store.count_mentions() == 3
    store.close()


def test_a_new_file_needs_no_back_up(url: str, tmp_path: Path) -> None:
    open_store(url).close()
    assert [found.name for found in tmp_path.iterdir() if "before" in found.name] == []
