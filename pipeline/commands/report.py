"""`report`: the weekly page."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.cli import DEFAULT, JsonOption, WorkspaceOption, app, fail, told


@app.command()
def report(
    workspace: WorkspaceOption = DEFAULT,
    week: Annotated[str, typer.Option(help="ISO week such as 2026-W47; default: the last whole one.")] = "",
    out: Annotated[Path, typer.Option(help="Folder for weekly-<week>.html and .pdf.")] = Path(),
    send: Annotated[bool, typer.Option("--send", help="Send it to the channels of [weekly] too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a week's page for executives as HTML and PDF, and keep it for the board.

    Exit status 1 when a channel did not take it.

    Example: firetower report --workspace acme --week 2026-W47 --out pages
    """
    with told():
        from core.codec import dumps
        from pipeline.weekly.command import write_report

        written = write_report(workspace, week, out, send)
        typer.echo(dumps(written) if as_json else written.text())
        if failed := [sent.channel for sent in written.sent if not sent.ok]:
            fail(f"not sent to {', '.join(failed)}", 1)
