"""What became of a job, in words: pure."""

from core.records import Job
from dashboard.facts import Facts
from dashboard.viewmodels import Asked

RESULT = 400
"""Characters of a result: it may quote what a mail server answered."""


def asked(facts: Facts, job: Job) -> Asked:
    """Say how far a job is: waiting for somebody to do it, done, or failed and why."""
    at = facts.time(job.created_at)
    if job.state in {"waiting", "running"}:
        return _unfinished(facts, job, at)
    failed = job.state == "failed"
    result = " ".join(job.result.split())[:RESULT]
    return Asked(f"Asked at {at}: {'it failed: ' if failed else ''}{result}", busy=False, failed=failed)


def _unfinished(facts: Facts, job: Job, at: str) -> Asked:
    if facts.purpose == "replay":
        return Asked(f"Asked at {at}: nobody does it, a replay takes no orders.", busy=False, failed=True)
    if facts.silent_since is not None:
        text = f"Asked at {at}: nobody does it. Firetower is not running; start it with {facts.command}"
        return Asked(text, busy=False, failed=True)
    doing = "is being done" if job.state == "running" else "waits for its turn"
    return Asked(f"Asked at {at}: {doing}.", busy=True, failed=False)
