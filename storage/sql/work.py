"""What the board asks of the main process: jobs and web hooks."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, delete, select, update

from core.records import Hook, Job
from storage.jobs import ENDED, KEPT_JOBS
from storage.sql import schema
from storage.sql.dialect import insert_new
from storage.sql.documents import job_values
from storage.sql.part import Part


class Work(Part):
    """Two tables through which one process hands work to another."""

    def add_job(self, job: Job) -> None:
        """Ask the main process for work; a repeated id is a no-op."""
        with self._database.write() as connection:
            connection.execute(insert_new(schema.job), job_values(job))

    def take_job(self) -> Job | None:
        """Take the oldest waiting job by compare-and-set, as running; None when there is none."""
        while (waiting := self._next_job()) is not None:
            if self._change(waiting, replace(waiting, state="running")):
                return replace(waiting, state="running")
        return None

    def finish_job(self, job_id: str, state: str, result: str) -> None:
        """Record a job's end; an unknown job is ignored."""
        job = self.job(job_id)
        if job is not None and self._change(job, replace(job, state=state, result=result)):
            self._drop_old_jobs()

    def job(self, job_id: str) -> Job | None:
        """Return one job."""
        query = select(schema.job.c.payload).where(schema.job.c.id == job_id)
        with self._database.read() as connection:
            return connection.scalars(query).one_or_none()

    def jobs(self, kind: str = "", limit: int = 20) -> list[Job]:
        """Return jobs, newest first."""
        row = schema.job.c
        query = select(row.payload).order_by(row.created_at.desc(), row.seq.desc()).limit(limit)
        if kind:
            query = query.where(row.kind == kind)
        with self._database.read() as connection:
            return list(connection.scalars(query))

    def _drop_old_jobs(self) -> None:
        row = schema.job.c
        ended = select(row.seq).where(row.state.in_(ENDED))
        old = ended.order_by(row.created_at.desc(), row.seq.desc()).offset(KEPT_JOBS)
        with self._database.write() as connection:
            connection.execute(delete(schema.job).where(row.seq.in_(old)))

    def _next_job(self) -> Job | None:
        # Looking first keeps a poll that finds nothing from taking the writer's place.
        row = schema.job.c
        query = select(row.payload).where(row.state == "waiting").order_by(row.created_at, row.seq)
        with self._database.read() as connection:
            return connection.scalars(query.limit(1)).one_or_none()

    def _change(self, old: Job, new: Job) -> bool:
        row = schema.job.c
        same = (row.id == old.id, row.state == old.state)
        with self._database.write() as connection:
            changed = connection.execute(update(schema.job).where(*same).values(job_values(new)))
            return changed.rowcount == 1

    def add_hook(self, hook: Hook) -> None:
        """Keep an incoming hook for the monitor that verifies it; a repeated id is a no-op."""
        row = {
            "id": hook.id,
            "path": hook.path,
            "headers": hook.headers,
            "body": hook.body,
            "received_at": hook.received_at,
        }
        with self._database.write() as connection:
            connection.execute(insert_new(schema.inbox), row)

    def take_hooks(self, path: str, limit: int) -> list[Hook]:
        """Return and remove the oldest hooks of one path."""
        row = schema.inbox.c
        oldest = select(row.seq).where(row.path == path).order_by(row.received_at, row.seq).limit(limit)
        with self._database.read() as connection:
            if connection.scalars(oldest).first() is None:
                return []
        with self._database.write() as connection:
            taken = connection.execute(delete(schema.inbox).where(row.seq.in_(oldest)).returning(*row))
            return _hooks(taken.all())


def _hooks(rows: Sequence[Row[Any]]) -> list[Hook]:
    ordered = sorted(rows, key=lambda row: (row.received_at, row.seq))
    return [Hook(row.id, row.path, row.headers, row.body, row.received_at) for row in ordered]
