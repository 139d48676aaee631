"""The narratives of a brand as a header and blobs for the detector's saved state."""

from array import array
from dataclasses import asdict
from typing import Any

from core.clock import from_seconds
from core.records import Growth, Merge, Narrative, Stage
from models.narrative import Narratives
from models.narrative_live import Live
from models.narrative_rise import STATE, Birth, Tracked, Usual
from models.narrative_words import Words

_PLAIN = (
    "id",
    "serial",
    "slot",
    "born_at",
    "last_at",
    "mentions",
    "originals",
    "independent",
    "negative",
    "voices",
    "example",
    "closeness",
    "label",
    "next_label",
    "next_check",
    "changed",
    "told_at",
    "told",
)
"""Fields of `Live` that JSON gives back as they were."""


def dump(narratives: Narratives) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the whole state: plain data for the header, arrays for the blobs."""
    clusters, follow = narratives.clusters, narratives.follow
    live = list(clusters)
    header = {
        "live": [_plain(each) for each in live],
        "seeds": len(clusters.seeds),
        "born": clusters.born,
        "used": clusters.used,
        "everyday": [narratives.everyday.texts, sorted(narratives.everyday.words.items())],
        "newest": narratives.newest,
        "recent": list(follow.recent),
        "settled": follow.settled,
        "decayed": follow.decayed,
        "started": follow.started,
        "edge": follow.edge,
        "awake": sorted(follow.awake),
        "left": [_record(each) for each in narratives.left],
        "merges": [[m.narrative_id, m.into_id, int(m.at.timestamp())] for m in narratives.merges],
    }
    states = [value for each in live for value in _states(each.tracked)]
    blobs = {
        "narratives.states": array("d", states).tobytes(),
        "narratives.texts": array("Q", [v for pair in clusters.texts.items() for v in pair]).tobytes(),
        **clusters.space.dump(clusters.used),
    }
    return header, blobs


def load(narratives: Narratives, header: dict[str, Any], blobs: dict[str, bytes]) -> None:
    """Restore what `dump` gave."""
    clusters, follow = narratives.clusters, narratives.follow
    states = array("d", blobs["narratives.states"])
    rows = [states[at : at + 2 * STATE] for at in range(0, len(states), 2 * STATE)]
    live = [_live(plain, row) for plain, row in zip(header["live"], rows, strict=True)]
    clusters.born, clusters.used = header["born"], header["used"]
    clusters.adopt(live[: header["seeds"]], live[header["seeds"] :])
    clusters.space.load(blobs)
    texts = array("Q", blobs["narratives.texts"])
    clusters.texts.clear()
    clusters.texts.update(zip(texts[::2], texts[1::2], strict=True))
    narratives.everyday.texts, words = header["everyday"]
    narratives.everyday.words = dict(words)
    narratives.newest = header["newest"]
    follow.recent.clear()
    follow.recent.extend(Usual(*each) for each in header["recent"])
    follow.settled, follow.decayed, follow.edge = header["settled"], header["decayed"], header["edge"]
    follow.started = header["started"]
    awake = set(header["awake"])
    follow.awake = {each.serial: each for each in live if each.serial in awake}
    narratives.left = [_unrecorded(each) for each in header["left"]]
    narratives.merges = [
        Merge(old, into, narratives.brand, from_seconds(at)) for old, into, at in header["merges"]
    ]


def _plain(live: Live) -> dict[str, Any]:
    words, tracked = live.words, live.tracked
    return {
        **{name: getattr(live, name) for name in _PLAIN},
        "words": [words.texts, sorted(words.words.items()), sorted(words.links.items())],
        "bins": sorted(tracked.bins.items()),
        "birth": tracked.birth,
        "touched": tracked.touched,
        "asleep_at": tracked.asleep_at,
    }


def _live(plain: dict[str, Any], states: "array[float]") -> Live:
    texts, words, links = plain["words"]
    live = Live(**{name: plain[name] for name in _PLAIN})
    live.told = (live.told[0], live.told[1])
    live.words = Words(texts, dict(words), {(a, joint, b): count for (a, joint, b), count in links})
    tracked = live.tracked
    tracked.bins = {start: (negative, original) for start, (negative, original) in plain["bins"]}
    tracked.birth = Birth(*plain["birth"]) if plain["birth"] is not None else None
    tracked.touched, tracked.asleep_at = plain["touched"], plain["asleep_at"]
    tracked.now.restore(tuple(states[:STATE]))
    tracked.settled.restore(tuple(states[STATE:]))
    return live


def _states(tracked: Tracked) -> tuple[float, ...]:
    return (*tracked.now.state(), *tracked.settled.state())


def _record(narrative: Narrative) -> dict[str, Any]:
    times = {name: getattr(narrative, name).timestamp() for name in ("born_at", "last_at")}
    return {**asdict(narrative), **times}


def _unrecorded(plain: dict[str, Any]) -> Narrative:
    growth = plain["growth"]
    return Narrative(
        **{
            **plain,
            "born_at": from_seconds(plain["born_at"]),
            "last_at": from_seconds(plain["last_at"]),
            "stage": Stage(plain["stage"]),
            "growth": Growth(**growth) if growth else None,
        }
    )
