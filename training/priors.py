"""Makes `models/priors/detection.json`: how brands of a size usually behave.

    python -m training.priors --data ../shared/data

Tails, dispersion and season come from the ten public mention streams of NAB
(realTweets), thinned to seven sizes, with moods drawn at random because the
streams have none. NAB's labels and windows are never read. Pages are counted at three
thresholds, on those streams and on simulated clean ones; their mean over all sizes says what
keeps half a page per brand-week, and what another budget needs. The real streams hold real
events, which count as needless here, so that the threshold errs towards silence.
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import pairwise
from math import log1p
from pathlib import Path
from statistics import median

import numpy as np

from core.records import Window
from models.baseline import Baseline
from models.evidence import Evidence
from models.priors import Bucket, Priors, RunsPrior, TailPrior
from models.runs import Runs
from models.windows import HOUR_BINS
from training.replay import NEVER, WARM_BINS, Figures, pages, record, starts, walk
from training.streams import cox, moods, read_counts, thin, windows

SEED = 20150226
SIZES = (0.5, 2.0, 6.0, 20.0, 60.0, 200.0, 600.0)
"""Mentions per hour; a bucket reaches up to the geometric middle to the next size."""
BUDGET = 0.5
_THRESHOLDS = (3.2, 3.4, 3.6, 3.8, 4.0, 4.2, 4.4, 4.6)
"""On both sides of 3.6, where calm brands would keep the budget, were every tail known exactly."""
_BLANK_RUNS = RunsPrior(2.0, 30.0)
"""Where hardly a bin could page, runs are as high as those of brands with some mentions an hour."""
_BLANK = Priors(
    mentions_per_hour=6.0,
    negative_share=0.2,
    hours=(1.0,) * 24,
    days=(1.0,) * 7,
    threshold=NEVER,
    per_decade=1.0,
    buckets=(
        Bucket(
            up_to=1e9,
            kappa=0.3,
            kappa_negative=0.3,
            growth=TailPrior(6.0, 2.0),
            negative=TailPrior(1.2, 0.3),
            all=TailPrior(1.0, 0.3),
            fused=_BLANK_RUNS,
        ),
    ),
)
"""Where learning starts: a flat season, round figures for the tails; two weeks of data outweigh them."""
_OUT = Path(__file__).parents[1] / "models" / "priors" / "detection.json"


def streams(data: Path, per_hour: float) -> list[list[Window]]:
    """Return the real streams thinned to one size."""
    random = np.random.default_rng([SEED, int(10 * per_hour)])
    made = []
    for path in sorted((data / "nab" / "realTweets").glob("*.csv")):
        start, counts = read_counts(path)
        if 12.0 * counts.mean() < 0.6 * per_hour:
            continue  # a small brand says nothing about large ones
        thinned = thin(counts, per_hour, random)
        made.append(windows(start, thinned, moods(thinned, random)))
    return made


def clean(per_hour: float, brands: int, days: int = 56) -> list[list[Window]]:
    """Return simulated clean streams of one size."""
    random = np.random.default_rng([SEED, 1, int(10 * per_hour)])
    made = []
    for _ in range(brands):
        counts = cox(days, per_hour, random)
        made.append(windows(1_425_168_000, counts, moods(counts, random)))
    return made


def watch(stream: Iterable[Window], priors: Priors, threshold: float) -> tuple[Evidence, int]:
    """Run a stream through the estimators; return them and the pages after two weeks."""
    begun, storm = [], False
    for place, state in enumerate(walk(stream, priors, threshold)):
        if state.stages.storm and not storm:
            begun.append(place)
        storm = state.stages.storm
    return state, pages(begun)


def pages_per_week(brands: Sequence[Figures], priors: Priors, threshold: float) -> float:
    """Return pages per brand-week after the first two weeks, from recorded figures."""
    count = sum(
        pages(starts(each, priors.bucket(each.mentions_per_hour).fused, threshold)) for each in brands
    )
    return count / sum((len(each.pageable) - WARM_BINS) / 2016.0 for each in brands)


def bucket(states: Sequence[Evidence], up_to: float) -> Bucket:
    """Return the median behaviour of brands of one size."""
    hours = [log1p(HOUR_BINS * state.baseline.all.rate) for state in states]
    negative_hours = [log1p(HOUR_BINS * state.baseline.negative.rate) for state in states]
    return Bucket(
        up_to=round(up_to, 2),
        kappa=_middle(state.baseline.all.kappa for state in states),
        kappa_negative=_middle(state.baseline.negative.kappa for state in states),
        growth=_tail([state.calibration.growth.own_tail() for state in states], [0.0] * len(states)),
        negative=_tail([s.calibration.negative.own_tail() for s in states], negative_hours),
        all=_tail([s.calibration.all.own_tail() for s in states], hours),
        fused=_runs([state.calibration.fused for state in states]),
    )


def _tail(tails: Sequence[tuple[float, float]], usual: Sequence[float]) -> TailPrior:
    levels = [level - base for (level, _), base in zip(tails, usual, strict=True)]
    return TailPrior(_middle(levels), max(0.05, _middle(excess for _, excess in tails)))


def _runs(brands: Sequence[Runs]) -> RunsPrior:
    """Return the runs of all brands of one size together, and one more: single brands have too few."""
    own = [each.own() for each in brands]
    runs = 1.0 + sum(count for count, _ in own)
    squares = _BLANK_RUNS.square + sum(square for _, square in own)
    weeks = sum(each.held for each in brands) / 2016.0
    return RunsPrior(round(runs / weeks, 3), round(squares / runs, 2))


def _middle(values: Iterable[float]) -> float:
    return round(median(values), 4)


def with_season(priors: Priors, baselines: Sequence[Baseline]) -> Priors:
    """Return `priors` with the mean season of the largest brands."""
    hours = np.mean([each.season.hour_factors() for each in baselines], axis=0)
    days = np.mean([each.season.day_factors() for each in baselines], axis=0)
    return replace(priors, hours=_rounded(hours), days=_rounded(days))


def _rounded(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in values)


def learn(data: Path, rounds: int = 2) -> Priors:
    """Return tails, dispersion and season; the second round calibrates the fused tail on the first's."""
    priors = _BLANK
    limits = [float(np.sqrt(a * b)) for a, b in pairwise(SIZES)] + [1e9]
    for _ in range(rounds):
        buckets = []
        for size, up_to in zip(SIZES, limits, strict=True):
            states = [watch(stream, priors, threshold=NEVER)[0] for stream in streams(data, size)]
            buckets.append(bucket(states, up_to))
        priors = with_season(replace(priors, buckets=tuple(buckets)), [state.baseline for state in states])
    return priors


