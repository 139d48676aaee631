"""From a URL to a store or a log: the only place that knows embedded from cluster."""

from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from core.errors import ConfigError
from core.ports import Log, Store
from storage.memory.data import workspace
from storage.memory.log import MemoryLog
from storage.memory.store import MemoryStore
from storage.sql.engine import Database
from storage.sql.log import SqlLog
from storage.sql.migrate import prepare, schema_of
from storage.sql.store import SqlStore

_MEMORY = "memory://"


def open_store(url: str) -> Store:
    """Open the store at `url`, bringing an older file up to date.

    `sqlite:////absolute/path/firetower.db` is a file, made when absent; `memory://NAME` lives
    as long as the process, and everything opened under one NAME shares the same data.

    Raises `ConfigError` for another URL, `Permanent` for a file that cannot be used,
    `StorageFull` when there is no room for it.
    """
    if url.startswith(_MEMORY):
        return MemoryStore(workspace(_name(url)))
    return SqlStore(_open_file(url))


def open_log(url: str) -> Log:
    """Open the log at `url`; URLs and errors as in `open_store`."""
    if url.startswith(_MEMORY):
        return MemoryLog(workspace(_name(url)))
    return SqlLog(_open_file(url))


def require_usable(url: str) -> None:
    """Raise what `open_store` would raise for the existing file at `url`; nothing is changed in it."""
    schema_of(database_path(url))


def _name(url: str) -> str:
    name = url.removeprefix(_MEMORY)
    if not name:
        raise ConfigError("memory:// needs a name, for example memory://demo")
    return name


def _open_file(url: str) -> Database:
    path = database_path(url)
    if not path.parent.is_dir():
        raise ConfigError(f"The folder {path.parent} does not exist; make it first (`firetower init`)")
    if not path.exists():
        with suppress(OSError):  # SQLite says in words what is wrong with the place
            path.touch(mode=0o600)  # it holds what people wrote; the files beside it get the same rights
    prepare(path)
    return Database(path)


def database_path(url: str) -> Path:
    """Return the file that `url` names; raises `ConfigError` for another kind of store."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigError(_unknown(url)) from None
    if parsed.drivername != "sqlite" or not parsed.database:
        raise ConfigError(_unknown(url))
    return Path(parsed.database).absolute()


def _unknown(url: str) -> str:
    # Only the scheme is repeated: the rest of a URL may hold a password.
    scheme = url.partition(":")[0][:20]
    return (
        f"Cannot store at a URL that begins with {scheme!r}; "
        "use sqlite:////absolute/path/firetower.db or memory://NAME"
    )
