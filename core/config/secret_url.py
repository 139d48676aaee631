"""A URL with secrets in it, given in the file, in the environment, or in a file of its own."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from core.config.table import Table


class SecretUrl(Table):
    """Exactly one of `url`, `url_env` and `url_file`; afterwards `url` holds it in each case."""

    url_env: str = ""
    """Environment variable that holds the URL."""
    url_file: str = ""
    """File that holds the URL, relative to the workspace."""
    url: SecretStr = Field(default=SecretStr(""), validate_default=True)

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
