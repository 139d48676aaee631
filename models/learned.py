"""What `ModelVersion.weights` holds: all that one version learned, and how far in the corrections it is."""

from dataclasses import dataclass, field, replace
from typing import Any

from models.drift import Watch
from models.learner import Learner
from models.packing import pack, unpack
from models.verdicts import Verdicts

SCHEMA = 1
JUDGED = 1_000
"""Incidents that are remembered as judged: at a page a day those of three years."""


@dataclass
class Learned:
    """The state of one version. Counts are its own; position and incidents go on from one to the next."""

    learner: Learner
    verdicts: Verdicts = field(default_factory=Verdicts)
    parent: int = 0
    """Number of the version that it stands on, 0 for what ships."""
    used: bool = False
    """True once it was promoted."""
    vouched: int = 0
    """Number of the version in its line that a person put into use last, 0 for what ships."""
    position: int = 0
    """Position of the last correction that was looked at."""
    opened: int = 0
    """The same when this version began: later ones are predicted before they are learned."""
    forgot: int = 0
    """Corrections that are no longer in force and that it left behind."""
    judged: list[str] = field(default_factory=list)
    """Ids of the incidents whose verdict was learned, the newest last."""
    alarms: int = 0
    """Verdicts that this version learned."""
    won: int = 0
    """Corrections that it predicted rightly and the version in use wrongly; `lost` the other way round."""
    lost: int = 0
    watch: Watch = field(default_factory=Watch)
    """How the model in use does on what this version measures."""
    counted: int = 0
    """Mentions that the shares of its classes were counted from."""
    recount: bool = False
    """True for a version that was made to count the classes anew: of people it knows what its parent knew."""

    def successor(self, number: int, newest: "Learned") -> "Learned":
        """Return version `number`, which knows what this one knows and goes on where `newest` was.

        They differ after a roll-back: what was taken back then is not learned again.
        """
        again = Learned.unpack(self.pack(), number)
        return replace(
            again,
            parent=self.learner.number,
            position=newest.position,
            opened=newest.position,
            forgot=0,
            judged=list(newest.judged),
            used=False,
            alarms=0,
            won=0,
            lost=0,
            watch=Watch(),
            recount=False,
        )

    def pack(self) -> bytes:
        """Return the whole state: some 20 kB, and 30 bytes for each label that was measured."""
        counts: dict[str, Any] = {name: getattr(self, name) for name in _COUNTS}
        counts |= {"judged": self.judged[-JUDGED:], "watch": self.watch.rows()}
        blobs = {"learner": self.learner.dump(), "verdicts": self.verdicts.dump()}
        return pack(SCHEMA, counts, blobs)

    @classmethod
    def unpack(cls, state: bytes, number: int) -> "Learned":
        """Return what `pack` gave, as version `number`; raises `ValueError` on damage or another schema."""
        header, blobs = unpack(SCHEMA, state)
        learner = Learner.load(blobs["learner"], number)
        watch = Watch.from_rows(*header.pop("watch", ((), None)))  # a former release kept none
        return cls(learner, Verdicts.load(blobs["verdicts"]), watch=watch, **header)


_COUNTS = (
    *("parent", "used", "vouched", "position", "opened", "forgot", "alarms", "won", "lost"),
    *("counted", "recount"),
)
