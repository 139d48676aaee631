"""What `firetower replay` does around the replay: files, mapping, workspace, and the result."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from alerts.runner import AlertRunner
from core.clock import ManualClock
from core.config import FILE, MAX_LABEL, BrandConfig, Config, ensure_secret, load_config
from core.errors import ConfigError
from core.ports import Scorer, Store
from core.query import Matcher, parse
from core.records import EPOCH, Entry, Pulse, Rejected
from core.words import number, percent
from models.score import open_scorer
from monitors.archive import (
    Accepted,
    Damaged,
    Mapping,
    explain_mapping,
    guess_mapping,
    override,
    read_archive,
    read_sample,
)
from pipeline.detection import Detection, Judge, everything
from pipeline.gaps import Gap, edges, read_gaps, seen_at
from pipeline.lock import hold
from pipeline.namesakes import Namesakes
from pipeline.neighbours import open_watches
from pipeline.privacy import Privacy, open_privacy
from pipeline.replay import ALL, Replay, ReplayResult, resume_at, summary
from pipeline.scoring import BrandScorer
from pipeline.workspace import Purpose, open_workspace
from storage.staging import Staging

_ENDINGS = frozenset({".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".gz"})

ROLE = "replay"
"""The one role that a replay's sign of life names."""

Tell = Callable[[str], None]
"""Shows a person one line."""


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """What the command line asks for."""

    files: tuple[Path, ...]
    workspace: Path | None
    brand: str | None = None
    brand_column: str | None = None
    mapping: tuple[str, ...] = ()
    gaps: Path | None = None

    @property
    def folder(self) -> Path:
        """The workspace, by default named after the first file."""
        return self.workspace or Path(f"replay-{archive_name(self.files[0])}")

    def check(self) -> None:
        """Raise `ConfigError` when the request cannot be carried out, before anything is written."""
        _check_brand(self.brand, self.brand_column)
        for path in self.files:
            if not path.is_file():
                raise ConfigError(f"{path} {'is no file' if path.exists() else 'does not exist'}")
        names = Counter(map(archive_name, self.files))
        if twice := sorted(name for name, count in names.items() if count > 1):
            raise ConfigError(
                f"several archives are called {', '.join(map(repr, twice))}: rename one, as the name is part "
                "of the identity of its rows"
            )


def archive_name(path: Path) -> str:
    """Return the file's name without its known endings; it tells archives apart.

    >>> archive_name(Path("tweets.2024.csv.gz"))
    'tweets.2024'
    """
    name = path.name
    while Path(name).suffix.lower() in _ENDINGS:
        name = Path(name).stem
    return name


def _check_brand(brand: str | None, column: str | None) -> None:
    if brand is not None and column is not None:
        raise ConfigError("give either --brand or --brand-column, not both")
    if brand is not None and not (brand.strip() and brand.isprintable() and len(brand) <= MAX_LABEL):
        raise ConfigError(f"--brand should be a name of 1 to {MAX_LABEL} characters on one line")
    if column is not None and not column.strip():
        raise ConfigError("--brand-column should name a column of the archive")


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to, and the archives of which a part is missing."""

    result: ReplayResult
    damaged: tuple[str, ...]
    """Names of compressed files that break off."""


@dataclass(slots=True)
class _Reading:
    """Counts rows while they are staged."""

    rows: int = 0
    rejected: int = 0
    first: datetime | None = None
    damaged: tuple[str, ...] = ()


_Rows = Iterator[Accepted | Rejected]


def replay_files(request: ReplayRequest, tell: Tell, scorer: Scorer | None = None) -> Replayed:
    """Replay archives into a workspace of their own and return what came of it.

    `scorer` stands in for the configured one, as where texts were scored before.
    Raises `ConfigError`, and writes nothing, when the request or an archive as a whole is wrong.
    """
    started = time.monotonic()
    request.check()
    gaps = read_gaps(request.gaps)
    brands = load_config(request.folder, os.environ).brands if (request.folder / FILE).exists() else ()
    archives = [(path, _open(path, request, brands, tell)) for path in request.files]
    space = open_workspace(request.folder, Purpose.REPLAY)
    try:
        with hold(request.folder, "replay"):
            config = _config(request)
            staging, reading = _stage(request.folder, archives, open_privacy(config), tell)
            try:
                before = _counts(space.store)
                replay = _replay(space.store, config, reading, gaps, scorer)
                replay.run(staging.sorted())
                _finish(space.store)
            finally:
                staging.close()
            seconds = time.monotonic() - started
            result = _result(space.store, reading, replay.matches, before, seconds)
            return Replayed(result, reading.damaged)
    finally:
        space.close()


def _config(request: ReplayRequest) -> Config:
    """Read the workspace's configuration; a replay needs no `init`, only a secret to sign links with."""
    if (request.folder / FILE).exists():
        return load_config(request.folder, os.environ)
    return Config(secret=SecretStr(ensure_secret(request.folder)))


def _open(path: Path, request: ReplayRequest, brands: Sequence[BrandConfig], tell: Tell) -> _Rows:
    """Return the rows of an archive; raises `ConfigError` at once when it cannot be read at all."""
    return read_archive(
        path,
        _mapping(path, request, tell),
        f"archive/{archive_name(path)}",
        brand=request.brand.strip() if request.brand else None,
        brand_column=request.brand_column,
        matcher=_matcher(request, brands),
    )


