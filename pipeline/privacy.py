"""Ingest: what of a mention may be written down. Every source, replay, drill and demo passes here, edits too.

Brands are matched before, on the words as they came; log, store, search, models and pages only ever see
what comes out of here. What was decided, and what is not promised: `docs/design/privacy.md`.
"""

import hmac
import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote

from core.config import Config, PrivacyConfig
from core.records import Entry, Mention
from pipeline.masking import Masker

_DIGITS = 16
"""Hex digits of a pseudonym: with 64 bits, among a million authors two meet once in 37 million workspaces."""
_PARTS = re.compile(r"[@(/]")
"""They part a name from a server, as in `jane@server.example`, from an address, or from `/u/`."""
_ID_DIGITS = 40
"""Of an item's id, which must never meet another."""


class Privacy:
    """Masks contacts, and pseudonymises authors where the workspace asks for it."""

    def __init__(self, config: PrivacyConfig, secret: str) -> None:
        self._masker = Masker(config.phone_regions) if config.mask_contacts else None
        self._pseudonyms = Pseudonyms(secret) if config.pseudonymise_authors else None

    def entries(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return `entries` as they may be written down. CPU-bound: call it off the event loop."""
        return [self.entry(entry) for entry in entries]

    def entry(self, entry: Entry) -> Entry:
        """Return `entry` as it may be written down; what it counts for stays."""
        mention = entry.mention
        if self._masker is not None:
            mention = _masked(mention, self._masker)
        if self._pseudonyms is not None:
            mention = self._pseudonyms.mention(mention)
        return entry if mention is entry.mention else replace(entry, mention=mention)

    def native_ids(self, source: str, ids: Iterable[str]) -> tuple[str, ...]:
        """Return under which ids the items of a source may be stored that it calls `ids`.

        Both where authors are pseudonymised: what is older than the setting has kept its own.
        """
        ids = tuple(ids)
        if self._pseudonyms is None:
            return ids
        return (*ids, *(self._pseudonyms.native_id(source, native_id) for native_id in ids))

    def authors(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return under which names authors may be stored that a source calls `names`; see `native_ids`."""
        names = tuple(names)
        return names if self._pseudonyms is None else (*names, *map(self._pseudonyms.author, names))


class Pseudonyms:
    """Stands digests, keyed with the workspace's secret, for who wrote something.

    >>> pseudonyms = Pseudonyms("a secret of a workspace")
    >>> pseudonyms.author("somebody") == pseudonyms.author("somebody") != pseudonyms.author("another")
    True
    """

    def __init__(self, secret: str) -> None:
        self._key = secret.encode()

    def mention(self, mention: Mention) -> Mention:
        """Return `mention` without its author's name, and without the ways to it: own id and link."""
        return replace(
            mention,
            native_id=self.native_id(mention.source, mention.native_id),
            author=self.author(mention.author),
            url=_impersonal(mention),
        )

    def author(self, name: str) -> str:
        """Return the pseudonym of an author, the same in all sources; "" stays."""
        return f"author-{self._digest('author', name)[:_DIGITS]}" if name else ""

    def native_id(self, source: str, native_id: str) -> str:
        """Return what stands for an item's id at its source, which may name the author."""
        return self._digest("native id", source, native_id)[:_ID_DIGITS]

    def _digest(self, *parts: str) -> str:
        joined = "\x1f".join(("firetower.privacy", *parts)).encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, joined, "sha256").hex()


MASKED = Privacy(PrivacyConfig(), secret="")
"""The default: contacts are masked, authors stay, so that no secret is needed."""


def open_privacy(config: Config) -> Privacy:
    """Return what a workspace's configuration asks for."""
    return Privacy(config.privacy, config.secret.get_secret_value())


def _masked(mention: Mention, masker: Masker) -> Mention:
    title, text = masker.mask(mention.title), masker.mask(mention.text)
    unchanged = title == mention.title and text == mention.text
    return mention if unchanged else replace(mention, title=title, text=text)


def _impersonal(mention: Mention) -> str:
    """Return the link of an article that does not name its author.

    Links to posts, comments and reviews go: each shows who wrote it, whether it names them or not.
    """
    if mention.kind != "article":
        return ""
    address = _squeezed(unquote(mention.url))
    names = map(_squeezed, _PARTS.split(mention.author))
    return "" if any(name and name in address for name in names) else mention.url


def _squeezed(text: str) -> str:
    """Return letters and digits alone: `Jane Doe` is found in `/authors/jane-doe`."""
    return "".join(filter(str.isalnum, text.casefold()))
