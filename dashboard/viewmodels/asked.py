"""What became of work that somebody asked the main process to do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """A job, in words."""

    text: str
    busy: bool
    """True while an answer is still to come."""
    failed: bool
