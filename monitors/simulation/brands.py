"""The invented companies of the demo and how much is said about them."""

import re
from dataclasses import dataclass

from monitors.simulation.themes import airline, bank, energy, food, mobile, sports
from monitors.simulation.themes.trade import Trade

CHANNELS = ("social", "forum", "reviews", "news")
"""Where simulated people write; each is a source of its own."""

TONES = ("negative", "neutral", "positive")


@dataclass(frozen=True, slots=True)
class Brand:
    """One invented company on an ordinary day."""

    name: str
    trade: Trade
    per_hour: float
    """Mean mentions an hour over a week, bursts and storms apart."""
    negative: float
    """Usual share of negative mentions."""
    positive: float
    peak_hour: float
    """Hour of the day, UTC, at which most is said."""
    weekend: float
    """Rate on Saturday and Sunday, against 1 on other days."""
    channels: tuple[float, ...]
    """Share of each of `CHANNELS`; they sum to 1."""

    @property
    def handle(self) -> str:
        """Name as one word, for handles and hashtags: `NorthwindAir`."""
        return re.sub(r"\W", "", self.name)

    @property
    def query(self) -> str:
        """Query that finds every simulated mention of this brand."""
        return f'"{self.name}" OR @{self.handle} OR #{self.handle}'


BRANDS: tuple[Brand, ...] = (
    Brand("Northwind Air", airline.TRADE, 62.0, 0.17, 0.30, 17.0, 1.10, (0.66, 0.12, 0.12, 0.10)),
    Brand("Zenith Bank", bank.TRADE, 48.0, 0.19, 0.24, 11.0, 0.60, (0.58, 0.20, 0.14, 0.08)),
    Brand("Acme Foods", food.TRADE, 40.0, 0.13, 0.42, 18.0, 1.05, (0.62, 0.10, 0.20, 0.08)),
    Brand("Halden Energy", energy.TRADE, 24.0, 0.20, 0.20, 19.0, 0.75, (0.52, 0.24, 0.12, 0.12)),
    Brand("Orchard Mobile", mobile.TRADE, 110.0, 0.18, 0.27, 20.0, 0.90, (0.64, 0.18, 0.12, 0.06)),
    Brand("Kestrel Sports", sports.TRADE, 9.0, 0.12, 0.45, 18.5, 1.25, (0.60, 0.12, 0.22, 0.06)),
)
"""Between 9 and 110 mentions an hour: detection has to work at every size."""

RIVALS: tuple[Brand, ...] = (
    Brand("Meridian Jet", airline.TRADE, 22.0, 0.18, 0.28, 17.0, 1.10, (0.66, 0.12, 0.12, 0.10)),
    Brand("Harbour Bank", bank.TRADE, 16.0, 0.18, 0.25, 11.0, 0.60, (0.58, 0.20, 0.14, 0.08)),
    Brand("Larkspur Mobile", mobile.TRADE, 34.0, 0.17, 0.28, 20.0, 0.90, (0.64, 0.18, 0.12, 0.06)),
)
"""Companies of the same trades that the demo watches too: a share of voice needs somebody to share with."""


def rivals(name: str) -> tuple[str, ...]:
    """Return the names of the others in a brand's trade; empty where it is alone there."""
    every = (*BRANDS, *RIVALS)
    trades = {each.name: each.trade for each in every}
    return tuple(each.name for each in every if each.trade is trades.get(name) and each.name != name)


def brand(name: str) -> Brand:
    """Return the brand of that name; raises `KeyError` when nobody invented it."""
    return {each.name: each for each in (*BRANDS, *RIVALS)}[name]
