"""What a query would find, from the answer of the main process: pure."""

import re
from dataclasses import dataclass
from datetime import datetime

from core import words
from core.codec import loads
from core.records import Job
from dashboard.facts import Facts
from dashboard.present.asked import asked
from dashboard.viewmodels import QueryTrial, SampleRow

SHOWN = 8
"""Examples that are shown."""
BEFORE = 80
"""Characters of a query that are shown in front of a mistake, and behind it."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A mention that the query finds, as the job `query_preview` gives it."""

    mention_id: str
    source: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The result of the job `query_preview`."""

    query: str
    looked_at: int = 0
    matched: int = 0
    samples: tuple[Sample, ...] = ()
    error: str = ""
    position: int | None = None


def trial(facts: Facts, job: Job) -> QueryTrial:
    """Return what became of a trial: still to come, what it found, or where the mistake is."""
    told = asked(facts, job)
    if told.busy:
        return QueryTrial(busy=told.text)
    if job.state != "done":
        return QueryTrial(busy="", error=told.text)
    try:
        found = loads(Preview, job.result)
    except ValueError:
        return QueryTrial(busy="", error="The answer cannot be read: restart Firetower, then try again.")
    return _mistake(found) if found.error else _found(facts, found)


def _mistake(found: Preview) -> QueryTrial:
    """Return a syntax error with the query around it."""
    place = len(found.query) if found.position is None else min(max(found.position, 0), len(found.query))
    word = re.match(r"\S+", found.query[place:])
    end = place + (word.end() if word else 1)
    return QueryTrial(
        busy="",
        query=found.query,
        error=found.error,
        before=found.query[max(0, place - BEFORE) : place],
        at=found.query[place:end],
        after=found.query[end : end + BEFORE],
    )


def _found(facts: Facts, found: Preview) -> QueryTrial:
    return QueryTrial(
        busy="",
        query=found.query,
        found=_sentence(found),
        samples=tuple(
            SampleRow(facts.time(row.at), row.source, " ".join(row.text.split()))
            for row in found.samples[:SHOWN]
        ),
    )


def _sentence(found: Preview) -> str:
    if not found.looked_at:
        return "No mention is stored yet, so there is nothing to try it on."
    among = f"of the newest {words.number(found.looked_at)} stored mentions"
    if not found.matched:
        return f"It finds none {among}. They came with the queries that are set now: try other words."
    return f"It finds {words.number(found.matched)} {among}."
