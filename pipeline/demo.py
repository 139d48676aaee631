"""The demo: a marked workspace with weeks of simulated past and a firestorm that is about to begin."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.clock import CatchUpClock
from core.config import FILE, Config, load_config
from core.errors import Permanent
from core.ports import Store
from core.records import Signal
from models.opening import open_detector
from models.score import TextScorer
from monitors.simulation.brands import CHANNELS, Brand, rivals
from monitors.simulation.history import history, source_name
from monitors.simulation.scenario import CATCH_UP, HISTORY, Scenario, demo_scenario
from pipeline.demo_week import archive_last_week
from pipeline.history import windows
from pipeline.run import DEMO_HOOK
from pipeline.setup import named_channels
from pipeline.workspace import Purpose, Workspace, open_workspace, purpose_of, remove_database

SPEED = 60.0
"""An hour a minute: the storm is on the board within three minutes."""
GOALS = "[brand.goals]\nindex = 45\nnegative_share = 0.35\nacknowledge_minutes = 15\n\n"
"""What the weekly page holds every brand to."""
INTERVAL = 60
"""Seconds between two fetches of a simulated source. After three without an answer it counts as blind: while
an hour takes a minute that is three seconds, which a busy machine needs now and then."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo workspace, ready to run."""

    workspace: Workspace
    config: Config
    clock: CatchUpClock


def prepare_demo(folder: Path, port: int, scorer: TextScorer, channel_urls: Sequence[str] = ()) -> Demo:
    """Make a fresh demo in `folder`; a former demo there is replaced, anything else is refused.

    Its pages go to a pager of its own and to `channel_urls`; raises `ConfigError` for one that cannot work.
    """
    channels = named_channels(channel_urls)
    _clear(folder)
    now = datetime.now(UTC)
    scenario = demo_scenario(now)
    for name, url in channels.items():
        _write_secret(folder / f"demo-{name}.url", url)
    (folder / FILE).write_text(_toml(scenario, now, port, channels), encoding="utf-8")
    space = open_workspace(folder, Purpose.DEMO)
    _import_history(space.store, scenario)
    config = load_config(folder, os.environ)
    archive_last_week(space.store, config, scenario, scorer, now)
    return Demo(space, config, CatchUpClock(CATCH_UP, SPEED))


def _clear(folder: Path) -> None:
    purpose = purpose_of(folder)
    if purpose not in {"", Purpose.DEMO} or (not purpose and (folder / FILE).exists()):
        raise Permanent(f"{folder} is not a demo workspace. Give another --workspace.")
    remove_database(folder)


def _write_secret(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _import_history(store: Store, scenario: Scenario) -> None:
    """Write the past as sums, and what detection would have said of it, for the charts."""
    past = list(history(scenario, scenario.begins_at - HISTORY, scenario.begins_at))
    store.import_rollups(past, ())
    store.import_rollups((), _signals(store, scenario))


def _signals(store: Store, scenario: Scenario) -> list[Signal]:
    found: list[Signal] = []
    for brand in scenario.brands:
        detector = open_detector(brand.name)
        found += detector.learn(windows(store, brand.name, scenario.begins_at))
    return found


def _brand(brand: Brand) -> str:
    named = ", ".join(f'"{name}"' for name in rivals(brand.name))
    return f"[[brand]]\nname = \"{brand.name}\"\nquery = '{brand.query}'\nrivals = [{named}]\n\n{GOALS}"


def _toml(scenario: Scenario, now: datetime, port: int, channels: Iterable[str]) -> str:
    brands = "".join(map(_brand, scenario.brands))
    sources = "".join(
        f'[[source]]\nkind = "simulator"\nname = "{source_name(channel)}"\nchannel = "{channel}"\n'
        f"interval = {INTERVAL}\nnow = {now.isoformat(timespec='seconds')}\n\n"
        for channel in CHANNELS
    )
    url = f"http://127.0.0.1:{port}"
    pager = f'[[channel]]\nname = "demo-pager"\nurl = "json://127.0.0.1:{port}/hooks/{DEMO_HOOK}"\n\n'
    pager += "".join(f'[[channel]]\nname = "{name}"\nurl_file = "demo-{name}.url"\n\n' for name in channels)
    return (
        f'# The demo\'s configuration, written anew at every start.\npublic_url = "{url}"\n\n'
        f"{brands}{sources}{pager}[board]\nport = {port}\n"
    )
