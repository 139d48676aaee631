"""With which brands one is compared, and what of their mentions it hears."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from core.config import BrandConfig
from core.ports import Store
from core.records import Flag, Mention, Neighbours, Score, Scored
from models.beside import NEIGHBOURS
from models.signature import signature
from pipeline.coverage import FULL
from pipeline.detection import Detection
from pipeline.history import Stretch, counted, heard_from
from pipeline.neighbours import neighbours, open_watches
from pipeline.scoring import Fresh

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_rivals_come_first_and_others_stand_for_the_platform() -> None:
    brands = [BrandConfig(name=name) for name in ("Bolt", "Crest", "Dyne")]
    brands.append(BrandConfig(name="Acme", rivals=("Dyne",)))
    assert neighbours("Acme", brands) == Neighbours(("Dyne",), ("Bolt", "Crest"))
    assert neighbours("Bolt", brands) == Neighbours((), ("Crest", "Dyne", "Acme"))
    assert neighbours("Acme", brands[3:]) == Neighbours(("Dyne",))


def test_there_are_never_more_than_can_be_kept() -> None:
    names = tuple(f"brand {each}" for each in range(20))
    brands = [*(BrandConfig(name=name) for name in names), BrandConfig(name="Acme", rivals=names[:12])]
    assert neighbours("Acme", brands) == Neighbours(names[:NEIGHBOURS])
    assert neighbours("brand 3", brands) == Neighbours(), "too many to be told of each other"
    assert len(neighbours("brand 3", brands[: NEIGHBOURS + 1]).names) == NEIGHBOURS


def test_a_mention_that_names_the_brand_too_is_nothing_said_elsewhere(new_store: Callable[[], Store]) -> None:
    store = new_store()
    brands = [BrandConfig(name="Acme", rivals=("Bolt",)), BrandConfig(name="Bolt")]
    detection = Detection(store, open_watches(store, brands, lambda brand: 0.5), lambda brand, now: FULL)
    for name in ("Acme", "Bolt"):
        detection.watch(name, NOW)
    for number, (about, flags) in enumerate(
        [
            (("Bolt",), Flag.NONE),
            (("Acme", "Bolt"), Flag.NONE),
            (("Acme",), Flag.NONE),
            (("Bolt",), Flag.BACKFILL),
        ]
    ):
        text = f"kettle number {number}"
        mention = Mention("rss", str(number), text, NOW + timedelta(minutes=number), NOW, flags=flags)
        detection.count(Fresh(Scored(mention, Score(0.75, 0.25, 0.0, signature(text))), about), NOW)
    detection.commit()
    heard = detection.watch("Acme", NOW).detector
    again = open_watches(store, brands, lambda brand: 0.5)("Acme", NOW).detector
    assert heard._windows.beside.bins == {"Bolt": {int(NOW.timestamp()): (1.0, 0.75)}}  # type: ignore[attr-defined] # the port hides what it keeps
    assert again.dump() == heard.dump()


def test_a_brand_without_a_mention_reads_of_its_neighbours_what_still_matters(
    new_store: Callable[[], Store],
) -> None:
    store = new_store()
    brands = [BrandConfig(name="Acme", rivals=("Bolt",)), BrandConfig(name="Bolt")]
    detection = Detection(store, open_watches(store, brands, lambda brand: 0.5), lambda brand, now: FULL)
    for number, days in enumerate((20, 10, 5, 3, 1)):
        at = NOW - timedelta(days=days)
        mention = Mention("feed", str(number), f"Bolt {number}", at, at)
        score = Score(0.9, 0.1, 0.0, signature(mention.text))
        detection.count(Fresh(Scored(mention, score), ("Bolt",)), at)
    detection.commit()
    assert heard_from(store, ("Bolt",), NOW) == store.last_match() - 2
    assert heard_from(store, ("Crest",), NOW) == heard_from(store, (), NOW) == store.last_match()
    found = counted(store, "Acme", ("Bolt",), Stretch(heard_from(store, ("Bolt",), NOW)))
    assert [NOW - match.event_at for match in found] == [timedelta(days=3), timedelta(days=1)]
