"""How well a share is known from a count."""

from math import sqrt

_NORMAL = 1.96
"""Standard deviations that hold 95 % of a normal distribution."""


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927, https://doi.org/10.2307/2276774); of nothing 0 to 1.

    >>> [round(end, 3) for end in wilson(8, 10)]
    [0.49, 0.943]
    """
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, _NORMAL**2
    middle = share + square / (2 * whole)
    spread = _NORMAL * sqrt(share * (1.0 - share) / whole + square / (4 * whole**2))
    scale = 1.0 + square / whole
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
