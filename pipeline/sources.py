"""Which kinds of sources there are, and how the configured ones do; works beside a running `run`.

As a program (`python -m pipeline.sources`) it prints `docs/sources.md`.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from shlex import quote
from typing import Any, cast

from core.clock import SystemClock
from core.codec import dumps
from core.config import FILE, Config, load_config
from core.errors import ConfigError
from core.ports import Clock
from core.records import Pulse, SourceState
from core.storm_words import storm_sentence
from core.words import SourceWord, duration, percent, source_word
from monitors.catalog import catalog
from monitors.normalize import plain_text
from pipeline.check import check_sources
from pipeline.workspace import DATABASE, database_url, no_workspace
from storage import open_store

SILENT_AFTER = timedelta(seconds=30)
"""Without a sign of life for so long the main process counts as gone; it writes one every 2 s."""
BROKEN = "cannot be read"
"""The state of a source that its table in `firetower.toml` does not allow to build."""
_MEANINGS = {
    SourceWord.SEEN: "it answers, also when it has nothing new",
    SourceWord.STARTING: "it was asked and has not answered since the start",
    SourceWord.FAILING: "the last answer was an error; it tries again by itself",
    SourceWord.BLIND: "no answer for three of its intervals, or one and 3 minutes if that is less, and 90 s "
    "at least: it counts as not covered",
    SourceWord.UNHEARD: "it has never answered",
    SourceWord.STOPPED: "a person has to change something; the error says what",
    SourceWord.UNSET: "it lacks what only a person can give, such as keys; it does not count as missing",
    BROKEN: "its table in `firetower.toml` is wrong; `firetower check` says how",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What `kind = "…"` in a `[[source]]` table can be."""

    kind: str
    about: str
    needs: str
    may_train: bool
    """False when its terms forbid to learn from its texts."""
    rhythm: str
    """How often it is read, in words."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One configured source."""

    name: str
    kind: str
    state: str
    """In the words of `core.words.SourceWord`, such as `failing since 2026-05-01 10:00 UTC`."""
    problem: str = ""
    """The last error, or what is wrong in the configuration."""
    lag_seconds: float | None = None
    last_item_at: datetime | None = None
    last_item: str = ""
    """How long ago, in words; empty without any."""
    completeness: float | None = None
    """Share of the last answers that gave all that the source held; None before the first."""
    received: int = 0
    rejected: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class SourcesReport:
    """What `firetower sources` tells."""

    kinds: tuple[Kind, ...]
    sources: tuple[SourceLine, ...] = ()
    hint: str = ""
    """What to do next, where something is amiss."""
    storm: str = ""
    """What storm mode does to the numbers; empty when all is read in full."""

    def json(self) -> str:
        """Return it as one JSON object."""
        return dumps(self)

    def text(self) -> str:
        """Return it for people."""
        lines = [*_table(self.sources), ""] if self.sources else []
        lines += [self.hint, ""] if self.hint else []
        lines += [self.storm, ""] if self.storm else []
        lines.append('kinds, for kind = "…" in a [[source]] table:')
        for kind in self.kinds:
            learning = "" if kind.may_train else "; nothing is learned from its texts"
            lines.append(f"  {kind.kind:<12} {kind.about}")
            lines.append(f"  {'':<12} {kind.rhythm}; needs {kind.needs}{learning}")
        return "\n".join(lines)


def kinds() -> tuple[Kind, ...]:
    """Return every kind, by name."""
    return tuple(_kind(plugin) for _, plugin in sorted(catalog().items()))


def _kind(plugin: type) -> Kind:
    told = cast(Any, plugin)  # the convention of `monitors.catalog`; a contract test holds every kind to it
    seconds = told.default_interval
    every = f"{seconds:g} s" if seconds < 120 else duration(seconds / 60)
    rhythm = "a stream" if hasattr(plugin, "stream") else f"read every {every}"
    return Kind(told.kind, told.about.rstrip("."), told.needs, told.may_train, rhythm)


def report_sources(folder: Path, environ: Mapping[str, str], clock: Clock | None = None) -> SourcesReport:
    """Return all kinds and the state of every source of the workspace in `folder`.

    A folder that is no workspace yet gives the kinds alone. Raises `ConfigError`.
    """
    if folder.is_file():
        raise ConfigError(no_workspace(folder))
    found = SourcesReport(kinds())
    configured, stored = (folder / FILE).exists(), (folder / DATABASE).exists()
    if not configured and not stored:
        return replace(found, hint=no_workspace(folder))
    lines = _configured(load_config(folder, environ)) if configured else {}
    if not stored:
        hint = f"nothing was read yet; `firetower run --workspace {quote(str(folder))}` starts it"
        return replace(found, sources=tuple(lines.values()), hint=hint)
    return _with_states(found, folder, lines, (clock or SystemClock()).now())


