from datetime import UTC, datetime
from typing import Any

import pytest

from core.clock import ManualClock
from core.config import BrandConfig
from core.errors import ConfigError
from monitors.catalog import Context
from monitors.google_news import GoogleNewsMonitor, GoogleNewsOptions
from monitors.http import HttpClient

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
ACME = BrandConfig(name="Acme", query='acme OR "acme cola" -coyote')
OTHER = BrandConfig(name="Other")

# Synthetic, by the documented shape of Google's search feed.
ARTICLE = (
    '<item><title>Acme recalls {0} - The Example</title><guid isPermaLink="false">CBMi{0}</guid>'
    "<link>https://news.google.com/rss/articles/CBMi{0}</link>"
    "<pubDate>Fri, 01 May 2026 11:00:00 GMT</pubDate>"
    '<description>&lt;a href="x"&gt;Acme recalls {0}&lt;/a&gt;&amp;nbsp;The Example</description>'
    '<source url="https://example.example">The Example</source></item>'
)


def feed(numbers: range) -> bytes:
    items = "".join(ARTICLE.format(number) for number in numbers)
    return f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()


def make(http: HttpClient, *brands: BrandConfig, **options: str) -> GoogleNewsMonitor:
    return GoogleNewsMonitor(
        "gn", 60.0, GoogleNewsOptions(**options), Context(brands, http, ManualClock(NOW))
    )


async def test_the_publisher_moves_from_the_title_to_the_author(web: Any, http: HttpClient) -> None:
    web.say("/search", body=feed(range(1)))
    (mention,) = (await make(http, ACME, base_url=web.url + "/search").fetch("")).mentions
    assert (mention.title, mention.text, mention.author) == ("Acme recalls 0", "", "The Example")
    assert (mention.native_id, mention.body) == ("CBMi0", "Acme recalls 0")


async def test_the_search_is_made_from_the_brands_query(httpserver: Any, http: HttpClient) -> None:
    expected = {"q": '"acme" OR "acme cola" when:1h', "hl": "de-DE", "gl": "DE", "ceid": "DE:de"}
    httpserver.expect_oneshot_request("/search", query_string=expected).respond_with_data(feed(range(1)))
    options = {"language": "de-DE", "country": "DE", "base_url": httpserver.url_for("/search")}
    await make(http, OTHER, ACME, brand="Acme", **options).fetch("")
    httpserver.check_assertions()


@pytest.mark.parametrize(("count", "complete"), [(3, True), (100, False)])
async def test_only_a_full_page_without_known_articles_may_hide_some(
    web: Any, http: HttpClient, count: int, complete: bool
) -> None:
    web.say("/search", body=feed(range(count)))
    web.say("/search", body=feed(range(1000, 1000 + count)))
    monitor = make(http, ACME, base_url=web.url + "/search")
    first = await monitor.fetch("")
    assert (await monitor.fetch(first.cursor)).complete is complete


@pytest.mark.parametrize(
    ("brands", "brand", "message"),
    [
        ((ACME, OTHER), "", "which brand"),
        ((ACME, OTHER), "acne", "did you mean 'Acme'"),
        ((), "", "which brand"),
    ],
)
async def test_a_brand_that_cannot_be_searched_is_told(
    http: HttpClient, brands: tuple[BrandConfig, ...], brand: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        make(http, *brands, brand=brand)
