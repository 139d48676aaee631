"""The demo: a marked workspace with weeks of simulated past and a firestorm that is about to begin."""

from dataclasses import dataclass
from datetime import timedelta

from core.clock import CatchUpClock
from core.config import Config
from pipeline.workspace import Workspace

BEHIND = timedelta(hours=4)
"""How long before now the simulated text begins."""
SPEED = 60.0
"""An hour a minute: the storm is on the board within three minutes."""
HISTORY = timedelta(days=21)
"""Enough for a season of three weeks and the 14-day tail."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo workspace, ready to run."""

    workspace: Workspace
    config: Config
    clock: CatchUpClock
