"""What the processes of one workspace tell each other."""

from collections.abc import Iterable
from typing import Protocol

from core.records import Hook, Job, Pulse, SourceState


class Life(Protocol):
    """Sources, jobs, hooks, facts about the workspace, and the sign of life."""

    def save_source(self, state: SourceState) -> None:
        """Insert or update a source's state."""

    def sources(self) -> list[SourceState]:
        """Return the states of all sources, by name."""

    def forget_sources(self, keep: Iterable[str]) -> None:
        """Remove the states of sources that are no longer configured."""

    def add_job(self, job: Job) -> None:
        """Ask the main process for work."""

    def take_job(self) -> Job | None:
        """Take the oldest waiting job by compare-and-set, as running; None when there is none."""

    def finish_job(self, job_id: str, state: str, result: str) -> None:
        """Record a job's end."""

    def job(self, job_id: str) -> Job | None:
        """Return one job."""

    def jobs(self, kind: str = "", limit: int = 20) -> list[Job]:
        """Return jobs, newest first."""

    def add_hook(self, hook: Hook) -> None:
        """Keep an incoming hook for the monitor that verifies it; a repeated id is a no-op."""

    def take_hooks(self, path: str, limit: int) -> list[Hook]:
        """Return and remove the oldest hooks of one path."""

    def meta(self, key: str) -> str:
        """Return a fact about the workspace, "" when unknown (`purpose`, `schema`, `metrics`, ...)."""

    def set_meta(self, key: str, value: str) -> None:
        """Write a fact about the workspace."""

    def pulse(self) -> Pulse | None:
        """Return the main process's last sign of life."""

    def save_pulse(self, pulse: Pulse) -> None:
        """Write the main process's sign of life."""

    def truncate_wal(self) -> None:
        """Shrink the write-ahead log, where there is one."""

    def close(self) -> None:
        """Release files and connections."""
