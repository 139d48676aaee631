"""What the next hours of open incidents may bring, and whether what was told before has held.

Forecasts are noted at the end of each full hour and judged when their hour has come, from what closed bins
say. They are stored with these bins in one step, so a restart goes on where it was; beside the detectors'
own states, because `explain` repeats what paged, and no forecast pages.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from core.codec import dumps, loads
from core.ports import Store
from core.records import FORECASTS, Outlook, Signal, Snapshot, Stage
from models.forecast import HOUR, NOTHING_LEARNED, Forecaster, Learned, present_of

SCHEMA = 1


@dataclass(slots=True)
class _Kept:
    forecaster: Forecaster
    stored: Learned
    """As it is stored."""
    revision: int
    minute: int = -1
    outlook: Outlook | None = None
    """The newest one that was shown, of this minute."""


class Outlooks:
    """The forecasts of all brands of one workspace."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, _Kept] = {}

    def close(self, brand: str, signals: Iterable[Signal], burning: bool) -> None:
        """Take in closed bins, oldest first: judge what was told of full hours that end there, tell anew."""
        for signal in signals:
            at = int(signal.at.timestamp())
            if at % HOUR == 0:
                self._close_hour(self._of(brand).forecaster, at, signal, burning)

    @staticmethod
    def _close_hour(forecaster: Forecaster, at: int, signal: Signal, burning: bool) -> None:
        if signal.stage is Stage.UNKNOWN:
            forecaster.forget(at)
            return
        forecaster.judge(at, signal.seen)
        if burning:
            forecaster.tell(at, present_of(signal))

    def look(self, signal: Signal) -> Signal:
        """Return a signal with what may come after it; nobody knows that while blind.

        It changes once a minute, as a chart that changes is drawn anew.
        """
        if signal.stage is Stage.UNKNOWN:
            return signal
        kept, minute = self._of(signal.brand), int(signal.at.timestamp()) // 60
        if kept.minute != minute:
            kept.minute, kept.outlook = minute, kept.forecaster.outlook(present_of(signal))
        return replace(signal, outlook=kept.outlook)

    def snapshots(self) -> Iterator[Snapshot]:
        """Yield what changed since the last call; the caller commits it."""
        for brand, kept in self._kept.items():
            learned = kept.forecaster.learned
            if learned is not kept.stored:
                yield Snapshot(f"{FORECASTS}{brand}", kept.revision, SCHEMA, 0, dumps(learned).encode())
                kept.revision, kept.stored = kept.revision + 1, learned

    def _of(self, brand: str) -> _Kept:
        if brand not in self._kept:
            saved = self._store.snapshot(f"{FORECASTS}{brand}")
            revision = 0 if saved is None else saved.revision
            known = saved is not None and saved.schema == SCHEMA
            learned = loads(Learned, saved.state) if saved is not None and known else NOTHING_LEARNED
            self._kept[brand] = _Kept(Forecaster(learned), learned, revision)
        return self._kept[brand]
