"""`firetower evaluate narratives`: its data, its measures, its peers, and what the product reaches."""

import csv
from pathlib import Path

import numpy as np
import pytest

from core.errors import ConfigError
from pipeline.evaluate import narrative_peers, narratives

DAY = 24 * 3600 * 1000
FIRST = 1_394_470_000_000
"""Milliseconds; 2014-03-10 16:46 UTC."""
STORIES = {
    "refund": (
        "Airline refuses refund for cancelled flight",
        "Airline under fire for refused flight refunds",
    ),
    "recall": ("Carmaker recalls trucks over brake defect", "Brake defect leads to recall of trucks"),
    "concert": (
        "Singer opens her world tour with a concert",
        "World tour of the singer opens with a concert",
    ),
}


def write(folder: Path, tail: str = "") -> Path:
    place = folder / "news_stories_2014"
    place.mkdir(parents=True)
    with (place / "headlines.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("ID", "TITLE", "STORY", "TIMESTAMP"))
        for number, (story, titles) in enumerate(STORIES.items()):
            for turn in range(6):
                title = f"{titles[turn % 2]}, report {turn}"
                rows.writerow((f"{number}{turn}", title, story, FIRST + number * DAY + turn))
        file.write(tail)
    return folder


def vectors(clusters: int, each: int) -> tuple[narrative_peers.Vectors, narrative_peers.Labels]:
    """Unit vectors in narrow groups, in a mixed order, and the groups."""
    chance = np.random.default_rng(5)
    labels = chance.permutation(np.repeat(np.arange(clusters), each))
    made = chance.normal(size=(clusters, 16))[labels] + 0.1 * chance.normal(size=(labels.size, 16))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32), labels


def test_evaluates_any_folder_of_that_shape(tmp_path: Path) -> None:
    found = narratives.evaluate(write(tmp_path))
    assert (found["headlines"], found["stories"]) == (18, 3)
    assert (found["headlines_later"], found["stories_later"]) == (12, 2)
    assert 0.5 < found["ami"] <= 1.0
    assert 0.5 < found["ami_later"] <= 1.0
    assert found["clusters"] >= 3
    assert set(found["peers"]) == {"leader", "k_means", "dbstream"}
    assert all(0.0 <= peer["ami"] <= 1.0 for peer in found["peers"].values())
    assert found["peers"]["leader"]["ami"] == 1.0
    assert found["peers"]["k_means"]["clusters"] == 3
    assert not found["peers"]["dbstream"]["cut_off"]


def test_a_river_that_takes_too_long_is_cut_off_and_says_so(tmp_path: Path) -> None:
    river = narratives.evaluate(write(tmp_path), river_s=-1.0)["peers"]["dbstream"]
    assert (river["headlines"], river["cut_off"]) == (1, True)


def test_the_cut_off_last_line_is_dropped_and_stories_are_split_by_their_first_time(tmp_path: Path) -> None:
    headlines = narratives.read_headlines(write(tmp_path, tail='99,"A line that is cut'))
    assert len(headlines.scored) == 18
    assert headlines.early.tolist() == [True] * 6 + [False] * 12
    assert np.unique(headlines.stories).size == 3


def test_absent_or_other_data_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--data DIR"):
        narratives.read_headlines(tmp_path)
    path = write(tmp_path) / "news_stories_2014" / "headlines.csv"
    path.write_text("ID,TITLE,STORY,TIMESTAMP\n1,words,a,soon\n", "utf-8")
    with pytest.raises(ConfigError, match="as they were published"):
        narratives.read_headlines(tmp_path)
    path.write_text("ID,TITLE\n1,words\n", "utf-8")
    with pytest.raises(ConfigError, match="as they were published"):
        narratives.read_headlines(tmp_path)


@pytest.mark.parametrize("group", ["leader", "k_means", "dbstream"])
def test_a_peer_finds_groups_that_nobody_could_miss(group: str) -> None:
    rows, truth = vectors(clusters=6, each=20)
    labels = {
        "leader": lambda: narrative_peers.leader(rows, 0.8),
        "k_means": lambda: narrative_peers.k_means(rows, 6),
        "dbstream": lambda: narrative_peers.dbstream(rows, seconds=600.0, radius=0.6),
    }[group]()
    assert narratives.information(truth, labels) == pytest.approx(1.0)


def test_a_leader_of_impossible_nearness_leaves_every_vector_alone() -> None:
    rows, _ = vectors(clusters=2, each=5)
    assert np.unique(narrative_peers.leader(rows, 1.1)).size == 10


@pytest.mark.slow
def test_the_product_reaches_the_goal_and_beats_its_peers(shared: Path) -> None:
    found = narratives.evaluate(shared / "data")
    assert found["ami"] >= 0.88
    assert found["ami"] > max(peer["ami"] for peer in found["peers"].values())
    assert found["peers"]["leader"]["ami"] == pytest.approx(0.872, abs=0.005)
    assert found["peers"]["k_means"]["ami"] == pytest.approx(0.827, abs=0.01)
