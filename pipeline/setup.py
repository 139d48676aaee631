"""`firetower init`: writes a workspace that works at once, and says what needs a key."""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory

import typer

from alerts.channels import validate
from core.config import FILE, Config, load_config
from core.errors import ConfigError
from core.query import simple_query
from core.secret import ensure_secret
from pipeline.check import check_sources

_HEAD = """\
# Firetower's configuration. docs/configuration.md explains every key; `firetower check` says what is wrong.

# Where people reach the board, such as "https://firetower.example.com": the links in pages need it.
public_url = {public_url}

# Times are shown in this time zone, such as "Europe/Paris".
timezone = "UTC"

# Brands. A query says which mentions are a brand's own: words, "phrases", @handles, #hashtags,
# AND, OR, NOT (or -word) and brackets.
"""

_BRAND = """
[[brand]]
name = {name}
query = {query}
"""

_SOURCES = """
# Sources. A name is part of the identity of what comes from there: choose it once.
"""

_NEWS = """
[[source]]   # Google News, searched for this brand; it needs no key
kind = "google_news"
name = {name}
brand = {brand}
interval = "10m"
"""

_FEED = """
[[source]]
kind = "rss"
name = {name}
url = {url}
interval = "5m"
"""

_CHANNELS = """
# Channels: where pages go, as Apprise URLs (https://appriseit.com/services/). An URL may hold a password:
# it stands in a file of its own (url_file) or in an environment variable (url_env = "NAME").
# stage is the lowest stage that is sent there: "spreading" or "firestorm".
"""

_NO_CHANNEL = """\
#
# [[channel]]
# name = "mail"
# url_env = "FIRETOWER_MAIL"   # for instance mailtos://user:password@mail.example.com?to=you@example.com
"""

_CHANNEL = """
[[channel]]
name = {name}
url_file = {file}
stage = "spreading"
"""

_TAIL = """
[board]
host = "127.0.0.1"   # only this machine; anybody who reaches another address can read the board
port = 8501

[detection]
needless_pages_per_week = 0.5   # for each brand; fewer means later and surer pages
"""


def ask(question: str) -> list[str]:
    """Return the names that a person types, separated by commas; raises `ConfigError` without a terminal."""
    if not sys.stdin.isatty():
        raise ConfigError("no brand was named; try `firetower init --brand Acme`")
    answer = str(typer.prompt(f"{question} (several: separate them with commas)"))
    return [name.strip() for name in answer.split(",") if name.strip()]


def init_workspace(
    folder: Path,
    brands: Sequence[str],
    feeds: Sequence[str],
    channel_urls: Sequence[str],
    public_url: str = "",
) -> str:
    """Write `firetower.toml`, the signing secret and one file per channel URL into `folder`.

    Returns what was written, what needs a key and what to do next, in words. Raises `ConfigError`,
    and writes nothing, when one of these files exists or when something in it would be wrong.
    """
    if folder.is_file():
        raise ConfigError(f"{folder} is a file, not a folder; give another --workspace")
    files = _files(brands, feeds, channel_urls, public_url)
    _refuse_to_overwrite(folder, files)
    try:
        with TemporaryDirectory() as draft:
            _write(Path(draft), files)
            config = _tried(Path(draft))
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder, files)
    except OSError as error:
        raise ConfigError(f"cannot write into {folder}: {error.strerror}") from None
    except UnicodeEncodeError:
        raise ConfigError("nothing was written: a name or address is not valid Unicode") from None
    ensure_secret(folder)
    return _explanation(folder, config)


def _files(
    brands: Sequence[str], feeds: Sequence[str], channel_urls: Sequence[str], public_url: str
) -> dict[str, str]:
    """Return what to write, by file name, `firetower.toml` first."""
    channels = named_channels(channel_urls)
    toml = _toml(brands, feeds, tuple(channels), public_url)
    return {FILE: toml} | {f"{name}.url": f"{url}\n" for name, url in channels.items()}


def named_channels(urls: Sequence[str]) -> dict[str, str]:
    """Return channel URLs by a name made from their scheme; raises `ConfigError` for one that cannot work."""
    channels = dict(zip(_unique(_scheme(url) for url in urls), urls, strict=True))
    for place, (name, url) in enumerate(channels.items(), start=1):
        if reason := validate(url):
            raise ConfigError(f"--channel {place} ({name}): {reason}")
    return channels


