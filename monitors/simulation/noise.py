"""Random numbers by address: the same address gives the same number, in any order and any slice.

A counter-based generator after Salmon and others, "Parallel random numbers: as easy as 1, 2, 3"
(2011), with the finaliser of SplitMix64 as its mixer. Ordinary generators give their numbers in
sequence; here a minute in the middle can be asked for alone.
"""

import hashlib
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_GOLDEN, _FIRST, _SECOND, _ALL = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 2**64 - 1


def key(*parts: str | int) -> int:
    """Return a stable integer of 63 bits for names and numbers."""
    joined = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(joined, digest_size=8).digest(), "little") >> 1


def address(*parts: int | Ints) -> NDArray[np.uint64]:
    """Return one 64-bit value per address; the parts are integers, then arrays of one shape."""
    start, value = 0, np.zeros(1, np.uint64)
    for part in parts:
        if isinstance(part, int):
            start = _mix_one(start ^ part)
            value = np.array([start], np.uint64)
        else:
            value = _mix(value ^ part.view(np.uint64))
    return value


def uniform(*parts: int | Ints) -> Floats:
    """Return numbers in [0, 1), one per address."""
    return (address(*parts) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def normal(*parts: int | Ints) -> Floats:
    """Return standard normal numbers, one per address (Box and Muller, 1958)."""
    radius = np.sqrt(-2.0 * np.log1p(-uniform(1, *parts)))
    angle: Floats = radius * np.cos(2.0 * np.pi * uniform(2, *parts))
    return angle


def poisson(mean: Floats, chance: Floats) -> Ints:
    """Return Poisson counts with the given means (under 700), one per chance, by inversion."""
    count = np.zeros(mean.shape, np.int64)
    term = np.exp(-mean)
    total = term.copy()
    beyond = chance > total
    step = 0
    while beyond.any() and step < 3000:  # rounding may leave `total` a hair under 1
        step += 1
        term = term * mean / step
        total = total + term
        count[beyond] = step
        beyond = chance > total
    return count


def wander(minutes: Ints, every: int, sigma: float, *parts: int) -> Floats:
    """Return a smooth log-normal factor of mean about 1: drawn every `every` minutes, straight between."""
    knot = minutes // every
    part = (minutes - knot * every) / every
    low, high = normal(*parts, every, knot), normal(*parts, every, knot + 1)
    # The weights' squares sum to one, so the spread is the same between the knots as on them.
    level = (low * (1 - part) + high * part) / np.sqrt((1 - part) ** 2 + part**2)
    factor: Floats = np.exp(sigma * level - sigma**2 / 2)
    return factor


def minute_of(at: datetime) -> int:
    """Return the number of whole minutes from the epoch to `at`."""
    return int(at.timestamp()) // 60


def _mix(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    value = value + np.uint64(_GOLDEN)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(_FIRST)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(_SECOND)
    return value ^ (value >> np.uint64(31))


def _mix_one(value: int) -> int:
    """Do the same to one integer, without the cost of an array."""
    value = (value + _GOLDEN) & _ALL
    value = ((value ^ (value >> 30)) * _FIRST) & _ALL
    value = ((value ^ (value >> 27)) * _SECOND) & _ALL
    return value ^ (value >> 31)
