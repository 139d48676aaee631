"""Firetower's score of a stream of counts: the evidence of volume, told as a pager tells it.

The shipped estimators run as the detector composes them, with the shipped priors and settings. NAB has no
texts, so no mention is negative: growth, shift and negative volume stay silent, and what remains is the
evidence of the last hour's volume, before the stage rules, which need more than volume.
"""

import numpy as np

from core.records import BIN_SECONDS, Window
from models.evidence import Evidence
from models.priors import load_priors
from models.windows import Windows, bin_start
from pipeline.evaluate.nab.data import Scores, Stream
from pipeline.evaluate.nab.pages import SILENCE

CONFIGURATIONS_TRIED = 140
"""Series whose score on these streams was looked at before the present one was frozen, the present one
included; every further look counts. `docs/design/detection.md` says what they were."""
_QUIET = 2.0
"""One bin in a hundred: below it nothing is unusual."""
_TENFOLD = 1.0
"""What was told is told again within a day only when it has become ten times less likely by chance, about as
far apart as smouldering and a page are."""


def told_evidence(stream: Stream) -> Scores:
    """Return -log10 of how rarely the brand's hour is as full, at the rows where that is news; else 0."""
    told = np.zeros(len(stream.times))
    evidence, last, at = volume_evidence(stream), 0.0, -SILENCE
    for row in np.flatnonzero(evidence > _QUIET):
        if stream.times[row] - at >= SILENCE or evidence[row] >= last + _TENFOLD:
            last, at = evidence[row], stream.times[row]
            told[row] = last
    return told


def volume_evidence(stream: Stream) -> Scores:
    """Return -log10 of how rarely the brand's hour is as full, at every row."""
    priors = load_priors()
    state, seen = Evidence(priors, priors.threshold), Windows()
    evidence = np.empty(len(stream.times))
    for row, (time, count) in enumerate(zip(stream.times.tolist(), stream.counts.tolist(), strict=True)):
        start = bin_start(time)
        seen.import_window(Window(start, 1.0, float(count), 0.0, float(count), 0.0))
        seen.observe(start, 1.0, 1)
        state.close(start, seen)
        seen.drop(start - 12 * BIN_SECONDS)
        evidence[row] = state.volume_evidence
    return evidence
