"""What is worth a person's judgement: a bounded choice among the newest mentions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from core.ports import Store
from core.questions import Candidate, Question, worth_asking
from core.records import Flag, Incident, MentionRow, Selection
from dashboard.present import questions as present_questions
from dashboard.queries import mentions as mention_queries
from dashboard.queries.shared import facts_in, workspace_in
from dashboard.viewmodels import QuestionList
from dashboard.workspace import folder_from_environment

POOL = 400
"""Newest mentions among which is chosen: some 30 ms of work."""
RECENT = timedelta(hours=48)
"""As far back as labels change what the board shows."""
NEVER = Flag.NO_TRAINING | Flag.DELETED | Flag.DRILL | Flag.EDITED
"""Marks of mentions that are not asked about: nothing may be learned, nothing is left to read, nobody wrote
it, or the score is that of a former text."""


def choose(brand: str) -> list[Question]:
    """Return the mentions of `brand`, "" for all, whose label teaches most now."""
    folder = folder_from_environment()
    facts, store = facts_in(folder), workspace_in(folder).store
    rows = store.mentions(POOL, Selection(brand=brand, since=facts.now - RECENT))
    return worth_asking(_candidates(store, rows, facts.incidents))


def questions(asked: Sequence[Question], before: Mapping[str, float | None]) -> QuestionList:
    """Return these mentions as lines; `before` as in `present.mentions.listed`."""
    lines = mention_queries.lines([one.id for one in asked], before)
    return present_questions.listed(lines, asked)


def _candidates(store: Store, rows: Sequence[MentionRow], incidents: Sequence[Incident]) -> list[Candidate]:
    """Return those of `rows` that may be asked about, once each."""
    kept = {row.mention.id: row for row in rows if not row.mention.flags & NEVER}
    embeddings = _comparable(kept, store.embeddings(kept))
    said, urgent = store.said(embeddings), _urgent(rows, incidents)
    return [
        Candidate(
            id=key,
            shares=(kept[key].score.negative, kept[key].score.neutral, kept[key].score.positive),
            embedding=packed,
            voice=kept[key].weight,
            urgent=key in urgent,
            said=key in said,
        )
        for key, packed in embeddings.items()
    ]


def _comparable(rows: Mapping[str, MentionRow], embeddings: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the embeddings of the version that read the most: no two encoders can be compared."""
    read = Counter(rows[key].score.version for key in embeddings)
    most = max(read, key=read.__getitem__, default="")
    return {key: packed for key, packed in embeddings.items() if rows[key].score.version == most}


def _urgent(rows: Sequence[MentionRow], incidents: Sequence[Incident]) -> set[str]:
    """Return the mentions that belong to the time and the brand of an open incident."""
    since = {one.brand: one.started_at for one in incidents if not one.drill}
    mine = [row for row in rows if row.brand in since]
    return {row.mention.id for row in mine if row.mention.event_at >= since[row.brand]}
