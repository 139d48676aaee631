"""Tweets to six airlines, 2015-02-17 to 02-24, labelled by people: none of it is trained or tuned on."""

import csv
import gzip
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.errors import ConfigError
from core.records import Mention, Sentiment

_FILE = Path("airline_2015/Tweets.csv.gz")


@dataclass(frozen=True, slots=True)
class Tweet:
    """A tweet and what a person says it is."""

    mention: Mention
    label: Sentiment


def read(data: Path) -> list[Tweet]:
    """Return the archive under `data` by time, each id once; raises `ConfigError` when it is not there."""
    path = data / _FILE
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            rows = {row["tweet_id"]: _tweet(row) for row in csv.DictReader(file)}
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigError(f"{path} is absent: give the folder with the data sets as --data DIR") from error
    except (KeyError, ValueError, OSError, EOFError) as error:
        raise ConfigError(f"{path} is not the airline archive as it was published ({error})") from error
    return sorted(rows.values(), key=lambda row: (row.mention.event_at, row.mention.native_id))


def _tweet(row: dict[str, str]) -> Tweet:
    at = datetime.strptime(row["tweet_created"], "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    mention = Mention("archive/airlines", row["tweet_id"], row["text"], at, at)
    return Tweet(mention, Sentiment(row["airline_sentiment"]))
