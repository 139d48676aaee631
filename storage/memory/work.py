"""Sources, jobs, hooks and life, in memory."""

from collections.abc import Iterable
from dataclasses import replace

from core.records import Hook, Job, Pulse, SourceState
from storage.clean import clean, clean_text
from storage.jobs import ENDED, KEPT_JOBS
from storage.memory.data import Part


class Work(Part):
    """What runs, and what is to be done."""

    def save_source(self, state: SourceState) -> None:
        """Insert or update a source's state."""
        state = clean(state)
        with self._data.lock:
            self._data.sources[state.name] = state

    def sources(self) -> list[SourceState]:
        """Return the states of all sources, by name."""
        with self._data.lock:
            return sorted(self._data.sources.values(), key=lambda state: state.name)

    def forget_sources(self, keep: Iterable[str]) -> None:
        """Remove the states of sources that are no longer configured."""
        kept = set(map(clean_text, keep))
        with self._data.lock:
            for name in self._data.sources.keys() - kept:
                del self._data.sources[name]

    def add_job(self, job: Job) -> None:
        """Ask the main process for work; a repeated id is a no-op."""
        with self._data.lock:
            self._data.jobs.setdefault(job.id, clean(job))

    def take_job(self) -> Job | None:
        """Take the oldest waiting job, as running; None when there is none."""
        with self._data.lock:
            waiting = [job for job in self._data.jobs.values() if job.state == "waiting"]
            if not waiting:
                return None
            oldest = min(waiting, key=lambda job: job.created_at)
            self._data.jobs[oldest.id] = replace(oldest, state="running")
            return self._data.jobs[oldest.id]

    def finish_job(self, job_id: str, state: str, result: str) -> None:
        """Record a job's end; an unknown job is ignored."""
        with self._data.lock:
            if job_id in self._data.jobs:
                done = replace(self._data.jobs[job_id], state=state, result=result)
                self._data.jobs[job_id] = clean(done)
                self._drop_old_jobs()

    def _drop_old_jobs(self) -> None:
        ended = [job for job in reversed(self._data.jobs.values()) if job.state in ENDED]
        for job in sorted(ended, key=lambda job: job.created_at, reverse=True)[KEPT_JOBS:]:
            del self._data.jobs[job.id]

    def job(self, job_id: str) -> Job | None:
        """Return one job."""
        with self._data.lock:
            return self._data.jobs.get(job_id)

    def jobs(self, kind: str = "", limit: int = 20) -> list[Job]:
        """Return jobs, newest first."""
        with self._data.lock:
            found = [job for job in reversed(self._data.jobs.values()) if kind in {"", job.kind}]
        return sorted(found, key=lambda job: job.created_at, reverse=True)[:limit]

    def add_hook(self, hook: Hook) -> None:
        """Keep an incoming hook for the monitor that verifies it; a repeated id is a no-op."""
        with self._data.lock:
            self._data.hooks.setdefault(hook.id, clean(hook))

    def take_hooks(self, path: str, limit: int) -> list[Hook]:
        """Return and remove the oldest hooks of one path."""
        with self._data.lock:
            found = [hook for hook in self._data.hooks.values() if hook.path == path]
            taken = sorted(found, key=lambda hook: hook.received_at)[:limit]
            for hook in taken:
                del self._data.hooks[hook.id]
        return taken

    def meta(self, key: str) -> str:
        """Return a fact about the workspace, "" when unknown."""
        with self._data.lock:
            return self._data.meta.get(key, "")

    def set_meta(self, key: str, value: str) -> None:
        """Write a fact about the workspace."""
        with self._data.lock:
            self._data.meta[clean_text(key)] = clean_text(value)

    def pulse(self) -> Pulse | None:
        """Return the main process's last sign of life."""
        with self._data.lock:
            return self._data.pulse

    def save_pulse(self, pulse: Pulse) -> None:
        """Write the main process's sign of life."""
        with self._data.lock:
            self._data.pulse = clean(pulse)

    def truncate_wal(self) -> None:
        """Memory has no write-ahead log."""

    def close(self) -> None:
        """Memory stays as long as the process, so that it can be opened again."""
