"""What the bench feeds: distinct simulated posts, and storms of complaints."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from core.records import Flag, Mention
from monitors.simulation.brands import BRANDS, TONES, Brand
from monitors.simulation.noise import key
from monitors.simulation.scenario import Storm
from monitors.simulation.wording import Writer

SOURCE = "simulated-bench"
STORM_SPAN = timedelta(minutes=20)


def posts(number: int, first_key: int = 0) -> list[tuple[Brand, str]]:
    """Return `number` distinct everyday posts of the simulated brands; another `first_key` gives others."""
    writers = [(brand, Writer(brand)) for brand in BRANDS]
    found: dict[str, Brand] = {}
    for place in count():
        brand, writer = writers[place % len(writers)]
        found.setdefault(writer.post(TONES[place % len(TONES)], None, first_key + place), brand)
        if len(found) == number:
            break
    return [(brand, text) for text, brand in found.items()]


def stormy(name: str) -> Brand:
    """Return a brand called `name` that storms can be written about."""
    return replace(BRANDS[0], name=name)


def complaints(name: str, number: int, at: datetime) -> list[str]:
    """Return distinct complaints about a brand called `name`, as people write them in a storm."""
    brand = stormy(name)
    storm = Storm(name, at, 20.0, 300.0, 60.0, next(iter(brand.trade.storms)))
    writer = Writer(brand)
    return [writer.post("negative", storm, key("bench", name, index)) for index in range(number)]


def mention(native_id: str, text: str, at: datetime, seen_at: datetime | None = None) -> Mention:
    """Return a simulated mention."""
    author = f"sim_{native_id}"
    return Mention(SOURCE, native_id, text, at, seen_at or at, author=author, flags=Flag.SIMULATED)
