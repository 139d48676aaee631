"""Which mentions the encoder reads in storm mode, and with which chance each was drawn.

Poisson sampling by the hash that a mention's id is: the same mention is drawn again after a crash, whatever
came around it. Every brand gets the same number of readings while it has so many mentions, so that a storm of
one does not take the others' eyes away.
"""

from collections import Counter
from collections.abc import Sequence

_DIGITS = 8
_ALL = 16.0**_DIGITS


def chances(brands: Sequence[tuple[str, ...]], share: float) -> list[float]:
    """Return the chance of each mention, given its brands, so that about `share` of them are drawn."""
    counts = Counter(brand for each in brands for brand in each)
    left, quotas = share * len(brands), dict[str, float]()
    for number, (brand, count) in enumerate(sorted(counts.items(), key=lambda one: (one[1], one[0]))):
        quota = min(float(count), left / (len(counts) - number))
        quotas[brand] = quota / count
        left -= quota
    return [max(quotas[brand] for brand in each) for each in brands]


def drawn(mention_id: str, chance: float) -> bool:
    """Tell whether a mention is in the sample."""
    return int(mention_id[:_DIGITS], 16) / _ALL < chance
