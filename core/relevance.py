"""Whether a match is about our brand or about a namesake: what follows from a probability and from people.

Hiding a mention of our own is worse than letting a namesake in, so a match counts unless it is clear.
"""

NOT_US_BELOW = 0.3
"""P(ours) below which a match does not count. In cross-validation that hides at most 3.4 % of a brand's own
texts, however few and lopsided its examples are (`docs/design/language.md`)."""


def stands_apart(ours: float | None, said: bool | None) -> bool:
    """Return whether a match does not count for its brand: a person's word, else the model's.

    `ours` is the model's probability, None where it has none; `said` what a person said, None for nothing.

    >>> stands_apart(None, None), stands_apart(0.1, None), stands_apart(0.1, True), stands_apart(0.9, False)
    (False, True, False, True)
    """
    if said is not None:
        return not said
    return ours is not None and ours < NOT_US_BELOW
