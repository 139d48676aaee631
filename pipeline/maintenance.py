"""What `firetower db` does to a workspace's database: check, erase, prune. All of it works beside `run`."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from core.config import load_config
from core.errors import ConfigError
from core.secret import signing_secret
from pipeline.known import require_source
from pipeline.privacy import Pseudonyms
from pipeline.workspace import existing_database
from storage import integrity, open_store, purge, require_usable

PORTION = 1_000
"""Mentions that are pruned between two looks at how many are left."""


def check_database(folder: Path) -> list[str]:
    """Return what is wrong with the workspace's database, in sentences."""
    url = existing_database(folder)
    require_usable(url)  # a newer program's sums may mean something else
    return integrity(url)


def erase_author(folder: Path, author: str, source: str) -> int:
    """Remove the words of all mentions by `author`, also from the file; return how many lost them.

    Raises `ConfigError` for a `source` that nothing was ever read from: a slip must not look like success.
    """
    if not author.strip():
        raise ConfigError("--author should be a name as the source gives it")
    url = existing_database(folder)
    store = open_store(url)
    try:
        if source:
            require_source(store, source)
        erased = sum(store.erase_author(name, source) for name in _names(folder, author))
    finally:
        store.close()
    purge(url)
    return erased


def _names(folder: Path, author: str) -> tuple[str, str]:
    """Return under which names an author may be stored: as written, and as pseudonymised at some time."""
    return author, Pseudonyms(signing_secret(folder, os.environ)).author(author)


def told_erased(erased: int, author: str, source: str) -> str:
    """Return what `erase_author` came to, in words."""
    if erased:
        return "1 mention lost its text" if erased == 1 else f"{erased} mentions lost their text"
    where = f" from {source}" if source else ""
    return (
        f"nothing by {author[:80]!r}{where} is stored, so nothing was removed; "
        "the name has to be the same, letter for letter, as `firetower export` shows it"
    )


def prune_mentions(folder: Path, now: datetime) -> int:
    """Remove the words of mentions older than the workspace keeps them; return how many lost them."""
    url = existing_database(folder)
    before = now - timedelta(days=load_config(folder, os.environ).retention.mention_days)
    store = open_store(url)
    pruned = 0
    try:
        while portion := store.prune(before, PORTION):
            pruned += portion
    finally:
        store.close()
    purge(url)
    return pruned
