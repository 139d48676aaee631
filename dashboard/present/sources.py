"""Why sources are not seen, in words: pure."""

from core import words
from core.records import SourceState, SourceStatus
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
    rows = (SourceReason(source.name, _why(facts, source)) for source in ordered[:SHOWN])
    more = len(ordered) - SHOWN
    return Reasons(tuple(rows), f"and {more} more" if more > 0 else "")


def _troubled(facts: Facts, source: SourceState) -> bool:
    return source.status in {SourceStatus.FAILING, SourceStatus.STOPPED} or source.blind(facts.now)


def _why(facts: Facts, source: SourceState) -> str:
    error = _short(source.error)
    if source.status is SourceStatus.STOPPED:
        return f"{words.SourceWord.STOPPED}: {error}" if error else words.SourceWord.STOPPED
    if error:
        return error
    word, since = words.source_word(source, facts.now)
    return f"{word} since {facts.time(since)}" if since else word


def _short(error: str) -> str:
    line = " ".join(error.split())
    return line if len(line) <= ERROR else f"{line[: ERROR - 1]}…"
