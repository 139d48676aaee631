"""`firetower evaluate nab`: what NAB published, our series, the peers, the whole command, its picture."""

import io
import json
import math
import tarfile
from collections import Counter
from pathlib import Path
from random import Random
from xml.etree.ElementTree import fromstring

import numpy as np
import pytest

from core.clock import from_seconds
from core.errors import ConfigError
from pipeline.evaluate import nab
from pipeline.evaluate.bars import Bar, draw
from pipeline.evaluate.kept import Kept
from pipeline.evaluate.nab import cut_forest, ours, peers, river_peers
from pipeline.evaluate.nab.data import Scores, Stream, published, read
from pipeline.evaluate.nab.held_out import recall_at
from pipeline.evaluate.nab.pages import pages
from pipeline.evaluate.nab.scoring import PROFILES, Ground, ground, normalised, raw_at, value

START, STEP, DAY = 1_424_987_100, 300, 288


def stream(rows: int = 40, windows: tuple[tuple[int, int], ...] = ((20, 29),), seed: int = 1) -> Stream:
    counts = np.random.default_rng(seed).poisson(5.0, rows)
    return Stream(f"S{seed}", START + STEP * np.arange(rows), counts, windows)


def test_what_was_told_is_told_again_when_ten_times_rarer_or_a_day_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = stream(3 * DAY)
    evidence = np.zeros(3 * DAY)
    evidence[10:14] = (1.9, 2.1, 3.0, 3.2)
    evidence[12 + DAY : 15 + DAY] = (2.5, 2.6, 3.4)
    monkeypatch.setattr(ours, "volume_evidence", lambda _: evidence)
    told = ours.told_evidence(at)
    # 3.0 is not ten times rarer than 2.1, 3.2 is; 2.5 comes within a day of that, 2.6 and 3.4 a day after
    assert {int(row): float(told[row]) for row in np.flatnonzero(told)} == {11: 2.1, 13: 3.2, 13 + DAY: 2.6}


def test_our_evidence_rises_with_a_burst_and_not_without() -> None:
    at = stream(18 * DAY)
    at.counts[16 * DAY : 16 * DAY + 24] += 25
    evidence = ours.volume_evidence(at)
    assert evidence[16 * DAY : 16 * DAY + 36].max() > 5.0
    assert evidence[5 * DAY : 16 * DAY].max() < 4.0


@pytest.mark.parametrize("name", [name for name in (*peers.PEERS, *river_peers.PEERS) if name != "clock"])
def test_a_peer_sees_a_burst_that_nobody_could_miss(name: str) -> None:
    score = (peers.PEERS | river_peers.PEERS)[name]
    at = stream(5 * DAY)
    at.counts[4 * DAY : 4 * DAY + 24] += 60
    scores = score(at)
    assert scores.shape == at.counts.shape
    assert np.isfinite(scores).all()
    assert scores[4 * DAY : 4 * DAY + 48].max() >= 0.99 * scores[DAY:].max()
    assert (score(at) == scores).all()


def leaves(node: cut_forest._Node | None) -> list[tuple[float, int]]:
    if node is None:
        return []
    if (sides := node.children()) is None:
        return [(node.low, node.size)]
    assert all(low <= node.cut for low, _ in leaves(sides[0]))
    assert all(low > node.cut for low, _ in leaves(sides[1]))
    assert (node.low, node.high, node.size) == (sides[0].low, sides[1].high, sides[0].size + sides[1].size)
    return [*leaves(sides[0]), *leaves(sides[1])]


def test_a_tree_holds_what_was_inserted_and_not_forgotten() -> None:
    tree, chance = cut_forest.CutTree(Random(3)), Random(4)
    points = [chance.choice((0.5, chance.random())) for _ in range(200)]
    for point in points:
        tree.insert(point)
    for point in points[:120]:
        tree.forget(point)
    assert leaves(tree._root) == sorted(Counter(points[120:]).items())
    for point in points[120:]:
        tree.forget(point)
    assert leaves(tree._root) == []


def test_the_displacement_of_an_outlier_is_the_crowd_it_stands_apart_from() -> None:
    tree = cut_forest.CutTree(Random(5))
    for point in (1.0, 1.0, 1.0, 1.0, 9.0):
        tree.insert(point)
    assert (tree.displacement(9.0), tree.displacement(1.0)) == (4.0, 0.25)


def write(folder: Path, rows: int = 700) -> Path:
    """Two streams as NAB lays them out, and one detector whose published score is right."""
    (folder / "nab" / "realTweets").mkdir(parents=True)
    windows, members = {}, {}
    for seed, brand in ((1, "AAA"), (2, "BBB")):
        at = stream(rows, seed=seed)
        at.counts[300:330] += 60
        stamps = [from_seconds(time).strftime("%Y-%m-%d %H:%M:%S") for time in at.times.tolist()]
        lines = [f"{stamp},{count}" for stamp, count in zip(stamps, at.counts, strict=True)]
        name = f"Twitter_volume_{brand}.csv"
        (folder / "nab" / "realTweets" / name).write_text("\n".join(["timestamp,value", *lines]), "utf-8")
        windows[f"realTweets/{name}"] = [[f"{stamps[290]}.000000", f"{stamps[340]}.000000"]]
        scored = [f"{stamp},{float(row == 290)}" for row, stamp in enumerate(stamps)]
        members[f"perfect/realTweets/perfect_{name}"] = "\n".join(["timestamp,anomaly_score", *scored])
    (folder / "nab" / "combined_windows.json").write_text(json.dumps(windows), "utf-8")
    results = {"perfect": {name: {"score": 100.0, "threshold": 0.5} for name in PROFILES}}
    (folder / "nab" / "published_scores_realTweets.json").write_text(json.dumps(results), "utf-8")
    with tarfile.open(folder / "nab" / "published_results.tgz", "w:gz") as archive:
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return folder


