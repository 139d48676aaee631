"""What single services really get: Apprise sends to a local server in their place.

Apprise knows the addresses of hosted services as attributes of its plug-ins; those are pointed at the local
server. All else, limits, escaping and formats, is what is sent in earnest.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial, reduce
from typing import Any, Literal
from urllib.parse import parse_qs

import pytest
from apprise import Apprise
from pytest_httpserver import HTTPServer

from alerts.channels import Channel, send
from alerts.render import Renderer
from alerts.services import SERVICES, loud, service_of
from core.config import Config
from core.records import Notification, Reason, Stage

LINK = re.compile(r"https://tower\.example/ack/[\w.-]+")
HOSTILE = (
    "**bold** # head [pay](https://phish.example) <b>tag</b> & ~~x~~ `code` ||secret|| @everyone "
    "<!channel> > quote \\ back"
)


@dataclass(frozen=True)
class Case:
    """A service and where its message stands in what it is sent."""

    url: str
    limit: int
    """Characters that the service takes, by its own documentation."""
    path: tuple[str | int, ...]
    attribute: str = ""
    """Attribute of the plug-in that names its host; "" where the URL does."""
    form: Literal["chat", "phone"] = "chat"
    escape: str = ""
    """What stands before a sign that would format."""


CASES = {
    "ntfy": Case("ntfy://localhost:{port}/topic", 4_096, ("message",)),
    "gotify": Case("gotify://localhost:{port}/AbcDefGhiJkl", 32_768, ("message",)),
    "signal": Case("signal://localhost:{port}/15551234567/15557654321", 32_768, ("message",)),
    "pover": Case(f"pover://{'u' * 30}@{'t' * 30}", 1_024, ("message", 0), "notify_url", "phone"),
    "slack": Case(
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general",
        3_000,
        ("attachments", 0, "text"),
        "webhook_url",
        escape="\\",
    ),
    "discord": Case(
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", 2_000, ("content",), "notify_url", escape="\\"
    ),
    "gchat": Case("gchat://workspace/key/token", 4_000, ("text",), "notify_url", escape="\\"),
    "mmost": Case("mmost://localhost:{port}/3ccdd113474722377935511fc85d3dd4", 4_000, ("text",), escape="\\"),
    "tgram": Case("tgram://123456789:abcdefg_hijklmnop-qrst/12315544", 4_096, ("text",), "notify_url"),
}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A service whose host is the local server."""
    found = CASES[request.param]
    httpserver.expect_request(re.compile(".*")).respond_with_data("ok")
    url = found.url.format(port=httpserver.port)
    if found.attribute:
        plugin = type(Apprise.instantiate(url))
        monkeypatch.setattr(plugin, found.attribute, httpserver.url_for("/hosted"))
    return replace(found, url=url)


Tell = Callable[[Case, Notification], Any]


@pytest.fixture
def tell(config: Callable[..., Config], now: datetime, httpserver: HTTPServer) -> Tell:
    """Return what sends a page to a service and returns what arrived there: text and whole payload."""

    async def deliver(case: Case, page: Notification) -> tuple[str, dict[str, Any]]:
        write = partial(Renderer(config()).write, page, "duty", now)
        await send(Channel("duty", case.url, case.form), write, page.stage)
        ((request, _),) = httpserver.log  # one message, never two halves
        body = request.get_data(as_text=True)
        payload: Any = json.loads(body) if body.startswith("{") else parse_qs(body)
        text = reduce(lambda part, key: part[key], case.path, payload)
        assert isinstance(text, str)
        return text, payload

    return deliver


@pytest.fixture
def hostile(page: Notification) -> Notification:
    voice = replace(page.explanation.quotes[0], text=HOSTILE * 20, author=HOSTILE)
    told = replace(page.explanation, quotes=(voice,) * 3, label=HOSTILE, sentences=(HOSTILE,) * 3)
    return replace(page, explanation=told)


@pytest.fixture
def night(page: Notification) -> Notification:
    """A digest of more incidents than any service shows."""
    said = tuple(f"Spreading at 02:{number:02}, Acme {number}: {HOSTILE}" for number in range(40))
    told = replace(page.explanation, headline="In your quiet hours: 40 incidents.", sentences=said, quotes=())
    about = tuple(f"incident-{number:08}" for number in range(40))
    return replace(
        page, incident_id="", reason=Reason.DIGEST, stage=Stage.SPREADING, explanation=told, about=about
    )


