"""A detector's state as bytes: named blobs behind a header, compressed."""

import json
import struct
import zlib
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from core.codec import dumps

State = tuple[tuple[float, ...], ...]
_MAGIC = b"FTDT"
_FRONT = struct.Struct("<4sHI")
_FAST = 1
"""zlib level: state is written after every bin, and level 6 saves little of it."""


def pack(schema: int, header: Mapping[str, object], blobs: Mapping[str, bytes]) -> bytes:
    """Return header (JSON) and blobs as one string of bytes.

    Keys stay in the order of `header`: equal states give equal bytes where that order is always the same.
    """
    sizes = [(name, len(blob)) for name, blob in blobs.items()]
    text = dumps({**header, "sizes": sizes}).encode()
    body = b"".join([text, *blobs.values()])
    return _FRONT.pack(_MAGIC, schema, len(text)) + zlib.compress(body, _FAST)


def unpack(schema: int, state: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return what `pack` was given; raises `ValueError` on damage or another schema."""
    if len(state) < _FRONT.size:
        raise ValueError("the detector's state is cut off; drop the snapshot and rebuild it")
    magic, found, size = _FRONT.unpack_from(state)
    if magic != _MAGIC:
        raise ValueError("this is not a detector's state; drop the snapshot and rebuild it")
    if found != schema:
        raise ValueError(f"the detector's state has schema {found}, this version reads {schema}: rebuild it")
    try:
        body = zlib.decompress(state[_FRONT.size :])
    except zlib.error as error:
        raise ValueError("the detector's state is damaged; drop the snapshot and rebuild it") from error
    header = json.loads(body[:size])
    return header, _cut(body, size, header.pop("sizes"))


def _cut(body: bytes, at: int, sizes: Sequence[tuple[str, int]]) -> dict[str, bytes]:
    blobs = {}
    for name, size in sizes:
        blobs[name] = body[at : at + size]
        at += size
    return blobs


def pack_states(states: Sequence[State]) -> bytes:
    """Return states of equal shape as one array of doubles, column by column.

    A column is one figure at successive hours: neighbours resemble each other and compress well.
    """
    rows = [[value for part in state for value in part] for state in states]
    return array("d", [value for column in zip(*rows, strict=True) for value in column]).tobytes()


def unpack_states(blob: bytes, like: State) -> list[State]:
    """Return the states that `pack_states` was given; `like` has their shape."""
    values = array("d", blob)
    count = len(values) // sum(len(part) for part in like)
    return [_shaped(values[place::count], like) for place in range(count)]


def _shaped(row: "array[float]", like: State) -> State:
    parts, at = [], 0
    for part in like:
        parts.append(tuple(row[at : at + len(part)]))
        at += len(part)
    return tuple(parts)
