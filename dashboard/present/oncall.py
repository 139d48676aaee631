"""Who is on call, and what became of every page: pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta

from core import words
from core.config import ChannelConfig, PagingConfig
from core.records import Delivery, DeliveryStatus, Notification, Reason, Stage
from dashboard.facts import Facts
from dashboard.present import pages as present_pages
from dashboard.viewmodels import DutyLevel, DutyRow, LetterRow, OncallPage, PersonRow, WaitingRow

WEEK = timedelta(days=7)
LETTERS = 6
"""Dead letters that are told one by one."""
TEST_EVERY = timedelta(days=7)
"""A way to people that was not tried for so long is not known to work."""
_NO_PAGES = "No page so far. Send a test page to see that the way to people works."
_NO_REASON = "it gave no reason"
_FORMS = {"email": "e-mail", "chat": "chat", "phone": "phone"}


@dataclass(frozen=True, slots=True)
class Material:
    """What the page stands on besides the facts."""

    channels: Sequence[ChannelConfig]
    paging: PagingConfig
    pages: Sequence[Notification]
    """The newest ones, of any outcome."""
    deliveries: Mapping[str, Sequence[Delivery]]
    """By page, for `pages`."""
    dead: Sequence[tuple[Delivery, Notification | None]]
    """Dead letters of the last seven days, newest first."""
    had: Sequence[tuple[Delivery, Notification | None]]
    """What was delivered in the last seven days."""
    waiting: Sequence[WaitingRow]


def page(facts: Facts, material: Material) -> OncallPage:
    """Return who is on call, what waits for an answer, and what became of every page."""
    tested, well = _tested(facts, material)
    letters = [_letter(facts, row, about) for row, about in material.dead]
    replay = facts.purpose == "replay"
    return OncallPage(
        headline=_headline(material),
        nobody=not material.channels,
        note=_note(facts, material),
        levels=tuple(_levels(facts, material)),
        persons=tuple(_persons(material)),
        cap=words.number(material.paging.pages_per_person_week),
        letters=tuple(letters[:LETTERS]),
        more_letters=f"and {len(letters) - LETTERS} more" if len(letters) > LETTERS else "",
        waiting=tuple(material.waiting),
        tested=tested,
        tested_well=well,
        pages=tuple(
            present_pages.row(facts, each, material.deliveries.get(each.id, ())) for each in material.pages
        ),
        no_pages="" if material.pages else _NO_PAGES,
        can_test=bool(material.channels) and not replay,
        channels=tuple(channel.name for channel in material.channels),
    )


def _headline(material: Material) -> str:
    """Say in one sentence who is paged now, and who is next."""
    if not material.channels:
        return "Nobody is on call. Pages go to nobody. Add a channel."
    by_level = _by_level(material.channels)
    first, *later = [_people(by_level[level]) for level in sorted(by_level)]
    following = f"then {', then '.join(later)}" if later else "nobody is next"
    return f"On call: {first}; {following}."


def _people(channels: Iterable[ChannelConfig]) -> str:
    names = list(dict.fromkeys(channel.person for channel in channels))
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"


def _by_level(channels: Iterable[ChannelConfig]) -> dict[int, list[ChannelConfig]]:
    found: dict[int, list[ChannelConfig]] = {}
    for channel in channels:
        found.setdefault(channel.level, []).append(channel)
    return found


def _note(facts: Facts, material: Material) -> str:
    if facts.purpose == "replay":
        return "This is a replay: pages are recorded, never sent."
    if facts.silent_since is not None:
        return f"Firetower is not running: no page is sent. Start it with {facts.command}"
    first = [channel for channel in material.channels if channel.level == 1]
    if material.channels and not first:
        return "No channel has level 1: every page goes to the next level at once."
    if first and all(_quiet_now(facts, channel) for channel in first):
        return "Level 1 is in its quiet hours: only a firestorm gets through, the rest comes afterwards."
    return ""


def _levels(facts: Facts, material: Material) -> Iterable[DutyLevel]:
    """Yield the channels by level, the first to be paged first."""
    by_level = _by_level(material.channels)
    newest = _newest_deliveries(material)
    for level in sorted(by_level):
        wait = material.paging.escalate_after * (level - 1)
        when = "paged at once" if level == 1 else f"after {words.duration(wait)} without an acknowledgement"
        rows = tuple(_duty(facts, channel, newest.get(channel.name)) for channel in by_level[level])
        yield DutyLevel(f"Level {level}", when, rows)


def _newest_deliveries(material: Material) -> dict[str, Delivery]:
    """Return the newest delivery of each channel among the pages shown."""
    found: dict[str, Delivery] = {}
    for each in material.pages:
        for row in material.deliveries.get(each.id, ()):
            found.setdefault(row.channel, row)
    return found


def _duty(facts: Facts, channel: ChannelConfig, last: Delivery | None) -> DutyRow:
    takes = "firestorms only" if Stage(channel.stage) is Stage.FIRESTORM else "from spreading on"
    return DutyRow(
        channel=channel.name,
        person=channel.person,
        takes=takes,
        quiet=channel.quiet.replace("-", "–"),
        quiet_now=_quiet_now(facts, channel),
        last=_last(facts, last),
        form=_FORMS[channel.form],
    )


def _last(facts: Facts, row: Delivery | None) -> str:
    if row is None:
        return "nothing was sent there yet"
    told = present_pages.delivery(facts, row)
    return f"{facts.time(row.at)}: {told.word}" if row.at else told.word


def _quiet_now(facts: Facts, channel: ChannelConfig) -> bool:
    if channel.quiet_hours is None:
        return False
    return _inside(facts.now.astimezone(facts.zone).time(), *channel.quiet_hours)


def _inside(now: time, start: time, end: time) -> bool:
    """Return whether a wall-clock time lies in a span, which may run over midnight."""
    return start <= now < end if start <= end else now >= start or now < end


def _persons(material: Material) -> Iterable[PersonRow]:
    """Yield each person's pages of seven days; tests and drills do not count, as with the cap itself."""
    person_of = {channel.name: channel.person for channel in material.channels}
    had: dict[str, set[str]] = {channel.person: set() for channel in material.channels}
    for row, about in material.had:
        if about is not None and row.attempts and row.channel in person_of and _counts(about):
            had[person_of[row.channel]].add(about.id)
    cap = material.paging.pages_per_person_week
    for person, pages in had.items():
        width = f"{min(100.0, 100 * len(pages) / cap):.0f}%"
        yield PersonRow(person, words.number(len(pages)), width, len(pages) >= cap)


