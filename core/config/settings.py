"""What concerns the whole workspace: board, detection, paging, heartbeat, weekly page, retention, privacy."""

from datetime import time
from typing import Literal

from pydantic import Field, StrictBool, field_validator

from core.config.secret_url import SecretUrl
from core.config.table import Identifier, Table
from core.validation import Seconds, nearest


class BoardConfig(Table):
    """Where the board listens."""

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8501, ge=1, le=65535)


class DetectionConfig(Table):
    """The alarm budget."""

    needless_pages_per_week: float = Field(default=0.5, gt=0, le=100, allow_inf_nan=False)
    """Needless pages that a brand may cause in a week; fewer means later and surer pages."""


class ModelsConfig(Table):
    """What reads the mentions."""

    encoder: str = Field(default="firetower-student", min_length=1, max_length=500)
    """Whose embeddings narratives and learning use: the one that ships, or any model of sentence-transformers
    by its name or folder. Sentiment is always read by the one that ships."""


class PagingConfig(Table):
    """Who is paged how often, and what happens when nobody answers."""

    escalate_after: float = Field(default=10.0, gt=0, le=1440)
    """Minutes without an acknowledgement after which a page goes to the next level."""
    pages_per_person_week: int = Field(default=20, ge=1)
    """Pages that one person gets in seven days; more are recorded, not sent. A firestorm always is."""


class HeartbeatConfig(SecretUrl):
    """A dead-man's switch outside: it is asked for as long as all is well, and alarms when that stops."""

    interval: Seconds = 60.0
    """Seconds between two requests."""


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class WeeklyConfig(Table):
    """When the weekly page is made and to which channels it is sent."""

    day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    at: str = "07:00"
    """Wall-clock time in the workspace's zone."""
    send_to: tuple[Identifier, ...] = ()
    """Names of channels; with none it is kept on the board only."""

    @field_validator("at")
    @classmethod
    def _is_a_time(cls, text: str) -> str:
        try:
            time.fromisoformat(text)
        except ValueError:
            raise ValueError(f'{text[:40]!r} should look like "07:00"') from None
        return text


class RetentionConfig(Table):
    """How long what was read is kept. Counts stay, so that charts and the weekly page reach further back."""

    mention_days: int = Field(default=400, ge=7, le=36_500)
    """Days after which a mention's text, author and link are removed."""


PHONE_REGIONS = ("US", "GB", "FR", "DE", "IN", "IT", "BR", "ES", "SA")
"""Where most people live who write the languages that sentiment is measured in."""


class PrivacyConfig(Table):
    """What of a person is not written down; `docs/design/privacy.md`."""

    mask_contacts: StrictBool = True
    """Replace e-mail addresses and phone numbers in titles and texts."""
    phone_regions: tuple[str, ...] = Field(default=PHONE_REGIONS, max_length=20)
    """Countries, as two letters, whose numbers are known without `+`; each costs time with every number."""
    pseudonymise_authors: StrictBool = False
    """Replace authors by a keyed digest, and leave out the links that lead to them."""

    @field_validator("phone_regions")
    @classmethod
    def _have_numbers(cls, regions: tuple[str, ...]) -> tuple[str, ...]:
        from phonenumbers import SUPPORTED_REGIONS  # 20 ms that only those pay who write this key

        capital = tuple(region.upper() for region in regions)
        for region in capital:
            if region not in SUPPORTED_REGIONS:
                near = nearest(region, SUPPORTED_REGIONS)
                remedy = f"did you mean {near!r}?" if near else "write two letters, such as 'GB'"
                raise ValueError(f"{region[:40]!r} is no country with phone numbers; {remedy}")
        return capital
