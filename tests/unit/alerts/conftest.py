"""A storm to tell of, a store to keep it in, and servers that really listen."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from core.clock import ManualClock
from core.config import ChannelConfig, Config
from core.ports import Store
from core.records import (
    Contribution,
    Explanation,
    Growth,
    Incident,
    Notification,
    Quote,
    Reason,
    Signal,
    SourceShare,
    Stage,
    StageChange,
    Step,
    derive,
)
from storage import open_store

NOW = datetime(2026, 3, 7, 14, 32, tzinfo=UTC)
SECRET = "a secret of enough characters"


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def signal() -> Signal:
    return Signal(
        brand="Northwind Air",
        at=NOW,
        stage=Stage.FIRESTORM,
        seen=214.3,
        expected=18.2,
        low=6,
        high=34,
        mentions=430,
        negative_share=0.62,
        usual_share=0.17,
        growth=Growth(per_hour=0.866, low=0.52, high=1.19),
        authors=41,
        sources=3,
        contributions=(Contribution("growth of negatives", 3.2),),
        coverage=0.84,
        onset=NOW - timedelta(minutes=87),
    )


@pytest.fixture
def explanation(signal: Signal) -> Explanation:
    first = Quote(
        mention_id=derive("mention", "news", "1"),
        at=NOW - timedelta(minutes=87),
        source="news",
        author="Jane",
        text="Northwind cancelled our flight and keeps the money",
        url="https://news.example/1",
        negative=0.93,
    )
    return Explanation(
        signal=signal,
        headline="Passengers say Northwind Air refuses refunds for flights it cancelled.",
        sentences=(
            "214 negative mentions in the last hour, 18 expected (6–34).",
            "Outrage doubles in 48 min (35–80).",
            "41 authors in 3 sources; 16 % of the stream is not seen, the true size is larger.",
        ),
        label="refund refused",
        quotes=(
            first,
            replace(first, text="Three hours on hold, then they hung up. Refund? No.", author="", copies=27),
            replace(first, text="Vouchers are not a refund, Northwind.", source="mastodon"),
        ),
        first=(first,),
        sources=(SourceShare("news", 80, first.at),),
        playbook="Refund complaint: say what is owed and by when, then answer the first and the loudest.",
    )


@pytest.fixture
def page(explanation: Explanation) -> Notification:
    incident_id = derive("incident", "Northwind Air", "first")
    return Notification(
        id=derive("notification", incident_id, Reason.FIRESTORM),
        incident_id=incident_id,
        brand="Northwind Air",
        reason=Reason.FIRESTORM,
        stage=Stage.FIRESTORM,
        created_at=NOW,
        explanation=explanation,
        started_at=NOW - timedelta(minutes=87),
    )


@pytest.fixture
def incident(page: Notification) -> Incident:
    return Incident(
        id=page.incident_id,
        brand=page.brand,
        stage=page.stage,
        peak_stage=page.stage,
        started_at=page.started_at,
        opened_at=NOW,
        updated_at=NOW,
        explanation=page.explanation,
        stages=(StageChange(page.stage, NOW),),
        paged_at=NOW,
    )


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Each store, as they must not differ."""
    file = tmp_path_factory.mktemp("store") / "firetower.db"
    opened = open_store(f"memory://{uuid4()}" if request.param == "memory" else f"sqlite:///{file}")
    yield opened
    opened.close()


@pytest.fixture
def outbox(store: Store, incident: Incident, page: Notification) -> Store:
    """The store with one incident and its page waiting."""
    store.commit(Step(incidents=(incident,), notifications=(page,)))
    return store


@pytest.fixture
def config() -> Callable[..., Config]:
    """Return a configuration with channels, given as `name=url`."""

    def build(public_url: str = "https://tower.example", **urls: str) -> Config:
        channels = tuple(
            ChannelConfig.model_validate({"name": name, "url": url}, context={"environ": {}})
            for name, url in urls.items()
        )
        return Config.model_validate({"public_url": public_url, "channel": channels, "secret": SECRET})

    return build


class Mailbox:
    """An SMTP server's memory; `refusal` is what it says to every message while it is set."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.refusal = ""
        self.url = ""
        self.connections = 0
        self.arrived = asyncio.Event()

    def connect(self, loop: asyncio.AbstractEventLoop) -> SMTP:
        """Serve one connection."""
        self.connections += 1
        return SMTP(self, loop=loop)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the name that aiosmtpd looks for
        if self.refusal:
            return self.refusal
        self.mails.append(envelope)
        self.arrived.set()
        return "250 queued"


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """A real SMTP server on a free port."""
    box = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: box.connect(loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    box.url = f"mailto://127.0.0.1:{port}?from=firetower@tower.example&to=oncall@tower.example&mode=insecure"
    yield box
    server.close()
