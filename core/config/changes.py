"""Settings that differ from those of `firetower.toml`, as somebody writes them on the command line."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import ConfigError
from core.validation import hint

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Change:
    """One setting and the value that is tried instead."""

    table: str
    """`detection`, or `channel` of a `[[channel]]`."""
    name: str
    """Which of the tables of that kind is meant, by its name; empty where there is only one."""
    key: str
    value: object

    @property
    def place(self) -> str:
        """Write where it stands, as people do: `channel.duty.quiet`."""
        return ".".join(part for part in (self.table, self.name, self.key) if part)


def parse_change(text: str) -> Change:
    """Return what `TABLE.KEY=VALUE` or `TABLE.NAME.KEY=VALUE` asks for; raises `ConfigError`.

    A value is read as TOML; what is no TOML is a text, so that quotes may be left out.

    >>> parse_change("channel.duty.quiet=22:00-07:00")
    Change(table='channel', name='duty', key='quiet', value='22:00-07:00')
    >>> parse_change("detection.needless_pages_per_week=1").value
    1
    """
    place, equals, value = text.partition("=")
    table, _, rest = place.strip().partition(".")
    name, _, key = rest.rpartition(".")
    if not (equals and table and key):
        raise ConfigError(
            f"{text[:_SHOWN]!r} should look like detection.needless_pages_per_week=1 "
            "or channel.NAME.quiet=22:00-07:00"
        )
    return Change(table, name, key, _value(value.strip()))


def _value(text: str) -> object:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def changed(raw: dict[str, object], changes: Iterable[Change]) -> dict[str, object]:
    """Return the tables of the file with `changes` in them; raises `ConfigError` for an unknown name."""
    for change in changes:
        tables = raw.get(change.table)
        if isinstance(tables, list):
            raw = {**raw, change.table: _in_one(tables, change)}
        elif not change.name and isinstance(tables, dict | None):
            raw = {**raw, change.table: {**(tables or {}), change.key: change.value}}
        else:
            raise ConfigError(f"{change.place}: there is no [[{change.table}]] in the file")
    return raw


def _in_one(tables: list[object], change: Change) -> list[object]:
    names = [str(table.get("name", "")) for table in tables if isinstance(table, dict)]
    if change.name not in names:
        known = hint(change.name, names)
        raise ConfigError(f"{change.place}: no [[{change.table}]] is called {change.name[:_SHOWN]!r}{known}")
    return [
        {**table, change.key: change.value}
        if isinstance(table, dict) and table.get("name") == change.name
        else table
        for table in tables
    ]
