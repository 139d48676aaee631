"""Pages as people read them, and what a stranger's words can not do there."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from alerts.channels import Layout, Message
from alerts.render import Renderer
from alerts.render.clean import one_line, quoted, shorten
from core.config import Config
from core.records import Growth, Notification, Reason, Stage
from core.signing import Grant, Signer

MAIL = Layout("email", html=True, subject_limit=250, body_limit=32_768)
MAIL_TEXT = replace(MAIL, html=False)
CHAT = Layout("chat", html=False, subject_limit=250, body_limit=35_000)
MARKDOWN = replace(CHAT, markdown=True)
PUSH = Layout("phone", html=False, subject_limit=250, body_limit=1_024)
SMS = Layout("phone", html=False, subject_limit=0, body_limit=160)
EVERY = (MAIL, MAIL_TEXT, CHAT, MARKDOWN, PUSH, SMS)

Write = Callable[..., Message]


@pytest.fixture
def write(config: Callable[..., Config], now: datetime) -> Write:
    """Return a writer for one page, layout and public address."""

    def build(page: Notification, layout: Layout, public_url: str = "https://tower.example") -> Message:
        return Renderer(config(public_url=public_url)).write(page, "mail", now, layout)

    return build


class Reader(HTMLParser):
    """Reads what a mail program would show, and what it would load or follow."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "background"}]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_the_subject_says_what_and_how_bad(page: Notification, write: Write) -> None:
    assert (
        write(page, MAIL).subject == "[Firestorm] Northwind Air: 214 negative/h, 18 expected: refund refused"
    )


@pytest.mark.parametrize("mark", [{}, {"drill": True, "simulated": True}, {"reason": Reason.ESCALATION}])
def test_the_subject_keeps_brand_and_number_within_a_line(
    page: Notification, write: Write, mark: dict[str, Any]
) -> None:
    told = replace(page.explanation, label="refunds for cancelled flights that nobody pays " * 3)
    page = replace(page, brand="DRILL Northwind " + "n" * 64, explanation=told, **mark)
    subject = write(page, MAIL).subject
    assert len(subject) < 78
    assert "Northwind" in subject
    assert "214 negative/h, 18 expected" in subject


@pytest.mark.parametrize("layout", [MAIL_TEXT, CHAT, PUSH])
def test_no_two_empty_lines(page: Notification, write: Write, layout: Layout) -> None:
    bare = replace(page, explanation=replace(page.explanation, quotes=(), first=(), playbook=""))
    for told in (page, bare, replace(page, drill=True)):
        assert "\n\n\n" not in write(told, layout).body


def test_the_mail_says_all_that_design_asks_for(page: Notification, write: Write) -> None:
    text = Reader(write(page, MAIL).body).text
    for part in (
        "Passengers say Northwind Air refuses refunds for flights it cancelled.",
        "214 negative in the last hour, 18 expected (6–34)",
        "48 min to double (35–80)",
        "41 authors",
        "3 sources",
        "First mention 13:05 UTC, news",
        "Northwind cancelled our flight and keeps the money",
        "Three hours on hold",
        "27 copies",
        "Vouchers are not a refund",
        "Refund complaint: say what is owed",
        "84 % of the expected stream is seen: the true size is larger",
        page.id[:8],
    ):
        assert part in text


@pytest.mark.parametrize("layout", EVERY)
def test_every_form_carries_one_link_that_grants_this_incident_to_this_channel(
    page: Notification, write: Write, layout: Layout, now: datetime
) -> None:
    body = write(page, layout).body
    (token,) = set(re.findall(r"https://tower\.example/ack/([\w.-]+)", body))
    grant = Signer("a secret of enough characters").check(token, now)
    assert grant == Grant(page.incident_id, "mail")


@pytest.mark.parametrize("layout", EVERY)
def test_without_a_public_address_it_sends_people_to_the_board(
    page: Notification, write: Write, layout: Layout
) -> None:
    body = write(page, layout, public_url="").body
    assert "/ack/" not in body
    assert "Open the board" in body


