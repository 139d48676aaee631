"""The frozen values that travel between packages.

`source -> Mention -> Scored -> Window -> Signal -> Incident -> Notification`

Times are aware UTC datetimes. The one exception is `Window.start`, an integer
number of seconds since the epoch, because detectors close millions of windows
in a replay. Probabilities and shares lie in 0..1, rates are per hour.
"""

from core.records.base import BIN_SECONDS, EPOCH, derive
from core.records.incident import (
    Action,
    Answer,
    EventKind,
    Explanation,
    Incident,
    IncidentEvent,
    NarrativeShare,
    Quote,
    SourceShare,
    StageChange,
)
from core.records.learning import (
    LEARNED_BARS,
    Correction,
    ModelState,
    ModelVersion,
    Sentiment,
    lessons,
    lineage,
)
from core.records.mention import Entry, Fetched, Flag, Mention, Rejected
from core.records.narrative import Merge, Narrative, NarrativeBin
from core.records.outbox import Delivery, DeliveryStatus, Notification, Outcome, Reason, Silence
from core.records.report import Report
from core.records.rows import EVERYTHING, BrandTotal, MentionRow, Rollup, Selection
from core.records.score import Match, Score, Scored
from core.records.signal import Contribution, Growth, Signal, SignalPoint, Stage, Window
from core.records.source import SourceState, SourceStatus
from core.records.weekly import BrandWeek, BrandWords, Week, WeekWords
from core.records.weekly_parts import (
    ENOUGH_WEEKS,
    HIDDEN_BELOW,
    LINE_WEEKS,
    PROVISIONAL_BELOW,
    Alarms,
    Change,
    Component,
    Coverage,
    DataState,
    Estimate,
    Goal,
    GoalName,
    LinePoint,
    Part,
    Response,
    Risk,
    RiskKind,
    Theme,
    VoiceShare,
    WeekEvent,
)
from core.records.work import HOOK_PATHS, Hook, Job, Pulse, Snapshot, Step

__all__ = [
    "BIN_SECONDS",
    "ENOUGH_WEEKS",
    "EPOCH",
    "EVERYTHING",
    "HIDDEN_BELOW",
    "HOOK_PATHS",
    "LEARNED_BARS",
    "LINE_WEEKS",
    "PROVISIONAL_BELOW",
    "Action",
    "Alarms",
    "Answer",
    "BrandTotal",
    "BrandWeek",
    "BrandWords",
    "Change",
    "Component",
    "Contribution",
    "Correction",
    "Coverage",
    "DataState",
    "Delivery",
    "DeliveryStatus",
    "Entry",
    "Estimate",
    "EventKind",
    "Explanation",
    "Fetched",
    "Flag",
    "Goal",
    "GoalName",
    "Growth",
    "Hook",
    "Incident",
    "IncidentEvent",
    "Job",
    "LinePoint",
    "Match",
    "Mention",
    "MentionRow",
    "Merge",
    "ModelState",
    "ModelVersion",
    "Narrative",
    "NarrativeBin",
    "NarrativeShare",
    "Notification",
    "Outcome",
    "Part",
    "Pulse",
    "Quote",
    "Reason",
    "Rejected",
    "Report",
    "Response",
    "Risk",
    "RiskKind",
    "Rollup",
    "Score",
    "Scored",
    "Selection",
    "Sentiment",
    "Signal",
    "SignalPoint",
    "Silence",
    "Snapshot",
    "SourceShare",
    "SourceState",
    "SourceStatus",
    "Stage",
    "StageChange",
    "Step",
    "Theme",
    "VoiceShare",
    "Week",
    "WeekEvent",
    "WeekWords",
    "Window",
    "derive",
    "lessons",
    "lineage",
]
