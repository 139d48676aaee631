"""The configuration of a workspace: `firetower.toml`, secrets from the environment or from files."""

from core.config.brand import BrandConfig, GoalsConfig
from core.config.changes import Change, parse_change
from core.config.channel import ChannelConfig, Form
from core.config.event import EventConfig
from core.config.file import FILE, Config, load_config, secrets
from core.config.settings import (
    WEEKDAYS,
    BoardConfig,
    DetectionConfig,
    HeartbeatConfig,
    ModelsConfig,
    PagingConfig,
    PrivacyConfig,
    RetentionConfig,
    WeeklyConfig,
)
from core.config.source import SourceConfig
from core.config.table import MAX_LABEL
from core.secret import ensure_secret
from core.validation import validate

__all__ = [
    "FILE",
    "MAX_LABEL",
    "WEEKDAYS",
    "BoardConfig",
    "BrandConfig",
    "Change",
    "ChannelConfig",
    "Config",
    "DetectionConfig",
    "EventConfig",
    "Form",
    "GoalsConfig",
    "HeartbeatConfig",
    "ModelsConfig",
    "PagingConfig",
    "PrivacyConfig",
    "RetentionConfig",
    "SourceConfig",
    "WeeklyConfig",
    "ensure_secret",
    "load_config",
    "parse_change",
    "secrets",
    "validate",
]
