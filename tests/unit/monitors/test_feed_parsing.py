import json
import sys
from datetime import UTC, datetime

import pytest

from core.errors import Temporary
from monitors.feedparse import Origin, parse_feed
from monitors.parsing import LARGE, FeedParser

ITEM = "<item><guid>{0}</guid><title>Title {0}</title><link>https://n.example/{0}</link></item>"


def rss(*items: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'.encode()


def numbered(count: int) -> bytes:
    return rss(*(ITEM.format(number) for number in range(count)))


def test_an_item_is_read_whole() -> None:
    body = rss(
        "<item><guid>g1</guid><title><![CDATA[A <b>bad</b> day<script>x()</script>]]></title>"
        "<link>https://n.example/1</link><author>Someone</author>"
        "<pubDate>Fri, 01 May 2026 12:00:00 GMT</pubDate>"
        "<description>&lt;p&gt;short&lt;/p&gt;</description></item>",
        head="<language>en-gb</language><ttl>30</ttl>",
    )
    document = parse_feed(body, Origin("application/rss+xml", "https://n.example/feed"))
    (item,) = document.items
    assert (item.given_id, item.title, item.text) == ("g1", "A bad day", "short")
    assert (item.link, item.author, item.language) == ("https://n.example/1", "Someone", "en-gb")
    assert item.at == datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert (document.whole, document.fresh_seconds) == (True, 1800.0)


def test_full_content_is_preferred_to_the_summary() -> None:
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><summary>short</summary>'
        b'<content type="html">&lt;p&gt;the whole story&lt;/p&gt;</content></entry></feed>'
    )
    assert parse_feed(body, Origin()).items[0].text == "the whole story"


def test_relative_links_are_resolved_and_scripts_are_no_links() -> None:
    body = rss(
        "<item><title>a</title><link>/a</link></item><item><title>b</title><link>javascript:x()</link></item>"
    )
    found = parse_feed(body, Origin("text/xml", "https://n.example/feed"))
    assert [item.link for item in found.items] == ["https://n.example/a", ""]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<!DOCTYPE html><html><body>Are you a robot?</body></html>", "a web page, not a feed"),
        (b"<html><head></head></html>", "a web page, not a feed"),
        (b"hello", "something that is no feed"),
        (b"\x00\x01\x02" * 100, "something that is no feed"),
        (b'{"error": 1}', "JSON that is no JSON Feed"),
        (b'{"items": [', "JSON that cannot be read"),
        (b"[" * 100_000, "JSON that cannot be read"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, problem: str) -> None:
    document = parse_feed(body, Origin("text/html"))
    assert (document.items, document.problem) == ((), f"answered with {problem}")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "cp1251", "koi8-r"])
def test_encodings_are_honoured(encoding: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><item><title>Привет</title>'
    )
    body = (text + "</item></channel></rss>").encode(encoding)
    assert parse_feed(body, Origin("application/xml")).items[0].title == "Привет"


def test_wrongly_declared_encodings_lose_letters_not_items() -> None:
    body = numbered(3).replace(b"Title 1", b"caf\xe9")
    titles = [item.title for item in parse_feed(body, Origin("text/xml; charset=utf-8")).items]
    assert (len(titles), titles[1][:3]) == (3, "caf")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_feed_cut_within_an_item_keeps_the_whole_items(encoding: str) -> None:
    text = numbered(5).decode().replace('version="1.0"', f'version="1.0" encoding="{encoding}"', 1)
    body = text[: text.index("Title 4") + 3].encode(encoding)
    document = parse_feed(body, Origin("application/xml"))
    assert [item.given_id for item in document.items] == ["0", "1", "2", "3"]
    assert (document.whole, document.cut) == (False, 1)


def test_a_feed_cut_between_items_keeps_them_all() -> None:
    body = numbered(5)
    document = parse_feed(body[: body.rindex(b"</item>") + 7], Origin())
    assert (len(document.items), document.whole, document.cut) == (5, False, 0)


def test_ill_formed_is_not_cut_off() -> None:
    document = parse_feed(numbered(3).replace(b"Title 1", b"R&D & <br>"), Origin())
    assert (len(document.items), document.whole) == (3, True)


def test_a_blank_line_before_the_declaration_is_forgiven() -> None:
    assert len(parse_feed(b"\n\n" + numbered(2), Origin("text/xml")).items) == 2


def test_billion_laughs_do_not_expand() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = (
        f'<!DOCTYPE rss [<!ENTITY l0 "lol">{entities}]><rss version="2.0"><channel><item><title>&l11;</title>'
    )
    document = parse_feed((body + "</item></channel></rss>").encode(), Origin())
    assert all(len(item.title) <= 500 for item in document.items)


def test_external_entities_are_not_read() -> None:
    body = b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item>'
    document = parse_feed(body + b"<title>a&x;b</title></item></channel></rss>", Origin())
    assert "root" not in document.items[0].title


def test_json_feed() -> None:
    items = [
        {
            "id": 7,
            "url": "https://n.example/7",
            "content_html": "<p>Hi</p>",
            "date_published": "2026-05-01T12:00:00Z",
        },
        {"id": "8", "title": "T", "authors": [{"name": "Ann"}], "content_text": "x \ud800"},
        "nonsense",
    ]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()
    one, two = parse_feed(body, Origin()).items
    assert (one.given_id, one.text, one.at) == ("7", "Hi", datetime(2026, 5, 1, 12, tzinfo=UTC))
    assert (two.author, two.at, two.text) == ("Ann", None, "x")


async def test_a_large_feed_is_parsed_in_a_process_to_the_same_result() -> None:
    body = numbered(4000)
    assert len(body) > LARGE
    origin = Origin("text/xml", "https://n.example/feed")
    assert await FeedParser().parse(body, origin) == parse_feed(body, origin)


async def test_a_process_that_dies_costs_only_its_feed() -> None:
    parser = FeedParser(command=(sys.executable, "-c", "import os; os.abort()"))
    for _ in range(3):  # more often than there are slots
        with pytest.raises(Temporary, match="crashed its parser"):
            await parser.parse(numbered(4000), Origin())
    assert len((await parser.parse(numbered(2), Origin())).items) == 2


async def test_a_process_that_hangs_is_killed_and_its_slot_is_free_again() -> None:
    parser = FeedParser(slots=1, timeout=0.3, command=(sys.executable, "-c", "import time; time.sleep(60)"))
    for _ in range(2):
        with pytest.raises(Temporary, match=r"over 0\.3 s"):
            await parser.parse(numbered(4000), Origin())