def calibrated(data: Path, priors: Priors) -> tuple[Priors, dict[str, dict[str, float]]]:
    """Return `priors` with the thresholds that keep a budget, as a mean over all sizes.

    Also return pages per brand-week by threshold and size.
    """
    tried: dict[str, dict[str, float]] = {f"{threshold:.1f}": {} for threshold in _THRESHOLDS}
    for size in SIZES:
        figures = [record(stream, priors) for stream in streams(data, size) + clean(size, 6)]
        for threshold in _THRESHOLDS:
            tried[f"{threshold:.1f}"][f"{size:g}"] = round(pages_per_week(figures, priors, threshold), 3)
    threshold, per_decade = curve(tried)
    return replace(priors, threshold=threshold, per_decade=per_decade), tried


def curve(tried: Mapping[str, Mapping[str, float]]) -> tuple[float, float]:
    """Return the threshold that keeps the budget, and by how much it rises for a tenth of the pages.

    Pages per brand-week by threshold and size are those of `calibrated`. Their logarithm, of the mean over
    the sizes, falls along a line.
    """
    means = [np.mean(list(rates.values())) for rates in tried.values()]
    slope, start = np.polyfit([float(threshold) for threshold in tried], np.log10(means), 1)
    return round(float((np.log10(BUDGET) - start) / slope), 2), round(float(-1.0 / slope), 2)


def main() -> None:
    """Write the artefact."""
    parser = argparse.ArgumentParser(description="Makes models/priors/detection.json.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data: Path = parser.parse_args().data
    if not (data / "nab" / "realTweets").is_dir():
        raise SystemExit(f"{data / 'nab' / 'realTweets'} is absent: name the folder of data sets with --data")
    priors, tried = calibrated(data, learn(data))
    write(_OUT, priors, tried)


def write(path: Path, priors: Priors, tried: dict[str, dict[str, float]]) -> None:
    """Write the artefact with its origin."""
    made = {
        "script": "python -m training.priors",
        "seed": SEED,
        "data": "NAB realTweets (numenta/NAB), counts only, labels unread; simulated log-normal Cox streams",
        "licence": "MIT (NAB); the simulated part is ours",
        "pages_per_brand_week_by_threshold_and_size": tried,
        "priors": asdict(priors),
    }
    path.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
