"""Whom pages would reach at once: quiet hours and the weekly cap, worked out without sending anything.

The rules are those of the alert chain (`alerts.quiet`, `alerts.cap`), for the first level: whether somebody
acknowledges, and so whether a page goes further, nobody can know. Nor are silences looked at.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.cap import WEEK
from alerts.channels import Channel
from alerts.quiet import quiet_until
from core import words
from core.records import DeliveryStatus, Notification, Stage


@dataclass(frozen=True, slots=True)
class Told:
    """What becomes of a page on one channel."""

    channel: str
    status: DeliveryStatus
    """`sent`, `held` by quiet hours or `capped`."""
    at: datetime
    """When it goes out; of a capped one when it would have."""

    def text(self, zone: ZoneInfo) -> str:
        """Write it as `duty` or as `duty held until 07:00`."""
        if self.status is DeliveryStatus.HELD:
            return f"{self.channel} held until {words.moment(self.at, zone)}"
        return self.channel if self.status is DeliveryStatus.SENT else f"{self.channel} capped"


@dataclass
class Reach:
    """Works through pages in the order of their time; remembers what each person has had."""

    channels: Sequence[Channel]
    most: int
    """Pages that one person gets in seven days."""
    zone: ZoneInfo
    """Quiet hours are on its clock."""
    _had: defaultdict[str, dict[str, datetime]] = field(default_factory=lambda: defaultdict(dict))
    """By person: what reached them (a page, or a digest) and when."""

    def of(self, pages: Iterable[Notification]) -> dict[str, tuple[Told, ...]]:
        """Return, by notification id, what becomes of each page on each channel that takes it."""
        ordered = sorted(pages, key=lambda page: (page.created_at, page.id))
        return {
            page.id: tuple(self._told(page, each) for each in self.channels if each.takes(page))
            for page in ordered
        }

    def _told(self, page: Notification, channel: Channel) -> Told:
        had, at = self._had[channel.person], page.created_at
        spared = page.stage.severity >= Stage.FIRESTORM.severity
        until = None if spared else quiet_until(channel, at, self.zone)
        if until is not None:
            had[f"digest {channel.name} {until}"] = until
            return Told(channel.name, DeliveryStatus.HELD, until)
        others = [key for key, when in had.items() if at - WEEK < when <= at and key != page.id]
        if not spared and len(others) >= self.most:
            return Told(channel.name, DeliveryStatus.CAPPED, at)
        had[page.id] = at
        return Told(channel.name, DeliveryStatus.SENT, at)
