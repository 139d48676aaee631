"""The mentions that are worth a person's judgement, in words: pure."""

from collections.abc import Sequence
from dataclasses import replace

from core.questions import Question
from dashboard.viewmodels import MentionLine, QuestionList

BY_LOT = "by lot"


def listed(lines: Sequence[MentionLine], asked: Sequence[Question]) -> QuestionList:
    """Return the list of `lines`, those of the mentions that are asked about."""
    drawn = {one.id for one in asked if one.at_random}
    marked = [replace(one, marks=(*one.marks, BY_LOT)) if one.id in drawn else one for one in lines]
    judged = sum(line.said is not None for line in lines)
    return QuestionList(
        lines=tuple(marked),
        note=f"{judged} of {len(lines)} judged" if judged else f"{len(lines)} whose label teaches most",
        why=f"The model is unsure of them, many others are like them, no two are alike. {_lot(len(drawn))}",
    )


def _lot(drawn: int) -> str:
    if not drawn:
        return (
            "Say also what is read rightly: labels of wrong ones alone would make every version look worse."
        )
    which = "One is" if drawn == 1 else f"{drawn} are"
    return (
        f"{which} drawn by lot, and what is read rightly deserves its label too: "
        "from labels of wrong ones alone every version would look worse than it is."
    )
