"""The public archives that are replayed, and what of them is not counted."""

from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive and how its rows find their brand."""

    name: str
    path: Path
    """Under the folder with the data sets."""
    brand: str | None = None
    """The brand that all rows are about."""
    brand_column: str | None = None
    left_out: frozenset[str] = frozenset()
    """Brands that are replayed but not counted."""

    def require(self, data: Path) -> None:
        """Raise `ConfigError` when it is not under `data`."""
        if not (data / self.path).is_file():
            raise ConfigError(
                f"{data / self.path} is absent: give the folder with the data sets as --data DIR"
            )

    def size(self, data: Path) -> int:
        """Return its size in bytes: another file of that name is another archive."""
        return (data / self.path).stat().st_size


ARCHIVES = (
    Archive("stocknet_2014", Path("stocknet_2014/tweets.jsonl.gz"), brand_column="ticker"),
    # American's rows begin in the middle of a bad day: its jump is that of the collection.
    Archive(
        "airline_2015",
        Path("airline_2015/Tweets.csv.gz"),
        brand_column="airline",
        left_out=frozenset({"American"}),
    ),
    Archive("spotify_2017", Path("spotify_2017/support_tweets.csv.gz"), brand="Spotify"),
)
"""StockNet (Xu & Cohen 2018), Twitter US Airline Sentiment (Crowdflower 2015), and support tweets
(Axelbrooke 2017)."""