@pytest.mark.parametrize("layout", EVERY)
def test_simulated_is_said_in_subject_and_body(page: Notification, write: Write, layout: Layout) -> None:
    message = write(replace(page, simulated=True), layout)
    assert "SIMULATED" in message.body
    assert message.subject.startswith("SIMULATED [Firestorm]") or not message.subject
    assert "SIMULATED" not in write(page, layout).body


def test_a_text_message_fits_and_keeps_its_link_whole(page: Notification, write: Write) -> None:
    message = write(page, SMS)
    assert message.subject == ""
    assert len(message.body) <= 160
    assert message.body.startswith("Firestorm Northwind Air: refund")


def test_a_link_too_long_for_a_text_message_is_left_out_rather_than_broken(
    page: Notification, write: Write
) -> None:
    body = write(page, SMS, public_url="https://the-tower-of-a-long-name.of-a-long-domain.example").body
    assert "http" not in body
    assert body == "Firestorm Northwind Air: refund refused, 214/h, 18 expected. Open the board."


@pytest.mark.parametrize("layout", EVERY)
@pytest.mark.parametrize("limit", [160, 300, 600, 1_000, 2_000, 10_000])
def test_every_body_keeps_to_its_limit(page: Notification, write: Write, layout: Layout, limit: int) -> None:
    long = replace(page.explanation.quotes[0], text="word " * 10_000, author="x" * 5_000)
    loud = replace(page.explanation, quotes=(long,) * 5, sentences=("said " * 200,) * 3, playbook="do " * 500)
    message = write(replace(page, explanation=loud), replace(layout, body_limit=limit))
    assert 0 < len(message.body) <= limit


def test_the_more_room_the_more_voices(page: Notification, write: Write) -> None:
    def voices(limit: int) -> int:
        return write(page, replace(CHAT, body_limit=limit)).body.count("“")

    assert [voices(2_000), voices(800), voices(500)] == [3, 1, 0]


HOSTILE = (
    "<script>alert(1)</script> @everyone <!channel> <@U123> <img src=https://spy.example/p.gif> "
    "[pay here](https://phish.example) www.phish.example \u202egnp.exe\u2066 \x00\x07 "
    "line\r\nBcc: x@y.example"
)


@pytest.fixture
def hostile(page: Notification) -> Notification:
    voice = replace(page.explanation.quotes[0], text=HOSTILE, author=HOSTILE, source=HOSTILE)
    told = replace(
        page.explanation,
        headline=HOSTILE,
        label=HOSTILE,
        sentences=(HOSTILE,),
        playbook=HOSTILE,
        quotes=(voice,) * 3,
        first=(voice,),
    )
    return replace(page, explanation=told, brand="Northwind\r\nBcc: all@example.com")


@pytest.mark.parametrize("layout", EVERY)
def test_nothing_hostile_gets_through(hostile: Notification, write: Write, layout: Layout) -> None:
    message = write(hostile, layout)
    for text in (message.subject, message.body):
        assert not set(text) & {"\r", "\x00", "\x07", "\u202e", "\u2066"}
    assert "\n" not in message.subject


def test_hostile_text_is_only_text_in_a_mail(hostile: Notification, write: Write) -> None:
    read = Reader(write(hostile, MAIL).body)
    assert not read.tags & {"script", "img", "iframe", "form", "object", "link"}
    assert all(link.startswith("https://tower.example/ack/") for link in read.links)


@pytest.mark.parametrize("layout", EVERY)
def test_a_strangers_words_carry_no_link_and_call_nobody(
    hostile: Notification, write: Write, layout: Layout
) -> None:
    message = write(hostile, layout)
    for call in ("@everyone", "<!channel>", "<@U123>", "https://phish.example", "www.phish", "spy.example"):
        assert call not in message.subject + message.body
    assert "[link]" in message.body.replace("\\", "") or layout is SMS


