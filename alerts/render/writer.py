"""Lays a page out for one service, within what that service can show."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from alerts.channels import Layout, Message
from alerts.render.clean import markdown, shorten
from alerts.render.view import View, Voice, view
from core.config import Config
from core.records import Notification, Reason, Stage
from core.signing import Grant, Signer

_EMPTY_LINES = re.compile(r"\n{3,}")
_BETWEEN_TAGS = re.compile(r"(>|&#32;)[ ]*\n\s*(?=<|&#32;)")
"""A line break beside a tag would be an empty line in the plain part that Apprise makes of it."""

_TEMPLATES = {"email": "email.txt", "chat": "chat.txt", "phone": "phone.txt"}

_CHAT = 2_000
"""Characters of a chat message: more is not read in a stream, and Discord takes no more."""

_PUSH = 1_000
"""Characters on a phone: what the smaller push services take."""

_LIMITS = {"chat": _CHAT, "phone": _PUSH}

_DETAIL = ((3, 280), (3, 140), (1, 140), (0, 0))
"""How many voices and how many characters of each, fuller first: the first that fits is sent."""

_MERGED = 8
"""Characters that Apprise adds around a subject that it puts above the body: line breaks and marks."""

_BOARD = ". Open the board."

_WORDS = 30
"""A text message keeps at least this many characters for words: the stage and whose it is."""


class Renderer:
    """Writes pages with the workspace's links, in its time zone."""

    def __init__(self, config: Config) -> None:
        self._signer = Signer(config.secret.get_secret_value())
        self._public_url = config.public_url
        self._zone = ZoneInfo(config.timezone)
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=select_autoescape(("html",), default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["markdown"] = markdown

    def write(self, page: Notification, recipient: str, now: datetime, layout: Layout) -> Message:
        """Return `page` for `recipient`, a channel's name: it stands behind the answer to the link."""
        shown = view(page, self._links(page, recipient, now), self._zone)
        subject = _subject(shown, layout)
        room = _room(layout, subject)
        body = self._fit(_template(layout), shown, room)
        return Message(
            subject=subject,
            body=text_message(shown, room) if body is None else body,
            html=layout.html and body is not None,
            stage=Stage.CALM if page.reason is Reason.DIGEST else page.stage,
            markdown=layout.markdown and body is not None,
            link=shown.link,
        )

    def _links(self, page: Notification, recipient: str, now: datetime) -> list[str]:
        """Return a signed link for each incident that `page` tells of."""
        incidents = page.about or ((page.incident_id,) if page.incident_id else ())
        if not self._public_url:
            return []
        tokens = (self._signer.sign(Grant(incident, recipient), now) for incident in incidents)
        return [f"{self._public_url}/ack/{token}" for token in tokens]

    def _fit(self, template: str, shown: View, room: int) -> str | None:
        """Return the fullest version that fits, None when not even the shortest does."""
        for version in _versions(shown):
            body = _tight(self._templates.get_template(template).render(page=version).strip())
            if len(body) <= room:
                return body
        return None


def _tight(body: str) -> str:
    """Return a body without what only the template's layout needs: empty lines, and breaks between tags."""
    return _BETWEEN_TAGS.sub(r"\1", body) if body.startswith("<") else _EMPTY_LINES.sub("\n\n", body)


def _template(layout: Layout) -> str:
    if layout.markdown:
        return "chat.md"
    return "email.html" if layout.html else _TEMPLATES[layout.form]


def _subject(shown: View, layout: Layout) -> str:
    """Return the subject; a text message has none, its one line says it all.

    In Markdown it is the body's first line: services do not agree on what a subject's signs mean.
    """
    if layout.markdown:
        return ""
    if not layout.subject_limit:
        return "" if layout.form == "phone" else shown.subject
    return shorten(shown.subject, layout.subject_limit)


def _room(layout: Layout, subject: str) -> int:
    """Return the characters left for the body; a service without subjects gets them above it."""
    merged = 0 if layout.subject_limit or not subject else len(subject) + _MERGED
    return min(layout.body_limit - merged, _LIMITS.get(layout.form, layout.body_limit))


def _versions(shown: View) -> Iterator[View]:
    """Yield fuller versions first. What goes last is what asks for an answer."""
    for count, length in _DETAIL:
        voices = tuple(Voice(shorten(voice.text, length), voice.where) for voice in shown.voices[:count])
        yield replace(shown, voices=voices)
    yield replace(shown, voices=(), sentences=(), playbook="")
    for count in range(len(shown.items) - 1, 0, -1):
        yield replace(
            shown, items=shown.items[:count], more=f"and {len(shown.items) - count} more on the board"
        )


def text_message(shown: View, room: int) -> str:
    """Return one line of at most `room` characters; words before the link, the link whole or not at all."""
    tail = f" {shown.link}" if shown.link else _BOARD
    if room - len(tail) < _WORDS:
        tail = _BOARD
    return f"{shorten(shown.short, room - len(tail))}{tail}"
