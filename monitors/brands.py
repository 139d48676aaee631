"""What a source that looks for one brand needs to know of it."""

from collections.abc import Iterable

from core.config import BrandConfig
from core.errors import ConfigError
from core.query import parse, search_terms
from core.validation import hint


def chosen(name: str, brands: Iterable[BrandConfig]) -> BrandConfig:
    """Return the brand called `name`; the name may be left out when there is only one brand.

    Raises `ConfigError`.
    """
    known = {brand.name: brand for brand in brands}
    if not name and len(known) == 1:
        return next(iter(known.values()))
    if name not in known:
        what = f"unknown brand {name!r}" if name else "say which brand it is for, key brand"
        raise ConfigError(f"{what}{hint(name, known)}")
    return known[name]


def phrases(brand: BrandConfig) -> tuple[str, ...]:
    """Return quoted phrases of which every text that the brand's query finds holds at least one.

    >>> phrases(BrandConfig(name="Acme", query='acme OR "acme cola" -coyote'))
    ('"acme"', '"acme cola"')
    """
    terms = search_terms(parse(brand.query))
    return tuple(term if term.startswith('"') else f'"{term}"' for term in terms)