def test_a_service_without_subjects_gets_it_on_top_of_the_body(page: Notification, write: Write) -> None:
    telegram = replace(CHAT, subject_limit=0, body_limit=600)
    message = write(page, telegram)
    assert message.subject.startswith("[Firestorm] Northwind Air")
    assert len(message.subject) + len(message.body) < 600


def test_what_is_not_known_is_a_word(page: Notification, write: Write) -> None:
    signal = replace(page.explanation.signal, authors=None, growth=None, sources=1)
    text = Reader(write(replace(page, explanation=replace(page.explanation, signal=signal)), MAIL).body).text
    assert "Authors unknown" in text
    assert "Growth unknown" in text
    assert "1 source " in text
    flat = replace(signal, growth=Growth(0.1, -0.2, 0.4), coverage=1.0)
    calm = Reader(write(replace(page, explanation=replace(page.explanation, signal=flat)), MAIL).body).text
    assert "Not growing" in calm
    assert "100 % of the expected stream is seen." in calm
    assert "larger" not in calm


def test_a_rise_of_yesterday_says_so(page: Notification, write: Write, now: datetime) -> None:
    old = replace(page, started_at=now.replace(day=6, hour=22, minute=5))
    assert "since 6 Mar 22:05 UTC" in Reader(write(old, MAIL).body).text


def test_times_are_in_the_workspaces_zone(page: Notification, config: Callable[..., Config]) -> None:
    zone = config().model_copy(update={"timezone": "Europe/Paris"})
    body = Renderer(zone).write(page, "mail", page.created_at, MAIL).body
    assert "since 14:05 CET" in Reader(body).text


def test_a_test_page_says_so_and_has_nothing_to_answer(page: Notification, write: Write) -> None:
    told = replace(page.explanation, headline="A test page of Firetower.", quotes=(), first=(), sentences=())
    test = replace(page, reason=Reason.TEST, incident_id="", explanation=told, stage=Stage.SPREADING)
    message = write(test, MAIL)
    assert message.subject == "[Test] Northwind Air: refund refused"
    text = Reader(message.body).text
    assert "This page only tests the way to you." in text
    assert "negative in the last hour" not in text
    assert "/ack/" not in message.body


def test_a_mail_too_long_for_its_service_becomes_one_line_of_plain_text(
    page: Notification, write: Write
) -> None:
    message = write(page, replace(MAIL, body_limit=300))
    assert not message.html
    assert message.body.startswith("Firestorm Northwind Air: refund refused, 214/h, 18 expected")


