"""The configuration of a workspace: `firetower.toml`, secrets from the environment or from files."""

import re
import secrets as random_secrets
import tomllib
import zoneinfo
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from core.errors import ConfigError, QuerySyntaxError
from core.query import parse, simple_query
from core.secret import ensure_secret, secrets_in, signing_secret
from core.validation import Seconds, nearest, validate

__all__ = [
    "BoardConfig",
    "BrandConfig",
    "ChannelConfig",
    "Config",
    "DetectionConfig",
    "SourceConfig",
    "ensure_secret",
    "load_config",
    "secrets",
    "validate",
]

FILE = "firetower.toml"

Form = Literal["email", "chat", "phone"]
M = TypeVar("M", bound=BaseModel)

_MAIL_SCHEMES = frozenset(
    {"brevo", "mailersend", "mailgun", "mailto", "mailtos", "o365", "postmark", "resend", "sendgrid"}
    | {"sendpulse", "ses", "smtp2go", "sparkpost"}
)
_PHONE_SCHEMES = frozenset(
    {"bulksms", "clickatell", "clicksend", "d7sms", "kavenegar", "msg91", "nexmo", "octopush", "plivo"}
    | {"pover", "prowl", "seven", "signal", "signals", "sinch", "smseagle", "sns", "telnyx", "threema"}
    | {"twilio", "voipms", "vonage"}
)
"""Apprise's schemes whose messages are read as a text message or on a lock screen."""

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SOURCE_KEYS = ("kind", "name", "interval")


def _without_controls(text: str) -> str:
    if any(not character.isprintable() for character in text):
        raise ValueError("must not contain line breaks or control characters")
    return text


def _safe(text: str) -> str:
    if not _SAFE.fullmatch(text):
        raise ValueError(f"{text[:40]!r} should have only letters, digits, '.', '_' and '-', no blanks")
    return text


MAX_LABEL = 80
"""Characters of a name that people read: it has to fit on a tile and in the subject of a page."""

Label = Annotated[str, Field(min_length=1, max_length=MAX_LABEL), AfterValidator(_without_controls)]
"""A name that people read."""

Identifier = Annotated[str, Field(max_length=64), AfterValidator(_safe)]
"""A name that is also used as a key: letters, digits, `.`, `_` and `-`."""


class _Table(BaseModel):
    """A table of the file: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, validate_by_name=True, validate_by_alias=True
    )


class BrandConfig(_Table):
    """A brand and the query that decides which mentions are its own (`core.query`)."""

    name: Label
    query: str = Field(
        default_factory=lambda data: simple_query(data.get("name", "unnamed")), validate_default=True
    )
    """Default: the name as a phrase."""

    @field_validator("query")
    @classmethod
    def _can_be_parsed(cls, query: str) -> str:
        try:
            parse(query)
        except QuerySyntaxError as error:
            raise ValueError(str(error)) from None
        return query


class SourceConfig(_Table):
    """A monitor: which kind, how often, and the options that this kind knows."""

    kind: Identifier
    name: Identifier = Field(default_factory=lambda data: data.get("kind", "unnamed"))
    """Part of the identity of its mentions: renaming a source makes its items new. Default: the kind."""
    interval: Seconds | None = None
    """Seconds between two fetches; None leaves it to the monitor."""
    options: Mapping[str, object] = Field(default_factory=dict)
    """Every further key of the table, still unchecked: `read_options` checks it."""
    place: str = "[[source]]"
    """Where the table stands, for messages."""

    def read_options(self, model: type[M]) -> M:
        """Return the options as the monitor's own model; raises `ConfigError`."""
        return validate(model, self.options, self.place, also=_SOURCE_KEYS)


def _guess_form(data: Mapping[str, object]) -> Form:
    url = data.get("url")
    scheme = url.get_secret_value().partition("://")[0].lower() if isinstance(url, SecretStr) else ""
    if scheme in _MAIL_SCHEMES:
        return "email"
    return "phone" if scheme in _PHONE_SCHEMES else "chat"


