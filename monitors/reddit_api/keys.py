"""The keys of an application of Reddit, from the environment or a file. Without them the source is off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from core.errors import ConfigError, NotConfigured
from monitors.rss import WebAddress

REQUEST_FORM = "https://support.reddithelp.com/hc/en-us/requests/new?ticket_form_id=14868593862164"
"""Where Reddit takes requests for keys, since its Responsible Builder Policy of 2025-11-11."""


class KeyOptions(BaseModel):
    """The keys of a `[[source]]` table that say who asks, and where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id_env: str = "REDDIT_CLIENT_ID"
    """Environment variable with the application's id."""
    client_secret_env: str = "REDDIT_CLIENT_SECRET"  # noqa: S105 - the name of a variable, not a secret
    """Environment variable with its secret."""
    client_secret_file: str = Field(default="", pattern=r"^(/.*)?$", examples=["/etc/firetower/reddit"])
    """File that holds the secret instead; an absolute path."""
    user_agent: str = Field(default="", max_length=200, pattern=r"^[ -~]*$", examples=["brand watch"])
    """How Firetower presents itself. Reddit wants `<platform>:<name>:<version> (by /u/<somebody>)`."""
    base_url: WebAddress | None = None
    """Another server that answers like Reddit; the keys are sent there."""


@dataclass(frozen=True, slots=True)
class Account:
    """Keys of one application; equal accounts share one connection and its rate limit."""

    client_id: str
    client_secret: str = field(repr=False)
    user_agent: str
    base_url: str = ""
    """Empty for Reddit itself."""


def read_account(options: KeyOptions, environ: Mapping[str, str]) -> Account:
    """Return the account that `options` name; raises `NotConfigured` when keys are missing."""
    client_id = environ.get(options.client_id_env, "").strip()
    secret = _secret(options, environ)
    lacking = [] if client_id else [options.client_id_env]
    lacking += [] if secret else [options.client_secret_file or options.client_secret_env]
    if lacking:
        raise NotConfigured(
            f"no keys: set {' and '.join(lacking)}, or remove the source. Reddit has to approve new keys "
            f"since 2025-11-11: {REQUEST_FORM}"
        )
    agent = options.user_agent or f"server:firetower:{version('firetower')}"
    return Account(client_id, secret, agent, (options.base_url or "").rstrip("/"))


def _secret(options: KeyOptions, environ: Mapping[str, str]) -> str:
    if not options.client_secret_file:
        return environ.get(options.client_secret_env, "").strip()
    try:
        return Path(options.client_secret_file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"cannot read {options.client_secret_file}: {reason}") from None
