"""Saves the sketches of all bins: of each, its size, its keys in order, and their counts."""

from array import array
from collections.abc import Iterator, Sequence

SKETCHES = ("sources", "authors", "copies", "negative_copies", "places")
"""Fields of `models.bins.Bin`."""


def pack_sketches(name: str, sketches: Sequence[dict[int, int]]) -> dict[str, "array[int] | array[float]"]:
    """Return one field of all bins as arrays."""
    ordered = [sorted(sketch.items()) for sketch in sketches]
    return {
        f"{name}.sizes": array("B", [len(sketch) for sketch in sketches]),
        f"{name}.keys": array("I", [key for sketch in ordered for key, _ in sketch]),
        f"{name}.counts": array("I", [count for sketch in ordered for _, count in sketch]),
    }


def unpack_sketches(name: str, blobs: dict[str, bytes]) -> Iterator[dict[int, int]]:
    """Yield what `pack_sketches` got, from the bytes of its arrays."""
    keys, counts = array("I", blobs[f"{name}.keys"]), array("I", blobs[f"{name}.counts"])
    at = 0
    for size in array("B", blobs[f"{name}.sizes"]):
        yield dict(zip(keys[at : at + size], counts[at : at + size], strict=True))
        at += size
