"""Structured logs on standard error, with secrets masked."""

import logging
import re
import sys
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

import structlog

MASK = "***"
_SECRET_KEY = re.compile(r"(?i)(secret|password|passwd|token|api_?key|authorization|cookie)")
_URL_SECRET = re.compile(r"(?i)([a-z][a-z0-9+.-]*://)([^/\s@]+)@")
_QUERY_SECRET = re.compile(r"(?i)([?&](?:pass|password|token|key|feed|secret|auth)=)[^&\s]+")


def mask(text: str, secrets: Iterable[str] = ()) -> str:
    """Return `text` with credentials in URLs and the known `secrets` replaced.

    >>> mask("mailto://me:pw@mail.example?pass=x")
    'mailto://***@mail.example?pass=***'
    """
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, MASK)
    text = _URL_SECRET.sub(rf"\1{MASK}@", text)
    return _QUERY_SECRET.sub(rf"\1{MASK}", text)


class _Masker:
    """A structlog processor that masks values by their key and by what they look like."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = tuple(secrets)

    def __call__(self, logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        for key, value in event.items():
            if isinstance(value, str):
                event[key] = MASK if _SECRET_KEY.search(key) else mask(value, self._secrets)
        return event


def set_up_logging(json: bool, secrets: Iterable[str] = (), level: int = logging.INFO) -> None:
    """Send logs to standard error, as JSON lines or for a terminal. Call once, in `main`."""
    renderer = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), sort_keys=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _Masker(secrets),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


class _ToOurs(logging.Handler):
    """Hands records of the standard library's `logging` on, unless their error is unwanted."""

    def __init__(self, unwanted: Callable[[BaseException], bool]) -> None:
        super().__init__(logging.WARNING)  # a server's information is a line for every page that is opened
        self._unwanted = unwanted

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None or not self._unwanted(error):
            get_logger(record.name).log(record.levelno, record.getMessage(), exc_info=record.exc_info)


def route_standard_logging(unwanted: Callable[[BaseException], bool]) -> None:
    """Log what libraries warn of through `logging` as we do; errors that are `unwanted` are left out.

    For a process of its own, before such a library is imported: loggers that are made later ignore the
    handlers that their library gives them.
    """
    handler = _ToOurs(unwanted)

    class Routed(logging.Logger):
        def callHandlers(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
            if record.levelno >= handler.level:
                handler.handle(record)

    logging.setLoggerClass(Routed)
    logging.getLogger().handlers = [handler]  # those made earlier hand on to the root


def get_logger(name: str) -> Any:
    """Return a logger bound to the component `name`."""
    return structlog.get_logger().bind(component=name)
