"""Detection on whole streams: storms of another family than the model, clean weeks, outages.

Backgrounds are log-normal Cox processes with benign bursts and drifting moods
(`training.streams`), negatives are what an imperfect classifier gives. The
figures are printed; `docs/design/detection.md` quotes them.
"""

import itertools
import random
from dataclasses import dataclass
from functools import cache
from statistics import median

import numpy as np
import pytest

from core.clock import from_seconds
from core.records import Mention, Score, Scored, Stage, Window
from models.evidence import Evidence
from models.opening import open_detector
from models.priors import load_priors
from models.signature import BYTES
from models.stages import SPREADING
from models.windows import Windows
from training.priors import watch
from training.replay import add_crowd, record, starts, walk
from training.streams import Counts, Rates, cox, moods, storm, windows

START = 1_425_168_000
WARM = 21 * 288
SIZES = (6.0, 60.0, 600.0)


@dataclass(frozen=True)
class Caught:
    """One injected storm: whether it paged, and after how many hours; `peak` in hours after its onset."""

    delay: float | None
    peak: float


class Run:
    """The estimators after three clean weeks, able to start again from there."""

    def __init__(self, per_hour: float, seed: int) -> None:
        self.random = np.random.default_rng([seed, int(per_hour)])
        counts = cox(24, per_hour, self.random)
        self.counts, self.negative = counts, moods(counts, self.random)
        self.rate = per_hour / 12.0
        self.seen, self.state = Windows(), Evidence(load_priors(), load_priors().threshold)
        for window in windows(START, self.counts[:WARM], self.negative[:WARM]):
            self.step(window)
        self.warm = self.state.state()

    def step(self, window: Window) -> bool:
        """Take in a window; True while it is a storm."""
        self.seen.import_window(window)
        add_crowd(self.seen, window)
        self.seen.observe(window.start, window.exposure, window.sources_observable)
        self.state.close(window.start, self.seen)
        return self.state.stages.rank >= SPREADING

    def inject(self, size: float, doubling: float) -> Caught:
        """Add a storm right after the clean weeks."""
        self.state.restore(self.warm)
        self.seen.drop(START + 300 * (WARM - 12))
        extra = storm(self.rate, size, doubling, self.random)[: len(self.counts) - WARM]
        counts, negative = self.with_storm(extra)
        rise = 12.0 * doubling * np.log2(size / 0.02)
        stream = windows(START + 300 * WARM, counts, negative)
        for place, window in enumerate(stream[: int(rise) + 72]):
            if self.step(window):
                return Caught((place + 1) / 12.0, rise / 12.0)
        return Caught(None, rise / 12.0)

    def with_storm(self, extra: Counts) -> tuple[Counts, Rates]:
        counts, negative = self.counts[WARM:].copy(), self.negative[WARM:].copy()
        angry = self.random.binomial(extra, 0.8)
        counts[: len(extra)] += extra
        negative[: len(extra)] += 0.75 * angry + 0.1 * (extra - angry)
        return counts, negative


def test_storms_are_caught_most_of_them_before_their_peak(capsys: pytest.CaptureFixture[str]) -> None:
    table = {}
    for per_hour in SIZES:
        runs = [Run(per_hour, seed) for seed in (1, 2, 3)]
        cells = itertools.product(runs, (3.0, 10.0), (0.5, 1.0, 2.0, 4.0))
        table[per_hour] = [run.inject(size, doubling) for run, size, doubling in cells]
    with capsys.disabled():
        print("\nmentions/h  storms  recall  before peak  median delay h  median lead h")
        for per_hour, caught in table.items():
            print(_line(per_hour, caught))
    for caught in table.values():
        found = [each for each in caught if each.delay is not None]
        assert len(found) >= 0.85 * len(caught)
        assert sum(each.delay < each.peak for each in found if each.delay) >= 0.5 * len(caught)


def _line(per_hour: float, caught: list[Caught]) -> str:
    found = [(each.delay, each.peak) for each in caught if each.delay is not None]
    early = sum(delay < peak for delay, peak in found) / len(caught)
    delay, lead = median(delay for delay, _ in found), median(peak - delay for delay, peak in found)
    recall = len(found) / len(caught)
    return f"{per_hour:10.0f}  {len(caught):6d}  {recall:6.2f}  {early:11.2f}  {delay:14.1f}  {lead:13.1f}"


