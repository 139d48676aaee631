"""Google News search by brand, as RSS.

https://news.google.com/rss/search?q=…&hl=en-US&gl=US&ceid=US:en gives up to 100 articles; `when:1h`
in the search limits their age. The interface is not official; it answers 429 and 503 to those who
ask more than about once a minute, and its terms allow personal use.
"""

from dataclasses import replace
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from core.config import BrandConfig
from core.records import Mention
from monitors.brands import chosen, phrases
from monitors.catalog import Context
from monitors.documents import Item
from monitors.rss import FeedReader, WebAddress

PAGE = 100
"""The most that one answer holds."""


class GoogleNewsOptions(BaseModel):
    """The keys of a `[[source]]` table of kind `google_news`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    brand: str = ""
    """Which brand to search for; may be left out when there is only one."""
    search: str = ""
    """The search as Google understands it; default: from the brand's query."""
    language: str = Field(
        default="en-US", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,4})?$", examples=["en-US", "fr"]
    )
    country: str = Field(default="US", pattern=r"^[A-Z]{2}$", examples=["US", "FR"])
    when: str = Field(default="1h", pattern=r"^\d{1,3}[hdmy]$", examples=["1h", "7d", "2m"])
    """Age of the oldest article: hours, days, months or years."""
    base_url: WebAddress = "https://news.google.com/rss/search"
    """Another address that answers in the same way, such as a proxy of one's own."""


class GoogleNewsMonitor(FeedReader):
    """Searches Google News for one brand."""

    kind: ClassVar[str] = "google_news"
    about: ClassVar[str] = "Headlines that Google News finds for a brand; not official, for personal use"
    needs: ClassVar[str] = "nothing"
    may_train: ClassVar[bool] = True
    default_interval: ClassVar[float] = 300.0
    Options = GoogleNewsOptions

    def __init__(self, name: str, interval: float, options: GoogleNewsOptions, context: Context) -> None:
        search = options.search or search_for(chosen(options.brand, context.brands))
        super().__init__(name, interval, _address(search, options), context)

    def _may_have_lost(self, ids: tuple[str, ...], seen: set[str]) -> bool:
        """Only a full page may hide something: in a short one, old articles left because of their age."""
        return len(ids) >= PAGE and super()._may_have_lost(ids, seen)

    def _mention(self, native: str, item: Item, seen_at: datetime) -> Mention:
        """Take the publisher out of the title; the summary only repeats both, as a list of links."""
        title = item.title.removesuffix(f" - {item.publisher}") if item.publisher else item.title
        plain = replace(item, title=title, text="", author=item.publisher or item.author)
        return super()._mention(native, plain, seen_at)


def search_for(brand: BrandConfig) -> str:
    """Return Google's search for what a brand's query may find; the matcher decides afterwards.

    >>> search_for(BrandConfig(name="Acme", query='acme OR "acme cola" -coyote'))
    '"acme" OR "acme cola"'
    """
    return " OR ".join(phrases(brand))


def _address(search: str, options: GoogleNewsOptions) -> str:
    language = options.language.partition("-")[0]
    query = {
        "q": f"{search} when:{options.when}",
        "hl": options.language,
        "gl": options.country,
        "ceid": f"{options.country}:{language}",
    }
    return f"{options.base_url}?{urlencode(query)}"
