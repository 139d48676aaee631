"""A workspace folder: its store, its log, and what it is for."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.errors import Permanent
from core.ports import Log, Store
from storage import open_log, open_store

DATABASE = "firetower.db"


class Purpose(StrEnum):
    """What a workspace was made for; the three never mix."""

    LIVE = "live"
    REPLAY = "replay"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open workspace."""

    folder: Path
    store: Store
    log: Log

    def close(self) -> None:
        """Release the database."""
        self.log.close()
        self.store.close()


def database_url(folder: Path) -> str:
    """Return the URL of the workspace's database."""
    return f"sqlite:///{folder.resolve()}/{DATABASE}"


def purpose_of(folder: Path) -> str:
    """Return what the workspace in `folder` was made for, "" where there is no database yet."""
    if not (folder / DATABASE).exists():
        return ""
    store = open_store(database_url(folder))
    try:
        return store.meta("purpose")
    finally:
        store.close()


def remove_database(folder: Path) -> None:
    """Remove the database with its write-ahead log; the caller holds the workspace."""
    for suffix in ("", "-wal", "-shm"):
        (folder / f"{DATABASE}{suffix}").unlink(missing_ok=True)


def open_workspace(folder: Path, purpose: Purpose) -> Workspace:
    """Open `folder` for `purpose`, making it where it is missing.

    Raises `Permanent` when it was made for something else, so that an archive
    never lands among live mentions.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise Permanent(f"{folder} is a file, not a folder. Give another --workspace.") from error
    url = database_url(folder)
    store = open_store(url)
    made_for = store.meta("purpose")
    if made_for and made_for != purpose:
        store.close()
        raise Permanent(f"{folder} is a {made_for} workspace, not a {purpose} one. Give another --workspace.")
    if not made_for:
        store.set_meta("purpose", purpose)
    return Workspace(folder, store, open_log(url))
