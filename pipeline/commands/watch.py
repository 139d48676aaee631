"""`run`, `init`, `check`, `board`: watching brands."""

import os
from typing import Annotated

import typer

from core.errors import ConfigError
from pipeline.commands.cli import DEFAULT, JsonOption, PortOption, WorkspaceOption, app, told


@app.command()
def run(
    workspace: WorkspaceOption = DEFAULT,
    demo: Annotated[
        bool, typer.Option("--demo", help="A marked demo workspace: no keys, no network.")
    ] = False,
    port: PortOption = None,
    channel: Annotated[
        list[str] | None, typer.Option(help="With --demo: an Apprise URL that is paged too; repeat for more.")
    ] = None,
) -> None:
    """Watch the brands, page people and serve the board, until Ctrl-C.

    Example: firetower run --workspace acme
    """
    with told():
        from pipeline.start import start, start_demo

        if demo:
            start_demo(workspace, port, channel or [])
        elif channel:
            raise ConfigError("--channel is for the demo; here add a [[channel]] table to firetower.toml")
        else:
            start(workspace, port)


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
    with told():
        from pipeline.setup import ask, init_workspace

        brands = brand or ask("Which brand shall be watched?")
        typer.echo(init_workspace(workspace, brands, feed or [], channel or [], public_url))


@app.command()
def check(workspace: WorkspaceOption = DEFAULT, as_json: JsonOption = False) -> None:
    """Validate configuration, sources and notification URLs; tell what a firestorm at 03:00 would do.

    Example: firetower check --workspace acme
    """
    with told():
        from pipeline.check import check_workspace

        report = check_workspace(workspace, os.environ)
        typer.echo(report.json() if as_json else report.text())
        if not report.ok:
            raise typer.Exit(2)


@app.command()
def board(
    workspace: WorkspaceOption = DEFAULT,
    port: PortOption = None,
) -> None:
    """Serve only the board, for instance beside a running replay.

    Example: firetower board --workspace replay-tweets --port 8502
    """
    with told():
        from pipeline.start import start_board

        start_board(workspace, port)