def test_invisible_characters_go_and_joiners_stay() -> None:
    assert one_line("a\u200bb\ufeffc\u00add") == "abcd"
    assert (
        one_line("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645")
        == "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    )
    assert one_line("two\u2028lines\tand\x85more") == "two lines and more"
    assert one_line("half a pair \ud83d") == "half a pair"


def test_shortening_keeps_whole_words_and_its_promise() -> None:
    assert shorten("short", 10) == "short"
    assert shorten("x" * 50, 10) == "x" * 9 + "…"
    assert all(len(shorten("some words of a text", length)) <= length for length in range(25))


def test_quoting_names_links() -> None:
    assert quoted("HTTPS://evil.example/a and mailto:x@y.example") == "[link] and [link]"


@pytest.mark.parametrize("layout", EVERY)
def test_a_drill_is_unmistakable(page: Notification, write: Write, layout: Layout) -> None:
    message = write(replace(page, simulated=True, drill=True), layout)
    assert message.subject.startswith("DRILL [Firestorm]") or not message.subject
    text = Reader(message.body).text if message.html else message.body
    before = text.partition("refund")[0] if layout is SMS else text.partition("Passengers say")[0]
    assert "DRILL" in before
    assert message.html or text.strip(" *").startswith("DRILL")
    assert "SIMULATED" not in message.body


@pytest.fixture
def escalated(page: Notification) -> Notification:
    said = ("Escalated to level 2: nobody acknowledged for 10 min.", *page.explanation.sentences)
    told = replace(page.explanation, sentences=said)
    return replace(page, reason=Reason.ESCALATION, level=2, explanation=told)


@pytest.mark.parametrize("layout", [layout for layout in EVERY if layout is not SMS])
def test_an_escalation_begins_with_why_it_comes(
    escalated: Notification, write: Write, layout: Layout
) -> None:
    message = write(escalated, layout)
    text = Reader(message.body).text if message.html else message.body
    assert text.index("nobody acknowledged for 10 min") < text.index("Passengers say")
    assert message.subject.startswith("[Firestorm] Escalated: Northwind Air") or not message.subject


def test_an_escalation_is_named_in_a_text_message(escalated: Notification, write: Write) -> None:
    assert write(escalated, SMS).body.startswith("Escalated: Firestorm Northwind Air")


@pytest.fixture
def night(page: Notification) -> Notification:
    said = (
        "Spreading at 02:10, Northwind Air: refund refused. Now spreading. Nobody has answered.",
        "Spreading at 23:40, Halden: late parcels. second acknowledged it at 23:44. Closed at 04:10.",
    )
    told = replace(
        page.explanation,
        headline="In your quiet hours: 2 incidents, 1 still waits for an answer.",
        label="2 incidents in your quiet hours, 1 still waits for an answer",
        sentences=said,
        quotes=(),
        first=(),
        playbook="",
    )
    return replace(
        page,
        incident_id="",
        reason=Reason.DIGEST,
        brand="Halden, Northwind Air",
        stage=Stage.SPREADING,
        explanation=told,
        channel="mail",
        about=("incident-1", "incident-2"),
    )


@pytest.mark.parametrize("layout", [layout for layout in EVERY if layout is not SMS])
def test_a_digest_has_a_line_and_a_link_for_each_incident(
    night: Notification, write: Write, layout: Layout, now: datetime
) -> None:
    message = write(night, layout)
    text = Reader(message.body).text if message.html else message.body
    links = re.findall(r"https://tower\.example/ack/([\w.-]+)", message.body)
    signer = Signer("a secret of enough characters")
    told = dict.fromkeys(signer.check(token, now).incident_id for token in links)
    assert list(told) == ["incident-1", "incident-2"]
    for part in ("2 incidents, 1 still waits", "Nobody has answered.", "second acknowledged it at 23:44."):
        assert part in text
    assert "negative in the last hour" not in text
    assert message.stage is Stage.CALM
    assert message.subject.startswith("[Digest] Halden, Northwind Air: 2 incidents") or not message.subject


def test_a_digest_in_a_text_message_links_to_what_waits(
    night: Notification, write: Write, now: datetime
) -> None:
    body = write(night, SMS).body
    assert len(body) <= 160
    token = body.rpartition("/")[2]
    assert Signer("a secret of enough characters").check(token, now).incident_id == "incident-1"


@pytest.mark.parametrize("limit", [300, 500, 800, 1_000])
def test_a_digest_that_does_not_fit_says_how_many_are_left(
    night: Notification, write: Write, limit: int
) -> None:
    many = replace(
        night,
        explanation=replace(night.explanation, sentences=night.explanation.sentences * 10),
        about=tuple(f"incident-{number}" for number in range(20)),
    )
    body = write(many, replace(CHAT, body_limit=limit)).body
    shown = body.count("/ack/")
    assert len(body) <= limit
    assert shown >= 1
    assert f"and {20 - shown} more on the board" in body or shown == 1


def test_strangers_words_are_escaped_where_markdown_is_read(hostile: Notification, write: Write) -> None:
    told = replace(hostile.explanation, headline="**loud** `code` [a](b) ~~no~~ # x")
    body = write(replace(hostile, explanation=told), MARKDOWN).body
    assert r"\*\*loud\*\* \`code\` \[a\](b) \~\~no\~\~ \# x" in body
