"""Count streams for calibration and tests: real ones thinned to a size, and simulated clean ones.

A stream is a list of `core.records.Window`, one per 5 minutes without gaps.
Simulated backgrounds are log-normal Cox processes, on purpose not the detector's
own negative-binomial family.
"""

import csv
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.records import BIN_SECONDS, Window

Counts = NDArray[np.int64]
Rates = NDArray[np.float64]

NEGATIVE_SHARE = 0.18
"""Negative share of everyday mentions; 0.16 to 0.2 in public sentiment corpora of brands."""
_SURE_NEGATIVE, _SURE_OTHER = 0.75, 0.1
"""Mean P(negative) that a classifier of macro recall 0.7 gives a negative and another text."""
_SHARE_DRIFT, _SHARE_HOURS = 0.3, 6.0
_CLUMP = 0.02
"""Correlation of moods within a bin."""
_DAY = 288


def read_counts(path: Path) -> tuple[int, Counts]:
    """Return start (seconds since the epoch, UTC) and counts per 5 minutes of a NAB file."""
    with path.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    start = datetime.strptime(rows[0]["timestamp"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    seconds = int(start.timestamp()) // BIN_SECONDS * BIN_SECONDS
    return seconds, np.array([int(float(row["value"])) for row in rows], dtype=np.int64)


def thin(counts: Counts, per_hour: float, random: np.random.Generator) -> Counts:
    """Keep each mention with the probability that gives a mean of `per_hour`; burstiness is kept."""
    share = per_hour / max(1e-9, 12.0 * float(counts.mean()))
    return counts if share >= 1.0 else random.binomial(counts, share)


def drifting(size: int, spread: float, hours: float, random: np.random.Generator) -> Rates:
    """Return a positive random factor of mean about 1, log-normal with the given memory in hours."""
    keep = float(np.exp(-1.0 / (12.0 * hours)))
    noise = random.normal(0.0, spread * np.sqrt(1.0 - keep * keep), size)
    values = np.empty(size)
    value = random.normal(0.0, spread)
    for place in range(size):
        value = keep * value + noise[place]
        values[place] = value
    result: Rates = np.exp(values - spread * spread / 2.0)
    return result


def cox(days: int, per_hour: float, random: np.random.Generator) -> Counts:
    """Return a clean background: daily and weekly rhythm, slow and fast log-normal noise, benign bursts."""
    bins = days * _DAY
    place = np.arange(bins)
    rhythm = 1.0 + 0.6 * np.sin(2 * np.pi * (place / _DAY - 0.4)) + 0.15 * np.sin(4 * np.pi * place / _DAY)
    week = np.where(place // _DAY % 7 >= 5, 0.7, 1.1)
    rate = per_hour / 12.0 * np.maximum(rhythm, 0.1) * week
    rate = rate * drifting(bins, 0.25, 24.0, random) * drifting(bins, 0.4, 0.5, random)
    for start in random.integers(0, bins, 3 * days // 7):
        length = int(random.integers(3, 9))
        rate[start : start + length] *= random.uniform(3.0, 8.0)
    return random.poisson(rate).astype(np.int64)


def moods(counts: Counts, random: np.random.Generator, share: float = NEGATIVE_SHARE) -> Rates:
    """Return sums of P(negative) per bin for everyday mentions."""
    drift = share * drifting(len(counts), _SHARE_DRIFT, _SHARE_HOURS, random)
    mean = np.clip(drift, 0.01, 0.9)
    size = 1.0 / _CLUMP - 1.0
    negatives = random.binomial(counts, random.beta(mean * size, (1.0 - mean) * size))
    return _SURE_NEGATIVE * negatives + _SURE_OTHER * (counts - negatives)


def storm(rate: float, size: float, doubling_hours: float, random: np.random.Generator) -> Counts:
    """Return extra mentions per bin: from 2 % of `rate` (per bin) doubling up to `size` times it.

    Then they fade by half every three hours, for twelve hours.
    """
    rise_bins = int(12.0 * doubling_hours * np.log2(size / 0.02))
    rise = 0.02 * rate * 2.0 ** (np.arange(rise_bins) / (12.0 * doubling_hours))
    fall = size * rate * 0.5 ** (np.arange(12 * 12) / (12.0 * 3.0))
    return random.poisson(np.concatenate([rise, fall])).astype(np.int64)


def windows(start: int, counts: Counts, negative: Rates, backfill: bool = False) -> list[Window]:
    """Return a stream as windows in which every mention is an independent voice."""
    return [
        Window(start + BIN_SECONDS * place, 1.0, float(n), float(y), float(n), float(y), backfill=backfill)
        for place, (n, y) in enumerate(zip(counts, negative, strict=True))
    ]
