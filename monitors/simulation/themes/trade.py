"""The shape of one trade's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """What a storm is about. Each entry is one phrase of `simulation.grammar`."""

    claims: Sequence[str]
    """What happened, in the first person; each is a whole sentence."""
    details: Sequence[str]
    """What makes it worse; whole sentences that can follow a claim."""
    headlines: Sequence[str]
    """Titles of articles about it."""
    leads: Sequence[str]
    """First sentences of those articles."""
    questions: Sequence[str]
    """What bystanders ask; neutral."""


@dataclass(frozen=True, slots=True)
class Trade:
    """What people say of a company of one trade on an ordinary day, and in its storm."""

    slots: Mapping[str, Sequence[str]]
    storms: Mapping[str, Theme]
    gripes: Sequence[str]
    """Everyday complaints, each about something else."""
    praise: Sequence[str]
    questions: Sequence[str]
    remarks: Sequence[str]
    """Neither praise nor complaint."""
    headlines: Sequence[str]
    """Titles of ordinary news, mostly neutral."""
    leads: Sequence[str]
    launch: Sequence[str]
    """Talk about a new offer: a benign burst."""
    jokes: Sequence[str]
