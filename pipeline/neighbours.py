"""With which brands one is compared: its rivals, and in a small workspace all others, for the platform."""

from collections.abc import Callable, Sequence
from datetime import datetime

from core.config import BrandConfig
from core.ports import Store
from core.records import Elsewhere, Flag, Match, Neighbours, Scored
from models.beside import NEIGHBOURS
from pipeline.watch import NOTHING_PLANNED, Watch, open_watch


def neighbours(brand: str, brands: Sequence[BrandConfig]) -> Neighbours:
    """Return the neighbours of one of `brands`, at most `models.beside.NEIGHBOURS`, in the file's order.

    Where there are more brands only rivals count: every mention would be told to every other brand.
    """
    rivals = next((each.rivals for each in brands if each.name == brand), ())[:NEIGHBOURS]
    rest = [each.name for each in brands if each.name != brand and each.name not in rivals]
    return Neighbours(rivals, tuple(rest) if len(rest) + len(rivals) <= NEIGHBOURS else ())


def open_watches(
    store: Store, brands: Sequence[BrandConfig], budget: Callable[[str], float]
) -> Callable[[str, datetime], Watch]:
    """Return what opens the watch of a brand, with its neighbours among `brands`, its plan and its budget."""
    plans = {each.name: each.plan for each in brands}
    return lambda brand, now: open_watch(
        brand, store, budget(brand), now, neighbours(brand, brands), plans.get(brand, NOTHING_PLANNED)
    )


def elsewhere(felt: Scored, counted: Match) -> Elsewhere:
    """Return a mention, as it counts for one brand, as its neighbours hear of it."""
    mention = felt.mention
    return Elsewhere(
        0,
        counted.brand,
        mention.event_at,
        mention.seen_at,
        counted.weight,
        felt.score.negative,
        bool(mention.flags & Flag.BACKFILL),
    )
