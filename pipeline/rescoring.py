"""Brings stored scores to the model version in use, from their embeddings: no text is read again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf
from statistics import fmean

from core.ports import Store
from core.records import Probabilities, Score, Selection
from models.adaptation import CLASSES, Adaptation, Reading, most_probable, name_version, read_version
from pipeline.versions import Versions
from storage.chunks import chunks

MOST = 10_000
"""Newest mentions that are scored again: what somebody may scroll through, in some seconds of work."""
SAMPLE = 1_000
"""Newest mentions that a level is taken from: a share of a quarter is known to three points then."""
AT_ONCE = 200
"""Scores per transaction, so that each stays under 50 ms, `docs/design/storage.md`."""


def rescore(store: Store, versions: Versions, base: str, since: datetime) -> int:
    """Score again what happened since then; return how many scores changed.

    Left as they are: what another shipped model scored, and what has no embedding (its text was erased).
    """
    target = versions.promoted.number if versions.promoted else 0
    scores = _recent(store, versions, base, since, MOST)
    stale = {key: score for key, score in scores.items() if read_version(base, score.version) != target}
    changed = 0
    for ids in chunks(stale, AT_ONCE):
        to = versions.adaptation(target)
        moved = _bring_stored(store, versions, base, to, {key: stale[key] for key in ids})
        store.rescore(moved)
        changed += len(moved)
    return changed


@dataclass(frozen=True, slots=True)
class Change:
    """What another version would make of the mentions of late."""

    before: float
    """Mean P(negative) as stored."""
    after: float
    """The same as the other version has it."""
    against: float
    """Share that the other version reads worse if a trusted one is right about its own certainty: the mean of
    what that gives its own class less what it gives the other version's class."""

    @property
    def ratio(self) -> float:
        """Of both means, the larger to the smaller one."""
        least, most = sorted((self.before, self.after))
        return most / least if least else inf


def change(
    store: Store,
    versions: Versions,
    base: str,
    target: Adaptation | None,
    trusted: Adaptation | None,
    since: datetime,
) -> Change | None:
    """Return what `target` would make of what happened since then; None without any mention."""
    stored = _recent(store, versions, base, since, SAMPLE)
    other = _bring_stored(store, versions, base, target, stored)
    if not other:
        return None
    rows = _bring_stored(store, versions, base, trusted, stored)
    return Change(
        before=fmean(stored[key].negative for key in other),
        after=fmean(score.negative for score in other.values()),
        against=fmean(_against(rows[key], score) for key, score in other.items()),
    )


def _against(trusted: Score, other: Score) -> float:
    shares = _probabilities(trusted)
    return max(shares) - shares[CLASSES.index(most_probable(_probabilities(other)))]


def _recent(store: Store, versions: Versions, base: str, since: datetime, most: int) -> dict[str, Score]:
    """Return the newest scores by mention id, those that can be brought to another version."""
    found: dict[str, Score] = {}
    for row in store.mentions(most, Selection(since=since, not_us=None)):
        number = read_version(base, row.score.version)
        if number is not None and versions.knows(number):
            found[row.mention.id] = row.score
    return found


def _bring_stored(
    store: Store, versions: Versions, base: str, to: Adaptation | None, scores: Mapping[str, Score]
) -> dict[str, Score]:
    embeddings = {key: row for key, row in store.embeddings(scores).items() if row}
    return bring(versions, base, to, {key: scores[key] for key in embeddings}, embeddings)


def bring(
    versions: Versions,
    base: str,
    to: Adaptation | None,
    scores: Mapping[str, Score],
    embeddings: Mapping[str, bytes],
) -> dict[str, Score]:
    """Return `scores`, by mention id, as version `to` would have given them, bit for bit."""
    shipped = as_shipped(versions, base, scores, embeddings)
    readings = [Reading(row, embeddings[key]) for key, row in shipped.items()]
    rows = to.apply(readings) if to else list(shipped.values())
    name = name_version(base, to.number if to else 0)
    return {key: _with(scores[key], row, name) for key, row in zip(shipped, rows, strict=True)}


def as_shipped(
    versions: Versions, base: str, scores: Mapping[str, Score], embeddings: Mapping[str, bytes]
) -> dict[str, Probabilities]:
    """Return what the shipped model said, whatever version made the scores."""
    by_version: dict[int, list[str]] = {}
    for key, score in scores.items():
        by_version.setdefault(read_version(base, score.version) or 0, []).append(key)
    found: dict[str, Probabilities] = {}
    for number, keys in by_version.items():
        rows = [_probabilities(scores[key]) for key in keys]
        made_by = versions.adaptation(number)
        if made_by:
            rows = made_by.undo(rows, [embeddings[key] for key in keys])
        found |= dict(zip(keys, rows, strict=True))
    return found


def _probabilities(score: Score) -> Probabilities:
    return score.negative, score.neutral, score.positive


def _with(score: Score, row: Probabilities, version: str) -> Score:
    negative, neutral, positive = row
    return replace(score, negative=negative, neutral=neutral, positive=positive, version=version)
