"""What a text is about, as a few whole numbers: its embedding along fixed directions.

The directions never change with what is said, unlike narratives, which fade and are born again under new ids:
so what is said on the mean can be compared over weeks. `card.json` says how `training/topics.py` made them,
from which data, and for which encoder. Embeddings of another encoder of as many dimensions are seen along
arbitrary directions, which tell less; those of other dimensions have no code.
"""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parent
AXES = FOLDER / "axes.npy"
CARD = FOLDER / "card.json"
DIRECTIONS = 48
"""Raise `models.detect.SCHEMA` with any change of the directions: states hold sums along them."""
UNIT = 126.0
"""What a text has along a direction that it lies on."""
Code = tuple[int, ...]
FIRST = 2
"""Place of the first direction in a code."""
_SHIFT = 128


def code(embedding: bytes) -> Code | None:
    """Return 1, a sum of squares, and what is squared: a packed embedding along each direction, -126..126.

    None where it has none. So sums of codes say how many there are and how they spread. All numbers are whole
    and stay below 2^24, so that float32 is exact and the order in which a BLAS adds them up changes nothing.
    """
    axes = _axes()
    if len(embedding) != axes.shape[1]:
        return None
    along = axes @ np.frombuffer(embedding, np.int8).astype(np.float32)
    whole: list[int] = np.rint(along / _SHIFT).astype(int).tolist()
    return (1, sum(each * each for each in whole), *whole)


@cache
def _axes() -> NDArray[np.float32]:
    """Return the directions, shape (directions, dimensions), in the length of embeddings."""
    return np.asarray(np.load(AXES, allow_pickle=False), dtype=np.float32)
