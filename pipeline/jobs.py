"""Jobs: what the board asks the main process to do, each kind by its own handler."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from core.errors import FiretowerError, Permanent
from core.ports import Store
from core.records import Job
from core.telemetry import get_logger

LOOK_SECONDS = 0.5
"""How often the table is looked at: somebody waits before a screen."""
AT_ONCE = 4
"""Jobs that run side by side: a drill takes minutes, and a preview must not wait for it."""
NEWEST = 1_000
"""Jobs that are looked through at the start for those that a former run left unfinished."""

Handler = Callable[[Mapping[str, str]], Awaitable[str]]
"""Does one job: takes its arguments, returns its result; an error's words become the result of a failure."""


class Jobs:
    """Takes jobs, oldest first, and records what became of each: `done` or `failed`, with a result in words.

    A job that was running when the process ended is failed at the next start, not repeated: whoever asked
    sees it and asks again, nothing surprises anybody hours later, and a job that kills the process does so
    once.
    """

    def __init__(self, store: Store, handlers: Mapping[str, Handler]) -> None:
        self._store = store
        self._handlers = handlers

    async def run(self) -> None:
        """Work until cancelled."""
        await asyncio.to_thread(self._fail_interrupted)
        places = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            while True:
                await places.acquire()  # a job is taken only when there is room to do it
                job = await asyncio.to_thread(self._store.take_job)
                if job is None:
                    places.release()
                    await asyncio.sleep(LOOK_SECONDS)
                    continue
                task = group.create_task(self._do(job), name=f"job {job.kind}")
                task.add_done_callback(lambda _: places.release())

    async def _do(self, job: Job) -> None:
        state, result = await self._outcome(job)
        await asyncio.to_thread(self._store.finish_job, job.id, state, result)

    async def _outcome(self, job: Job) -> tuple[str, str]:
        """Return how a job ended, and its result or what went wrong."""
        try:
            return "done", await self._handler(job.kind)(job.arguments)
        except FiretowerError as error:
            return "failed", str(error)
        except Exception as error:  # one job's fault must not end the others
            get_logger("jobs").exception("a job failed", kind=job.kind)
            return "failed", f"{type(error).__name__} in Firetower; the log has it"

    def _handler(self, kind: str) -> Handler:
        if kind not in self._handlers:
            known = ", ".join(sorted(self._handlers))
            raise Permanent(f"nothing here does a job of the kind {kind[:40]!r}; known: {known}")
        return self._handlers[kind]

    def _fail_interrupted(self) -> None:
        for job in self._store.jobs(limit=NEWEST):
            if job.state == "running":
                self._store.finish_job(job.id, "failed", "Firetower was stopped while it ran; ask again")
