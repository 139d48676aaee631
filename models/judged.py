"""What one bin led to."""

from dataclasses import dataclass

from core.records import Contribution, Control
from models import stages


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one bin led to; of a quiet bin nothing is computed."""

    target: int = stages.CALM
    parts: tuple[Contribution, ...] = ()
    conditions: tuple[str, ...] = ()
    capped: str = ""
    control: Control | None = None


QUIET = Verdict()