def _configured(config: Config) -> dict[str, SourceLine]:
    """Return a line for each configured source, with what `check` finds wrong with it."""
    wrong = {finding.place: finding.message for finding in check_sources(config) if finding.level == "error"}
    return {
        source.name: SourceLine(
            source.name,
            source.kind,
            BROKEN if source.name in wrong else SourceWord.UNHEARD,
            wrong.get(source.name, ""),
        )
        for source in config.sources
    }


def _with_states(
    found: SourcesReport, folder: Path, lines: dict[str, SourceLine], wall: datetime
) -> SourcesReport:
    store = open_store(database_url(folder))
    try:
        states, pulse = store.sources(), store.pulse()
    finally:
        store.close()
    now = pulse.at if pulse and pulse.catching_up else wall
    broken = {line.name for line in lines.values() if line.problem}
    lines = lines | {state.name: _line(state, now) for state in states if state.name not in broken}
    told = replace(found, hint=_hint(folder, pulse, now), storm=_storm(pulse, now))
    return replace(told, sources=tuple(lines.values()))


def _line(state: SourceState, now: datetime) -> SourceLine:
    last = state.last_item_at
    return SourceLine(
        name=state.name,
        kind=state.kind,
        state=_state(state, now),
        problem=plain_text(state.error),
        lag_seconds=state.lag_seconds,
        last_item_at=last,
        last_item=f"{duration((now - last).total_seconds() / 60)} ago" if last else "",
        completeness=state.completeness if state.heartbeat_at else None,
        received=state.received,
        rejected=state.rejected,
        deleted=state.deleted,
    )


def _state(state: SourceState, now: datetime) -> str:
    word, since = source_word(state, now)
    return f"{word} since {_moment(since)}" if since else word


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _hint(folder: Path, pulse: Pulse | None, now: datetime) -> str:
    if pulse and now - pulse.at <= SILENT_AFTER:
        return ""
    since = f" since {_moment(pulse.at)}" if pulse else ""
    return f"nothing is being read{since}: `firetower run --workspace {quote(str(folder))}` is not running"


def _storm(pulse: Pulse | None, now: datetime) -> str:
    if pulse is None or pulse.storm is None or now - pulse.at > SILENT_AFTER:
        return ""
    return storm_sentence(pulse.storm, _moment(pulse.storm.since) if pulse.storm.since else "")


def _table(sources: tuple[SourceLine, ...]) -> Iterator[str]:
    """Yield the sources as columns, a problem on a line of its own."""
    rows = [("source", "kind", "state", "lag", "last item", "complete")]
    rows += [
        (line.name, line.kind, line.state, _lag(line), line.last_item or "none", percent(line.completeness))
        for line in sources
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    problems = ["", *(line.problem for line in sources)]
    for row, problem in zip(rows, problems, strict=True):
        yield "  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip()
        yield from (f"  {each}" for each in problem.splitlines())


def _lag(line: SourceLine) -> str:
    return "unknown" if line.lag_seconds is None else duration(line.lag_seconds / 60)


_PAGE = """\
# Sources

Made by `python -m pipeline.sources > docs/sources.md` from what the kinds say of themselves; a test holds it
equal. [configuration.md](configuration.md) has the keys of each kind, [monitors.md](design/monitors.md) the
reasons. `firetower sources --workspace acme` shows how the configured ones do.

| `kind` | reads | rhythm | needs | may its texts train a model? |
|---|---|---|---|---|
"""

_STATES = """
## How a source is

The board and `firetower sources` use the same words.

| state | meaning |
|---|---|
"""


def page() -> str:
    """Return `docs/sources.md`."""
    states = "".join(f"| {word} | {meaning} |\n" for word, meaning in _MEANINGS.items())
    return _PAGE + "".join(map(_row, kinds())) + _STATES + states


def _row(kind: Kind) -> str:
    may_train = "yes" if kind.may_train else "no"
    return f"| `{kind.kind}` | {kind.about} | {kind.rhythm} | {kind.needs} | {may_train} |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
