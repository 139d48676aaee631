"""A whole workspace as one file, and back: database, configuration, secret, and addresses of channels."""

import os
import shutil
import tarfile
import tempfile
import tomllib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from gzip import BadGzipFile
from pathlib import Path, PurePosixPath
from typing import Any

from core.config import FILE
from core.errors import ConfigError, Permanent, StorageFull
from core.secret import SECRET_FILE
from pipeline.lock import NAME as LOCK
from pipeline.lock import hold
from pipeline.workspace import DATABASE, database_url, existing_database
from storage import backup, restore

_OWNER_ONLY = 0o600
_COMPRESSION = 1
"""zlib's fastest level: a database of texts shrinks to about a third in a quarter of the usual time."""


def back_up_workspace(folder: Path, target: Path | None, now: datetime) -> Path:
    """Write the workspace to one file, while it is in use, and return that file.

    It holds the secrets and the addresses of all channels; its owner alone can read it. Raises
    `ConfigError` when there is no workspace or the file exists already, `StorageFull` without room.
    """
    url = existing_database(folder)
    target = target or Path(f"{folder.resolve().name}-{_stamp(now)}.tar.gz")
    if target.exists():
        raise ConfigError(f"{target} exists already; a back-up never replaces a file, choose another name")
    if not target.parent.is_dir():
        raise ConfigError(f"the folder {target.parent} does not exist; make it first")
    with _room(target), tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as place:
        copy, unfinished = Path(place, DATABASE), Path(place, "archive")
        backup(url, copy)
        unfinished.touch(_OWNER_ONLY)
        with tarfile.open(unfinished, "w:gz", compresslevel=_COMPRESSION) as archive:
            archive.add(copy, DATABASE)
            for name in _files(folder):
                archive.add(folder / name, name)
        os.replace(unfinished, target)
    return target


def restore_workspace(source: Path, folder: Path, now: datetime) -> list[Path]:
    """Put the workspace that `source` holds into `folder`, on which nothing may run.

    What stands there already is kept beside it; returns where. Raises `ConfigError` when there is no such
    file, `Permanent` when it is no back-up or damaged, `WorkspaceBusy` when a process uses the folder; then
    nothing is there that was not there before.
    """
    if not source.is_file():
        raise ConfigError(f"{source} {'is no file' if source.exists() else 'does not exist'}")
    if folder.is_file():
        raise ConfigError(f"{folder} is a file, not a folder; give another --workspace")
    with _held(folder), _room(folder), tempfile.TemporaryDirectory(dir=folder) as place:
        names = _unpack(source, Path(place))
        replaced = restore(Path(place, DATABASE), database_url(folder), now)
        kept = [replaced] if replaced else []
        for name in names:
            kept += _put(Path(place, name), folder / name, now)
    return kept


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a workspace, made where it is missing; when the block fails, what was made for it goes again."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    fresh = not (folder / LOCK).exists()
    folder.mkdir(parents=True, exist_ok=True)
    with hold(folder, "db restore"):
        try:
            yield
        except BaseException:
            if missing:
                shutil.rmtree(missing[-1])
            elif fresh:
                (folder / LOCK).unlink()
            raise


def _stamp(now: datetime) -> str:
    return f"{now:%Y%m%dT%H%M%SZ}"


def _files(folder: Path) -> list[str]:
    """Return the names of what a workspace needs besides its database, where it is there."""
    names = {FILE, SECRET_FILE, *(path.name for path in folder.glob("*.url")), *_named_files(folder)}
    return sorted(name for name in names if (folder / name).is_file())


def _named_files(folder: Path) -> set[str]:
    """Return the files inside the workspace that its configuration names (`url_file` and the like)."""
    try:
        with (folder / FILE).open("rb") as file:
            named = set(_values_of_files(tomllib.load(file)))
    except (OSError, tomllib.TOMLDecodeError):
        return set()  # a broken configuration is kept as it is
    return {name for name in named if _is_inside(name)}


def _values_of_files(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (name for key, name in value.items() if key.endswith("_file") and isinstance(name, str))
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _values_of_files(item)


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def _unpack(source: Path, place: Path) -> list[str]:
    """Unpack a back-up into `place`; return its files but for the database."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            names = [_unpacked(archive, member, place) for member in archive]
    except (tarfile.TarError, EOFError, zlib.error, BadGzipFile) as error:
        raise Permanent(f"{source} is damaged or no back-up of a workspace ({error})") from error
    if DATABASE not in names:
        raise Permanent(f"{source} is no back-up of a workspace: it holds no {DATABASE}")
    return [name for name in names if name != DATABASE]


def _unpacked(archive: tarfile.TarFile, member: tarfile.TarInfo, place: Path) -> str:
    """Write one file of the archive for its owner's eyes alone; links and ways out are refused."""
    content = archive.extractfile(member) if member.isreg() and _is_inside(member.name) else None
    if content is None:
        raise Permanent(f"the back-up holds {member.name[:80]!r}, which does not belong into a workspace")
    target = place / member.name
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "wb") as file:
        shutil.copyfileobj(content, file)
    return member.name


def _put(new: Path, path: Path, now: datetime) -> list[Path]:
    """Move a file into place; return where another one that stood there is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = []
    if path.exists() and path.read_bytes() != new.read_bytes():
        kept = [path.with_name(f"{path.name}.before-restore-{_stamp(now)}")]
        os.replace(path, kept[0])
    os.replace(new, path)
    return kept


@contextmanager
def _room(place: Path) -> Iterator[None]:
    """Turn the operating system's refusal to write into ours."""
    try:
        yield
    except OSError as error:
        raise StorageFull(f"cannot write beside {place}: {error.strerror or error}") from error
