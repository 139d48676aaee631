"""Heartbeat: a dead-man's switch outside is asked for as long as all is well; its silence is the alarm."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx

from core.config import HeartbeatConfig
from core.errors import FiretowerError
from core.ports import Clock, Store
from core.records import DeliveryStatus, Notification
from core.telemetry import get_logger
from monitors.reaching import reason

LAST = "heartbeat"
"""Meta key of the moment at which all was well last; writing it proves that the store can be written."""
TIMEOUT = 10.0
"""Seconds: such services answer at once, and the next request comes soon."""
SILENT = timedelta(seconds=30)
"""Age of the last sign of life above which the writing thread hangs; it comes every 2 s."""
STUCK = timedelta(minutes=15)
"""A page that has reached nobody for so long needs help from outside: 4 tries of each channel have failed."""
LOOKED = timedelta(minutes=10)
"""Age of the newest look at a brand above which detection stands still; a quiet one gets one every 30 s."""
_FINE = (DeliveryStatus.SENT, DeliveryStatus.HELD, DeliveryStatus.CAPPED)
NEEDED = ("flow", "alerts", "pulse", "board")
"""Roles without which nothing is noticed, told or answered. A source may fail singly."""


class Heartbeat:
    """Asks the configured address while the product is healthy.

    `states` holds each role's state in words, as it is at any moment. What is wrong, here or with the
    service, is logged once, and once when it is over. The address may hold a token: it is never logged, and
    no redirect is followed.
    """

    def __init__(
        self,
        config: HeartbeatConfig,
        store: Store,
        clock: Clock,
        states: Mapping[str, str],
    ) -> None:
        self._url = config.url.get_secret_value()
        self._interval = config.interval
        self._store, self._clock, self._states = store, clock, states
        self._trouble = ""
        self._log = get_logger("heartbeat")

    async def run(self) -> None:
        """Ask until cancelled, for the first time when the other roles have had time to start."""
        async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False) as client:
            while True:
                await self._clock.sleep(self._interval)
                self._tell(await self.beat(client))

    async def beat(self, client: httpx.AsyncClient) -> str:
        """Ask once if all is well; return what is wrong, "" when nothing is."""
        ill = await asyncio.to_thread(self._ill)
        return f"not asked: {ill}" if ill else await self._ask(client)

    def _ill(self) -> str:
        now = self._clock.now()
        try:
            return trouble(self._store, self._states, now) or self._write(now)
        except FiretowerError as error:
            return str(error)

    def _write(self, now: datetime) -> str:
        self._store.set_meta(LAST, now.isoformat())
        return ""

    async def _ask(self, client: httpx.AsyncClient) -> str:
        try:
            answer = await client.get(self._url)
        except httpx.TransportError as error:
            return f"the service cannot be reached: {reason(error)}"
        except (httpx.HTTPError, httpx.InvalidURL) as error:  # their words may hold the address
            return f"the service cannot be asked: {type(error).__name__}"
        return "" if answer.is_success else f"the service answers {answer.status_code}"

    def _tell(self, trouble: str) -> None:
        if trouble and not self._trouble:
            self._log.error("no heartbeat", trouble=trouble)
        elif self._trouble and not trouble:
            self._log.info("the heartbeat is back")
        self._trouble = trouble


def trouble(store: Store, states: Mapping[str, str], now: datetime) -> str:
    """Return in words what keeps firestorms from being noticed or told, "" when nothing does."""
    broken = [name for name in NEEDED if states.get(name) != "running"]
    if broken:
        return f"the role {broken[0]} is {states.get(broken[0], 'not started')}"
    pulse = store.pulse()
    if pulse is None or now - pulse.at > SILENT:
        return "the main process gives no sign of life"
    if all(source.blind(now) for source in store.sources()):
        return "no source answers"
    if all(now - signal.at > LOOKED for signal in store.states()):
        return "detection stands still"
    stuck = [page for page in store.outbox() if _stuck(store, page, now)]
    return f"page {stuck[0].id[:8]} reaches nobody" if stuck else ""


def _stuck(store: Store, page: Notification, now: datetime) -> bool:
    """True for a page that nothing holds back and that no channel has taken for too long."""
    if now - page.created_at < STUCK or _silenced(store, page, now):
        return False
    return not any(row.status in _FINE for row in store.deliveries(page.id))


def _silenced(store: Store, page: Notification, now: datetime) -> bool:
    silences = store.silences(now)
    return any(one.incident_id in {"", page.incident_id} and one.brand == page.brand for one in silences)
