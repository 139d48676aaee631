"""What a run consists of: streams without storms at three budgets, and streams full of storms."""

import json
from dataclasses import asdict, dataclass
from itertools import count, product

from pipeline.evaluate.storms.planted import Cell, Storm, place
from pipeline.evaluate.storms.world import VOLUMES, Brand, Stream, World, chance

BUDGETS = (0.25, 0.5, 1.0)
"""Needless pages a brand-week that are asked for."""
BUDGET = 0.5
"""The one at which storms are counted."""
SLOW_STORMS = {"full": 10, "quick": 2}
"""Storms of a counted cell that slow peers see, too."""
_COUNTED = tuple(product((3.0, 10.0), (0.5, 1.0, 2.0, 4.0)))
_OTHERS = ((2.0, 1.0), (5.0, 1.0), (3.0, 0.25), (10.0, 0.25), (3.0, 8.0), (10.0, 8.0))
_NEUTRAL = (10.0, 1.0)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is run."""

    name: str
    storms: int
    """In each cell."""
    simulated: int
    """Simulated brands of each kind and volume on one side."""
    clean: int
    """Draws of each brand without storms, archives apart: these are what they are."""


SIZES = {
    "full": Size("full", 200, 4, 2),
    "quick": Size("quick", 10, 2, 1),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """One stream, watched at one budget."""

    brand: Brand
    replicate: int
    budget: float
    storms: tuple[Storm, ...] = ()

    @property
    def clean(self) -> bool:
        """True without storms."""
        return not self.storms

    @property
    def key(self) -> str:
        """What the result depends on, as text."""
        return json.dumps(asdict(self), sort_keys=True)

    def draw(self, world: World) -> Stream:
        """Return the background; that of a stream with storms is never one without."""
        return world.draw(self.brand, chance("background", self.clean, self.brand, self.replicate))


def cells() -> list[Cell]:
    """Return every kind of storm, in a fixed order."""
    made = []
    for volume in VOLUMES:
        made += [Cell(volume, size, doubling) for size, doubling in (*_COUNTED, *_OTHERS)]
        made.append(Cell(volume, *_NEUTRAL, neutral=True))
    return made + [Cell(0, size, doubling) for size, doubling in _COUNTED]


def clean_units(world: World, size: Size) -> list[Unit]:
    """Return the streams without storms, each at every budget."""
    draws = [(brand, draw) for brand in world.brands() for draw in range(_draws(brand, size))]
    return [Unit(brand, draw, budget) for budget in BUDGETS for brand, draw in draws]


def _draws(brand: Brand, size: Size) -> int:
    return 1 if brand.kind in {"spotify", "stocknet"} else size.clean


def storm_units(world: World, size: Size) -> list[Unit]:
    """Return streams with as many storms of each cell as wanted, backgrounds of a volume in turn."""
    every, brands = cells(), world.brands()
    return [unit for volume in (*VOLUMES, 0) for unit in _packed(volume, every, brands, world, size)]


def _packed(volume: int, every: list[Cell], brands: list[Brand], world: World, size: Size) -> list[Unit]:
    waiting = [cell for cell in every if cell.volume == volume for _ in range(size.storms)]
    chance("cells", volume).shuffle(waiting)
    turns = [brand for brand in brands if brand.volume == volume]
    units: list[Unit] = []
    for turn in count():
        if not waiting:
            return units
        brand, replicate = turns[turn % len(turns)], turn // len(turns)
        length = world.length(brand)
        placed = place(length, waiting, chance("places", brand, replicate))
        units.append(Unit(brand, replicate, BUDGET, tuple(placed)))
    return units
