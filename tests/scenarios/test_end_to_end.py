"""From the first byte of a feed to a delivered e-mail that somebody acknowledges on a phone.

Nothing inside Firetower is replaced: the feeds come from a local HTTP server, the mail goes to a
local SMTP server, the link is opened in a real browser.
"""

import random
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pytest

from core.records import Action, Outcome, Selection
from storage import open_store

if TYPE_CHECKING:
    from tests.scenarios.conftest import FeedServer, Firetower, MailBox

OPENINGS = (
    "I am furious.", "Never again.", "What a disgrace.", "Absolutely appalled today.", "This is theft.",
    "Worst service of my life.", "Shame on you.", "Three weeks of lies.", "Still no answer, pathetic.",
    "How is this legal?", "Disgusting treatment.", "I want my money back.",
)  # fmt: skip
PROBLEMS = (
    "{b} charged my card twice and refuses to refund it", "{b} lost my parcel and blames me",
    "the {b} hotline hung up on my mother in tears", "{b} deleted all my photos without warning",
    "{b} sent a broken kettle that nearly burnt the kitchen", "my {b} account is locked for no reason",
    "{b} cancelled the order on the day of the wedding", "the {b} driver threw the box over the fence",
    "{b} keeps billing a subscription I ended in May", "{b} sold me a fake battery that leaked acid",
)  # fmt: skip
DETAILS = (
    "412 euros gone and nobody cares.", "My kids cried all evening.", "The manager laughed at me.",
    "I waited nine hours on the phone.", "They ignore every e-mail.", "The lawyer is already informed.",
    "Do not trust these people, avoid them.", "Horrible, cruel and dishonest company.",
    "Awful. I hate it.", "A nightmare from start to finish.", "My neighbour was robbed in the same way.",
)  # fmt: skip


def _chromium() -> str:
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("needs Chromium: install Debian's package `chromium`")
    return found


def _outrage(brand: str, count: int, now: datetime) -> bytes:
    """A feed with `count` different complaints of the last 25 minutes."""
    chance = random.Random(7)
    items = []
    for number in range(count):
        text = " ".join(
            (chance.choice(OPENINGS), chance.choice(PROBLEMS).format(b=brand) + ".", chance.choice(DETAILS))
        )
        at = now - timedelta(minutes=25 * (1 - number / count))
        items.append(
            f"<item><guid isPermaLink='false'>angry-{number}</guid><title>{escape(text)}</title>"
            f"<author>person{number}@mail.example</author><pubDate>{format_datetime(at)}</pubDate></item>"
        )
    return f"<rss version='2.0'><channel><title>Forum</title>{''.join(items)}</channel></rss>".encode()


def _configure(folder: Path, feeds: "FeedServer", mailbox: "MailBox", port: int) -> None:
    folder.mkdir()
    sources = "".join(
        f'[[source]]\nkind = "rss"\nname = "feed-{number}"\nurl = "{feeds.url}{path}"\ninterval = "20s"\n'
        for number, path in enumerate(sorted(feeds.bodies))
    )
    (folder / "firetower.toml").write_text(
        f'public_url = "http://127.0.0.1:{port}"\n'
        f"[board]\nport = {port}\n"
        '[[brand]]\nname = "Amazon"\nquery = "amazon OR aws"\n'
        f'[[channel]]\nname = "mail"\nurl = "mailto://127.0.0.1:{mailbox.port}'
        '?from=firetower@mail.example&to=oncall@mail.example"\n' + sources,
        encoding="utf-8",
    )


def _link(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    links = re.findall(r"http://127\.0\.0\.1:\d+/ack/\S+", body.get_content())
    assert len(set(links)) == 1
    return str(links[0])


@pytest.fixture
def page() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    executable = _chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 390, "height": 844})
        browser.close()


@pytest.mark.browser
def test_from_a_feed_to_an_acknowledged_page(
    shared: Path,
    feeds: "FeedServer",
    mailbox: "MailBox",
    firetower: "Firetower",
    page: Any,
    tmp_path: Path,
    free_port: int,
    shift: Any,
    wait: Any,
) -> None:
    now = datetime.now(UTC)
    for path in sorted((shared / "recordings/feeds/real").glob("*.xml")):
        feeds.bodies[f"/{path.name}"] = shift(path.read_bytes(), now - timedelta(minutes=5))
    feeds.bodies["/forum.xml"] = _outrage("Amazon", 0, now)
    workspace = tmp_path / "workspace"
    _configure(workspace, feeds, mailbox, free_port)
    firetower.start("run", "--workspace", str(workspace))
    wait("the database", (workspace / "firetower.db").exists, 60)
    store = open_store(f"sqlite:///{workspace}/firetower.db")

    wait("every feed being read", lambda: len(feeds.served) == len(feeds.bodies), 180)
    wait("the first mention", store.count_mentions, 60)
    page.goto(f"http://127.0.0.1:{free_port}/")
    page.get_by_text("Amazon").first.wait_for(timeout=60_000)
    assert mailbox.messages == []

    feeds.bodies["/forum.xml"] = _outrage("Amazon", 60, datetime.now(UTC))
    wait("an e-mail", lambda: mailbox.messages, 180)
    link = _link(mailbox.messages[0])
    incident = store.incidents()[0]
    assert incident.brand == "Amazon"

    page.goto(link)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.reload()
    assert store.answers(incident.id) == {}, "opening the link must change nothing"
    page.get_by_role("button", name="Acknowledge").click()
    wait("the acknowledgement", lambda: store.answers(incident.id), 20)
    first = store.answers(incident.id)[Action.ACKNOWLEDGE]
    page.goto(link)
    if page.get_by_role("button", name="Acknowledge").count():
        page.get_by_role("button", name="Acknowledge").click()
    page.goto(link)
    assert store.answers(incident.id) == {Action.ACKNOWLEDGE: first}
    assert "cknowledged" in page.content()

    wait("the delivery being recorded", lambda: not store.outbox(), 30)
    pages = store.notifications(incident_id=incident.id)
    assert {page.outcome for page in pages} == {Outcome.SENT}
    assert len(mailbox.messages) == len(pages), "one e-mail a page"
    stored = {row.mention.native_id for row in store.mentions(10_000, Selection(brand="Amazon"))}
    assert {f"angry-{number}" for number in range(60)} <= stored, "counted against what was served"
    assert any(feeds.unchanged.values()), "conditional requests are used"
    store.close()
