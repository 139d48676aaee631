"""Which pages a threshold would have brought, from figures that were recorded once.

The estimators take a second for eight weeks of a brand, runs and stages a twentieth of it. What is left out
is that a brand learns slowly after a page.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.records import Window
from models.bins import SKETCH, short_hash
from models.evidence import Evidence
from models.priors import Priors, RunsPrior
from models.runs import Runs
from models.share import NOTABLE_SHIFT
from models.stages import CALM, SPREADING, Stages
from models.windows import HOUR_BINS, Windows

WARM_BINS = 14 * 288
_SILENCE_BINS = 288
"""A page is followed by 24 hours of silence."""
_REFRESH_BINS = 48
"""A brand looks at its reference of runs every fourth hour."""
NEVER = 99.0
"""Evidence that is never reached."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a stream gave, bin by bin."""

    pageable: list[float]
    """The fused figure where the conditions of a page hold, 0 elsewhere."""
    unusual: list[bool]
    """Whether the evidence that has piled up is more than that of one calm bin in a hundred."""
    mentions_per_hour: float
    """The level at the end."""


def walk(stream: Iterable[Window], priors: Priors, threshold: float) -> Iterator[Evidence]:
    """Run a stream through the estimators; yield them, the same object, after each bin."""
    state, seen = Evidence(priors, threshold), Windows()
    for window in stream:
        seen.import_window(window)
        add_crowd(seen, window)
        seen.observe(window.start, window.exposure, window.sources_observable)
        state.close(window.start, seen)
        seen.drop(window.start - 3600)
        yield state


def add_crowd(seen: Windows, window: Window) -> None:
    """Give each negative mention of a bin an author of its own, and no mention a mood that can be read.

    Moods of these streams are drawn, so that every rise of theirs would be taken for a friendly crowd's.
    """
    if not window.mentions:
        return
    content, count = seen.bins[window.start], round(window.negative)
    content.foreign = content.mentions
    if count:
        content.negatives = content.named = float(count)
        content.sources = {0: count}
        content.authors = {short_hash(f"{window.start} {each}"): 1 for each in range(min(count, SKETCH))}


def record(stream: Iterable[Window], priors: Priors) -> Figures:
    """Return the figures of a brand that never pages."""
    pageable, unusual, level = [], [], 0.0
    for state in walk(stream, priors, NEVER):
        seen = state.seen
        pageable.append(seen.pageable)
        unusual.append(seen.growth > state.calibration.growth.level or seen.share > NOTABLE_SHIFT)
        level = HOUR_BINS * state.baseline.all.rate
    return Figures(pageable, unusual, level)


def starts(figures: Figures, prior: RunsPrior, threshold: float) -> list[int]:
    """Return the bins at which a storm would have begun."""
    runs, stages, begun = Runs(prior), Stages(), []
    for place, (value, unusual) in enumerate(zip(figures.pageable, figures.unusual, strict=True)):
        storm = stages.storm
        stages.close(SPREADING if value and runs.evidence(value) >= threshold else CALM, falling=False)
        if stages.storm and not storm:
            runs.withdraw()
            begun.append(place)
        stages.settle(unusual)
        if not stages.excluded:
            runs.learn(value)
        if (place + 1) % _REFRESH_BINS == 0:
            runs.refresh(prior)
    return begun


def pages(begun: Sequence[int]) -> int:
    """Return how many pages storms that began there bring after two weeks."""
    count, last = 0, -_SILENCE_BINS
    for place in begun:
        if place >= WARM_BINS and place - last >= _SILENCE_BINS:
            count, last = count + 1, place
    return count
