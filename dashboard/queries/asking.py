"""How the board asks the main process to do something, and what became of it."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from core.records import Job
from dashboard.present import asked as present_asked
from dashboard.queries.shared import facts_in, workspace_in
from dashboard.viewmodels import Asked

RECENT = timedelta(hours=1)
"""After so long nobody waits for a result before the screen."""


def ask(folder: Path, kind: str, arguments: Mapping[str, str]) -> str:
    """Add a job; return its id."""
    job = Job(secrets.token_hex(8), kind, dict(arguments), facts_in(folder).wall)
    workspace_in(folder).store.add_job(job)
    return job.id


def newest(folder: Path, kind: str) -> Asked | None:
    """Say what became of the newest job of a kind, None when there was none of late."""
    facts = facts_in(folder)
    jobs = workspace_in(folder).store.jobs(kind, limit=1)
    recent = [job for job in jobs if facts.wall - job.created_at < RECENT]
    return present_asked.asked(facts, recent[0]) if recent else None