def _counts(page: Notification) -> bool:
    return page.reason is not Reason.TEST and not page.drill


def _letter(facts: Facts, row: Delivery, about: Notification | None) -> LetterRow:
    return LetterRow(
        time=facts.time(row.at) if row.at else "",
        channel=row.channel,
        about=present_pages.about(about) if about else "a page that is gone",
        why=_why(facts, row),
    )


def _why(facts: Facts, row: Delivery) -> str:
    told = present_pages.delivery(facts, row)
    if row.status is DeliveryStatus.WITHDRAWN:
        return f"{told.word}: {told.detail}"
    return told.detail or _NO_REASON


def _tested(facts: Facts, material: Material) -> tuple[str, bool]:
    """Return the age and the end of the last test page, and whether it proves that people are reached."""
    last = next((each for each in material.pages if each.reason is Reason.TEST), None)
    if last is None:
        return "No test page among the last pages: it is not known whether people are reached.", False
    rows = material.deliveries.get(last.id, ())
    took = sum(row.status is DeliveryStatus.SENT for row in rows)
    minutes = (facts.now - last.created_at).total_seconds() / 60
    age = "just now" if minutes < 1 else f"{words.duration(minutes)} ago"
    old = facts.now - last.created_at > TEST_EVERY
    told = f"Last test page {age}: {took} of {len(rows)} channels took it."
    return (f"{told} That is long ago: send one.", False) if old else (told, 0 < len(rows) == took)
