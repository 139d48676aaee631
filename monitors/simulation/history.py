"""The past of a scenario as one-minute sums: the same mentions as its texts would be, without the words."""

from collections.abc import Iterator
from datetime import datetime

import numpy as np

from core.records import Rollup
from monitors.simulation.brands import CHANNELS, Brand
from monitors.simulation.drafts import Drafts, drafts
from monitors.simulation.noise import Floats, Ints, minute_of
from monitors.simulation.scenario import Scenario

READ_AS = {
    "Northwind Air": ((0.67, 0.23, 0.10), (0.11, 0.74, 0.15), (0.09, 0.20, 0.71)),
    "Zenith Bank": ((0.73, 0.17, 0.10), (0.13, 0.67, 0.20), (0.10, 0.17, 0.73)),
    "Acme Foods": ((0.76, 0.15, 0.09), (0.17, 0.64, 0.19), (0.07, 0.18, 0.75)),
    "Halden Energy": ((0.76, 0.16, 0.08), (0.12, 0.72, 0.16), (0.09, 0.17, 0.74)),
    "Orchard Mobile": ((0.75, 0.17, 0.08), (0.13, 0.66, 0.21), (0.08, 0.14, 0.78)),
    "Kestrel Sports": ((0.75, 0.18, 0.07), (0.10, 0.70, 0.20), (0.07, 0.16, 0.77)),
    "Meridian Jet": ((0.66, 0.24, 0.10), (0.13, 0.72, 0.15), (0.09, 0.18, 0.73)),
    "Harbour Bank": ((0.76, 0.16, 0.08), (0.17, 0.65, 0.18), (0.12, 0.16, 0.72)),
    "Larkspur Mobile": ((0.76, 0.15, 0.09), (0.15, 0.62, 0.23), (0.09, 0.15, 0.76)),
}
"""How the shipped sentiment model reads simulated texts: mean probabilities (columns negative, neutral,
positive) of texts meant as negative, neutral and positive (rows), over 300 texts each.
`tests/scenarios/test_simulation_copies.py` measures them again: were they wrong, every brand's mood would
seem to change where history ends and texts begin."""


def source_name(channel: str) -> str:
    """Return the name that the demo's source of a channel has."""
    return f"simulated-{channel}"


def history(scenario: Scenario, since: datetime, until: datetime) -> Iterator[Rollup]:
    """Yield the one-minute sums of `since` to `until`, brand by brand and in order of time.

    Minutes without mentions are left out. Copies weigh as in `models.copies`; its limit per
    author, which hardly ever applies to people, does not.
    """
    for brand in scenario.brands:
        found = drafts(scenario, brand, minute_of(since), minute_of(until))
        yield from _rollups(brand, found)


def _rollups(brand: Brand, found: Drafts) -> Iterator[Rollup]:
    cells, inverse = np.unique((found.at // 60) * len(CHANNELS) + found.channel, return_inverse=True)
    chances, weights = np.array(READ_AS[brand.name])[found.tone], _weights(found)

    def total(values: Floats) -> list[float]:
        sums: list[float] = np.bincount(inverse, values, len(cells)).tolist()
        return sums

    columns = (np.bincount(inverse, minlength=len(cells)).tolist(), *map(total, chances.T))
    independent = (total(weights), total(weights * chances[:, 0]))
    for cell, *sums in zip(cells.tolist(), *columns, *independent, strict=True):
        minute, channel = divmod(cell, len(CHANNELS))
        yield Rollup(brand.name, source_name(CHANNELS[channel]), minute * 60, *sums)


def _weights(found: Drafts) -> Floats:
    """Return 1 for own texts and 1 / (1 + c / 3) for the copy that follows c others."""
    groups = found.component * 100 + found.copy_of
    weights = np.ones(len(groups))
    for group in np.unique(groups[found.copy_of >= 0]):
        members: Ints = np.flatnonzero(groups == group)
        weights[members] = 1.0 / (1.0 + np.arange(len(members)) / 3.0)
    return weights
