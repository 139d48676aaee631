"""A Bluesky post as text: what is written, where it links to, what its link card and pictures say.

The record's shape: https://github.com/bluesky-social/atproto, `lexicons/app/bsky/feed/post.json`.
Clients write records as they like: what is not as documented is left out, the rest counts.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_MOST = 100
"""Links and pictures that are looked at: a post has room for 300 characters and a handful of pictures."""
_LINK = "app.bsky.richtext.facet#link"


def post_text(record: Mapping[str, Any]) -> str:
    """Return all words of a post; raises `ValueError` when its text is none.

    >>> post_text({"text": "see", "embed": {"external": {"uri": "https://a.example/x", "title": "A & B"}}})
    'see A & B https://a.example/x'
    """
    text = record.get("text", "")
    if not isinstance(text, str):
        raise ValueError("has a text that is no text")
    facets = record.get("facets")
    parts = [_with_links(text, facets) if facets else text]
    for part in _embedded(record.get("embed")):
        if part not in parts[0]:
            parts.append(part)
    return " ".join(part for part in parts if part)


def languages(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the languages that the author's client names, the main one first, such as `en` or `pt-BR`."""
    named = record.get("langs")
    return tuple(name for name in named if isinstance(name, str)) if isinstance(named, list) else ()


def _with_links(text: str, facets: object) -> str:
    """Write out the links: clients shorten what they show, and keep the whole address apart.

    A facet's place is counted in bytes of UTF-8, not in characters.
    """
    raw = text.encode("utf-8", "replace")
    at, pieces = 0, []
    for start, end, address in sorted(_links(facets)):
        if at <= start < end <= len(raw):
            shown = raw[start:end].decode("utf-8", "replace")
            pieces += [raw[at:start].decode("utf-8", "replace"), _written_out(shown, address)]
            at = end
        else:  # places that cannot be: the address is worth having all the same
            pieces.append(f" {address} ")
    return "".join([*pieces, raw[at:].decode("utf-8", "replace")])


def _written_out(shown: str, address: str) -> str:
    """Return the whole address where a piece of it is shown, else what is shown and the address."""
    return address if shown.rstrip(".…") in address else f"{shown} {address}"


def _links(facets: object) -> Iterator[tuple[int, int, str]]:
    """Yield first byte, byte after the last, and address of each link."""
    for facet in _maps(facets):
        place = _map(facet.get("index"))
        start, end = place.get("byteStart"), place.get("byteEnd")
        for feature in _maps(facet.get("features")):
            address = feature.get("uri")
            if feature.get("$type") == _LINK and isinstance(address, str):
                yield (start, end, address) if type(start) is type(end) is int else (-1, -1, address)


def _embedded(embed: object) -> Iterator[str]:
    """Yield the words of a link card, of pictures and films, also of those beside a quoted post."""
    embed = _map(embed)
    for holder in (embed, _map(embed.get("media"))):
        card = _map(holder.get("external"))
        described = [holder, *_maps(holder.get("images"))]
        words = [card.get("title"), card.get("description"), card.get("uri")]
        words += [picture.get("alt") for picture in described]
        yield from (word for word in words if isinstance(word, str) and word)


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _maps(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value[:_MOST] if isinstance(item, dict)] if isinstance(value, list) else []
