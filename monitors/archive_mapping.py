"""Which column of an archive is what: guessed from names and values, shown, and overridable."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

from core.errors import ConfigError
from core.validation import hint
from monitors.archive_rows import Sample
from monitors.dates import has_zone, read_time
from monitors.normalize import plain_text, shorten

_NAMES = {
    "id": "id tweet_id id_str status_id post_id comment_id review_id article_id mention_id native_id guid "
    "uuid uri objectid",
    "time": "created_at event_at published_at published tweet_created created created_utc date_published "
    "datetime timestamp time ts date posted_at pubdate",
    "text": "full_text text content body message tweet post review comment selftext snippet description "
    "summary",
    "title": "title headline subject",
    "author": "author author_name username user_name screen_name handle user name author_id user_id",
    "url": "url link permalink href",
    "brand": "brand brand_name company",
    "language": "language lang",
}
"""What columns are called in archives of Twitter, Reddit, news and this product's own export; best first."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Column names by what they hold; "" where the archive has no such column."""

    id: str = ""
    text: str = ""
    time: str = ""
    author: str = ""
    title: str = ""
    url: str = ""
    brand: str = ""
    language: str = ""


FIELDS = tuple(item.name for item in fields(Mapping))


def guess_mapping(sample: Sample) -> Mapping:
    """Return the likeliest column for each field: by its name where its values fit, else by its values."""
    by_name = {field: _by_name(field, sample) for field in FIELDS}
    by_name["time"] = by_name["time"] or _first_time(sample)
    if not by_name["text"] and not by_name["title"]:
        by_name["text"] = _wordiest(sample)
    return Mapping(**by_name)


def override(mapping: Mapping, pairs: Sequence[str], columns: Sequence[str]) -> Mapping:
    """Return `mapping` with each `field=column` of `pairs` put in; raises `ConfigError`.

    >>> override(Mapping(text="body"), ["text=summary", "author="], ["body", "summary"]).text
    'summary'
    """
    for pair in pairs:
        field, equals, column = (part.strip() for part in pair.partition("="))
        if not equals:
            raise ConfigError(f"--map {pair}: write field=column, such as text=body")
        if field not in FIELDS:
            raise ConfigError(f"--map {pair}: unknown field {field!r}{hint(field, FIELDS)}")
        if column and column not in columns:
            raise ConfigError(f"--map {pair}: the archive has no column {column!r}{hint(column, columns)}")
        mapping = replace(mapping, **{field: column})
    return mapping


def check_mapping(mapping: Mapping, sample: Sample) -> None:
    """Raise `ConfigError` unless rows can be read with `mapping`; the message says what to add."""
    has = f"its columns are {', '.join(shorten(name, 40) for name in sample.columns[:40]) or 'none'}"
    if not mapping.time:
        raise ConfigError(f"no column of the archive looks like a time; say --map time=COLUMN ({has})")
    if not mapping.text and not mapping.title:
        raise ConfigError(f"no column of the archive looks like text; say --map text=COLUMN ({has})")


def explain_mapping(mapping: Mapping, sample: Sample) -> tuple[str, ...]:
    """Return one line per field for people: which column it comes from, with an example."""
    lines = []
    for field in FIELDS:
        column = getattr(mapping, field)
        example = next(iter(sample.values(column)), "") if column else ""
        lines.append(f"{field:<8} <- {column or '(none)'}{_example(field, example)}")
    return tuple(lines)


def _example(field: str, value: str) -> str:
    if not value:
        return ""
    at = read_time(value) if field == "time" else None
    if at is None:
        return f"  e.g. {plain_text(value, 60)}"
    zone = "" if has_zone(value) else " (no zone: read as UTC)"
    return f"  e.g. {plain_text(value, 60)} = {at:%Y-%m-%dT%H:%M:%SZ}{zone}"


def _by_name(field: str, sample: Sample) -> str:
    plain = {_plain(column): column for column in reversed(sample.columns)}
    fits = _FITS.get(field, _any)
    known = (plain[name] for name in _NAMES[field].split() if name in plain)
    return next((column for column in known if fits(sample.values(column))), "")


def _plain(column: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_")


def _share(values: list[str], test: Callable[[str], object]) -> float:
    return sum(bool(test(value)) for value in values) / len(values) if values else 0.0


def _any(values: list[str]) -> bool:
    return bool(values)


def _are_ids(values: list[str]) -> bool:
    """Ids differ; an archive that repeats a post under each brand repeats its id a few times."""
    return bool(values) and len(set(values)) > 0.2 * len(values)


def _are_times(values: list[str]) -> bool:
    return _share(values, read_time) > 0.5


def _are_texts(values: list[str]) -> bool:
    return _share(values, lambda value: re.search(r"[^\W\d_]", value)) > 0.5


def _are_links(values: list[str]) -> bool:
    return _share(values, lambda value: value.startswith(("http://", "https://"))) > 0.5


_FITS = {"id": _are_ids, "time": _are_times, "text": _are_texts, "title": _are_texts, "url": _are_links}
"""What the values of a column must look like, beside its name."""


def _first_time(sample: Sample) -> str:
    """Return the first column of written dates; bare numbers may be anything."""
    for column in sample.columns:
        values = [value for value in sample.values(column) if not value.replace(".", "").isdigit()]
        if _are_times(values):
            return column
    return ""


def _wordiest(sample: Sample) -> str:
    """Return the column with the most words per row, "" when none has three."""
    words = {
        column: sum(len(value.split()) for value in sample.values(column)) / len(sample.rows)
        for column in sample.columns
        if sample.rows
    }
    best = max(words, key=lambda column: words[column], default="")
    return best if best and words[best] >= 3 else ""
