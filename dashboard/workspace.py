"""The workspace that the board shows: its folder, store, configuration and time."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shlex import quote
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from core.clock import SystemClock
from core.config import FILE, Config, ensure_secret, load_config
from core.errors import Permanent
from core.ports import Clock, Store
from core.records import Pulse
from storage import open_store

VARIABLE = "FIRETOWER_WORKSPACE"
"""The environment variable by which the launcher tells Streamlit's script the folder."""

SILENT_AFTER = timedelta(seconds=30)
"""Without a sign of life for so long the main process counts as gone; it writes one every few seconds."""


class NoWorkspace(Permanent):
    """There is nothing to show yet; the message says what to do."""


class Listener:
    """Remembers when the main process was last heard.

    While its clock is virtual, the time in a sign of life says nothing about its age;
    that it changes does.
    """

    def __init__(self) -> None:
        self._last: Pulse | None = None
        self._heard: datetime | None = None

    def heard(self, pulse: Pulse, now: datetime) -> datetime:
        """Return when a change was last noticed; the first look counts as one."""
        if self._heard is None or pulse != self._last:
            self._last, self._heard = pulse, now
        return self._heard


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open workspace, as the board reads it."""

    folder: Path
    store: Store
    config: Config
    purpose: str
    """`live`, `demo` or `replay`."""
    clock: Clock
    listener: Listener

    @property
    def command(self) -> str:
        """How to start the main process on this workspace."""
        demo = " --demo" if self.purpose == "demo" else ""
        return f"firetower run{demo} --workspace {quote(str(self.folder))}"

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which times are shown."""
        return ZoneInfo(self.config.timezone)

    def now(self, pulse: Pulse | None) -> datetime:
        """Return the time of the mentions: virtual in a replay and while a demo catches up."""
        if pulse is not None and (pulse.catching_up or self.purpose == "replay"):
            return pulse.at
        return self.clock.now()

    def silent_since(self, pulse: Pulse | None) -> datetime | None:
        """Return since when the main process is gone; None while it lives and for a replay."""
        if self.purpose == "replay":
            return None
        now = self.clock.now()
        last = self._last_sign(pulse, now)
        return last if now - last > SILENT_AFTER else None

    def _last_sign(self, pulse: Pulse | None, now: datetime) -> datetime:
        if pulse is None:
            return datetime.fromtimestamp(self.folder.stat().st_mtime, UTC)
        heard = self.listener.heard(pulse, now)
        return heard if pulse.catching_up else min(heard, pulse.at)


def folder_from_environment() -> Path:
    """Return the folder named by `FIRETOWER_WORKSPACE`, else `./workspace`."""
    return Path(os.environ.get(VARIABLE, "workspace"))


def open_for_reading(folder: Path, clock: Clock | None = None) -> Workspace:
    """Open the workspace in `folder`; raises `NoWorkspace` without a database, `ConfigError` for its file."""
    database = folder.resolve() / "firetower.db"
    if not database.is_file():
        raise NoWorkspace(f"There is no Firetower database in {folder}.")
    store = open_store(f"sqlite:///{database}")
    return Workspace(
        folder, store, _config(folder), store.meta("purpose"), clock or SystemClock(), Listener()
    )


def _config(folder: Path) -> Config:
    """Read the configuration; a replay's workspace has none, and needs only the signing secret."""
    if (folder / FILE).exists():
        return load_config(folder, os.environ)
    return Config(secret=SecretStr(os.environ.get("FIRETOWER_SECRET") or ensure_secret(folder)))
