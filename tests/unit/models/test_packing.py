"""A detector's state as bytes: what was written before can be read, and equal states give equal bytes."""

import json
import zlib
from math import inf

from models import narrative_state
from models.copies import Placed
from models.narrative import Narratives
from models.opening import open_detector
from models.packing import _FRONT, _MAGIC, pack, unpack
from tests.unit.models.test_narrative_memory import START, texts

HEADER = {"live": True, "edge": None, "words": [["größe", 1.0], ["naïve", 0.1 + 0.2]], "most": inf}
BLOBS = {"one": b"\x00\x01", "none": b""}


def test_a_header_in_any_order_and_spacing_reads_alike() -> None:
    sizes = {"sizes": [[name, len(blob)] for name, blob in BLOBS.items()]}
    text = json.dumps({**HEADER, **sizes}, sort_keys=True).encode()
    written = _FRONT.pack(_MAGIC, 3, len(text)) + zlib.compress(b"".join([text, *BLOBS.values()]))
    assert unpack(3, written) == unpack(3, pack(3, HEADER, BLOBS)) == (HEADER, BLOBS)


def test_the_order_in_which_words_were_counted_is_no_matter() -> None:
    narratives = Narratives("Acme", open_detector("Acme")._evidence)
    for scored in texts(60):
        narratives.count(scored, Placed(scored.mention.id, 1, 1.0), START)
    header = narrative_state.dump(narratives)[0]
    for live in narratives.clusters:
        live.words.words = dict(reversed(live.words.words.items()))
        live.words.links = dict(reversed(live.words.links.items()))
    narratives.everyday.words = dict(reversed(narratives.everyday.words.items()))
    assert any(len(live.words.links) > 1 for live in narratives.clusters)
    assert pack(1, narrative_state.dump(narratives)[0], {}) == pack(1, header, {})
