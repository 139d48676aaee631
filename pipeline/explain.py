"""`firetower explain`: an alarm once more, from what is stored.

A detector goes on from the last state that was saved before the page, counts the stored mentions with their
stored scores up to the last one that had been counted, and says what it sees: the same, bit for bit. Without
such a state (it never paged, or did under a former version) a fresh detector counts all of the last weeks.
Where what comes out is not what was paged, the difference is named: texts that were erased, or scores that
people corrected since.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from core import words
from core.codec import dumps
from core.errors import ConfigError
from core.ports import Store
from core.records import PAGE_STATE, Explanation, Incident, Quote, Signal, Snapshot
from models.control import NO_NEIGHBOURS
from models.detect import SCHEMA
from models.known import HOURS
from models.opening import open_detector_at
from models.quotes import quote
from pipeline.coverage import FULL, Seen
from pipeline.history import Moment
from pipeline.watch import HOUR, Watch
from pipeline.workspace import existing_database
from storage import open_store

ALL = 1_000_000
"""No workspace holds so many incidents or pages."""
_SHOWN, _NAMED = 10, 3
"""Texts of the smallest set that are printed, and incidents that an error names."""
_ROUNDING = 0.05
"""What is told with one decimal is the same within half of it."""
_TEXT = 160


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that comes out otherwise now."""

    what: str
    paged: str
    now: str


@dataclass(frozen=True, slots=True)
class Explained:
    """An alarm, what was said of it then, and what comes out now."""

    incident: Incident
    explanation: Explanation
    """Of its first page; of its newest state where it never paged."""
    again: Signal
    differences: tuple[Difference, ...]
    smallest: tuple[Quote, ...]
    """The mentions that made the difference, as they are stored now."""
    hidden: bool = False
    """True when not all was seen in the hour before."""

    @property
    def causes(self) -> tuple[str, ...]:
        """Say where the differences likely come from; empty when there are none."""
        if self.reproduced:
            return ()
        return tuple(likely_causes(self.explanation.signal, self.again, self.hidden))

    @property
    def reproduced(self) -> bool:
        """True when stage and figures come out as they were."""
        return not self.differences

    @property
    def exact(self) -> bool:
        """True when everything that was said of the brand at that moment comes out again, bit for bit."""
        return self.again == self.explanation.signal

    def json(self) -> str:
        """Return all of it as one JSON object."""
        return dumps(
            {
                "incident": self.incident.id,
                "brand": self.incident.brand,
                "paged_at": self.incident.paged_at,
                "reproduced": self.reproduced,
                "bit_for_bit": self.exact,
                "differences": self.differences,
                "likely_causes": self.causes,
                "explanation": self.explanation,
                "again": self.again,
                "not_known": not_known(self.explanation.signal),
                "smallest": self.smallest,
            }
        )

    def text(self) -> str:
        """Return all of it in words, for a terminal."""
        return "\n".join(
            [
                *self._head(),
                "",
                self.explanation.headline,
                *(f"  {sentence}" for sentence in self.explanation.sentences),
                "",
                *_evidence(self.explanation.signal),
                *(f"Not known: {why}." for why in not_known(self.explanation.signal).values()),
                *self._fewest(),
                *_quoted("First mentions", self.explanation.first),
            ]
        )

    def _head(self) -> list[str]:
        signal, incident = self.explanation.signal, self.incident
        drill = "Drill: " if incident.drill else ""
        kind = "paged" if incident.paged_at else "never paged"
        stage = words.STAGE_WORDS[signal.stage].lower()
        sure = "learning" if signal.sure is None else words.sure(signal)
        lines = [
            f"{drill}{incident.brand}: {self.explanation.label} ({incident.id})",
            ", ".join(filter(None, (f"{stage} at {signal.at:%Y-%m-%d %H:%M:%S} UTC", kind, sure))),
        ]
        if self.exact:
            return [*lines, "Reproduced from what is stored, bit for bit."]
        if self.reproduced:
            return [*lines, "Reproduced from what is stored: same stage, same figures."]
        changed = [f"  {each.what}: {each.paged} then, {each.now} now" for each in self.differences]
        likely = [f"  Likely because {why}." for why in self.causes]
        return [*lines, "Not reproduced from what is stored now:", *changed, *likely]

    def _fewest(self) -> list[str]:
        if not self.smallest:
            return ["", self.explanation.counterfactual] if self.explanation.counterfactual else []
        count = len(self.explanation.smallest)
        title = f"Without these {count} it would not have come to this"
        more = [f"  and {count - _SHOWN} more"] if count > _SHOWN else []
        return [*_quoted(title, self.smallest[:_SHOWN]), *more]


def not_known(signal: Signal) -> dict[str, str]:
    """Return by the name of each figure that is missing why it is."""
    if not signal.sources:
        return {}
    if signal.authors is None:
        why = "how many people wrote it, as no source names authors"
        return {"authors": why, "new_authors": why}
    if signal.new_authors is None:
        why = f"how many of the authors are new, before authors were watched for {HOURS // 24} days"
        return {"new_authors": f"{why}; of imported history only counts are there"}
    return {}


