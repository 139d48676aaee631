"""What the bench feeds and how it counts; its figures are nobody's business here."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import Temporary
from core.query import Matcher, parse
from core.records import Score, Scored, Step
from models.copies import Placed
from models.narrative_clusters import Clusters
from monitors.simulation.brands import BRANDS
from pipeline.bench import detection, narratives
from pipeline.bench.figures import percentile
from pipeline.bench.load import STORM, Seen, met_at_last, visible_ms, worked_off
from pipeline.bench.preload import preload, quiet_past
from pipeline.bench.texts import complaints, mention, posts, stormy
from pipeline.coverage import FULL
from pipeline.watch import open_watch
from storage import open_store

NOW = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)


def test_posts_are_distinct_and_meet_their_brands_query() -> None:
    found = posts(500)
    assert len({text for _, text in found}) == 500
    matcher = Matcher({brand.name: parse(brand.query) for brand in BRANDS})
    assert all(brand.name in matcher.match(text) for brand, text in found)
    assert {text for _, text in posts(50, first_key=9_000_000)}.isdisjoint(text for _, text in found)


def test_every_complaint_meets_the_query_of_its_storm() -> None:
    matcher = Matcher({"Bench 007": parse(stormy("Bench 007").query)})
    texts = complaints("Bench 007", STORM, NOW)
    assert len(set(texts)) == STORM
    assert all(matcher.match(text) == ("Bench 007",) for text in texts)


def test_a_used_workspace_holds_what_was_asked_for(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/firetower.db")
    preload(store, 1_000, NOW, print)
    quiet_past(store, ["Bench 001"], NOW)
    assert store.count_mentions() == 1_000
    assert sum(total.mentions for total in store.totals() if total.brand != "Bench 001") == 1_000
    signal = open_watch("Bench 001", store, 0.5, NOW).look(NOW, FULL)
    assert signal.learned_hours >= 24
    restored = open_watch(BRANDS[0].name, store, 0.5, NOW)
    assert restored.look(NOW, FULL).learned_hours >= 24
    store.close()


async def test_what_is_never_stored_is_an_error_and_what_no_look_met_counts_from_the_end(
    tmp_path: Path,
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/firetower.db")
    one, other = mention("1", "a", NOW), mention("2", "b", NOW + timedelta(seconds=1))
    seen = Seen({one.id: 1.0, other.id: 2.0}, {one.id: 1.25})
    store.commit(Step(scored=(Scored(one, Score(0.1, 0.8, 0.1)),)))
    with pytest.raises(Temporary, match="1 of 2"):
        await worked_off(store, 2, patience=0.0)
    store.commit(Step(scored=(Scored(other, Score(0.1, 0.8, 0.1)),)))
    began = time.monotonic()
    await worked_off(store, 2)
    met_at_last(seen)
    assert seen.visible[other.id] >= began
    assert min(visible_ms(seen)) == 250.0
    store.close()


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(value) for value in range(1, 101)]
    assert (percentile(values, 50), percentile(values, 99)) == (50.0, 99.0)
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 99)


def test_as_many_narratives_are_alive_as_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    placed = list[int]()
    place = narratives._place

    def counted(clusters: Clusters, mentions: list[tuple[Scored, Placed]]) -> None:
        place(clusters, mentions)
        placed.append(len(clusters))

    monkeypatch.setattr(narratives, "_place", counted)
    monkeypatch.setattr(narratives, "MENTIONS", 128)
    assert narratives.on_one_core(40) > 0.0
    assert placed == [40] * (narratives.ROUNDS + 1)


def test_a_restored_detector_goes_on_bit_for_bit_and_its_state_is_small(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(detection, "BINS", 600)
    monkeypatch.setattr(detection, "QUIET_BINS", 24)
    found = detection.detection_cost(60.0)
    assert found.narratives >= detection.TOPICS
    assert found.restored
    assert found.state_kb <= 400.0
