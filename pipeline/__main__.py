"""The `firetower` command. Exit status 0 only on success, 2 for wrong usage or configuration."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from core.codec import dumps
from core.errors import ConfigError, FiretowerError
from core.telemetry import set_up_logging

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
PortOption = Annotated[int | None, typer.Option(help="Port of the board, instead of the configured one.")]
DEFAULT = Path("workspace")


@contextmanager
def _told() -> Iterator[None]:
    """Turn an error that is meant for a person into one line and an exit status."""
    try:
        yield
    except ConfigError as error:
        _fail(error, 2)
    except FiretowerError as error:
        _fail(error, 1)
    except KeyboardInterrupt:
        _fail("stopped", 130)


def _fail(message: object, status: int) -> None:
    typer.echo(f"firetower: {message}", err=True)
    raise typer.Exit(status)


@app.command()
def run(
    workspace: WorkspaceOption = DEFAULT,
    demo: Annotated[
        bool, typer.Option("--demo", help="A marked demo workspace: no keys, no network.")
    ] = False,
    port: Annotated[
        int | None, typer.Option(help="Port of the board, instead of the configured one.")
    ] = None,
) -> None:
    """Watch the brands, page people and serve the board, until Ctrl-C.

    Example: firetower run --workspace acme
    """
    with _told():
        from pipeline.start import start, start_demo

        (start_demo if demo else start)(workspace, port)


@app.command()
def init(
    workspace: WorkspaceOption = DEFAULT,
    brand: Annotated[list[str] | None, typer.Option(help="A brand to watch; repeat for more.")] = None,
    feed: Annotated[
        list[str] | None, typer.Option(help="Address of an RSS or Atom feed; repeat for more.")
    ] = None,
    channel: Annotated[
        list[str] | None, typer.Option(help="Apprise URL that pages go to; repeat for more.")
    ] = None,
    public_url: Annotated[str, typer.Option(help="Where people reach the board; links need it.")] = "",
) -> None:
    """Write a workspace from a few questions or flags.

    Example: firetower init --workspace acme --brand Acme --channel mailto://user:pass@mail.example
    """
    with _told():
        from pipeline.setup import ask, init_workspace

        brands = brand or ask("Which brand shall be watched?")
        typer.echo(init_workspace(workspace, brands, feed or [], channel or [], public_url))


@app.command()
def check(workspace: WorkspaceOption = DEFAULT, as_json: JsonOption = False) -> None:
    """Validate configuration, sources and notification URLs; tell what a firestorm at 03:00 would do.

    Example: firetower check --workspace acme
    """
    with _told():
        from pipeline.check import check_workspace

        report = check_workspace(workspace, os.environ)
        typer.echo(report.json() if as_json else report.text())
        if not report.ok:
            raise typer.Exit(2)


@app.command()
def replay(
    files: Annotated[list[Path], typer.Argument(help="CSV or JSON lines, optionally gzip.")],
    workspace: Annotated[
        Path | None, typer.Option("--workspace", help="Default: replay-<file> in the present folder.")
    ] = None,
    brand: Annotated[str | None, typer.Option(help="The brand that all rows are about.")] = None,
    brand_column: Annotated[str | None, typer.Option(help="The column that names each row's brand.")] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="field=column, where the guess is wrong; repeat.")
    ] = None,
    gaps: Annotated[Path | None, typer.Option(help="CSV of blind spans: from,until.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Run an archive through the same chain, on its own clock; pages never leave the machine.

    Example: firetower replay tweets.csv.gz --brand-column airline --json
    """
    with _told():
        from pipeline.archive import ReplayRequest, replay_files, report

        request = ReplayRequest(tuple(files), workspace, brand, brand_column, tuple(mapping or ()), gaps)
        replayed = replay_files(request, lambda line: typer.echo(line, err=True))
        typer.echo(dumps(replayed.result) if as_json else report(replayed.result))
        if replayed.damaged:
            _fail(f"{', '.join(replayed.damaged)}: damaged; what follows the break is missing above", 1)


@app.command()
def board(
    workspace: WorkspaceOption = DEFAULT,
    port: PortOption = None,
) -> None:
    """Serve only the board, for instance beside a running replay.

    Example: firetower board --workspace replay-tweets --port 8502
    """
    with _told():
        from pipeline.start import start_board

        start_board(workspace, port)


@evaluate.command()
def sentiment(
    data: Annotated[Path, typer.Option(help="Folder with the open data sets.")] = Path("../shared/data"),
    as_json: JsonOption = False,
) -> None:
    """Score the shipped sentiment head on TweetEval's test part.

    Example: firetower evaluate sentiment --data ../shared/data --json
    """
    with _told():
        import json

        from pipeline.evaluate.sentiment import evaluate as measure

        result = measure(data)
        typer.echo(json.dumps(result, indent=None if as_json else 2))


def main() -> None:
    """Entry point of the `firetower` command."""
    set_up_logging(json=not sys.stderr.isatty())
    app()


if __name__ == "__main__":
    main()
