"""The keys of a `[[source]]` table of kind `reddit`, and the listings that follow from them."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from core.config import BrandConfig
from core.errors import ConfigError
from monitors.brands import chosen, phrases
from monitors.reddit_api.keys import KeyOptions
from monitors.reddit_api.listing import Listing

LISTED = 1_000
"""Items that a listing reaches back, https://www.reddit.com/dev/api#listings."""
FOUND = 250
"""Items that a search reaches back, as its users have counted; the API page does not say."""
MOST_SUBREDDITS = 100
"""As many as Reddit takes in one list."""
LONGEST_SEARCH = 512
"""Characters that Reddit's search takes."""
_ENDLESS = frozenset({"all", "popular"})


def _can_be_followed(name: str) -> str:
    if name.lower() in _ENDLESS:
        raise ValueError(f"r/{name} is too much to follow; name subreddits, or use search")
    return name


Subreddit = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.]{1,22}$", examples=["apple", "u_spez"]),
    AfterValidator(_can_be_followed),
]
"""A name without `r/`."""


class RedditOptions(KeyOptions):
    """The keys of a `[[source]]` table of kind `reddit`."""

    subreddits: tuple[Subreddit, ...] = Field(default=(), max_length=MOST_SUBREDDITS)
    """Whose comments and submissions are read."""
    brand: str = ""
    """Which brand to search all of Reddit for; may be left out when there is only one and no `subreddits`."""
    search: str = Field(default="", max_length=LONGEST_SEARCH)
    """The search as Reddit understands it; default: from the brand's query. It finds submissions only."""


def search_for(options: RedditOptions, brands: Sequence[BrandConfig]) -> str:
    """Return the search over all of Reddit, "" when only subreddits are asked for; raises `ConfigError`."""
    if options.search or (options.subreddits and not options.brand):
        return options.search
    search = " OR ".join(phrases(chosen(options.brand, brands)))
    if len(search) > LONGEST_SEARCH:
        raise ConfigError(
            f"key search: write one; the brand's query has more than {LONGEST_SEARCH} characters"
        )
    return search


def listings(subreddits: Sequence[str], search: str) -> Iterator[Listing]:
    """Yield the listings to read.

    The search reaches back a week, so that nothing is lost in an outage. `raw_json` is the library's.
    """
    if subreddits:
        several = "+".join(subreddits)
        for key, path in (("comments", f"r/{several}/comments/"), ("submissions", f"r/{several}/new")):
            yield Listing(key, f"the {key} of r/{several}"[:80], path, {}, LISTED)
    if search:
        query = {"q": search, "sort": "new", "t": "week", "type": "link", "restrict_sr": "false"}
        yield Listing("search", "the search", "r/all/search/", query, FOUND)
