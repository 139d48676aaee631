"""Sends the weekly page: HTML to mail, text elsewhere, with the PDF where a service takes files."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from alerts.channels import Channel, Layout, Message, SendResult, send
from alerts.render.clean import quoted, shorten
from alerts.report.html import mail_html, mail_text
from alerts.report.view import PageView
from core.ports import Clock
from core.records import Stage

WAITS = (10.0, 60.0)
"""Seconds before the second and third try. The page stays in the archive, so nothing is lost by giving up."""
_SUBJECT = 120


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the page on one channel."""

    channel: str
    ok: bool
    service: str
    error: str

    def __str__(self) -> str:
        return f"{self.channel}: sent" if self.ok else f"{self.channel}: not sent, {self.error}"


async def send_page(
    page: PageView, pdf: bytes, channels: Sequence[Channel], clock: Clock, link: str = ""
) -> tuple[Sent, ...]:
    """Send the page to every channel, side by side; a channel that fails is tried three times.

    `link` is the board's address, "" without one. Never raises for a service's trouble.
    """
    return tuple(await asyncio.gather(*(_send(page, pdf, channel, clock, link) for channel in channels)))


async def _send(page: PageView, pdf: bytes, channel: Channel, clock: Clock, link: str) -> Sent:
    write = partial(message, page, pdf, link)
    result = await send(channel, write)
    for wait in WAITS:
        if result.ok or result.permanent:
            break
        await clock.sleep(wait)
        result = await send(channel, write)
    return _sent(channel, result)


def _sent(channel: Channel, result: SendResult) -> Sent:
    return Sent(channel.name, result.ok, result.service, result.error)


def message(page: PageView, pdf: bytes, link: str, layout: Layout) -> Message:
    """Return the page as one service can show it."""
    subject = shorten(f"{_mark(page)}Firetower, {page.title}: {quoted(page.headline)}", _SUBJECT)
    subject = shorten(subject, layout.subject_limit) if layout.subject_limit else subject
    file = (f"weekly-{page.week}.pdf", pdf)
    if layout.html:
        return Message(subject, mail_html(page), html=True, stage=Stage.CALM, file=file, link=link)
    tail = f"\n\n{link}" if link else ""
    room = layout.body_limit - len(tail) - (0 if layout.subject_limit else len(subject) + 8)
    body = _plain(page, layout, max(0, room))
    return Message(subject, f"{body}{tail}", stage=Stage.CALM, file=file, link=link)


def _mark(page: PageView) -> str:
    return "SIMULATED " if page.marking.startswith("Simulated") else ""


def _plain(page: PageView, layout: Layout, room: int) -> str:
    """Return the whole page as text, or its headline where there is no room for more."""
    short = layout.form == "phone" or room < len(text := _quoted(mail_text(page)))
    return shorten(quoted(page.headline), room) if short else text


def _quoted(text: str) -> str:
    """Make labels from strangers harmless in a chat: nobody is called, nothing is fetched."""
    return "\n".join(quoted(line) for line in text.splitlines())
