"""What a page does at 03:00 on Sunday: who is woken, who sleeps on, and who comes next."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from alerts.channels import Channel, open_channel, validate
from alerts.quiet import quiet_until
from core.config import Config
from core.records import Stage

_SUNDAY = (2026, 6, 14, 3)
"""Some Sunday on which no country changes its clocks."""


def working(config: Config) -> list[Channel]:
    """Return the channels that can be used."""
    return [open_channel(entry) for entry in config.channels if not validate(entry.url.get_secret_value())]


def told(config: Config, stage: Stage) -> str:
    """Say who is told of `stage` at that hour, and when: `mail, duty at once; boss after 10 min …`."""
    channels = sorted(working(config), key=lambda one: one.level)
    taking = [one for one in channels if stage.severity >= one.stage.severity]
    if not taking:
        return "nobody"
    said = [
        f"{', '.join(name for name, _ in group)} {when}"
        for when, group in groupby(_plan(taking, stage, config), key=lambda step: step[1])
    ]
    if taking[0].level == taking[-1].level:
        said.append("and nobody else when they do not answer, as no channel has a higher level")
    return "; ".join(said)


def _plan(taking: Sequence[Channel], stage: Stage, config: Config) -> Iterator[tuple[str, str]]:
    """Yield each channel's name and when it is told: a level that cannot be reached hands on at once."""
    minutes, last = 0.0, 0
    for level, group in groupby(taking, key=lambda one: one.level):
        held = {one.name: _held(one, stage, config) for one in group}
        minutes += (level - last) * config.paging.escalate_after if last else 0.0
        last = 0 if all(held.values()) else level
        for name, until in held.items():
            yield name, f"at {until}, in a digest" if until else _after(minutes)


def _held(channel: Channel, stage: Stage, config: Config) -> str:
    """Return until when quiet hours hold a page for a channel, "" when they do not."""
    zone = ZoneInfo(config.timezone)
    until = quiet_until(channel, datetime(*_SUNDAY, tzinfo=zone), zone)
    return f"{until.astimezone(zone):%H:%M}" if until and stage is not Stage.FIRESTORM else ""


def _after(minutes: float) -> str:
    return f"after {minutes:g} min without an answer" if minutes else "at once"
