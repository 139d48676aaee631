"""The narratives of a brand as a header and blobs for the detector's saved state."""

from array import array
from collections.abc import Iterator
from dataclasses import asdict
from operator import itemgetter
from typing import Any

import numpy as np

from core.clock import from_seconds
from core.records import Growth, Merge, Narrative, Stage
from models.narrative import Narratives
from models.narrative_halves import Halves
from models.narrative_live import Live
from models.narrative_rise import STATE, Birth, State, Sums, Usual
from models.narrative_space import FINE
from models.narrative_tracked import Held, Tracked
from models.narrative_words import Key, Words

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
    "split_from",
    "changed",
    "told_at",
    "told",
)
"""Fields of `Live` that JSON gives back as they were; an older state may lack some."""
_TIMES = ("born_at", "last_at", "learning_since")
"""Fields of a record that are written as seconds."""


def dump(narratives: Narratives) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the whole state: plain data for the header, arrays for the blobs."""
    clusters, follow = narratives.clusters, narratives.follow
    live = list(clusters)
    header = {
        "live": [_plain(each) for each in live],
        "seeds": len(clusters.seeds),
        "born": clusters.born,
        "used": clusters.used,
        "everyday": [narratives.everyday.texts, _in_order(narratives.everyday.words)],
        "newest": narratives.newest,
        "recent": list(follow.recent),
        "closed": follow.closed,
        "decayed": follow.decayed,
        "since": follow.since,
        "edge": follow.edge,
        "awake": sorted(follow.awake),
        "left": [_record(each) for each in narratives.left],
        "merges": [[m.narrative_id, m.into_id, int(m.at.timestamp())] for m in narratives.merges],
    }
    states = [value for each in live for state in _states(each.tracked) for value in state]
    blobs = {
        "narratives.states": array("d", states).tobytes(),
        "narratives.halves": b"".join(_halves(each) for each in live),
        "narratives.texts": array("Q", [v for pair in clusters.texts.items() for v in pair]).tobytes(),
        **clusters.space.dump(clusters.used),
    }
    return header, blobs


def load(narratives: Narratives, header: dict[str, Any], blobs: dict[str, bytes]) -> None:
    """Restore what `dump` gave."""
    clusters, follow = narratives.clusters, narratives.follow
    states = array("d", blobs["narratives.states"])
    rows = (tuple(states[at : at + STATE]) for at in range(0, len(states), STATE))
    live = [_live(plain, rows) for plain in header["live"]]
    clusters.born, clusters.used = header["born"], header["used"]
    clusters.adopt(live[: header["seeds"]], live[header["seeds"] :])
    clusters.space.load(blobs)
    _reunite(live, blobs.get("narratives.halves", b""), clusters.space.dimensions)
    texts = array("Q", blobs["narratives.texts"])
    clusters.texts.clear()
    clusters.texts.update(zip(texts[::2], texts[1::2], strict=True))
    narratives.everyday.texts, words = header["everyday"]
    narratives.everyday.words = dict(words)
    narratives.newest = header["newest"]
    follow.recent.clear()
    follow.recent.extend(Usual(*each) for each in header["recent"])
    follow.closed, follow.decayed, follow.edge = header["closed"], header["decayed"], header["edge"]
    follow.since = header["since"]
    follow.late = any(each.tracked.touched is not None for each in live)
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
        "words": [words.texts, _in_order(words.words), _in_order(words.links)],
        "bins": sorted(tracked.bins.items()),
        "split_off": live.split_off,
        "halves": live.halves and live.halves.counts,
        "birth": tracked.birth,
        "held": [[held.start, held.resting] for held in tracked.held],
        "touched": tracked.touched,
        "asleep_at": tracked.asleep_at,
    }


def _in_order(counts: dict[Key, float]) -> list[tuple[Key, float]]:
    """Return counts by key: they came in the order of a set, which another process has otherwise."""
    return sorted(counts.items(), key=itemgetter(0))


def _live(plain: dict[str, Any], states: Iterator[State]) -> Live:
    texts, words, links = plain["words"]
    live = Live(**{name: plain[name] for name in _PLAIN if name in plain})
    live.split_off = tuple(plain.get("split_off", ()))
    if plain.get("halves"):
        live.halves = Halves(tuple(plain["halves"]), np.zeros((2, 0), np.float32))
    live.told = (live.told[0], live.told[1])
    live.words = Words(texts, dict(words), {(a, joint, b): count for (a, joint, b), count in links})
    tracked = live.tracked
    tracked.bins = {start: Sums(*counted) for start, counted in plain["bins"]}
    tracked.birth = Birth(*plain["birth"]) if plain["birth"] is not None else None
    tracked.touched, tracked.asleep_at = plain["touched"], plain["asleep_at"]
    tracked.now.restore(next(states))
    tracked.held = [Held(start, resting, next(states)) for start, resting in plain["held"]]
    return live


def _halves(live: Live) -> bytes:
    return b"" if live.halves is None else (live.halves.sums / FINE).astype(np.int16).tobytes()


def _reunite(every: list[Live], blob: bytes, dimensions: int) -> None:
    """Give the halves their sums back, which lie one after the other."""
    sums = np.frombuffer(blob, np.int16).reshape(-1, 2, max(1, dimensions)).astype(np.float32) * FINE
    divided = (each.halves for each in every if each.halves is not None)
    for halves, own in zip(divided, sums, strict=True):
        halves.sums = own.copy()


def _states(tracked: Tracked) -> list[State]:
    return [tracked.now.state(), *(held.state for held in tracked.held)]


def _record(narrative: Narrative) -> dict[str, Any]:
    times = {name: getattr(narrative, name) for name in _TIMES}
    return {**asdict(narrative), **{name: at and at.timestamp() for name, at in times.items()}}


def _unrecorded(plain: dict[str, Any]) -> Narrative:
    growth = plain["growth"]
    return Narrative(
        **{
            **plain,
            **{name: None if plain[name] is None else from_seconds(plain[name]) for name in _TIMES},
            "stage": Stage(plain["stage"]),
            "growth": Growth(**growth) if growth else None,
            "split_off": tuple(plain.get("split_off", ())),
        }
    )
