"""A stage once said is held: it rises at once and comes down slowly, a storm through cooling only.

Detection looks into the open five minutes, and keeps nothing of such a look: what it raises may be gone a
minute later, when fewer voices came than the look expected. People have read it by then. So what an
incident is said to be follows the same hours by which detection itself leaves a stage (`models.stages`),
counted from the moment at which it was said; where detection holds a stage by itself, nothing is added.
"""

from dataclasses import replace
from datetime import timedelta

from core.records import Incident, Signal, Stage

HELD = {
    Stage.CALM: timedelta(),
    Stage.SMOULDERING: timedelta(hours=3),
    Stage.COOLING: timedelta(hours=1),
    Stage.SPREADING: timedelta(hours=2),
    Stage.FIRESTORM: timedelta(hours=2),
}
"""How long a stage is held before it is left for a calmer one: three hours, a storm's last one cooling."""

_DOWNWARDS = tuple(HELD)
"""A storm comes down through cooling, so here that stands above smouldering."""
_STORM = {Stage.SPREADING, Stage.FIRESTORM}


def steady(incident: Incident, signal: Signal) -> Stage:
    """Return the stage that an open `incident` is said to be in, now that `signal` was seen."""
    own, said = signal.stage, incident.last_known.stage
    if own is Stage.UNKNOWN or _DOWNWARDS.index(own) >= _DOWNWARDS.index(said):
        return own
    since = signal.at if incident.stage is Stage.UNKNOWN else incident.last_known.at
    if signal.at - since < HELD[said]:
        return said
    return Stage.COOLING if said in _STORM and own not in _STORM else own


def told(signal: Signal, incident: Incident | None) -> Signal:
    """Return what the board says of a brand now: `signal`, with the stage that its open incident is in.

    How sure a stage is that is only held, nobody knows.
    """
    if incident is None or not incident.open or incident.stage is signal.stage:
        return signal
    return replace(signal, stage=incident.stage, sure=None)
