"""`firetower.toml` as a whole: read, checked, and completed with the signing secret."""

import secrets as random_secrets
import tomllib
import zoneinfo
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from shlex import quote
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from core.config.brand import BrandConfig
from core.config.changes import Change, changed
from core.config.channel import ChannelConfig
from core.config.settings import (
    BoardConfig,
    DetectionConfig,
    HeartbeatConfig,
    ModelsConfig,
    PagingConfig,
    PrivacyConfig,
    RetentionConfig,
    WeeklyConfig,
)
from core.config.source import SOURCE_KEYS, SourceConfig
from core.config.table import Table
from core.errors import ConfigError
from core.secret import secrets_in, signing_secret
from core.validation import hint, nearest, validate

FILE = "firetower.toml"


class _File(Table):
    """What `firetower.toml` may hold."""

    public_url: str = ""
    """Where people reach the board, such as `https://firetower.example.com`: links in pages need it."""
    timezone: str = "UTC"
    """IANA name; times are shown in it."""
    brands: tuple[BrandConfig, ...] = Field(default=(), validation_alias="brand")
    sources: tuple[SourceConfig, ...] = Field(default=(), validation_alias="source")
    channels: tuple[ChannelConfig, ...] = Field(default=(), validation_alias="channel")
    board: BoardConfig = BoardConfig()
    detection: DetectionConfig = DetectionConfig()
    models: ModelsConfig = ModelsConfig()
    paging: PagingConfig = PagingConfig()
    heartbeat: HeartbeatConfig | None = None
    weekly: WeeklyConfig = WeeklyConfig()
    retention: RetentionConfig = RetentionConfig()
    privacy: PrivacyConfig = PrivacyConfig()

    @field_validator("public_url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("should be a whole address such as https://firetower.example.com")
        return url.rstrip("/")

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        known = zoneinfo.available_timezones()
        if name not in known:
            near = nearest(name, known) or "Europe/Paris"
            raise ValueError(f"{name[:40]!r} is not a time zone; write it as {near!r}")
        return name

    @field_validator("brands", "sources", "channels")
    @classmethod
    def _names_differ(cls, tables: Sequence[Table]) -> Sequence[Table]:
        names = Counter(str(getattr(table, "name", "")).casefold() for table in tables)
        twice = sorted(name for name, count in names.items() if count > 1)
        if twice:
            raise ValueError(f"several are called {', '.join(map(repr, twice))}; give each a name of its own")
        return tables

    @model_validator(mode="after")
    def _names_exist(self) -> "_File":
        brands = [brand.name for brand in self.brands]
        for brand in self.brands:
            _require(brand.rivals, [name for name in brands if name != brand.name], f"rival of {brand.name}")
        _require(self.weekly.send_to, [channel.name for channel in self.channels], "send_to of [weekly]")
        return self


def _require(names: Sequence[str], known: Sequence[str], role: str) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"{role}: {name!r} is not configured{hint(name, known)}")


class Config(_File):
    """The file and the signing secret: all that a workspace is told by people."""

    secret: SecretStr = Field(default_factory=lambda: SecretStr(random_secrets.token_urlsafe(32)))
    """Signs the links in pages, and keys the pseudonyms of authors."""


def load_config(workspace: Path, environ: Mapping[str, str], changes: Sequence[Change] = ()) -> Config:
    """Return the configuration of the folder `workspace`, with `changes` in it; raises `ConfigError`.

    The signing secret comes from `FIRETOWER_SECRET`, else from the file `secret`, which is made
    when it is missing.
    """
    context = {"environ": environ, "workspace": workspace}
    file = validate(_File, _named_sources(changed(_read(workspace / FILE), changes)), FILE, context=context)
    values = {name: getattr(file, name) for name in _File.model_fields}
    return Config(**values, secret=SecretStr(signing_secret(workspace, environ)))


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        remedy = f"firetower init --workspace {quote(str(path.parent))}"
        raise ConfigError(f"{path} does not exist; `{remedy}` writes one") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}; text needs quotes, lists need brackets") from None


def _named_sources(raw: dict[str, object]) -> dict[str, object]:
    """Set each source's own options apart from the keys that all sources share."""
    tables = raw.get("source")
    if not isinstance(tables, list):
        return raw
    return {**raw, "source": [_split(table, number) for number, table in enumerate(tables, start=1)]}


def _split(table: object, number: int) -> object:
    if not isinstance(table, dict):
        return table
    shared = {key: table[key] for key in SOURCE_KEYS if key in table}
    options = {key: value for key, value in table.items() if key not in SOURCE_KEYS}
    return {**shared, "options": options, "place": f"{FILE}: [[source]] {number}"}


def secrets(config: Config) -> tuple[str, ...]:
    """Return everything that must never be logged: the signing secret, URLs and the tokens inside them."""
    found = {config.secret.get_secret_value()}
    urls = [channel.url for channel in config.channels]
    urls += [config.heartbeat.url] if config.heartbeat else []
    for url in urls:
        found |= secrets_in(url.get_secret_value())
    return tuple(sorted(found, key=len, reverse=True))
