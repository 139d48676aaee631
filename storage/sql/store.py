"""The store on SQL: its methods by topic, put together."""

from storage.sql.board import Board
from storage.sql.detection import Detection
from storage.sql.erasing import Erasing
from storage.sql.incidents import Incidents
from storage.sql.learning import Learning
from storage.sql.life import Life
from storage.sql.narratives import Narratives
from storage.sql.outbox import Outbox
from storage.sql.relevance import Relevance
from storage.sql.reports import Reports
from storage.sql.revisions import Revisions
from storage.sql.sources import Sources
from storage.sql.storm import Storm
from storage.sql.work import Work


class SqlStore(
    Detection,
    Board,
    Narratives,
    Revisions,
    Storm,
    Erasing,
    Learning,
    Relevance,
    Reports,
    Incidents,
    Outbox,
    Sources,
    Work,
    Life,
):
    """Implements `core.ports.Store` on one database."""
