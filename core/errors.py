"""The errors that cross a package border.

Two kinds decide what the caller does next: a `Temporary` trouble is tried
again, a `Permanent` one stops the part that met it and is told to a person.
"""


class FiretowerError(Exception):
    """Base of every error whose message is meant for a person."""


class Temporary(FiretowerError):
    """Try again later, after `retry_after` seconds when the other side named a time."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Permanent(FiretowerError):
    """Trying again cannot help; a person has to change something."""


class NotConfigured(Permanent):
    """Something that only a person can give is missing, such as keys: this part was never at work."""


class ConfigError(Permanent):
    """The configuration is wrong; the message names the place and, where one is near, the right word."""


class QuerySyntaxError(ConfigError):
    """A brand's query cannot be read; `position` is the offset of the offending character."""

    def __init__(self, message: str, query: str, position: int) -> None:
        pointer = " " * position + "^"
        super().__init__(f"{message}\n  {query}\n  {pointer}")
        self.message = message
        """What is wrong, without the picture of where."""
        self.query = query
        self.position = position


class Conflict(FiretowerError):
    """A compare-and-set found another revision: somebody else owns this state now."""


class WorkspaceBusy(Permanent):
    """Another process already runs on this workspace; the message names the holder."""


class StorageFull(Temporary):
    """The disk is full; nothing was written and nothing that was acknowledged is lost."""
