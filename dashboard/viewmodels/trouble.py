"""What is shown when nothing can be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    """Nothing can be shown: what is missing and what to do."""

    title: str
    text: str
    command: str = ""
