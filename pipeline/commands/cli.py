"""What all commands share: the application, common options, and how an error is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from core.errors import ConfigError, FiretowerError

app = typer.Typer(
    name="firetower",
    help="Spots brand firestorms while they still smoulder, and pages somebody who acts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
evaluate = typer.Typer(
    help="Benchmarks against published numbers.\n\nExample: firetower evaluate sentiment --json",
    no_args_is_help=True,
)
app.add_typer(evaluate, name="evaluate")

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", help="Folder with firetower.toml and firetower.db.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
PortOption = Annotated[
    int | None, typer.Option(min=1, max=65535, help="Port of the board, instead of the configured one.")
]
DEFAULT = Path("workspace")


@contextmanager
def told() -> Iterator[None]:
    """Turn an error that is meant for a person into one line and an exit status."""
    try:
        yield
    except ConfigError as error:
        fail(error, 2)
    except FiretowerError as error:
        fail(error, 1)
    except OSError as error:
        if error.filename is None:
            raise  # not about a file that somebody named: a fault of ours
        fail(f"cannot use {error.filename}: {error.strerror}", 1)
    except KeyboardInterrupt:
        fail("stopped", 130)


def fail(message: object, status: int) -> NoReturn:
    """Say what went wrong on standard error and end with `status`."""
    typer.echo(f"firetower: {message}", err=True)
    raise typer.Exit(status)
