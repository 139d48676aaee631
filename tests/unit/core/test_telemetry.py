"""What libraries say through `logging` becomes one line of ours."""

import json
import subprocess
import sys

import pytest

SCRIPT = """
import logging
from core.telemetry import route_standard_logging, set_up_logging

set_up_logging(json=True)
earlier = logging.getLogger("earlier")
route_standard_logging(lambda error: isinstance(error, ConnectionError))
web = logging.getLogger("web.server")
web.setLevel(logging.INFO)
web.propagate = False
web.addHandler(logging.StreamHandler())
for error in (ConnectionResetError("gone"), ValueError("https://me:pw@web.example is\\ntwo lines")):
    try:
        raise error
    except Exception:
        web.exception("a request %s", "failed")
web.info("started")
earlier.warning("from before")
"""


@pytest.fixture
def lines() -> list[dict[str, str]]:
    """Return what a process of its own writes to standard error, a record a line."""
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], check=True, capture_output=True, text=True, timeout=60
    )
    return [json.loads(line) for line in ran.stderr.splitlines()]


def test_an_error_is_one_line_with_its_traceback_and_without_secrets(lines: list[dict[str, str]]) -> None:
    (failed,) = (line for line in lines if "exception" in line)
    assert (failed["component"], failed["level"], failed["event"]) == (
        "web.server",
        "error",
        "a request failed",
    )
    assert failed["exception"].startswith("Traceback")
    assert "two lines" in failed["exception"]
    assert "pw" not in failed["exception"]


def test_every_warning_comes_once_and_unwanted_errors_never(lines: list[dict[str, str]]) -> None:
    assert [line["event"] for line in lines] == ["a request failed", "from before"]
