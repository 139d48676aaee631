"""What a source gives: mentions, what could not be read, what was taken back."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntFlag

from core.records.base import derive


class Flag(IntFlag):
    """What a reader must know about one mention before trusting its time or origin."""

    NONE = 0
    BACKFILL = 1
    """Imported history: counted in baselines, never alarms."""
    SIMULATED = 2
    """Made by the simulator or a drill; marked wherever it is shown."""
    FUTURE = 4
    """The source gave a time in the future; it was clamped to the time of arrival."""
    UNDATED = 8
    """The source gave no usable time; the time of arrival stands in its place."""
    EDITED = 16
    """The source changed the text after it was first read; the newest text is kept."""
    NO_TRAINING = 32
    """The source's terms forbid learning from it."""
    DRILL = 64
    """Part of a drill; always together with SIMULATED."""
    DELETED = 128
    """Taken back at the source, or erased: text, author and link are gone, the count stays."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One public text as its source gave it. Identity is `(source, native_id)`, never the text."""

    source: str
    native_id: str
    text: str
    event_at: datetime
    seen_at: datetime
    title: str = ""
    url: str = ""
    author: str = ""
    language: str = ""
    kind: str = "post"
    """What it is: `post`, `article`, `review` or `comment`."""
    flags: Flag = Flag.NONE

    @property
    def id(self) -> str:
        """Derived id, 20 hex digits."""
        return derive("mention", self.source, self.native_id)

    @property
    def body(self) -> str:
        """Title and text as one string: what is matched and scored."""
        if self.title and self.text and not self.text.startswith(self.title):
            return f"{self.title}\n{self.text}"
        return self.text or self.title


@dataclass(frozen=True, slots=True)
class Entry:
    """What the log carries: a mention and the brands whose query it met."""

    mention: Mention
    brands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item that could not be read: set aside and counted, the rest goes on."""

    where: str
    """Line number or item id."""
    reason: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one fetch of a source brought. `cursor` means "after the last item read"."""

    mentions: tuple[Mention, ...] = ()
    cursor: str = ""
    rejected: tuple[Rejected, ...] = ()
    deleted: tuple[str, ...] = ()
    """Native ids that were taken back at the source."""
    complete: bool = True
    """False when the source held more than it gave, so that some items may be missing."""
    closed: tuple[str, ...] = ()
    """Authors whose accounts were closed at the source: all that they wrote is taken back."""
    brand: str = ""
    """The brand that all of it is about, whatever the texts say: reviews of a brand's app seldom name it."""
