"""A workspace folder: its store, its log, and what it is for."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from shlex import quote

from core.config import FILE
from core.errors import ConfigError, Permanent
from core.ports import Log, Store
from core.validation import nearest
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


def existing_database(folder: Path) -> str:
    """Return the URL of the workspace's database.

    Raises `ConfigError` where there is none yet, which says what makes one.
    """
    if (folder / DATABASE).exists():
        return database_url(folder)
    if (folder / FILE).is_file():
        raise ConfigError(
            f"{folder} holds nothing yet: `firetower run --workspace {quote(str(folder))}` starts it"
        )
    raise ConfigError(no_workspace(folder))


def no_workspace(folder: Path) -> str:
    """Say that there is no workspace in `folder`, which one beside it was probably meant, what makes one."""
    if folder.is_file():
        return f"{folder} is a file, not a workspace; name a folder with --workspace"
    if near := nearest(folder.name, _workspaces_beside(folder)):
        return (
            f"there is no workspace in {folder}; did you mean --workspace {quote(str(folder.parent / near))}?"
        )
    return (
        f"there is no workspace in {folder}; name one with --workspace, or make one: "
        f"`firetower init --workspace {quote(str(folder))}`"
    )


def _workspaces_beside(folder: Path) -> list[str]:
    try:
        beside = [each for each in folder.parent.iterdir() if each.name != folder.name]
        return [each.name for each in beside if (each / FILE).is_file() or (each / DATABASE).is_file()]
    except OSError:
        return []  # the folder's own trouble is told


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
