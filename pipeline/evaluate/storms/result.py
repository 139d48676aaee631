"""What all units together show, as plain numbers."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

import numpy as np

from pipeline.evaluate.storms.plan import BUDGET, BUDGETS, Unit, cells
from pipeline.evaluate.storms.planted import AFTER_PEAK, Cell, Storm
from pipeline.evaluate.storms.world import VOLUMES

Result = dict[str, Any]
Clean = Sequence[tuple[Unit, Result]]
Stormy = Sequence[tuple[Unit, Result]]

MISSED = -AFTER_PEAK / 12.0
"""Hours that a missed storm counts."""
_DRAWS = 1000
_SEED = 0


class Found:
    """One storm, what we made of it and what the peers did."""

    def __init__(self, unit: Unit, storm: Storm, result: Result) -> None:
        self.real = unit.brand.real
        self.cell = storm.cell
        self.caught = result["lead"] is not None
        self.lead = _hours(result["lead"])
        self.peers = {name: _hours(lead) for name, lead in result["peers"].items()}


def _hours(lead: float | None) -> float:
    return MISSED if lead is None else lead


def told(clean: Clean, stormy: Stormy) -> dict[str, Any]:
    """Return the result in the form that `evaluate storms --json` prints."""
    found = [
        Found(unit, storm, each)
        for unit, result in stormy
        for storm, each in zip(unit.storms, result["storms"], strict=True)
    ]
    counted = [each for each in found if each.cell.counted]
    by_volume = {str(v): [each for each in counted if each.cell.volume == v] for v in VOLUMES}
    held = [held for _, result in stormy for held in result["forecasts"]]
    best = {volume: _best_peer(each) for volume, each in by_volume.items()}
    return {
        "recall": _share(each.caught for each in counted),
        "lead_hours": {volume: _median(e.lead for e in each) for volume, each in by_volume.items()},
        "best_peer": {
            "name": {volume: name for volume, (name, _) in best.items()},
            "lead_hours": {volume: lead for volume, (_, lead) in best.items()},
        },
        **_false_pages(clean),
        "forecast_coverage_80": _share(held),
        "cells": [*_cells(found), *_apart(clean)],
    }


def _best_peer(found: Sequence[Found]) -> tuple[str, float]:
    """Return the rule, fed with all mentions, that has the longest median lead."""
    leads = _peer_leads(found, "all")
    name = max(leads, key=lambda name: leads[name])
    return name, leads[name]


def _peer_leads(found: Sequence[Found], feed: str) -> dict[str, float]:
    """Return the median lead of each peer over the storms that it was shown."""
    names = dict.fromkeys(name for each in found for name in each.peers if name.endswith("|" + feed))
    return {
        name.partition("|")[0]: _median(each.peers[name] for each in found if name in each.peers)
        for name in names
    }


def _false_pages(clean: Clean) -> dict[str, Any]:
    rates, intervals = {}, {}
    for budget in BUDGETS:
        streams = [(len(r["pages"]), r["weeks"]) for u, r in clean if u.budget == budget and _busy(r)]
        rates[f"{budget:g}"] = _rate(np.array(streams))
        intervals[f"{budget:g}"] = _interval(np.array(streams))
    return {"false_pages_per_brand_week": rates, "false_pages_interval_95": intervals}


def _busy(result: Result) -> bool:
    """True for at least 20 mentions a week."""
    return bool(result["rate"] * 168.0 >= 20.0)


def _rate(streams: Any) -> float:
    return round(float(streams[:, 0].sum() / streams[:, 1].sum()), 4)


def _interval(streams: Any) -> list[float]:
    """Return the 95 % bootstrap interval of a rate, streams drawn as a whole."""
    chance = np.random.default_rng(_SEED)
    drawn = [_rate(streams[chance.integers(0, len(streams), len(streams))]) for _ in range(_DRAWS)]
    return [round(float(each), 4) for each in np.quantile(drawn, (0.025, 0.975))]


def _cells(found: Sequence[Found]) -> list[dict[str, Any]]:
    by_cell: dict[Cell, list[Found]] = {cell: [] for cell in cells()}
    for each in found:
        by_cell[each.cell].append(each)
    return [_cell(cell, mine) for cell, mine in by_cell.items() if mine]


def _cell(cell: Cell, found: Sequence[Found]) -> dict[str, Any]:
    real = [each for each in found if each.real]
    return {
        "mentions_per_hour": cell.volume,
        "size": cell.size,
        "doubling_hours": cell.doubling,
        "neutral": cell.neutral,
        "counted": cell.counted,
        "storms": len(found),
        "recall": _share(each.caught for each in found),
        "recall_interval_95": _spread([float(each.caught) for each in found], np.mean),
        "lead_hours": _median(each.lead for each in found),
        "lead_interval_95": _spread([each.lead for each in found], np.median),
        "before_peak": _share(each.lead > 0.0 for each in found),
        "real": {"storms": len(real), "found": sum(each.caught for each in real)},
        "peers": _peer_leads(found, "all"),
        "peers_fed_with_negatives": _peer_leads(found, "negatives"),
    }


def _spread(values: Sequence[float], statistic: Any) -> list[float]:
    """Return the 95 % bootstrap interval of a statistic of independent storms."""
    chance = np.random.default_rng(_SEED)
    drawn = statistic(chance.choice(np.array(values), (_DRAWS, len(values))), axis=1)
    return [round(float(each), 3) for each in np.quantile(drawn, (0.025, 0.975))]


def _apart(clean: Clean) -> list[dict[str, Any]]:
    """Return needless pages by background, at each budget."""
    made = []
    for kind in dict.fromkeys(unit.brand.kind for unit, _ in clean):
        for volume in dict.fromkeys(unit.brand.volume for unit, _ in clean if unit.brand.kind == kind):
            mine = [(u, r) for u, r in clean if (u.brand.kind, u.brand.volume) == (kind, volume)]
            real = mine[0][0].brand.real
            made.append({"background": kind, "mentions_per_hour": volume, "real": real, **_weeks(mine)})
    for name, wanted in (("all real ones", True), ("all simulated ones", False)):
        mine = [(unit, result) for unit, result in clean if unit.brand.real is wanted]
        made.append({"background": name, "real": wanted, **_weeks(mine)})
    return made


def _weeks(clean: Clean) -> dict[str, Any]:
    weeks = sum(result["weeks"] for unit, result in clean if unit.budget == BUDGET)
    return {"brand_weeks": round(weeks, 1), **_false_pages(clean)}


def _share(held: Iterable[bool]) -> float:
    every = list(held)
    return round(sum(every) / len(every), 4) if every else 0.0


def _median(hours: Iterable[float]) -> float:
    return round(median(hours), 3)
