"""What the views show: frozen values with everything computed and worded already.

Texts are plain text, never HTML: the templates escape them.
"""

from dashboard.viewmodels.incident import (
    Evidence,
    EvidenceBar,
    Figure,
    Happening,
    Heat,
    HeatRow,
    IncidentLine,
    IncidentPage,
    Plot,
    QuoteRow,
    Story,
)
from dashboard.viewmodels.live import (
    Banner,
    Calm,
    Meter,
    OpenIncidents,
    Reasons,
    Sight,
    SourceReason,
    Spark,
    Stream,
    StreamRow,
    Strip,
    Tile,
)
from dashboard.viewmodels.trouble import Trouble

__all__ = [
    "Banner",
    "Calm",
    "Evidence",
    "EvidenceBar",
    "Figure",
    "Happening",
    "Heat",
    "HeatRow",
    "IncidentLine",
    "IncidentPage",
    "Meter",
    "OpenIncidents",
    "Plot",
    "QuoteRow",
    "Reasons",
    "Sight",
    "SourceReason",
    "Spark",
    "Story",
    "Stream",
    "StreamRow",
    "Strip",
    "Tile",
    "Trouble",
]