def test_evaluates_any_folder_of_that_shape_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    data, kept = write(tmp_path / "data"), tmp_path / "kept"
    found = nab.evaluate(data, kept)
    assert set(found) == {"reproduced_max_error", "ours", "peers", "configurations_tried"}
    assert found["reproduced_max_error"] == pytest.approx(0.0, abs=1e-9)
    assert set(found["ours"]) == {"rows", "page_policy", "recall_at"}
    assert set(found["ours"]["recall_at"]) == {"0.25", "0.5", "1"}
    assert found["peers"]["perfect"]["rows"] == pytest.approx(dict.fromkeys(PROFILES, 100.0))
    assert {"clock", "rrcf", "changefinder", "river ADWIN"} < set(found["peers"])
    files = sorted(kept.rglob("*.json"))
    before = [file.stat().st_mtime_ns for file in files]
    assert nab.evaluate(data, kept) == found
    assert [file.stat().st_mtime_ns for file in sorted(kept.rglob("*.json"))] == before


def test_kept_series_are_taken_for_the_same_data_only(tmp_path: Path) -> None:
    calls = []

    def make() -> list[Scores]:
        calls.append(1)
        return [np.array([0.0, 0.1, math.inf]), np.arange(2.0)]

    for data in (b"one", b"one", b"two"):
        made = nab._made("river ADWIN", make, Kept(tmp_path, [data]))
        assert [each.tolist() for each in made] == [[0.0, 0.1, math.inf], [0.0, 1.0]]
    assert len(calls) == 2


def test_absent_or_other_data_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--data DIR"):
        read(tmp_path)
    data = write(tmp_path / "data")
    path = data / "nab" / "realTweets" / "Twitter_volume_AAA.csv"
    path.write_text("timestamp,value\nsoon,3\n", "utf-8")
    with pytest.raises(ConfigError, match="as NAB published it"):
        read(data)


def test_the_picture_shows_every_row_and_escapes_names() -> None:
    svg = fromstring(
        draw("A & B", "pages", "rows", [Bar("<us>", 80.0, 70.0, ours=True), Bar("x", -5.0, 120.0)], 77)
    )
    texts = [element.text for element in svg.iter() if element.tag.endswith("text")]
    assert {"A & B", "<us>", "80.0", "70.0", "-5.0", "120.0"} <= set(texts)
    widths = [float(element.attrib["width"]) for element in svg.iter() if element.tag.endswith("rect")]
    assert widths == pytest.approx([400.0, 350.0, 0.0, 500.0])


@pytest.fixture(scope="module")
def real(shared: Path) -> tuple[tuple[Stream, ...], list[Ground]]:
    streams = read(shared / "data")
    return streams, [ground(each) for each in streams]


def test_the_clock_scores_what_a_clock_is_known_to_score(
    shared: Path, real: tuple[tuple[Stream, ...], list[Ground]]
) -> None:
    streams, grounds = real
    known = json.loads((shared / "data" / "nab" / "naive_scores_realTweets.json").read_text("utf-8"))
    scores = [peers.clock(each)[each.scored_from :] for each in streams]
    for name, profile in PROFILES.items():
        found = normalised(raw_at(grounds, scores, 1.0, profile), 33, profile)
        assert found == pytest.approx(known["metronome every 48 h"][name], abs=0.01)


def test_an_alarm_in_every_row_is_a_page_a_day(
    shared: Path, real: tuple[tuple[Stream, ...], list[Ground]]
) -> None:
    grounds = real[1]
    known = json.loads((shared / "data" / "nab" / "naive_scores_realTweets.json").read_text("utf-8"))
    found = [pages(each, np.ones(each.times.size), np.array([1.0])) for each in grounds]
    for name, profile in PROFILES.items():
        raw_score = sum(float(value(each, profile)[0]) for each in found)
        score = normalised(raw_score, 33, profile)
        assert score == pytest.approx(known["metronome every 24 h"][name], abs=0.01)


def test_the_ten_streams_are_those_that_were_published(real: tuple[tuple[Stream, ...], list[Ground]]) -> None:
    streams, grounds = real
    assert len(streams) == 10
    assert sum(len(each.times) for each in streams) == 158_631
    assert sum(each.windows for each in grounds) == 33
    assert sum(each.times.size for each in grounds) / 2016 == pytest.approx(75.0, abs=0.05)


def test_every_published_score_is_reproduced(
    shared: Path, real: tuple[tuple[Stream, ...], list[Ground]]
) -> None:
    streams, grounds = real
    known = published(shared / "data", streams)
    assert len(known) == 16
    # published with two decimals
    assert nab.largest_error(streams, grounds, known) <= 0.005
    held_out = {
        each.name: nab.policies(grounds, nab.scored(streams, each.scores))["rows"] for each in known[:3]
    }
    # as two other implementations have it
    assert held_out["ARTime"]["standard"] == pytest.approx(78.4, abs=0.05)
    assert held_out["contextOSE"]["standard"] == pytest.approx(71.7, abs=0.05)


@pytest.mark.slow
def test_we_stand_where_we_say(real: tuple[tuple[Stream, ...], list[Ground]]) -> None:
    streams, grounds = real
    scores = nab.scored(streams, [ours.told_evidence(each) for each in streams])
    found = nab.policies(grounds, scores)
    assert found["page_policy"]["standard"] >= 77.0
    assert found["rows"]["standard"] >= 71.7
    assert recall_at(grounds, scores)["0.5"] >= 30 / 33
