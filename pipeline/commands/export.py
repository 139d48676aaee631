"""`export`: stored mentions for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.cli import DEFAULT, JsonOption, WorkspaceOption, app, told


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")],
    workspace: WorkspaceOption = DEFAULT,
    form: Annotated[
        str, typer.Option("--format", help="csv, jsonl or parquet; default: the file's ending.")
    ] = "",
    brand: Annotated[str, typer.Option(help="Only mentions of this brand.")] = "",
    source: Annotated[str, typer.Option(help="Only mentions of this source.")] = "",
    since: Annotated[str, typer.Option(help="Only mentions since this time, ISO 8601, UTC.")] = "",
    until: Annotated[str, typer.Option(help="Only mentions before this time, ISO 8601, UTC.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Write stored mentions to a file, oldest first, also beside `run`.

    Example: firetower export mentions.csv --workspace acme --brand Acme --since 2026-11-01
    """
    with told():
        import json

        from pipeline.export import ExportRequest, export_mentions

        request = ExportRequest(workspace, file, form, brand, source, since, until)
        written = export_mentions(request)
        result = {"file": str(file), "mentions": written}
        typer.echo(json.dumps(result) if as_json else f"{written} mentions written to {file}")
