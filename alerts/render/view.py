"""What a page says, in words and ready to print: the same for every form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from zoneinfo import ZoneInfo

from alerts.render.clean import one_line, quoted, shorten
from core import words
from core.records import Notification, Quote, Reason, Signal, Stage

_COLOURS = {Stage.FIRESTORM: ("#930E3C", "#FF7F94"), Stage.SPREADING: ("#BC470B", "#F29A58")}
_PLAIN = ("#54605B", "#9CA9A4")
"""Light mark and dark text of `docs/design/look.md`: hue means state, a test has none."""

_NO_ALARM = {Reason.TEST: "Test", Reason.DIGEST: "Digest"}
"""Pages that are not about one incident, and what stands in the place of its stage."""

QUOTES = 3
"""Representative mentions in a page, `docs/design/alerts.md`."""

_SUBJECT = 77
"""RFC 5322, section 2.1.1: lines of a mail stay under 78; phones show 40, so what matters is in front."""
_LABEL = 12
"""A label cut to fewer characters says nothing."""
_DRILL = "DRILL "


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and what it is measured against."""

    value: str
    note: str
    loud: bool = False
    """True for the one that carries the state's colour."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A mention that speaks for many."""

    text: str
    where: str


@dataclass(frozen=True, slots=True)
class Item:
    """One incident in a digest."""

    text: str
    link: str
    """"" when there is no public address."""


@dataclass(frozen=True, slots=True)
class View:
    """A page, before it is laid out."""

    subject: str
    stage: str
    colour: str
    dark_colour: str
    """The same state on a dark ground."""
    marking: str
    """Says loudly that it is not real; empty when it is."""
    brand: str
    since: str
    lead: str
    """Why it comes now, where that is not the stage itself: an escalation."""
    headline: str
    sentences: tuple[str, ...]
    figures: tuple[Figure, ...]
    voices: tuple[Voice, ...]
    first: str
    coverage: str
    playbook: str
    items: tuple[Item, ...]
    """What a digest tells of; empty in every other page."""
    more: str
    """What of a digest is left out."""
    link: str
    answer: str
    """What the link is for, or why there is none."""
    short: str
    """All of it in one line."""
    reference: str


def view(page: Notification, links: Sequence[str], zone: ZoneInfo) -> View:
    """Return what `page` says; `links` are one for each incident it tells of, none without public address."""
    told, signal = page.explanation, page.explanation.signal
    times = _Times(page.created_at, zone)
    alarm = page.reason not in _NO_ALARM
    colour, dark_colour = _COLOURS.get(page.stage, _PLAIN) if alarm else _PLAIN
    lead, sentences = _lead(page)
    link = links[0] if links else ""
    return View(
        subject=_subject(page),
        stage=_stage(page),
        colour=colour,
        dark_colour=dark_colour,
        marking=_marking(page),
        brand=one_line(page.brand),
        since=times.write(page.started_at),
        lead=lead,
        headline=_headline(page),
        sentences=sentences,
        figures=_figures(signal) if alarm else (),
        voices=tuple(_voice(quote, times) for quote in told.quotes[:QUOTES]),
        first=_first(told.first, times),
        coverage=_coverage(page) if alarm else "",
        playbook=quoted(told.playbook),
        items=_items(page, links),
        more="",
        link=link,
        answer=_answer(page, link),
        short=_short(page),
        reference=page.id[:8],
    )


@dataclass(frozen=True, slots=True)
class _Times:
    """Writes times in the workspace's zone, with the date where it is not the page's own."""

    today: datetime
    zone: ZoneInfo

    def write(self, at: datetime) -> str:
        local, today = at.astimezone(self.zone), self.today.astimezone(self.zone)
        date = "" if local.date() == today.date() else f"{local.day} {local:%b} "
        return f"{date}{words.clock_time(local)} {local.tzname()}"


def _stage(page: Notification) -> str:
    return _NO_ALARM.get(page.reason) or words.STAGE_WORDS[page.stage]


def _lead(page: Notification) -> tuple[str, tuple[str, ...]]:
    """Set the sentence that an escalation begins with apart; a digest's sentences are its items."""
    sentences = tuple(quoted(sentence) for sentence in page.explanation.sentences)
    if page.reason is Reason.ESCALATION:
        return "".join(sentences[:1]), sentences[1:]
    return "", () if page.reason is Reason.DIGEST else sentences


def _items(page: Notification, links: Sequence[str]) -> tuple[Item, ...]:
    if page.reason is not Reason.DIGEST:
        return ()
    texts = (quoted(sentence) for sentence in page.explanation.sentences)
    return tuple(Item(text, link) for text, link in zip_longest(texts, links, fillvalue=""))


