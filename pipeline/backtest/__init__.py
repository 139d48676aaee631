"""`firetower backtest`: which pages would come or go under other settings, before they are saved.

Both settings, as they are and as proposed, are played over the same stored history (`rerun`), so that what
differs follows from the settings alone. Pages that really were made stand beside.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.channels import open_channel
from core.config import Change, Config, load_config, parse_change
from core.errors import ConfigError
from core.ports import Store
from core.records import ModelState
from core.validation import hint, to_seconds
from models.bar import threshold
from models.learned import Learned
from models.priors import load_priors
from pipeline.backtest.compare import Compared, Comparison, Real, Side, really_made
from pipeline.backtest.reach import Reach
from pipeline.backtest.report import Backtest, BrandCount, Setting
from pipeline.backtest.rerun import Rerun, rerun
from pipeline.evaluate.progress import shown
from pipeline.neighbours import neighbours
from pipeline.replay import resume_at
from pipeline.workspace import existing_database
from storage import open_store

DECIDE = {
    "detection": ("needless_pages_per_week",),
    "paging": ("pages_per_person_week",),
    "channel": ("stage", "level", "person", "quiet"),
}
"""What decides over pages, by table: other settings would change none."""


def backtest(folder: Path, since: str, settings: Sequence[str], brand: str = "") -> Backtest:
    """Return what `settings`, each `TABLE.KEY=VALUE`, would change in the pages of all brands, or of one.

    `since` is a span back from the last look, such as `28d`, or a date. Only reads, also beside `run`.
    Raises `ConfigError` for wrong settings, an unknown brand or time, and where nothing is stored yet.
    """
    changes = [_deciding(parse_change(text)) for text in settings]
    if not changes:
        raise ConfigError("name what to try: --set detection.needless_pages_per_week=1")
    config = load_config(folder, os.environ)
    proposed = _proposed(folder, changes)
    brands = _brands(config, brand)
    store = open_store(existing_database(folder))
    try:
        until = resume_at(store)
        start = _start(store, since, until)
        return _played(store, (config, proposed), changes, brands, (start, until))
    finally:
        store.close()


def _deciding(change: Change) -> Change:
    keys = DECIDE.get(change.table, ())
    if change.key in keys:
        return change
    names = {"channel": "channel.NAME"}
    known = [f"{names.get(table, table)}.{key}" for table, those in DECIDE.items() for key in those]
    raise ConfigError(f"{change.place[:80]!r} decides over no page; these do: {', '.join(known)}")


def _proposed(folder: Path, changes: Sequence[Change]) -> Config:
    try:
        return load_config(folder, os.environ, changes)
    except ConfigError as error:
        raise ConfigError(f"with what --set says: {error}") from None


def _brands(config: Config, wanted: str) -> list[str]:
    names = [brand.name for brand in config.brands]
    if wanted and wanted not in names:
        raise ConfigError(f"no [[brand]] is called {wanted[:80]!r}{hint(wanted, names)}")
    return [wanted] if wanted else names


def _start(store: Store, since: str, until: datetime) -> datetime:
    """Return when pages begin to count; never before anything was stored."""
    oldest = store.mentions(1, oldest_first=True)
    if not oldest:
        raise ConfigError("nothing is stored yet; a backtest needs mentions that were counted")
    start = _moment(since, until)
    if start >= until:
        raise ConfigError(f"--since {since[:40]} is not before the last look at {until:%Y-%m-%d %H:%M} UTC")
    return max(start, oldest[0].mention.event_at)


def _moment(text: str, until: datetime) -> datetime:
    try:
        return until - timedelta(seconds=float(str(to_seconds(text))))
    except (ValueError, OverflowError):
        pass
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"--since {text[:40]!r} should be a span such as 28d or 12h, or a date such as 2026-03-01"
        ) from None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _played(
    store: Store,
    configs: tuple[Config, Config],
    changes: Sequence[Change],
    brands: Sequence[str],
    between: tuple[datetime, datetime],
) -> Backtest:
    now, proposed = _sides(store, configs, brands, between)
    zone = ZoneInfo(configs[0].timezone)
    counts, pages, left = [], list[Compared](), list[Real]()
    for brand in brands:
        real = really_made(store, brand, *between)
        compared = Comparison(brand, now, proposed, real, zone)
        pages += compared.rows()
        left += compared.left()
        counts.append(BrandCount(brand, len(now.made(brand)), len(proposed.made(brand)), len(real)))
    settings = tuple(Setting(each.place, *(_value(config, each) for config in configs)) for each in changes)
    return Backtest(*between, settings, tuple(counts), tuple(pages), tuple(left), zone)


def _sides(
    store: Store,
    configs: tuple[Config, Config],
    brands: Sequence[str],
    between: tuple[datetime, datetime],
) -> tuple[Side, Side]:
    """Play each brand under both bars; once where they are the same."""
    bars = [_bars(store, config, brands) for config in configs]
    now, proposed = dict[str, Rerun](), dict[str, Rerun]()
    for brand, _ in shown([(brand, None) for brand in brands], "brands"):
        beside = neighbours(brand, configs[0].brands)
        now[brand] = rerun(store, brand, bars[0][brand], *between, beside)
        same = bars[1][brand] == bars[0][brand]
        proposed[brand] = now[brand] if same else rerun(store, brand, bars[1][brand], *between, beside)
    return _side(configs[0], now), _side(configs[1], proposed)


def _bars(store: Store, config: Config, brands: Iterable[str]) -> dict[str, float]:
    """Return where each brand pages: where its budget puts the bar and verdicts have moved it until today."""
    bar = threshold(load_priors(), config.detection.needless_pages_per_week)
    in_use = [version for version in store.versions() if version.state is ModelState.PROMOTED]
    if not in_use:
        return dict.fromkeys(brands, bar)
    newest = max(in_use, key=lambda version: version.changed_at or version.created_at)
    verdicts = Learned.unpack(newest.weights, newest.number).verdicts
    return {brand: verdicts.moved(brand, bar) for brand in brands}


def _side(config: Config, reruns: Mapping[str, Rerun]) -> Side:
    channels = [open_channel(entry) for entry in config.channels]
    reach = Reach(channels, config.paging.pages_per_person_week, ZoneInfo(config.timezone))
    return Side(reruns, reach.of(page for each in reruns.values() for page in each.pages))


def _value(config: Config, change: Change) -> object:
    tables = {channel.name: channel for channel in config.channels}
    table = tables[change.name] if change.table == "channel" else getattr(config, change.table)
    return getattr(table, change.key)
