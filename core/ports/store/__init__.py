"""All that is kept, by topic; `Store` is the whole of it."""

from typing import Protocol

from core.ports.store.counting import Counted, Erased, Revised, Skims
from core.ports.store.incidents import Incidents, Outbox
from core.ports.store.learning import Taught
from core.ports.store.life import Life
from core.ports.store.reading import Narratives, Read, Reports

__all__ = ["Store"]


class Store(
    Counted, Revised, Skims, Erased, Read, Narratives, Reports, Taught, Incidents, Outbox, Life, Protocol
):
    """All that is kept. Every method is one short transaction; readers hold none open."""
