"""What the learning panel shows."""

from dataclasses import dataclass

from dashboard.viewmodels.asked import Asked


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One model version."""

    name: str
    state: str
    """`in use`, `in shadow` or `retired`; also its CSS class with a hyphen."""
    when: str
    measured: str


@dataclass(frozen=True, slots=True)
class NamesakeRow:
    """What is known of one brand's namesakes."""

    brand: str
    taught: str
    """From how many examples, as a sentence."""
    measured: str
    """How often it is right, or that nobody knows."""


@dataclass(frozen=True, slots=True)
class LearningPanel:
    """What was learned, and what can be done with it."""

    in_use: str
    """Which model reads mentions now, as a sentence."""
    shares: str
    """How common the classes were counted to be, as a sentence; empty while they were not."""
    shadow: str
    """What learns beside it and how it does, as a sentence; empty when nothing does."""
    drift: str
    """That the model in use got worse, since when and how much; empty while it did not."""
    next_step: str
    """What happens next, or what to do."""
    right: str
    """Share of measured corrections that the shadow had right, as a CSS percentage; empty without any."""
    base_right: str
    """The same of the shipped model."""
    can_promote: bool
    can_roll_back: bool
    bars: str
    """What verdicts moved; empty when nothing."""
    versions: tuple[VersionRow, ...]
    asked: Asked | None
    """The newest promotion or roll-back that somebody asked for."""
    namesakes: tuple[NamesakeRow, ...]
    namesakes_note: str
    """What the rows leave open, or how to begin; empty when there is nothing to say."""
