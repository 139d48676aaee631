from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import ConfigError
from pipeline.gaps import edges, read_gaps, seen_at


def _write(folder: Path, text: str) -> Path:
    path = folder / "gaps.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_inside_a_gap_nothing_is_seen(tmp_path: Path) -> None:
    gaps = read_gaps(_write(tmp_path, "from,until\n2026-01-01T10:00,2026-01-01T12:00Z\n"))
    assert seen_at(gaps, datetime(2026, 1, 1, 11, tzinfo=UTC)).exposure == 0.0
    assert seen_at(gaps, datetime(2026, 1, 1, 10, tzinfo=UTC)).exposure == 1.0
    assert seen_at(gaps, datetime(2026, 1, 1, 12, 5, tzinfo=UTC)).exposure == 1.0
    assert edges(gaps) == (datetime(2026, 1, 1, 10, tzinfo=UTC), datetime(2026, 1, 1, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("from,until\nyesterday,2026-01-01\n", "yesterday"),
        ("start,end\n2026-01-01,2026-01-02\n", "from,until"),
        ("from,until\n2026-01-02,2026-01-01\n", "line 2"),
        ("from,until\n2026-01-02\n", "line 2: has no `until`"),
    ],
)
def test_a_wrong_file_is_named_with_its_fault(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        read_gaps(_write(tmp_path, text))


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.csv does not exist$"):
        read_gaps(tmp_path / "none.csv")
