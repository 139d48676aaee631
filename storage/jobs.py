"""How long the results of jobs are kept, the same for every store."""

from collections.abc import Iterable

from core.records import Job

ENDED = ("done", "failed")
"""States of a job that nobody works on any more."""

KEPT_JOBS = 100
"""Ended jobs that are kept, the newest: the board shows 20, and forgetting looks through all of them."""


def shows(job: Job, mention_ids: Iterable[str]) -> bool:
    """Return whether the result of a job, such as the preview of a query, shows one of the mentions."""
    return any(mention_id in job.result for mention_id in mention_ids)
