"""What is known of namesakes, in words: pure."""

from collections.abc import Sequence

from core import words
from core.intervals import wilson
from core.records import Relevance
from dashboard.viewmodels import NamesakeRow

NOTHING_YET = (
    "No answers yet. Say of mentions whether they are about us: with some of each kind Firetower sets "
    "namesakes apart. Until then all that meets a query counts, and nobody knows how much is about others."
)
CHOSEN = "These are mentions that somebody chose to answer, no random sample: the share among all may differ."


def note(known: Sequence[Relevance]) -> str:
    """Return what to read beside the rows, or in their place."""
    if any(one.answers for one in known):
        return CHOSEN
    return "" if namesakes(known) else NOTHING_YET


def namesakes(known: Sequence[Relevance]) -> tuple[NamesakeRow, ...]:
    """Return a row for each brand that something was taught of."""
    taught = (one for one in known if one.ours or one.not_ours)
    return tuple(NamesakeRow(one.brand, _taught(one), _measured(one)) for one in taught)


def _taught(one: Relevance) -> str:
    examples = f"{_count(one.ours, 'example')} of us, {words.number(one.not_ours)} of namesakes."
    if one.ours and one.not_ours:
        return examples
    lacking = "us" if one.not_ours else "namesakes"
    return f"{examples} Nothing is set apart by itself before there is one of {lacking}, too."


def _measured(one: Relevance) -> str:
    """Say how often it was right on answers that it did not know yet, and what nobody can know."""
    if not one.answers:
        return "No answers yet: how often it is wrong is not known."
    asked = f"Asked before it learned each of {_count(one.answers, 'answer')}, it would have set"
    if not one.hidden:
        missed = f" {words.number(one.said_not_us)} were not us." if one.said_not_us else ""
        return f"{asked} none apart, so its precision is not known.{missed}"
    rightly = f"{asked} {words.number(one.hidden)} apart: {_of(one.hidden_rightly, one.hidden)} were not us."
    if not one.said_not_us:
        return rightly
    return f"{rightly} Of those that were not us it found {_of(one.hidden_rightly, one.said_not_us)}."


def _of(part: int, whole: int) -> str:
    """Write `8 of 10 (80 %, 95 % interval 49 to 94 %)`."""
    low, high = wilson(part, whole)
    share = f"{words.percent(part / whole)}, 95 % interval {100 * low:.0f} to {words.percent(high)}"
    return f"{words.number(part)} of {words.number(whole)} ({share})"


def _count(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{words.number(count)} {noun}s"
