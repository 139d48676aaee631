"""The picture of `evaluate nab`: every detector under both policies, the best first."""

from typing import Any

from pipeline.evaluate.bars import Bar, draw

GOAL = 77.0
"""Page policy, standard profile: what this must not fall below."""


def picture(result: dict[str, Any]) -> str:
    """Return an SVG of what `evaluate` returned, standard profile."""
    bars = [_bar("Firetower", result["ours"], ours=True)]
    bars += [_bar(name, scores) for name, scores in result["peers"].items()]
    bars.sort(key=lambda bar: bar.first, reverse=True)
    title = "NAB realTweets, standard profile, threshold from the other nine brands"
    return draw(title, "one page a day", "every row an alarm", bars, GOAL)


def _bar(name: str, scores: dict[str, dict[str, float]], ours: bool = False) -> Bar:
    return Bar(name, scores["page_policy"]["standard"], scores["rows"]["standard"], ours)
