"""Layer 1: the only package that knows where things are kept."""

from storage.opening import open_log, open_store

__all__ = ["open_log", "open_store"]
