"""Embeddings as bytes: unit vectors, one signed byte a dimension."""

import numpy as np
from numpy.typing import NDArray

_SCALE = 127.0


def pack_vector(vector: NDArray[np.float32]) -> bytes:
    """Return a unit vector of shape `(dimensions,)` as bytes; the cosine of two changes by under 0.01."""
    return bytes(np.rint(np.clip(vector, -1.0, 1.0) * _SCALE).astype(np.int8).tobytes())


def unpack_vector(packed: bytes) -> NDArray[np.float32]:
    """Return the unit vector, float32 of shape `(dimensions,)`.

    >>> [round(float(x), 2) for x in unpack_vector(pack_vector(np.array([0.6, -0.8], dtype=np.float32)))]
    [0.6, -0.8]
    """
    vector = np.frombuffer(packed, dtype=np.int8).astype(np.float32)
    length = float(np.sqrt(np.square(vector).sum()))
    return np.asarray(vector / length if length else vector, dtype=np.float32)
