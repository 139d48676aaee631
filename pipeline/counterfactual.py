"""What would have had to be different for no page, worked out once: when a page's stage is reached."""

from datetime import timedelta

from core.ports import Store
from core.records import Incident, Selection, Signal, Stage
from models.smallest import MOST_ROWS, NOTHING, Moment, Smallest, since, smallest
from pipeline.watch import Watch

_NOW = timedelta(microseconds=1)
"""What bears the very time of a look was counted before it; a selection ends before its end."""


def counterfactual(watch: Watch, signal: Signal, observable: int, store: Store) -> Smallest:
    """Return the smallest explaining set where a page is due, else what was worked out for the last one."""
    target = due(watch.incident, signal)
    if target is not None:
        return fewest(watch, signal, target, observable, store)
    if watch.incident is None or not watch.incident.open:
        return NOTHING
    former = watch.incident.explanation
    return Smallest(former.smallest, former.counterfactual)


def due(incident: Incident | None, signal: Signal) -> Stage | None:
    """Return the lowest stage that pages and is reached for the first time; None when none is."""
    if signal.stage not in {Stage.SPREADING, Stage.FIRESTORM}:
        return None
    before = incident.peak_stage if incident is not None and incident.open else Stage.CALM
    if before.severity < Stage.SPREADING.severity:
        return Stage.SPREADING
    return Stage.FIRESTORM if before is Stage.SPREADING and signal.stage is Stage.FIRESTORM else None


def fewest(watch: Watch, signal: Signal, target: Stage, observable: int, store: Store) -> Smallest:
    """Return the fewest stored mentions without which `target` would not have been reached at `signal`."""
    which = Selection(brand=signal.brand, since=since(signal), until=signal.at + _NOW)
    rows = store.mentions(MOST_ROWS, which)
    return smallest(watch.detector.dump(), Moment(signal, observable, target), rows)
