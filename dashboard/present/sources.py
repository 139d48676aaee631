"""Why sources are not seen, in words: pure."""

from core.records import SourceState, SourceStatus
from dashboard import phrases
from dashboard.facts import Facts
from dashboard.viewmodels import Reasons, SourceReason

SHOWN = 6
"""Sources whose trouble is told; two lines on a laptop."""
ERROR = 90
"""Characters of an error: it may quote what a feed answered."""


def reasons(facts: Facts) -> Reasons:
    """Say of each source that fails, is stopped or is blind what it said last; the stopped first."""
    troubled = [source for source in facts.sources if _troubled(facts, source)]
    ordered = sorted(troubled, key=lambda source: (source.status is not SourceStatus.STOPPED, source.name))
    rows = (SourceReason(phrases.source_name(source.name), _why(facts, source)) for source in ordered[:SHOWN])
    more = len(ordered) - SHOWN
    return Reasons(tuple(rows), f"and {more} more" if more > 0 else "")


def _troubled(facts: Facts, source: SourceState) -> bool:
    return source.status in {SourceStatus.FAILING, SourceStatus.STOPPED} or source.blind(facts.now)


def _why(facts: Facts, source: SourceState) -> str:
    error = _short(source.error)
    if source.status is SourceStatus.STOPPED:
        return f"stopped: {error}" if error else "stopped"
    if error:
        return error
    if source.heartbeat_at is None:
        return "has not answered yet"
    return f"no answer since {facts.time(source.heartbeat_at)}"


def _short(error: str) -> str:
    line = " ".join(error.split())
    return line if len(line) <= ERROR else f"{line[: ERROR - 1]}…"
