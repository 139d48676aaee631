"""Detectors as they begin: with the shipped priors, at a budget or at a bar, or without their narratives."""

from core.records import Neighbours
from models.bar import SHIPPED_BUDGET
from models.control import NO_NEIGHBOURS
from models.detect import BrandDetector
from models.priors import load_priors


def open_detector(
    brand: str, needless_pages_per_week: float = SHIPPED_BUDGET, neighbours: Neighbours = NO_NEIGHBOURS
) -> BrandDetector:
    """Return a detector for `brand` with the shipped priors, which compares it with `neighbours`."""
    return BrandDetector(brand, load_priors(), needless_pages_per_week, neighbours)


def open_detector_at(brand: str, bar: float, neighbours: Neighbours = NO_NEIGHBOURS) -> BrandDetector:
    """Return a detector for `brand` that pages at the evidence `bar`, to the last decimal."""
    detector = open_detector(brand, neighbours=neighbours)
    detector.page_at(bar)
    return detector


def statistics(state: bytes) -> bytes:
    """Return what `BrandDetector.dump` gave without its narratives.

    They hold words that people wrote, and raise no page: what is kept for long does not need them.
    """
    detector = open_detector("")
    detector.load(state)
    detector.drop_narratives()
    return detector.dump()
