"""The end of a process: in order, and soon, whatever the machine is busy with."""

import os
import threading

from core.telemetry import get_logger

LONGEST = 7.0
"""Seconds for an end in order: sends in the air and the board get 5, a busy process hears a signal 2 late."""


def end_within(seconds: float = LONGEST) -> None:
    """Let this process end after so many seconds at the latest, with status 0.

    A thread cannot be stopped, and Python waits for each. What one still does then is not acknowledged: it
    is done again after the next start, as after a kill.
    """
    timer = threading.Timer(seconds, _leave)
    timer.daemon = True
    timer.start()


def _leave() -> None:
    get_logger("run").warning("stopped amid work, which is done again after the next start")
    os._exit(0)
