"""`firetower check`: is everything right, and what would a firestorm do at night?"""

import asyncio
import ipaddress
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from alerts.channels import validate
from core.clock import SystemClock
from core.codec import dumps
from core.config import ChannelConfig, Config, load_config
from core.errors import ConfigError, FiretowerError, Permanent
from core.ports import Monitor, StreamMonitor
from core.query import Matcher, example, parse, search_terms
from core.records import Stage
from core.secret import SECRET_FILE
from core.validation import mistakes
from models.embed import DEFAULT, PLAIN
from monitors.catalog import Context, Keyed, build
from monitors.http import HttpClient
from pipeline.night import told, working
from pipeline.workspace import DATABASE, database_url
from storage import require_usable

_NOT_TRIED = "no source was asked and nothing was sent: `firetower run` shows on the board what answers"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    level: Literal["ok", "warning", "error"]
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All findings, in the order of the file."""

    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """True when nothing is an error."""
        return not self.count("error")

    def count(self, level: Literal["ok", "warning", "error"]) -> int:
        """Return how many findings have this level."""
        return sum(finding.level == level for finding in self.findings)

    def text(self) -> str:
        """Return the findings for people, one a line, what was not tried, and their sum."""
        lines = [f"{finding.level:<8} {finding.place}: {finding.message}" for finding in self.findings]
        return "\n".join(
            [*lines, _NOT_TRIED, f"errors: {self.count('error')}, warnings: {self.count('warning')}"]
        )

    def json(self) -> str:
        """Return `ok`, how many `errors` and `warnings` there are, and the findings, as one JSON object."""
        return dumps(
            {
                "ok": self.ok,
                "errors": self.count("error"),
                "warnings": self.count("warning"),
                "findings": self.findings,
            }
        )


def check_workspace(workspace: Path, environ: Mapping[str, str]) -> CheckReport:
    """Look at everything that a run would need; nothing is sent and no source is asked."""
    try:
        config = load_config(workspace, environ)
    except ConfigError as error:
        return CheckReport(tuple(_errors("configuration", error)))
    return CheckReport(
        (
            Finding("ok", "configuration", f"{workspace} can be read"),
            *_check_secret(workspace),
            *_check_database(workspace),
            *_check_brands(config),
            *_check_examples(config),
            *_check_encoder(config),
            *check_sources(config),
            *_check_channels(config),
            *_check_paging(config),
            *_check_heartbeat(config),
            *_check_addresses(config),
            *_at_night(config),
        )
    )


def _errors(place: str, error: ConfigError) -> Iterator[Finding]:
    """Yield one finding for each mistake that `error` names."""
    return (Finding("error", place, mistake) for mistake in mistakes(error))


def _check_secret(workspace: Path) -> Iterator[Finding]:
    path = workspace / SECRET_FILE
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding("warning", SECRET_FILE, f"others can read it and forge links; chmod 600 {path}")


def _check_database(workspace: Path) -> Iterator[Finding]:
    """Look whether this program can use what is stored, without bringing it up to date."""
    if not (workspace / DATABASE).exists():
        return
    try:
        require_usable(database_url(workspace))
    except FiretowerError as error:
        yield Finding("error", DATABASE, str(error))


def _check_brands(config: Config) -> Iterator[Finding]:
    if not config.brands:
        yield Finding(
            "error", "[[brand]]", "no brand is configured, so nothing is watched; add a [[brand]] table"
        )
    queries = {brand.name: parse(brand.query) for brand in config.brands}
    matcher = Matcher(queries)
    for brand, query in queries.items():
        found = example(query)
        hits = matcher.match(found)
        words = " or ".join(search_terms(query))
        if brand in hits:
            yield Finding("ok", brand, f"looks for {words}; {found!r} counts for {', '.join(hits)}")
        else:
            yield Finding("warning", brand, f"even {found!r} does not match its query; it may exclude itself")


def _check_examples(config: Config) -> Iterator[Finding]:
    for brand in config.brands:
        if bool(brand.ours) is not bool(brand.not_ours):
            lacks, said = ("not_ours", "not us") if brand.ours else ("ours", "us")
            yield Finding(
                "warning",
                brand.name,
                f"{lacks} is empty: it is not told from namesakes before a mention is {said!r}",
            )


def _check_encoder(config: Config) -> Iterator[Finding]:
    """Look whether a folder is there; a name is looked up when a run starts, because that takes long."""
    name = config.models.encoder
    if name.startswith(("/", ".", "~")) and not Path(name).is_dir():
        yield Finding("error", "[models]", f"encoder {name!r} is no folder of a model")
    elif name not in {DEFAULT, PLAIN}:
        yield Finding("ok", "[models]", f"encoder {name!r} is loaded when `firetower run` starts")


def check_sources(config: Config) -> Iterator[Finding]:
    """Build every source as a run would, without asking it anything."""
    if not config.sources:
        yield Finding(
            "error", "[[source]]", "no source is configured, so nothing arrives; add a [[source]] table"
        )
    clock = SystemClock()
    http = HttpClient(clock)
    for source in config.sources:
        try:
            monitor = build(source, Context(config.brands, http, clock))
        except ConfigError as error:
            yield from _errors(source.name, error)
        else:
            yield _keyed(source.name, monitor) or Finding(
                "ok", source.name, f"{source.kind}, {_rhythm(monitor)}"
            )
    asyncio.run(http.close())


def _keyed(name: str, monitor: Monitor | StreamMonitor) -> Finding | None:
    """Say what a source would stop for at once; the rest would run without it."""
    try:
        if isinstance(monitor, Keyed):
            monitor.require_keys()
    except Permanent as error:
        return Finding("warning", name, f"would not run: {error}")
    return None


def _rhythm(monitor: Monitor | StreamMonitor) -> str:
    if isinstance(monitor, StreamMonitor):
        return f"a stream, dead after {monitor.silence:g} s of silence"
    return f"every {monitor.interval:g} s"


def _check_channels(config: Config) -> Iterator[Finding]:
    for channel in config.channels:
        reason = validate(channel.url.get_secret_value())
        if reason:
            yield Finding("error", channel.name, reason)
        else:
            yield Finding("ok", channel.name, f"{channel.form}; gets {_stages(channel)}")


def _check_addresses(config: Config) -> Iterator[Finding]:
    board = config.board
    if not config.public_url:
        yield Finding("warning", "public_url", "is missing, so pages have no links to answer them")
    elif _is_loopback(urlsplit(config.public_url).hostname or ""):
        yield Finding("warning", "public_url", f"{config.public_url} opens on this machine only")
    if not _is_loopback(board.host):
        reach = "" if config.public_url else "; set public_url to the address that people use"
        message = f"whoever reaches {board.host}:{board.port} can read the board and answer pages{reach}"
        yield Finding("warning", "[board]", message)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _at_night(config: Config) -> Iterator[Finding]:
    """Say what a firestorm, and spreading, would do at 03:00 on Sunday."""
    when = f"a firestorm at 03:00 on Sunday ({config.timezone})"
    if not config.brands or not config.sources:
        yield Finding("error", "at night", f"{when} would not be noticed")
    elif not working(config):
        yield Finding("warning", "at night", f"{when} would show on the board; nobody would be paged")
    else:
        yield Finding("ok", "at night", f"{when} would tell {told(config, Stage.FIRESTORM)}")
        yield Finding("ok", "at night", f"spreading at that hour would tell {told(config, Stage.SPREADING)}")


def _check_paging(config: Config) -> Iterator[Finding]:
    cap = config.paging.pages_per_person_week
    message = f"spreading pages a person at most {cap} times in 7 days; a firestorm always does"
    yield Finding("ok", "[paging]", message)
    for channel in config.channels:
        if channel.quiet_hours and channel.quiet_hours[0] == channel.quiet_hours[1]:
            yield Finding("warning", channel.name, f"quiet hours {channel.quiet} end where they begin: none")


def _check_heartbeat(config: Config) -> Iterator[Finding]:
    """Look at the dead-man's switch without showing its address: that is a secret."""
    beat = config.heartbeat
    if beat is None:
        message = "nobody outside notices when Firetower itself stops; add a [heartbeat] table"
        yield Finding("ok", "[heartbeat]", message)
    elif urlsplit(beat.url.get_secret_value()).scheme not in {"http", "https"}:
        yield Finding("error", "[heartbeat]", "key url: should begin with http:// or https://")
    else:
        yield Finding("ok", "[heartbeat]", f"is asked every {beat.interval:g} s as long as all is well")


def _stages(channel: ChannelConfig) -> str:
    stages = "spreading and firestorm" if channel.stage == "spreading" else "firestorm only"
    level = f" when nobody of level {channel.level - 1} answers" if channel.level > 1 else ""
    quiet = f"; from {channel.quiet.replace('-', ' to ')} only firestorm" if channel.quiet else ""
    return f"{stages}{level}{quiet}"
