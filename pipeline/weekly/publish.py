"""Makes a week's page, keeps it in the archive, and sends it: for the command, the schedule and the board."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.channels import Channel, open_channel
from alerts.report.html import html
from alerts.report.pdf import pdf
from alerts.report.sending import Sent, send_page
from alerts.report.sentences import tell
from alerts.report.view import PageView, page_view
from core.codec import dumps, loads
from core.config import Config
from core.errors import ConfigError, Permanent
from core.ports import Clock, Store
from core.records import Report, Week
from pipeline.weekly.collect import collect
from pipeline.weekly.span import Span, last_complete, read_week, span_of


@dataclass(frozen=True, slots=True)
class Made:
    """A page that was made and kept."""

    week: Week
    page: PageView
    report: Report


def make(store: Store, config: Config, span: Span, now: datetime) -> Made:
    """Make a week's page from the store; one that is made again remembers what was sent of it."""
    return keep(tell(collect(store, config, span, now)), store, span, now)


def keep(week: Week, store: Store, span: Span, now: datetime) -> Made:
    """Return a told week as what is archived: record, HTML and PDF."""
    page = page_view(week, _made(now, span.zone))
    former = store.report(span.week) if kept_week(store, span) else None
    report = Report(
        week=span.week,
        created_at=now,
        data=dumps(week),
        html=html(page),
        pdf=pdf(page, now),
        sent=former.sent if former else "",
    )
    return Made(week, page, report)


def _made(now: datetime, zone: ZoneInfo) -> str:
    local = now.astimezone(zone)
    return f"made on {local.day} {local:%B} {local.year} at {local:%H:%M} {local.tzname()}"


async def deliver(made: Made, store: Store, config: Config, clock: Clock) -> tuple[Sent, ...]:
    """Send a page to `send_to` of `[weekly]` and keep what became of it; raises `ConfigError` without one."""
    link = f"{config.public_url}/weekly?week={made.week.week}" if config.public_url else ""
    sent = await send_page(made.page, made.report.pdf, _channels(config), clock, link)
    told = " · ".join(map(str, sent))
    await asyncio.to_thread(store.save_report, replace(made.report, sent=told))
    return sent


def _channels(config: Config) -> list[Channel]:
    wanted = config.weekly.send_to
    if not wanted:
        raise ConfigError("nobody to send it to: name channels in send_to of [weekly] in firetower.toml")
    return [open_channel(channel) for channel in config.channels if channel.name in wanted]


def kept_week(store: Store, span: Span) -> Week | None:
    """Return the archived page of a week, None when there is none or it was made before the week was over."""
    report = store.report(span.week)
    week = loads(Week, report.data) if report else None
    return week if week and week.complete else None


async def report_job(store: Store, config: Config, clock: Clock, arguments: Mapping[str, str]) -> str:
    """Do a job of the kind `report`: make and keep the page of `week`, by default the last whole one.

    Arguments: `week`, such as `2026-W47`; `send`, with `yes` it is sent too. Returns what was done, in words.
    Raises `ConfigError` for a week that does not exist and `Permanent` for one without data.
    """
    zone, now = ZoneInfo(config.timezone), clock.now()
    text = arguments.get("week", "")
    span = read_week(text, now, zone) if text else last_complete(now, zone)
    made = await asyncio.to_thread(make, store, config, span, now)
    if made.week.empty:
        raise Permanent(f"no data: {no_data(store, span)}")
    await asyncio.to_thread(store.save_report, made.report)
    if arguments.get("send") != "yes":
        return f"made the page of {span.week}"
    sent = await deliver(made, store, config, clock)
    return f"made the page of {span.week}; {' · '.join(map(str, sent))}"


def no_data(store: Store, span: Span) -> str:
    """Say that a week has no data, and when the newest is from."""
    newest = max((signal.at for signal in store.states()), default=None)
    until = f"the newest is of {span_of(newest, span.zone).week}" if newest else "nothing is stored yet"
    return f"nothing was heard of any brand in {span.week}; {until}"
