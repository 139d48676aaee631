"""One live narrative: what it counts, and its record for the store."""

from dataclasses import dataclass, field

from core.clock import from_seconds
from core.records import Narrative, Scored, Stage
from models.bins import quantum
from models.copies import Placed
from models.narrative_halves import Halves
from models.narrative_rise import Usual
from models.narrative_tracked import Tracked
from models.narrative_words import Everyday, Words, label, plain

SHOWN = 3.0
"""Independent voices that make a narrative; fewer are remarks, and stay out of the store."""
REST = 30
"""Seconds of event time between two records of a narrative that changed only in its counts."""
NAMELESS = "mentions without words"
PARTS = 12
"""Narratives that split off and are named, the newest ones."""
_LABEL_PACE = 1.3
"""A label is looked at again when the narrative has grown by so much, and at least every 32 texts."""
_LABEL_MOST = 32


@dataclass(slots=True, eq=False)
class Live:
    """A narrative that may still take in mentions."""

    id: str
    serial: int
    """Order of birth within the brand."""
    slot: int
    born_at: int
    last_at: int
    tracked: Tracked = field(default_factory=Tracked)
    mentions: int = 0
    originals: int = 0
    """Texts that are no copies."""
    independent: float = 0.0
    negative: float = 0.0
    voices: float = 0.0
    """Weight behind its centre."""
    example: str = ""
    closeness: float = -1.0
    words: Words = field(default_factory=Words)
    label: str = ""
    next_label: int = 0
    next_check: int = 2
    halves: Halves | None = None
    """The two groups among its members, once it is large."""
    split_from: str = ""
    split_off: tuple[str, ...] = ()
    changed: bool = False
    told_at: int | None = None
    """Event time of its last record; None before the first."""
    told: tuple[str, str] = ("", "")
    """Label and stage of that record."""

    @property
    def shown(self) -> bool:
        """True once it has enough independent voices to be called a narrative."""
        return self.independent >= SHOWN

    @property
    def stage(self) -> Stage:
        """Its stage after the last closed bin."""
        return self.tracked.stage

    def due(self, now: int) -> bool:
        """Return whether its record should be written now."""
        if not self.changed or not self.shown:
            return False
        if self.told_at is None or now - self.told_at >= REST:
            return True
        label, stage = self.told
        return self.label != label or self.stage != stage

    def tell(self, now: int) -> None:
        """Note that its record is written."""
        self.changed, self.told_at, self.told = False, now, (self.label, str(self.stage))

    def name(self, everyday: Everyday) -> None:
        """Give it a label, or a better one."""
        if not self.shown or self.originals < self.next_label:
            return
        self.label = label(self.words, everyday, self.label) or plain(self.words) or NAMELESS
        pace = min(int(_LABEL_PACE * self.originals), self.originals + _LABEL_MOST)
        self.next_label = max(self.originals + 1, pace)

    def add(self, scored: Scored, placed: Placed, at: int) -> None:
        """Count a mention of event time `at`."""
        self.mentions += 1
        self.originals += placed.copy_number == 1
        self.independent += quantum(placed.weight)
        self.negative += quantum(placed.weight * scored.score.negative)
        self.born_at, self.last_at = min(self.born_at, at), max(self.last_at, at)
        self.changed = True

    def part_with(self, part: "Live") -> None:
        """Note that a narrative has split off."""
        part.split_from = self.id
        self.split_off = (*self.split_off, part.id)[-PARTS:]
        self.closeness = -1.0  # its example may speak for the other half
        self.changed = True

    def absorb(self, other: "Live") -> None:
        """Take over what a younger narrative counted."""
        self.last_at = max(self.last_at, other.last_at)
        self.mentions += other.mentions
        self.originals += other.originals
        self.independent += other.independent
        self.negative += other.negative
        self.voices += other.voices
        self.words.absorb(other.words)
        self.tracked.absorb(other.tracked)
        self.next_label = self.next_check = 0
        self.changed = True

    def record(
        self, brand: str, edge: int, usual: Usual | None, learning_since: int | None, merged_into: str = ""
    ) -> Narrative:
        """Return the narrative as it is now; `edge` is the start of the open bin."""
        return Narrative(
            id=self.id,
            brand=brand,
            label=self.label or plain(self.words) or NAMELESS,
            born_at=from_seconds(self.born_at),
            last_at=from_seconds(self.last_at),
            mentions=self.mentions,
            independent=self.independent,
            negative=self.negative,
            example=self.example,
            stage=self.stage,
            seen=self.tracked.hour(edge),
            expected=self.tracked.expected(usual),
            growth=self.tracked.speed,
            merged_into=merged_into,
            split_from=self.split_from,
            split_off=self.split_off,
            learning_since=None if learning_since is None else from_seconds(learning_since),
        )
