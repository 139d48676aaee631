"""Detectors as they begin: with the shipped priors, at a budget or at a bar, or without their narratives."""

from core.records import Neighbours
from models.bar import SHIPPED_BUDGET, threshold
from models.control import NO_NEIGHBOURS
from models.detect import BrandDetector
from models.evidence import Evidence
from models.platform import Platform, Rest
from models.priors import load_priors


def open_detector(
    brand: str,
    needless_pages_per_week: float = SHIPPED_BUDGET,
    neighbours: Neighbours = NO_NEIGHBOURS,
    platform: Platform | None = None,
) -> BrandDetector:
    """Return a detector for `brand` with the shipped priors.

    It compares the brand with `neighbours`, and where these say so with the rest of `platform`.
    """
    priors, others = (
        load_priors(),
        Rest(platform, brand) if platform is not None and neighbours.platform else None,
    )
    return BrandDetector(
        brand, Evidence(priors, threshold(priors, needless_pages_per_week), neighbours, others)
    )


def open_detector_at(
    brand: str, bar: float, neighbours: Neighbours = NO_NEIGHBOURS, platform: Platform | None = None
) -> BrandDetector:
    """Return a detector for `brand` that pages at the evidence `bar`, to the last decimal."""
    detector = open_detector(brand, neighbours=neighbours, platform=platform)
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
