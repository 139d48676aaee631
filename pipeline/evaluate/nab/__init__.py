"""`evaluate nab`: counts alone, on the ten streams of the Numenta Anomaly Benchmark, beside 27 others.

NAB says whether volume is watched well. It holds no moods and no storms of outrage, so it is a floor to
stand on and no proof that firestorms are found; `docs/design/detection.md`, "Volume on NAB".
"""

from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.evaluate.kept import Kept
from pipeline.evaluate.nab import peers, river_peers
from pipeline.evaluate.nab.data import Published, Scores, Stream, content, published, read
from pipeline.evaluate.nab.held_out import PAGES, ROWS, held_out_scores, recall_at
from pipeline.evaluate.nab.ours import CONFIGURATIONS_TRIED, told_evidence
from pipeline.evaluate.nab.scoring import PROFILES, Ground, count_windows, ground, normalised, raw_at
from pipeline.evaluate.progress import shown

_OURS = "ours"


def evaluate(data: Path, resume: Path | None = None) -> dict[str, Any]:
    """Return how we and the peers score, and how well NAB's own figures are reproduced.

    Series are kept in the folder `resume` and taken from there when code and data are the same. A bar shows
    the progress on standard error. Raises `ConfigError` when `data` does not hold the streams.
    """
    streams = read(data)
    grounds = [ground(stream) for stream in streams]
    known = published(data, streams)
    kept = Kept(resume, [sha256(content(streams)).hexdigest()]) if resume else None
    made = {name: _made(name, make, kept) for name, make in shown(_detectors(streams), "nab")}
    ours = scored(streams, made.pop(_OURS))
    others = made | {each.name: each.scores for each in known}
    return {
        "reproduced_max_error": largest_error(streams, grounds, known),
        "ours": policies(grounds, ours) | {"recall_at": recall_at(grounds, ours)},
        "peers": {name: policies(grounds, scored(streams, each)) for name, each in others.items()},
        "configurations_tried": CONFIGURATIONS_TRIED,
    }


def _detectors(streams: Sequence[Stream]) -> list[tuple[str, Callable[[], list[Scores]]]]:
    """Return what makes each series, by name; our own first."""
    every = {_OURS: told_evidence} | peers.PEERS | river_peers.PEERS
    return [(name, partial(_series, score, streams)) for name, score in every.items()]


def _series(score: Callable[[Stream], Scores], streams: Sequence[Stream]) -> list[Scores]:
    return [score(stream) for stream in streams]


def _made(name: str, make: Callable[[], list[Scores]], kept: Kept | None) -> list[Scores]:
    """Return a detector's series: from an earlier run, or made."""
    if kept is None:
        return make()
    rows = kept.result(name, list[list[float]], lambda: [each.tolist() for each in make()])
    return [np.asarray(row, np.float64) for row in rows]


def scored(streams: Sequence[Stream], scores: Sequence[Scores]) -> list[Scores]:
    """Return the scores of the rows after the probation."""
    return [each[stream.scored_from :] for stream, each in zip(streams, scores, strict=True)]


def policies(grounds: Sequence[Ground], scores: Sequence[Scores]) -> dict[str, Any]:
    """Return the held-out scores under both policies; `scores` are those of the scored rows."""
    return {
        "rows": held_out_scores(grounds, scores, ROWS),
        "page_policy": held_out_scores(grounds, scores, PAGES),
    }


def largest_error(streams: Sequence[Stream], grounds: Sequence[Ground], known: Sequence[Published]) -> float:
    """Return the largest distance from a published score, each at its published threshold."""
    windows, apart = count_windows(grounds), list[float]()
    for each in known:
        scores = scored(streams, each.scores)
        for name, profile in PROFILES.items():
            result = each.results[name]
            raw = raw_at(grounds, scores, result["threshold"], profile)
            apart.append(abs(normalised(raw, windows, profile) - result["score"]))
    return max(apart)
