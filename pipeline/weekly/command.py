"""What `firetower report` does: beside a running `run`, or on a workspace that rests."""

import asyncio
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from alerts.report.sending import Sent
from core.clock import SystemClock
from core.config import FILE, Config, ensure_secret, load_config
from core.errors import ConfigError, Permanent
from core.ports import Store
from pipeline.weekly.publish import Made, deliver, make, no_data
from pipeline.weekly.span import Span, last_complete, read_week, span_of
from pipeline.workspace import Purpose, existing_database
from storage import open_store


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a page, and what became of it."""

    week: str
    html: str
    pdf: str
    complete: bool
    empty: bool
    states: dict[str, str]
    """Brand to the state of its data."""
    headline: str
    sent: tuple[Sent, ...] = ()
    missing: str = ""
    """Why there is no data, where there is none."""

    def text(self) -> str:
        """Return it for people."""
        lines = [f"no data: {self.missing}"] if self.empty else [self.headline]
        lines += [self.html, self.pdf, *map(str, self.sent)]
        return "\n".join(lines)


def write_report(workspace: Path, week: str, out: Path, send: bool) -> Written:
    """Make a week's page, write it as HTML and PDF into `out`, keep it, and send it if asked.

    Raises `ConfigError` without a workspace, for a week that does not exist and a folder that cannot be one,
    `Permanent` when the files cannot be written.
    """
    url = existing_database(workspace)
    config = _config(workspace)
    if send and not config.weekly.send_to:
        raise ConfigError("--send: name channels in send_to of [weekly] in firetower.toml")
    store = open_store(url)
    try:
        return _write(store, config, week, out, send)
    finally:
        store.close()


def _config(workspace: Path) -> Config:
    """Return the configuration; a replay may have none."""
    if (workspace / FILE).exists():
        return load_config(workspace, os.environ)
    return Config(secret=SecretStr(ensure_secret(workspace)))


def _write(store: Store, config: Config, week: str, out: Path, send: bool) -> Written:
    now = now_of(store)
    span = _span(store, config, week, now)
    made = make(store, config, span, now)
    html, pdf = _files(made, out)
    sent: tuple[Sent, ...] = ()
    if not made.week.empty:
        store.save_report(made.report)
        sent = asyncio.run(deliver(made, store, config, SystemClock())) if send else ()
    return Written(
        week=span.week,
        html=str(html),
        pdf=str(pdf),
        complete=made.week.complete,
        empty=made.week.empty,
        states={brand.brand: str(brand.state) for brand in made.week.brands},
        headline=made.week.words.headline,
        sent=sent,
        missing=no_data(store, span) if made.week.empty else "",
    )


def now_of(store: Store) -> datetime:
    """Return the time of the workspace: its own clock's where that is not the machine's.

    A demo runs behind the clock while it catches up, and the time of a replay is that of its archive.
    """
    pulse = store.pulse()
    if pulse is not None and (pulse.catching_up or store.meta("purpose") == Purpose.REPLAY):
        return max([pulse.at, *(signal.at for signal in store.states())])
    return datetime.now(UTC)


def _span(store: Store, config: Config, week: str, now: datetime) -> Span:
    """Return the week asked for; by default the last whole one, of a replay the last one at all."""
    zone = ZoneInfo(config.timezone)
    if week:
        return read_week(week, now, zone)
    return span_of(now, zone) if store.meta("purpose") == Purpose.REPLAY else last_complete(now, zone)


def _files(made: Made, out: Path) -> tuple[Path, Path]:
    html, pdf = out / f"weekly-{made.week.week}.html", out / f"weekly-{made.week.week}.pdf"
    try:
        out.mkdir(parents=True, exist_ok=True)
        html.write_text(made.report.html, "utf-8")
        pdf.write_bytes(made.report.pdf)
    except (FileExistsError, NotADirectoryError):
        raise ConfigError(f"--out {out} is a file, not a folder") from None
    except OSError as error:
        raise Permanent(f"cannot write into {out}: {error.strerror}") from None
    return html, pdf
