"""`sources`: what can be read, and how what is configured does."""

import os

import typer

from pipeline.commands.cli import DEFAULT, JsonOption, WorkspaceOption, app, told


@app.command()
def sources(workspace: WorkspaceOption = DEFAULT, as_json: JsonOption = False) -> None:
    """List every kind of source with what it needs, and how each configured one does.

    Example: firetower sources --workspace acme
    """
    with told():
        from pipeline.sources import report_sources

        report = report_sources(workspace, os.environ)
        typer.echo(report.json() if as_json else report.text())