def likely_causes(paged: Signal, again: Signal, hidden: bool) -> Iterator[str]:
    """Yield in words why `again` differs; `hidden` when not all was seen in the hour before.

    It is a guess: nobody keeps what else was stored then. When a mention was counted was not always noted.
    """
    more = again.mentions - paged.mentions
    if more > _ROUNDING:
        yield "mentions had arrived that were counted only after the alarm"
    elif more < -_ROUNDING:
        yield "mentions were deleted or erased since, or set apart as a namesake's"
    elif abs(again.seen - paged.seen) > _ROUNDING:
        yield "scores changed since: labels were corrected, or another model read the mentions again"
    if abs(again.expected - paged.expected) > _ROUNDING:
        seen = "not all was seen in the hour before, and " if hidden else ""
        yield f"{seen}what is usual was learnt from counts and scores that changed since"


def explain_incident(folder: Path, wanted: str) -> Explained:
    """Return the alarm whose id is or begins with `wanted`; only reads, also beside `run`.

    Raises `ConfigError` when the workspace or the incident does not exist or several begin like that.
    """
    store = open_store(existing_database(folder))
    try:
        return _explained(store, find(store, wanted))
    finally:
        store.close()


def find(store: Store, wanted: str) -> Incident:
    """Return the incident whose id is or begins with `wanted`; raises `ConfigError` unless there is one."""
    every = store.incidents(limit=ALL)
    found = [incident for incident in every if wanted and incident.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        raise ConfigError(f"several incidents begin like that: {_names(found)}; give more of the id")
    if not every:
        raise ConfigError("this workspace has no incident yet")
    near = get_close_matches(wanted, [incident.id for incident in every], _NAMED, 0.8)
    close = [incident for incident in every if incident.id in near]
    which = f"the nearest: {_names(close)}" if close else f"the newest: {_names(every)}"
    raise ConfigError(f"no incident has the id {wanted[:40]!r}; {which}")


def _names(incidents: list[Incident]) -> str:
    shown = incidents[:_NAMED]
    return ", ".join(f"{each.id} ({each.brand}, {each.opened_at:%Y-%m-%d %H:%M} UTC)" for each in shown)


def _explained(store: Store, incident: Incident) -> Explained:
    pages = store.notifications(ALL, incident.id)
    first = min(pages, key=lambda page: page.created_at, default=None)
    explanation = first.explanation if first is not None else incident.explanation
    saved = store.snapshot(f"{PAGE_STATE}{first.id}") if first is not None else None
    again = _again(store, explanation, saved)
    rows = [row for each in explanation.smallest for row in store.mention(each)[:1]]
    return Explained(
        incident,
        explanation,
        again,
        tuple(_differences(explanation.signal, again)),
        tuple(quote(row) for row in rows),
        _hidden(store, explanation.signal),
    )


def _hidden(store: Store, signal: Signal) -> bool:
    """Return whether not all was seen in the hour before `signal`."""
    points = store.signals(signal.brand, signal.at - HOUR, signal.at)
    return min([signal.coverage, *(point.coverage for point in points)]) < 1.0


def _again(store: Store, explanation: Explanation, saved: Snapshot | None) -> Signal:
    """Look once more at the moment that is explained, with the bar of that time.

    From the state that was kept with the page where there is one that this version can read.
    """
    signal = explanation.signal
    beside = signal.control.neighbours if signal.control else NO_NEIGHBOURS
    watch = Watch(signal.brand, open_detector_at(signal.brand, signal.threshold, beside), None, beside)
    observable = signal.observable or max(1, signal.sources)  # a former version kept only who spoke
    moment = Moment(signal.at, Seen(FULL.exposure, observable), explanation.counted)
    if saved is not None and saved.schema == SCHEMA:
        watch.resume(store, saved, moment)
    else:
        watch.relive(store, moment)
    return watch.look(signal.at, Seen(signal.coverage, observable, planned=(signal.planned, signal.event)))


def _differences(paged: Signal, now: Signal) -> list[Difference]:
    found = [] if paged.stage is now.stage else [Difference("stage", paged.stage, now.stage)]
    figures = (
        ("negative mentions in the hour", paged.seen, now.seen),
        ("expected", paged.expected, now.expected),
        ("all mentions in the hour", paged.mentions, now.mentions),
        ("evidence", paged.evidence, now.evidence),
    )
    return found + [
        Difference(what, f"{then:,.1f}", f"{again:,.1f}")
        for what, then, again in figures
        if abs(then - again) > _ROUNDING
    ]


def _evidence(signal: Signal) -> list[str]:
    """Return the contributions as a table, with what they come to."""
    lines = ["Evidence, in log-odds:"]
    parts = sorted(signal.contributions, key=lambda part: (-part.value, part.name))
    lines += [f"  {part.name:<26}{part.value:+7.1f}".replace("-", "−") for part in parts]
    total = sum(part.value for part in signal.contributions)
    lines.append(f"  {'together':<26}{total:+7.1f}".replace("-", "−"))
    bar = "above" if signal.evidence >= signal.threshold else "below"
    lines.append(
        f"One calm bin in 10^{signal.evidence:.1f} comes to that: {bar} the bar of 10^{signal.threshold:.1f}."
    )
    lines += [f"Conditions that hold: {', '.join(signal.conditions)}."] if signal.conditions else []
    return lines


def _quoted(title: str, quotes: tuple[Quote, ...]) -> list[str]:
    if not quotes:
        return []
    lines = [f"  {each.at:%m-%d %H:%M} UTC, {each.source}: {_line(each.text)}" for each in quotes]
    return ["", f"{title}:", *lines]


def _line(text: str) -> str:
    return f"{text[: _TEXT - 1]}…" if len(text) > _TEXT else text or "(text removed)"