def _marking(page: Notification) -> str:
    if page.drill:
        return "DRILL: an exercise with made-up mentions. Answer as if it were real"
    return "SIMULATED: made-up mentions, nobody needs to act" if page.simulated else ""


def _mark(page: Notification) -> str:
    """Return what stands before everything else of a page that is not real."""
    return _DRILL if page.drill else "SIMULATED " if page.simulated else ""


def _raised(page: Notification) -> str:
    return "Escalated: " if page.reason is Reason.ESCALATION else ""


def _headline(page: Notification) -> str:
    fallback = f"{words.STAGE_WORDS[page.stage]} around {page.brand}"
    return quoted(page.explanation.headline) or one_line(fallback)


def _subject(page: Notification) -> str:
    """Return stage, brand and number, which are never cut, and as much of the label as fits."""
    brand = one_line(page.brand).removeprefix(_DRILL)
    about = ": ".join(filter(None, (shorten(brand, _SUBJECT // 3), _size(page))))
    said = shorten(f"{_mark(page)}[{_stage(page)}] {_raised(page)}{about or _headline(page)}", _SUBJECT)
    room = _SUBJECT - len(said) - len(": ")
    label = quoted(page.explanation.label) if about else ""
    return f"{said}: {shorten(label, room)}" if label and room >= min(_LABEL, len(label)) else said


def _size(page: Notification) -> str:
    if page.reason in _NO_ALARM:
        return ""
    signal = page.explanation.signal
    return f"{words.number(signal.seen)} negative/h, {words.number(signal.expected)} expected"


def _short(page: Notification) -> str:
    if page.reason in _NO_ALARM:
        return f"{_mark(page)}{_stage(page)}: {_headline(page)}"
    signal = page.explanation.signal
    size = f"{words.number(signal.seen)}/h, {words.number(signal.expected)} expected"
    about = ", ".join(filter(None, (quoted(page.explanation.label), size)))
    return f"{_mark(page)}{_raised(page)}{_stage(page)} {one_line(page.brand)}: {about}"


def _figures(signal: Signal) -> tuple[Figure, ...]:
    expected = words.band(signal.expected, signal.low, signal.high)
    carry = "carries" if signal.sources == 1 else "carry"
    return (
        Figure(words.number(signal.seen), f"negative in the last hour, {expected}", loud=True),
        _growth(signal),
        Figure(_count(signal.authors, "author"), "wrote it" if signal.authors is not None else ""),
        Figure(
            _count(signal.sources, "source"), f"{carry} it; {words.number(signal.mentions)} mentions in all"
        ),
    )


def _growth(signal: Signal) -> Figure:
    """Turn `doubles in 48 min (35–80)` into the figure `48 min` and the note `to double (35–80)`."""
    verb, _, span = words.growth(signal.growth).partition(" in ")
    if not span:
        return Figure("Growth unknown" if signal.growth is None else "Not growing", "")
    value, _, interval = span.partition(" (")
    return Figure(value, f"to {'double' if verb == 'doubles' else 'halve'} ({interval}")


def _count(count: int | None, noun: str) -> str:
    if count is None:
        return f"{noun.capitalize()}s unknown"
    return f"{words.number(count)} {noun}{'' if count == 1 else 's'}"


def _voice(quote: Quote, times: _Times) -> Voice:
    copies = f"{quote.copies} copies" if quote.copies > 1 else ""
    author = quoted(quote.author)
    where = (author, quoted(quote.source), times.write(quote.at), copies)
    return Voice(quoted(quote.text), " · ".join(filter(None, where)))


def _first(first: tuple[Quote, ...], times: _Times) -> str:
    if not first:
        return ""
    return f"First mention {times.write(first[0].at)}, {quoted(first[0].source)}"


def _coverage(page: Notification) -> str:
    if page.drill:
        return "no source was read for this drill"
    signal = page.explanation.signal
    share = f"{words.percent(signal.coverage)} of the expected stream is seen"
    # Under 99.5 % the figure no longer reads 100 %, and what is missing can only add to the size.
    return f"{share}: the true size is larger" if signal.coverage < 0.995 else share


def _answer(page: Notification, link: str) -> str:
    if page.reason is Reason.TEST:
        return "This page only tests the way to you."
    if link and page.reason is Reason.DIGEST:
        return "Each link opens one incident. Opening it changes nothing."
    if link:
        return "Acknowledge, snooze, or say it is a false alarm or not us. Opening the link changes nothing."
    return "Open the board to answer: without public_url in firetower.toml a page carries no link."
