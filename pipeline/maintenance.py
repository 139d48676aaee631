"""What `firetower db` does to a workspace's database: check, erase, prune. All of it works beside `run`."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from core.config import load_config
from core.errors import ConfigError
from pipeline.backup import existing_database
from storage import integrity, open_store, purge

PORTION = 1_000
"""Mentions that are pruned between two looks at how many are left."""


def check_database(folder: Path) -> list[str]:
    """Return what is wrong with the workspace's database, in sentences."""
    return integrity(existing_database(folder))


def erase_author(folder: Path, author: str, source: str) -> int:
    """Remove the words of all mentions by `author`, also from the file; return how many lost them."""
    if not author.strip():
        raise ConfigError("--author should be a name as the source gives it")
    url = existing_database(folder)
    store = open_store(url)
    try:
        erased = store.erase_author(author, source)
    finally:
        store.close()
    purge(url)
    return erased


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
