"""Back-ups of a database file, taken while it is in use, and the way back."""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from core.errors import ConfigError, Permanent
from storage.opening import database_path
from storage.sql.migrate import back_up, schema_of
from storage.sql.trouble import told


def backup(url: str, target: Path) -> None:
    """Copy the database at `url`, as it was last committed, to the file `target`; others go on meanwhile.

    The copy appears under its name only when it is whole, readable by its owner alone. Raises
    `ConfigError` when there is no such database or `target` exists already, `StorageFull` without room.
    """
    path = database_path(url)
    if not path.is_file():
        raise ConfigError(f"{path} does not exist: there is nothing to back up")
    if target.exists():
        raise ConfigError(f"{target} exists already; a back-up never replaces a file, choose another name")
    if not target.parent.is_dir():
        raise ConfigError(f"the folder {target.parent} does not exist; make it first")
    back_up(path, target)


def restore(source: Path, url: str, now: datetime) -> Path | None:
    """Put the back-up `source` in the place of the database at `url`, which no process may use meanwhile.

    Returns where the replaced database is kept, None when there was none. Raises `Permanent`, and
    changes nothing, when `source` is damaged, none of ours, or of a newer program.
    """
    path = database_path(url)
    if not source.is_file():
        raise ConfigError(f"{source} does not exist")
    _require_sound(source)
    new = path.with_name(f"{path.name}.restored")
    back_up(source, new)
    kept = _set_aside(path, now)
    os.replace(new, path)
    return kept


def _require_sound(source: Path) -> None:
    """Raise `Permanent` when the file is damaged, no database of ours, or of a newer program."""
    if schema_of(source) is None:
        raise Permanent(f"{source} holds no Firetower database; nothing was changed")
    with told(source), closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        damage = [row[0] for row in copy.execute("PRAGMA integrity_check(5)")]
    if damage != ["ok"]:
        raise Permanent(f"{source} is damaged and was not used: {'; '.join(damage)}")


def _set_aside(path: Path, now: datetime) -> Path | None:
    """Rename the database at `path`, and its write-ahead log with it, so that nothing of it is lost."""
    kept = path.with_name(f"{path.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    for suffix in ("-wal", ""):
        old = path.with_name(f"{path.name}{suffix}")
        if old.exists():
            os.replace(old, kept.with_name(f"{kept.name}{suffix}"))
    return kept if kept.exists() else None
