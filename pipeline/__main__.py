"""The `firetower` command. Exit status 0 only on success, 2 for wrong usage or configuration."""

import sys

from core.telemetry import set_up_logging
from pipeline.commands import (
    archive,
    backtest,
    bench,
    database,
    detection,
    drill,
    evaluation,
    explain,
    export,
    report,
    sources,
    watch,
)
from pipeline.commands.cli import app

__all__ = [
    "app",
    "archive",
    "backtest",
    "bench",
    "database",
    "detection",
    "drill",
    "evaluation",
    "explain",
    "export",
    "main",
    "report",
    "sources",
    "watch",
]


def main() -> None:
    """Entry point of the `firetower` command."""
    set_up_logging(json=not sys.stderr.isatty())
    app()


if __name__ == "__main__":
    main()