class ChannelConfig(_Table):
    """Somewhere pages go: an Apprise URL, given as `url`, or named by `url_env` or `url_file`."""

    name: Identifier
    url_env: str = ""
    """Environment variable that holds the URL."""
    url_file: str = ""
    """File that holds the URL, relative to the workspace."""
    url: SecretStr = Field(default=SecretStr(""), validate_default=True)
    form: Form = Field(default_factory=_guess_form)
    """How a page is written for it; default: guessed from the URL's scheme."""
    stage: Literal["spreading", "firestorm"] = "spreading"
    """The lowest stage that is sent there."""

    @field_validator("url_env")
    @classmethod
    def _is_set(cls, name: str, info: ValidationInfo) -> str:
        if name and not _environ(info).get(name):
            raise ValueError(f"environment variable {name!r} is not set; export it, or give url or url_file")
        return name

    @field_validator("url_file")
    @classmethod
    def _is_readable(cls, name: str, info: ValidationInfo) -> str:
        if name:
            _read_url(_workspace(info) / name)
        return name

    @field_validator("url")
    @classmethod
    def _resolved(cls, url: SecretStr, info: ValidationInfo) -> SecretStr:
        if not {"url_env", "url_file"} <= info.data.keys():
            return url  # that mistake is already named
        variable, file, given = info.data["url_env"], info.data["url_file"], url.get_secret_value().strip()
        if [bool(variable), bool(file), bool(given)].count(True) != 1:
            raise ValueError("give exactly one of url, url_env and url_file")
        given = given or _environ(info).get(variable) or _read_url(_workspace(info) / file)
        if "://" not in given:
            raise ValueError("is no notification URL: it should look like mailto://user:password@host")
        return SecretStr(given.strip())


def _environ(info: ValidationInfo) -> Mapping[str, str]:
    environ: Mapping[str, str] = (info.context or {}).get("environ", {})
    return environ


def _workspace(info: ValidationInfo) -> Path:
    workspace: Path = (info.context or {}).get("workspace", Path())
    return workspace


def _read_url(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ValueError(f"cannot read {path}: {reason}; put the URL there as its only line") from None


class BoardConfig(_Table):
    """Where the board listens."""

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8501, ge=1, le=65535)


class DetectionConfig(_Table):
    """The alarm budget."""

    needless_pages_per_week: float = Field(default=0.5, gt=0, le=100, allow_inf_nan=False)
    """Needless pages that a brand may cause in a week; fewer means later and surer pages."""


class _File(_Table):
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
    def _names_differ(cls, tables: Sequence[_Table]) -> Sequence[_Table]:
        names = Counter(str(getattr(table, "name", "")).casefold() for table in tables)
        twice = sorted(name for name, count in names.items() if count > 1)
        if twice:
            raise ValueError(f"several are called {', '.join(map(repr, twice))}; give each a name of its own")
        return tables


class Config(_File):
    """The file and the signing secret: all that a workspace is told by people."""

    secret: SecretStr = Field(default_factory=lambda: SecretStr(random_secrets.token_urlsafe(32)))
    """Signs the links in pages."""


def load_config(workspace: Path, environ: Mapping[str, str]) -> Config:
    """Return the configuration of the folder `workspace`; raises `ConfigError`.

    The signing secret comes from `FIRETOWER_SECRET`, else from the file `secret`, which is made
    when it is missing.
    """
    context = {"environ": environ, "workspace": workspace}
    file = validate(_File, _named_sources(_read(workspace / FILE)), FILE, context=context)
    values = {name: getattr(file, name) for name in _File.model_fields}
    return Config(**values, secret=SecretStr(signing_secret(workspace, environ)))


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        remedy = f"firetower init --workspace {path.parent}"
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
    shared = {key: table[key] for key in _SOURCE_KEYS if key in table}
    options = {key: value for key, value in table.items() if key not in _SOURCE_KEYS}
    return {**shared, "options": options, "place": f"{FILE}: [[source]] {number}"}


def secrets(config: Config) -> tuple[str, ...]:
    """Return everything that must never be logged: the signing secret, URLs and the tokens inside them."""
    found = {config.secret.get_secret_value()}
    for channel in config.channels:
        found |= secrets_in(channel.url.get_secret_value())
    return tuple(sorted(found, key=len, reverse=True))
