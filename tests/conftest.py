"""Fixtures that every test may use."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

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


@pytest.fixture(scope="session", autouse=True)
def open_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    """Make each new database a copy of one that the migrations made: running them takes ten times as long.

    A copy appears whole or not at all, never over a file. Processes that a test starts run the migrations,
    and so do the tests of `unit/storage`: they get what this yields, the product's own way.
    """
    from core.errors import ConfigError
    from storage import opening

    folder, real, numbers = tmp_path_factory.mktemp("databases"), opening._open_file, count()
    real(f"sqlite:///{folder}/made.db").close()

    def _open(url: str) -> Any:
        with suppress(OSError, ConfigError):  # then it is told, or made, in the usual way
            _place(folder / "made.db", folder / f"{next(numbers)}.db", opening.database_path(url))
        return real(url)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "_open_file", _open)
        yield real


def _place(made: Path, between: Path, path: Path) -> None:
    if not path.exists():
        shutil.copyfile(made, between)
        between.chmod(0o600)
        os.link(between, path)
        between.unlink()


LACKING = ("../shared", "Chromium")
"""What a test may have to do without; the reason of its skip names it."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped for lack of something, so that green never hides it."""
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    counts = (f"{sum(word in reason for reason in reasons)} for lack of {word}" for word in LACKING)
    terminalreporter.write_line(f"skipped: {', '.join(counts)}; {len(reasons)} in all")
