"""With what a brand is compared: its rivals, and for the platform all others, one by one or in groups."""

from collections.abc import Callable, Sequence
from datetime import datetime

from core.clock import from_seconds
from core.config import BrandConfig
from core.ports import Store
from core.records import Elsewhere, Flag, Match, Neighbours, Scored, Tallied
from models.beside import NEIGHBOURS
from models.platform import Platform
from pipeline.watch import NOTHING_PLANNED, Watch, open_watch


def neighbours(brand: str, brands: Sequence[BrandConfig]) -> Neighbours:
    """Return the neighbours of one of `brands`, at most `models.beside.NEIGHBOURS`, in the file's order.

    Where there are more brands only rivals are told by name, and the rest are heard in groups.
    """
    rivals = next((each.rivals for each in brands if each.name == brand), ())[:NEIGHBOURS]
    rest = [each.name for each in brands if each.name != brand and each.name not in rivals]
    few = len(brands) <= NEIGHBOURS + 1
    return Neighbours(rivals, tuple(rest) if few else (), platform=not few)


def open_platform(store: Store, last: int | None = None) -> Platform:
    """Return the tally that brands with many others share, of what is stored up to match number `last`."""

    def read(since: int, until: int | None) -> list[Tallied]:
        return store.tallied(from_seconds(since), None if until is None else from_seconds(until), last)

    return Platform(read)


def open_watches(
    store: Store, brands: Sequence[BrandConfig], budget: Callable[[str], float]
) -> Callable[[str, datetime], Watch]:
    """Return what opens the watch of a brand, with its neighbours among `brands`, its plan and its budget.

    All of them share one tally of the platform.
    """
    platform = open_platform(store)
    plans = {each.name: each.plan for each in brands}
    return lambda brand, now: open_watch(
        brand,
        store,
        budget(brand),
        now,
        neighbours(brand, brands),
        plans.get(brand, NOTHING_PLANNED),
        platform,
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
