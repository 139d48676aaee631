"""Narratives against 87 known stories: the headlines of one news feed, streamed once."""

from pathlib import Path

from models.narrative_clusters import Clusters
from pipeline.evaluate.narratives import information, read_headlines, stream
from training.narratives import check_splits


def test_stories_are_told_apart(shared: Path) -> None:
    headlines = read_headlines(shared / "data")
    assert (len(headlines.scored), int(headlines.stories.max()) + 1) == (6_366, 87)
    found = stream(headlines.scored, Clusters("headlines"))
    late = ~headlines.early
    # Plain leader clustering reaches 0.872 on all at the threshold that suits it best.
    assert information(headlines.stories, found) >= 0.88
    assert information(headlines.stories[late], found[late]) >= 0.89
    one, two = check_splits(headlines)
    assert one < 0.15
    assert two > 0.8