def test_clean_weeks_bring_about_half_a_needless_page(capsys: pytest.CaptureFixture[str]) -> None:
    priors, rates = load_priors(), {}
    for per_hour in SIZES:
        chance = np.random.default_rng([77, int(per_hour)])
        pages = 0
        for _ in range(3):
            counts = cox(42, per_hour, chance)
            stream = windows(START, counts, moods(counts, chance))
            pages += watch(stream, priors, priors.threshold)[1]
        rates[per_hour] = pages / (3 * 4)
    with capsys.disabled():
        print("\nneedless pages per brand-week on clean streams:", rates)
    assert sum(rates.values()) / len(rates) <= 1.0


def test_recorded_figures_begin_to_page_in_the_very_bin_of_the_detector() -> None:
    """Later ones differ: a replay leaves out that a brand learns slowly after a page."""
    chance, priors = np.random.default_rng([77, 20]), load_priors()
    counts = cox(21, 20.0, chance)
    stream = windows(START, counts, moods(counts, chance))
    first = next(place for place, state in enumerate(walk(stream, priors, 2.6)) if state.stages.storm)
    figures = record(stream, priors)
    begun = starts(figures, priors.bucket(figures.mentions_per_hour).fused, 2.6)
    assert 2 * 288 < first == begun[0]


@cache
def _history() -> tuple[Window, ...]:
    chance = np.random.default_rng(5)
    counts = cox(16, 60.0, chance)
    return tuple(windows(START, counts, moods(counts, chance), backfill=True))


def _live(seed: int, start: int, hours: int) -> list[Scored]:
    """Everyday mentions at 60 an hour, each a text of its own."""
    chance = random.Random(seed)
    made = []
    for number in range(60 * hours):
        at = from_seconds(start + chance.uniform(0, 3600 * hours))
        score = 0.75 if chance.random() < 0.18 else 0.1
        mention = Mention("rss", str(number), "words", at, at, author=f"a{number}")
        made.append(Scored(mention, Score(score, 1 - score, 0.0, chance.randbytes(BYTES))))
    return sorted(made, key=lambda each: each.mention.event_at)


@pytest.mark.parametrize(("down", "catch_up"), [(12, 0.5), (12, 3.0), (40, 3.0), (40, 6.0)])
def test_an_outage_and_its_catch_up_do_not_page(down: int, catch_up: float) -> None:
    """Nothing arrives for hours, then all of it within a short time, by event time and with exposure."""
    detector = open_detector("Acme")
    detector.learn(_history())
    begin = START + 16 * 86400 + 7200
    end = begin + 3600 * down
    stages: set[Stage] = set()
    waiting: list[tuple[float, Scored]] = []
    for scored in _live(down, begin - 7200, down + 2 + 24):
        at = scored.mention.event_at.timestamp()
        late = begin <= at < end
        waiting.append((end + (at - begin) / (end - begin) * 3600 * catch_up if late else at, scored))
    arrivals = iter(sorted(waiting, key=lambda pair: pair[0]))
    following = next(arrivals, None)
    for now in range(begin - 7200, end + 24 * 3600, 300):
        while following is not None and following[0] < now:
            detector.count(following[1])
            following = next(arrivals, None)
        blind = begin <= now - 300 < end
        signals = detector.advance(from_seconds(now), 0.0 if blind else 1.0, 1)
        stages |= {signal.stage for signal in signals}
    assert Stage.UNKNOWN in stages
    assert not {Stage.SPREADING, Stage.FIRESTORM} & stages


def test_without_exposure_the_same_outage_would_be_learned_as_calm() -> None:
    """Why exposure matters: a blind day taken for a quiet one pulls the expectation down."""
    expected = []
    for exposure in (0.0, 1.0):
        detector = open_detector("Acme")
        detector.learn(_history())
        end = START + 18 * 86400
        detector.advance(from_seconds(end), exposure, 1)
        expected.append(detector.peek(from_seconds(end + 150), 1.0, 1).expected)
    assert expected[1] < 0.75 * expected[0]
