"""`drill`: a simulated firestorm through the real chain."""

from typing import Annotated

import typer

from pipeline.commands.cli import DEFAULT, JsonOption, WorkspaceOption, app, told


@app.command()
def drill(
    workspace: WorkspaceOption = DEFAULT,
    brand: Annotated[
        str | None, typer.Option(help="Brand whose usual level counts; default: the first.")
    ] = None,
    shape: Annotated[str, typer.Option(help="How fast it grows: sudden, steady or slow.")] = "steady",
    size: Annotated[float, typer.Option(help="Mentions an hour at its peak.")] = 300.0,
    wait: Annotated[float, typer.Option(help="Minutes to wait for an acknowledgement.")] = 15.0,
    as_json: JsonOption = False,
) -> None:
    """Play a marked firestorm through the real chain, beside `run`; report who was reached and when.

    Exit status 0 when somebody acknowledged.

    Example: firetower drill --workspace acme --shape sudden --size 200
    """
    with told():
        from pipeline.drill import DrillRequest
        from pipeline.drill import drill as play

        request = DrillRequest(workspace, brand, shape, size, wait)
        drilled = play(request, lambda line: typer.echo(line, err=True))
        if as_json:
            typer.echo(drilled.json())
        if not drilled.passed:
            raise typer.Exit(1)
