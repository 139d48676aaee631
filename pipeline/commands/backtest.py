"""`backtest`: stored history under other settings."""

from typing import Annotated

import typer

from pipeline.commands.cli import DEFAULT, JsonOption, WorkspaceOption, app, told


@app.command()
def backtest(
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="TABLE.KEY=VALUE or channel.NAME.KEY=VALUE; may be given several times."),
    ] = None,
    since: Annotated[
        str, typer.Option(help="How far back from the last look, such as 28d, or a date.")
    ] = "28d",
    brand: Annotated[str, typer.Option(help="Only this brand.")] = "",
    workspace: WorkspaceOption = DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Say which pages would come or go under other settings, before they are saved; also beside `run`.

    Plays stored scores and coverage twice, as set now and as proposed. Nothing is read by a model again,
    sent or changed.

    Example: firetower backtest --since 28d --set detection.needless_pages_per_week=1 --workspace acme
    """
    with told():
        from pipeline.backtest import backtest as play

        played = play(workspace, since, settings or (), brand)
        typer.echo(played.json() if as_json else played.text())
