"""Texts as tokens, in batches of similar length."""

import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from models.features import canonical
from models.wording import worded

_MIXED = 50
"""Batches whose texts are sorted by length together: little padding, and still another order every time."""

Tokens = list[list[int]]


def tokenise(texts: Iterable[str], package: Path, most: int) -> Tokens:
    """Return the token ids of each text as it is served, at most `most` of them."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(package / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(most)
    return [encoding.ids for encoding in tokenizer.encode_batch([worded(canonical(text)) for text in texts])]


def in_order(tokens: Sequence[Sequence[int]], size: int) -> list[list[int]]:
    """Return the places of all texts in batches, short ones first."""
    order = sorted(range(len(tokens)), key=lambda place: len(tokens[place]))
    return [order[start : start + size] for start in range(0, len(order), size)]


def shuffled(tokens: Sequence[Sequence[int]], size: int, seed: int) -> list[list[int]]:
    """Return the places of all texts in batches of similar length, in an order that follows from the seed."""
    chance = random.Random(seed)  # noqa: S311 - an order, not a secret
    order = list(range(len(tokens)))
    chance.shuffle(order)
    batches = []
    for start in range(0, len(order), size * _MIXED):
        part = sorted(order[start : start + size * _MIXED], key=lambda place: len(tokens[place]))
        batches += [part[at : at + size] for at in range(0, len(part), size)]
    chance.shuffle(batches)
    return batches
