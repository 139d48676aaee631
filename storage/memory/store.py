"""The store in memory: its methods by topic, put together."""

from storage.memory.board import Board
from storage.memory.learning import Learning
from storage.memory.people import People
from storage.memory.relevance import Relevance
from storage.memory.storm import Storm
from storage.memory.work import Work


class MemoryStore(Board, Storm, Learning, Relevance, People, Work):
    """Implements `core.ports.Store` in one process."""
