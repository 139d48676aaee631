"""Narratives against 87 known stories: the headlines of one news feed, streamed once.

The headlines are those of the News Aggregator data set (Gasparetti 2017,
https://archive.ics.uci.edu/dataset/359), 2014-03-10 to 03-12. The two thresholds of the product were chosen
on the stories first seen before `CUT` alone (`training/narratives.py`).
"""

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.clock import from_seconds
from core.errors import ConfigError
from core.records import Mention, Score, Scored
from core.telemetry import get_logger
from core.vectors import pack_vector, unpack_vector
from models.copies import Copies
from models.embed import open_encoder
from models.features import canonical
from models.narrative_assign import assign
from models.narrative_clusters import Clusters
from models.signature import signature
from pipeline.evaluate import narrative_peers
from pipeline.evaluate.narrative_peers import Labels, Vectors

CUT = datetime(2014, 3, 11, tzinfo=UTC).timestamp()
"""Stories first seen before it may choose settings; later ones are only measured."""
_FILE = Path("news_stories_2014/headlines.csv")
_CHUNK = 1024  # headlines between two lines of progress


@dataclass(frozen=True, slots=True)
class Headlines:
    """Scored headlines in time order, and the number of the story that each belongs to."""

    scored: tuple[Scored, ...]
    stories: Labels
    early: NDArray[np.bool_]
    """Headlines of stories first seen before `CUT`."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far clusters agree with the stories; 1 is in full, 0 as by chance."""

    ami: float
    """Adjusted mutual information, arithmetic normalisation (Vinh, Epps & Bailey 2010)."""
    ami_later: float | None
    """The same on the headlines of stories that no setting was chosen on; None without any."""
    ari: float
    """Adjusted Rand index (Hubert & Arabie 1985)."""
    clusters: int


def evaluate(data: Path, river_s: float = narrative_peers.RIVER_S) -> dict[str, Any]:
    """Return how well the product's clusters agree with the stories, peers in the same run beside it.

    `river_s` bounds the seconds of River's peer. Progress goes to the log. Raises `ConfigError` when `data`
    does not hold the headlines.
    """
    headlines = read_headlines(data)
    found = stream(headlines.scored, Clusters("headlines"))
    return {
        **asdict(agreement(headlines, found)),
        "headlines": found.size,
        "stories": _count(headlines.stories),
        "headlines_later": int((~headlines.early).sum()),
        "stories_later": _count(headlines.stories[~headlines.early]),
        "peers": _peers(headlines, river_s),
    }


def _peers(headlines: Headlines, river_s: float) -> dict[str, dict[str, Any]]:
    """Return the peers on the very embeddings that the product saw."""
    log = get_logger("evaluate")
    vectors = np.array([unpack_vector(scored.score.embedding) for scored in headlines.scored])
    log.info("narratives", peer="leader")
    leader = _best_leader(headlines, vectors)
    log.info("narratives", peer="k_means")
    k_means = agreement(headlines, narrative_peers.k_means(vectors, _count(headlines.stories)))
    log.info("narratives", peer="dbstream", limit_s=river_s)
    labels = narrative_peers.dbstream(vectors, river_s)
    return {
        "leader": leader,
        "k_means": asdict(k_means),
        "dbstream": {
            **asdict(agreement(headlines, labels)),
            "radius": narrative_peers.RADIUS,
            "headlines": labels.size,
            "cut_off": labels.size < len(vectors),
        },
    }


def _best_leader(headlines: Headlines, vectors: Vectors) -> dict[str, Any]:
    tried = {
        threshold: agreement(headlines, narrative_peers.leader(vectors, threshold))
        for threshold in narrative_peers.COSINES
    }
    best = max(tried, key=lambda threshold: tried[threshold].ami)
    return {**asdict(tried[best]), "threshold": best}


def read_headlines(data: Path) -> Headlines:
    """Return the headlines with their embeddings; the cut-off last line is dropped.

    Raises `ConfigError` when `data` does not hold them.
    """
    rows = _rows(data / _FILE)
    vectors = _embeddings([canonical(row["TITLE"]) for row in rows])
    times = np.array([_seconds(row) for row in rows])
    stories = np.unique([row["STORY"] for row in rows], return_inverse=True)[1].astype(np.int64)
    first = np.array([times[stories == story].min() for story in range(_count(stories))])
    scored = tuple(_scored(row, vector) for row, vector in zip(rows, vectors, strict=True))
    return Headlines(scored, stories, first[stories] < CUT)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["TIMESTAMP"]]
        return sorted(rows, key=_seconds)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigError(f"{path} is absent: give the folder with the data sets as --data DIR") from error
    except (KeyError, ValueError) as error:
        raise ConfigError(f"{path} is not the headlines as they were published ({error!r})") from error


def _seconds(row: dict[str, str]) -> float:
    return int(row["TIMESTAMP"]) / 1000


def _embeddings(texts: Sequence[str]) -> Vectors:
    encoder, log = open_encoder(), get_logger("evaluate")
    parts = [np.empty((0, encoder.dimensions), np.float32)]
    for start in range(0, len(texts), _CHUNK):
        parts.append(encoder.encode(texts[start : start + _CHUNK]))
        log.info("narratives", encoded=min(start + _CHUNK, len(texts)), of=len(texts))
    return np.concatenate(parts)


def _scored(row: dict[str, str], vector: Vectors) -> Scored:
    title, when = row["TITLE"], from_seconds(int(_seconds(row)))
    mention = Mention("headlines", row["ID"], title, when, when, kind="article")
    return Scored(mention, Score(0.0, 1.0, 0.0, signature(title), embedding=pack_vector(vector)))


def stream(headlines: Sequence[Scored], clusters: Clusters) -> Labels:
    """Return the narrative of each headline as a number, after one pass; merged ones count as one."""
    copies, parents, serials = Copies(), dict[int, int](), list[int]()
    for scored in headlines:
        mention = scored.mention
        at = int(mention.event_at.timestamp())
        placed = copies.add(mention.id, scored.score.signature, mention.author, at)
        assigned = assign(clusters, scored, placed, at)
        if assigned is None:
            raise ValueError(f"headline {mention.native_id} has no embedding")
        serials.append(assigned.serial)
        if assigned.merged:
            into, other = assigned.merged
            parents[other] = into
    return np.array([_root(parents, serial) for serial in serials])


def _root(parents: dict[int, int], serial: int) -> int:
    while serial in parents:
        serial = parents[serial]
    return serial


def agreement(headlines: Headlines, found: Labels) -> Agreement:
    """Return how far the clusters of the first `found.size` headlines agree with the stories."""
    from sklearn.metrics import adjusted_rand_score

    stories, late = headlines.stories[: found.size], ~headlines.early[: found.size]
    return Agreement(
        ami=information(stories, found),
        ami_later=information(stories[late], found[late]) if late.any() else None,
        ari=float(adjusted_rand_score(stories, found)),
        clusters=_count(found),
    )


def information(truth: Labels, found: Labels) -> float:
    """Return the adjusted mutual information, arithmetic normalisation."""
    from sklearn.metrics import adjusted_mutual_info_score

    return float(adjusted_mutual_info_score(truth, found))


def _count(labels: Labels) -> int:
    return int(np.unique(labels).size)
