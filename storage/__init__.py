"""Layer 1: the only package that knows where things are kept."""

from storage.copies import backup, restore
from storage.integrity import integrity
from storage.opening import open_log, open_store, require_usable
from storage.purging import purge

__all__ = ["backup", "integrity", "open_log", "open_store", "purge", "require_usable", "restore"]
