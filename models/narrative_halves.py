"""Has a narrative become two? Two groups are kept among those who join it, and compared now and then.

Sequential 2-means (MacQueen 1967) by cosine, in rounds: a round begins with the next two mentions, so that
what is said now counts, and a bad beginning does not last. All sums are of whole numbers and exact, whatever
the order in which a BLAS adds them: those of a round in float32, their products in float64.
"""

import numpy as np

from models.narrative_space import Projected, Vector

LARGE = 32
"""Texts from which a narrative may split: of fewer nobody can say whether they are two groups."""
ROUND = 48
"""Mentions of a round. It ends with one of the smaller half, which begins the new narrative."""
LONGEST = 2 * ROUND
"""Then the next round begins, though nobody joined the smaller half."""
LEAST = ROUND // 4
"""Mentions of the smaller half: fewer are remarks."""


class Halves:
    """Sums of two groups of mentions, in the fine steps of the space."""

    __slots__ = ("counts", "newest", "sums")

    def __init__(self, counts: tuple[int, int], sums: Vector) -> None:
        self.counts = list(counts)
        self.sums = sums
        """Shape `(2, dimensions)`."""
        self.newest = 0
        """The half of the newest mention."""

    @classmethod
    def empty(cls, dimensions: int) -> "Halves":
        """Return the beginning of a round."""
        return cls((0, 0), np.zeros((2, dimensions), np.float32))

    def add(self, mention: Projected) -> None:
        """Count a mention for the half whose members are nearer to it on average: size is no attraction.

        What both have in common, such as the brand's mean, makes no difference to which one is nearer.
        """
        first, second = self.counts
        if first and second:
            nearness = self.sums.astype(np.float64).dot(mention.row.astype(np.float64)).tolist()
            side = int(nearness[1] * first > nearness[0] * second)
        else:
            side = int(first > 0)
        self.sums[side] += mention.vector
        self.counts[side] += 1
        self.newest = side

    @property
    def over(self) -> bool:
        """True at the end of a round."""
        count, smaller = sum(self.counts), self.counts[self.newest] <= self.counts[1 - self.newest]
        return count >= LONGEST or (count >= ROUND and smaller)

    @property
    def means(self) -> tuple[Vector, Vector]:
        """The centres of the half with the newest mention and of the other one."""
        ours, others = (
            np.rint(self.sums[side] / self.counts[side]) for side in (self.newest, 1 - self.newest)
        )
        return ours, others