def _toml(brands: Sequence[str], feeds: Sequence[str], channels: Sequence[str], public_url: str) -> str:
    return "".join(
        [
            _HEAD.format(public_url=_quoted(public_url)),
            *(_BRAND.format(name=_quoted(name), query=_quoted(simple_query(name))) for name in brands),
            _SOURCES,
            *_source_tables(brands, feeds),
            _CHANNELS,
            *(_CHANNEL.format(name=_quoted(name), file=_quoted(f"{name}.url")) for name in channels),
            *([] if channels else [_NO_CHANNEL]),
            _TAIL,
        ]
    )


def _source_tables(brands: Sequence[str], feeds: Sequence[str]) -> Iterator[str]:
    names = iter(_unique([*(f"news-{_slug(brand)}" for brand in brands), *_feed_names(feeds)]))
    for brand in brands:
        yield _NEWS.format(name=_quoted(next(names)), brand=_quoted(brand))
    for url in feeds:
        yield _FEED.format(name=_quoted(next(names)), url=_quoted(url))


def _quoted(text: str) -> str:
    """Return `text` as a TOML string; JSON's escapes are TOML's, but for U+007F."""
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _feed_names(feeds: Sequence[str]) -> Iterator[str]:
    """Name each feed after its host, and after its path too where the host has several."""
    hosts = [_host(url) for url in feeds]
    for host, url in zip(hosts, feeds, strict=True):
        path = re.sub(r"^\w+://[^/?#]*([^?#]*).*", r"\1", url, flags=re.DOTALL)
        yield _slug(f"{host}-{path}") if hosts.count(host) > 1 else host


def _host(url: str) -> str:
    """Return what people call a feed: the host of its address."""
    return _slug(re.sub(r"^\w+://(?:[^/@]*@)?(?:www\.)?([^/:?#]*).*", r"\1", url, flags=re.DOTALL))


def _slug(text: str) -> str:
    """Return `text` as a name of letters, digits, dots and dashes; "source" where nothing is left."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower())[:50].strip(".-") or "source"


def _scheme(url: str) -> str:
    scheme = re.sub(r"[^a-z0-9]+", "", url.partition("://")[0].lower())[:20]
    return {"mailto": "mail", "mailtos": "mail"}.get(scheme, scheme or "channel")


def _unique(names: Iterable[str]) -> list[str]:
    """Return `names` with a number behind those that were there before."""
    given: list[str] = []
    for name in names:
        numbered = (f"{name}-{number}" for number in range(2, len(given) + 3))
        given.append(next(free for free in (name, *numbered) if free not in given))
    return given


def _refuse_to_overwrite(folder: Path, files: Iterable[str]) -> None:
    for name in files:
        if (folder / name).exists():
            remedy = "edit it, move it away, or give another --workspace"
            raise ConfigError(f"{folder / name} exists already and is left as it is; {remedy}")


def _write(folder: Path, files: dict[str, str]) -> None:
    """Write new files for their owner only, `firetower.toml` last: with it the workspace is whole."""
    for name, text in reversed(files.items()):
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)


def _tried(draft: Path) -> Config:
    """Load the draft and build its sources as a run would; raises `ConfigError`."""
    try:
        config = load_config(draft, {})
        wrong = [finding.message for finding in check_sources(config) if finding.level == "error"]
    except ConfigError as error:
        wrong = [str(error)]
    if wrong:
        raise ConfigError("\n".join(["nothing was written:", *wrong]))
    return config


def _explanation(folder: Path, config: Config) -> str:
    brands = ", ".join(brand.name for brand in config.brands)
    channels = ", ".join(channel.name for channel in config.channels)
    place = quote(str(folder))
    lines = [
        f"{folder / FILE} watches {brands}.",
        "No key is needed: Google News and feeds (RSS, Atom, JSON Feed) are open.",
        f"Pages go to {channels}; the URLs stand in files of their own, for your eyes only."
        if channels
        else "Nobody is paged yet: add a [[channel]] table; most services want a password or token.",
        "Links in pages lead to the board."
        if config.public_url
        else "Pages have no links until public_url is set.",
        f"Next: firetower check --workspace {place}, then firetower run --workspace {place}",
    ]
    return "\n".join(lines)