def _stage(
    folder: Path, archives: Iterable[tuple[Path, _Rows]], privacy: Privacy, tell: Tell
) -> tuple[Staging, _Reading]:
    """Read all files into event-time order, as they may be written down; set broken rows aside and say so."""
    reading = _Reading()
    staging = Staging(folder)
    for path, rows in archives:
        rows_of_file = _accepted(rows, reading, path.name, tell)
        staging.add((line, privacy.entry(entry)) for line, entry in rows_of_file)
    return staging, reading


def _mapping(path: Path, request: ReplayRequest, tell: Tell) -> Mapping:
    sample = read_sample(path)
    mapping = override(guess_mapping(sample), request.mapping, sample.columns)
    for line in explain_mapping(mapping, sample):
        tell(f"{path.name}: {line}")
    return mapping


def _matcher(
    request: ReplayRequest, brands: Sequence[BrandConfig]
) -> Callable[[str], tuple[str, ...]] | None:
    """Return the workspace's brand queries, where neither the request nor the archive names brands."""
    if request.brand or request.brand_column or not brands:
        return None
    return Matcher({brand.name: parse(brand.query) for brand in brands}).match


def _accepted(
    rows: Iterable[Accepted | Rejected], reading: _Reading, name: str, tell: Tell
) -> Iterator[tuple[int, Entry]]:
    for row in rows:
        reading.rows += 1
        if isinstance(row, Rejected):
            reading.rejected += 1
            tell(f"{name}: line {row.where} set aside: {row.reason}")
            if isinstance(row, Damaged):
                reading.damaged += (name,)
            continue
        at = row.entry.mention.event_at
        reading.first = min(at, reading.first or at)
        yield row.line, row.entry


def _models(store: Store, config: Config, clock: ManualClock) -> tuple[Scorer, Judge]:
    """Return the configured scorer, and what tells namesakes apart."""
    scorer = open_scorer(config.models.encoder)
    return BrandScorer(scorer, config.brands), Namesakes(store, scorer, config.brands, clock).judge


def _replay(
    store: Store, config: Config, reading: _Reading, gaps: tuple[Gap, ...], scored: Scorer | None
) -> Replay:
    start = max(resume_at(store), (reading.first or EPOCH) - timedelta(seconds=1))
    clock = ManualClock(start)
    scorer, judge = _models(store, config, clock) if scored is None else (scored, everything)
    detection = Detection(
        store,
        open_watches(store, config.brands, lambda brand: config.detection.needless_pages_per_week),
        lambda brand, now: seen_at(gaps, now),
        judge=judge,
    )
    for total in store.totals():
        detection.watch(total.brand, start)
    page = _pager(store, config, clock)
    return Replay(store, scorer, detection, clock, page, edges(gaps))


def _pager(store: Store, config: Config, clock: ManualClock) -> Callable[[datetime], None]:
    """Return what works off the outbox: pages are recorded as `replay` and go nowhere."""
    runner = AlertRunner(store, config, clock, replay=True)
    started = clock.now()

    def page(now: datetime) -> None:
        if store.outbox(1):
            asyncio.run(runner.run_once(now))
        store.save_pulse(Pulse(started, now, {ROLE: "running"}))

    return page


def _finish(store: Store) -> None:
    """Leave the word that the replay has ended where its sign of life stood."""
    pulse = store.pulse()
    if pulse is not None:
        store.save_pulse(replace(pulse, roles={ROLE: "finished"}))


def _counts(store: Store) -> tuple[int, int]:
    return store.count_mentions(), len(store.notifications(ALL))


def _result(
    store: Store, reading: _Reading, matches: int, before: tuple[int, int], seconds: float
) -> ReplayResult:
    mentions, pages = _counts(store)
    new = mentions - before[0]
    brands, incidents = summary(store)
    return ReplayResult(
        mentions=reading.rows,
        new=new,
        duplicates=reading.rows - new - reading.rejected,
        rejected=reading.rejected,
        matches=matches,
        brands=brands,
        incidents=incidents,
        pages=pages - before[1],
        seconds=round(seconds, 1),
    )


def report(result: ReplayResult) -> str:
    """Return the result in words, for a terminal."""
    rows = f"{result.mentions:,} rows: {result.new:,} new, {result.duplicates:,} duplicates"
    lines = [f"{rows}, {result.rejected:,} rejected; {result.matches:,} matches in {result.seconds:.0f} s"]
    for name, brand in sorted(result.brands.items()):
        lines.append(f"  {name}: {number(brand.mentions)} mentions, {percent(brand.negative_share)} negative")
    lines.append(f"{result.pages} pages, {len(result.incidents)} incidents")
    for incident in result.incidents:
        paged = ", paged" if incident.paged_at else ""
        when = f"{incident.opened_at:%Y-%m-%d %H:%M}"
        lines.append(f"  {when} {incident.brand}: {incident.label} ({incident.peak_stage}{paged})")
    return "\n".join(lines)