async def test_a_page_arrives_whole_with_its_link(case: Case, hostile: Notification, tell: Tell) -> None:
    text, payload = await tell(case, hostile)
    assert 0 < len(text) <= case.limit
    assert len(text.encode()) <= 4_096 or not case.url.startswith("ntfy")
    assert len(set(LINK.findall(text))) == 1
    assert "Firestorm" in json.dumps(payload)


async def test_a_digest_has_as_many_links_as_fit_and_says_how_many_are_left(
    case: Case, night: Notification, tell: Tell
) -> None:
    text, _ = await tell(case, night)
    shown = set(LINK.findall(text))
    assert shown
    assert f"and {40 - len(shown)} more on the board" in text
    assert len(text) <= case.limit


async def test_a_strangers_words_format_nothing_and_call_nobody(
    case: Case, hostile: Notification, tell: Tell
) -> None:
    text, _ = await tell(case, hostile)
    for call in ("@everyone", "<!channel>", "phish.example", "<b>tag"):
        assert call not in text
    if case.escape:
        words = text[text.index("Firestorm") :]
        assert re.search(r"\\\*\\\*bold", words) or "bold" not in words
        assert not re.search(r"(?<![\\*])\*\*bold", words)


async def test_a_drill_says_so_first(case: Case, page: Notification, tell: Tell) -> None:
    text, payload = await tell(case, replace(page, drill=True, simulated=True))
    title = payload.get("title", "")
    first = title if isinstance(title, str) else title[0]
    assert first.startswith("DRILL") or text.lstrip("*<b>").startswith("DRILL")
    assert "DRILL: an exercise" in text


async def test_an_escalation_says_why_it_comes(case: Case, page: Notification, tell: Tell) -> None:
    why = "Escalated to level 2: nobody acknowledged for 10 min."
    told = replace(page.explanation, sentences=(why, *page.explanation.sentences))
    text, _ = await tell(case, replace(page, reason=Reason.ESCALATION, level=2, explanation=told))
    assert why in text
    assert text.index(why) < text.index("Passengers say")


@pytest.mark.parametrize("case", ["ntfy", "gotify", "pover"], indirect=True)
async def test_a_firestorm_rings_louder_than_a_digest(
    case: Case, page: Notification, tell: Tell, httpserver: HTTPServer
) -> None:
    _, loudest = await tell(case, page)
    headers = httpserver.log[0][0].headers
    if case.url.startswith("ntfy"):
        assert headers["X-Priority"] == "max"
        assert LINK.fullmatch(headers["X-Click"])
    elif case.url.startswith("gotify"):
        assert loudest["priority"] == 10
    else:
        assert (loudest["priority"], loudest["retry"], loudest["expire"]) == (["2"], ["60"], ["600"])
        assert LINK.fullmatch(loudest["url"][0])


def test_what_a_url_says_itself_is_not_overruled() -> None:
    assert loud("pover://u@t?priority=low", Stage.FIRESTORM) == "pover://u@t?priority=low"
    assert loud("ntfys://host/topic?tags=x", Stage.SPREADING) == "ntfys://host/topic?tags=x&priority=high"
    assert loud("ntfy://topic", Stage.CALM) == "ntfy://topic"
    assert loud("json://localhost", Stage.FIRESTORM) == "json://localhost"


@pytest.mark.parametrize("scheme", sorted(SERVICES))
def test_every_scheme_of_the_table_is_one_that_apprise_knows(scheme: str) -> None:
    known = Apprise().details()["schemas"]
    names = {
        name for entry in known for key in ("protocols", "secure_protocols") for name in entry[key] or ()
    }
    assert scheme in names


def test_the_secure_scheme_is_the_same_service() -> None:
    assert service_of("ntfys://host/topic") is SERVICES["ntfy"]
    assert service_of("workflows://host/x/y") is SERVICES["workflow"]
    assert service_of("sns://key/secret").markdown is False
