"""`replay`: archives through the same chain."""

from pathlib import Path
from typing import Annotated

import typer

from core.codec import dumps
from pipeline.commands.cli import JsonOption, app, fail, told


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
    with told():
        from pipeline.archive import ReplayRequest, replay_files, report

        request = ReplayRequest(tuple(files), workspace, brand, brand_column, tuple(mapping or ()), gaps)
        replayed = replay_files(request, lambda line: typer.echo(line, err=True))
        typer.echo(dumps(replayed.result) if as_json else report(replayed.result))
        if replayed.damaged:
            fail(f"{', '.join(replayed.damaged)}: damaged; what follows the break is missing above", 1)
