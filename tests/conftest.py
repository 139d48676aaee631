"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no failure: no test has a deadline.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real data and recordings; the test skips where it is absent."""
    folder = Path(os.environ.get("FIRETOWER_SHARED", Path(__file__).parents[2] / "shared"))
    if not (folder / "README.md").exists():
        pytest.skip(f"needs ../shared: {folder} is absent (set FIRETOWER_SHARED to its place)")
    return folder


LACKING = ("../shared", "Chromium")
"""What a test may have to do without; the reason of its skip names it."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped for lack of something, so that green never hides it."""
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    counts = (f"{sum(word in reason for reason in reasons)} for lack of {word}" for word in LACKING)
    terminalreporter.write_line(f"skipped: {', '.join(counts)}; {len(reasons)} in all")
