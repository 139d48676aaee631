"""The signing secret of a workspace, and which parts of a notification URL are secrets."""

import os
import secrets as random_secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from core.errors import ConfigError

SECRET_FILE = "secret"  # noqa: S105 - the name of a file, not a secret
SECRET_VARIABLE = "FIRETOWER_SECRET"  # noqa: S105 - the name of a variable, not a secret
SECRET_LENGTH = 16
"""Shorter signing secrets are refused: 16 characters are about the 96 bits that cannot be guessed."""
_TOKEN_LENGTH = 8
"""Parts of a notification URL that are this long may be tokens; shorter ones are words."""


def signing_secret(workspace: Path, environ: Mapping[str, str]) -> str:
    """Return the secret from `FIRETOWER_SECRET`, else from the workspace; raises `ConfigError`."""
    if SECRET_VARIABLE in environ:
        return _checked_secret(environ[SECRET_VARIABLE], SECRET_VARIABLE)
    return ensure_secret(workspace)


def ensure_secret(workspace: Path) -> str:
    """Return the secret in the workspace's file `secret`; make it, for the owner's eyes only, when missing.

    Raises `ConfigError` when it is too short or cannot be read.
    """
    path = workspace / SECRET_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _checked_secret(_read_secret(path), str(path))
    except OSError as error:
        raise ConfigError(f"cannot make {path}: {error.strerror}; or set {SECRET_VARIABLE}") from None
    secret = random_secrets.token_urlsafe(32)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(secret)
    return secret


def _read_secret(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read {path}: {error}") from None


def _checked_secret(secret: str, place: str) -> str:
    if len(secret) < SECRET_LENGTH:
        raise ConfigError(
            f"{place} holds fewer than {SECRET_LENGTH} characters; remove it and a new one is made"
        )
    return secret


def secrets_in(url: str) -> set[str]:
    """Return a notification URL and those parts that services repeat in their messages.

    In Apprise's URLs a token may stand in the path or, without a dot, in the host's place.
    """
    authority, *path = url.partition("://")[2].partition("?")[0].split("/")
    credentials, _, host = authority.rpartition("@")
    user, _, password = credentials.partition(":")
    words = [user, *path, *([] if "." in host else host.split(":"))]
    tokens = {word for word in words if len(word) >= _TOKEN_LENGTH and word != "localhost"}
    hidden = tokens | ({password} if password else set())
    return {url} | {form for word in hidden for form in (word, unquote(word))}
