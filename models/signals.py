"""What detection says of a brand after a bin, as a record."""

from dataclasses import replace
from datetime import datetime
from math import exp

from core.clock import from_seconds
from core.records import BIN_SECONDS, Signal, Stage
from models.bands import band
from models.bins import Hour
from models.calibrate import LN10
from models.evidence import Evidence
from models.fuse import amplification
from models.stages import SPREADING
from models.windows import HOUR_BINS, Windows

_STORM_RATE = 1.0 / 8064.0
"""Prior chance that a bin belongs to the start of a storm: one in four weeks."""


def signal(
    brand: str,
    at: datetime,
    state: Evidence,
    windows: Windows,
    start: int,
    would_catch: float | None = None,
) -> Signal:
    """Describe the bin that `state` has just taken in."""
    hour = windows.hour(start)
    if state.stages.blind:
        return Signal(
            brand,
            at,
            Stage.UNKNOWN,
            seen=hour.independent_negative,
            mentions=hour.mentions,
            coverage=state.exposure,
            observable=state.observable,
            planned=state.seen.planned,
            learned_hours=state.baseline.hours,
        )
    expected, bin_expected = state.usual_hour_negative(), state.seen.expected_negative
    low, high = band(expected, state.baseline.negative.hour_kappa)
    bin_low, bin_high = band(bin_expected, state.baseline.negative.kappa)
    evidence, onset = state.evidence, state.growth.onset
    return Signal(
        brand=brand,
        at=at,
        stage=state.stages.stage,
        seen=hour.independent_negative,
        expected=expected,
        low=low,
        high=high,
        mentions=hour.mentions,
        bin_seen=state.seen.negative,
        bin_expected=bin_expected,
        bin_low=bin_low,
        bin_high=bin_high,
        negative_share=_share(hour),
        usual_share=state.share.usual,
        growth=state.trend.speed,
        authors=hour.authors,
        new_authors=hour.new_authors,
        sources=hour.sources,
        foreign=hour.foreign / hour.mentions if hour.mentions else 0.0,
        amplification=amplification(hour),
        evidence=evidence,
        threshold=state.threshold,
        contributions=tuple(part for part in state.verdict.parts if part.value),
        conditions=state.verdict.conditions,
        capped=state.verdict.capped,
        coverage=state.exposure,
        observable=state.observable,
        sure=sure(state, evidence),
        would_catch=would_catch,
        learned_hours=state.baseline.hours,
        onset=from_seconds(onset) if onset is not None else None,
        planned=state.seen.planned,
        control=state.verdict.control,
        topics=state.topics.change(windows.topics),
        hour_kappa=state.baseline.negative.hour_kappa,
    )


def _share(hour: Hour) -> float | None:
    return hour.independent_negative / hour.independent if hour.independent else None


def sure(state: Evidence, evidence: float) -> float | None:
    """Return the probability that the stage is right; None while learning.

    Bayes: a calm bin reaches this evidence with probability 10^-evidence, a storm
    begins in one bin of 8,064. A stage below spreading says that there is no storm,
    which a partly blind detector can say only in part.
    """
    if not state.learned:
        return None
    storm = _STORM_RATE / (_STORM_RATE + exp(-evidence * LN10))
    return storm if state.stages.rank >= SPREADING else (1.0 - storm) * state.exposure


def worth_keeping(state: Evidence, windows: Windows, start: int) -> bool:
    """True for a bin that charts, incidents and a restart need: mentions, a stage, the full hour, a turn.

    So what could be seen of a bin that is not kept is what could be seen of the last kept one before it.
    """
    full_hour = (start // BIN_SECONDS + 1) % HOUR_BINS == 0
    calm = state.stages.stage is Stage.CALM
    return start in windows.bins or not calm or full_hour or windows.turned(start)


def calmed(each: Signal) -> Signal:
    """Return a signal of history, which never alarms, whatever it would have been."""
    stage = Stage.UNKNOWN if each.stage is Stage.UNKNOWN else Stage.CALM
    return replace(each, stage=stage, conditions=(), capped="")
