"""`db`: back-up and restore, integrity, erasure, retention."""

import json
from pathlib import Path
from typing import Annotated

import typer

from core.clock import SystemClock
from pipeline.commands.cli import DEFAULT, JsonOption, WorkspaceOption, app, told

database = typer.Typer(
    help="Back-up, restore, integrity, erasure, retention.\n\nExample: firetower db backup --workspace acme",
    no_args_is_help=True,
)
app.add_typer(database, name="db")


@database.command()
def backup(
    workspace: WorkspaceOption = DEFAULT,
    to: Annotated[
        Path | None, typer.Option(help="File to write; default: <workspace>-<time>.tar.gz, here.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the whole workspace to one file, also beside `run`. It holds secrets: keep it as safe as them.

    Example: firetower db backup --workspace acme --to /backups/acme.tar.gz
    """
    with told():
        from pipeline.backup import back_up_workspace

        file = back_up_workspace(workspace, to, SystemClock().now())
        size = file.stat().st_size
        result = {"file": str(file), "bytes": size}
        typer.echo(json.dumps(result) if as_json else f"{file}: {size:,} bytes, holds secrets")


@database.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `firetower db backup` wrote.")],
    workspace: WorkspaceOption = DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Put a back-up into a workspace that is not in use. What stood there is kept beside it.

    Example: firetower db restore acme-20261121T030000Z.tar.gz --workspace acme
    """
    with told():
        from pipeline.backup import restore_workspace

        kept = [str(path) for path in restore_workspace(file, workspace, SystemClock().now())]
        if as_json:
            typer.echo(json.dumps({"workspace": str(workspace), "kept": kept}))
            return
        for path in kept:
            typer.echo(f"kept as {path}")
        typer.echo(f"restored into {workspace}")


@database.command()
def check(workspace: WorkspaceOption = DEFAULT, as_json: JsonOption = False) -> None:
    """Read the whole database once, and compare sums with what they sum up. Exit status 1 when unsound.

    Example: firetower db check --workspace acme
    """
    with told():
        from pipeline.maintenance import check_database

        findings = check_database(workspace)
        if as_json:
            typer.echo(json.dumps({"ok": not findings, "findings": findings}))
        else:
            typer.echo("\n".join(findings) or "sound")
        if findings:
            raise typer.Exit(1)


@database.command()
def erase(
    author: Annotated[str, typer.Option(help="The author's name, exactly as the source gives it.")],
    source: Annotated[str, typer.Option(help="Only in this source; default: in all.")] = "",
    workspace: WorkspaceOption = DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Remove everything that an author wrote, for good, also beside `run`; the counts stay.

    Example: firetower db erase --author somebody --source bluesky/acme --workspace acme
    """
    with told():
        from pipeline.maintenance import erase_author, told_erased

        erased = erase_author(workspace, author, source)
        typer.echo(json.dumps({"erased": erased}) if as_json else told_erased(erased, author, source))


@database.command()
def prune(workspace: WorkspaceOption = DEFAULT, as_json: JsonOption = False) -> None:
    """Remove the text of mentions that are older than `mention_days`, as `run` does every hour.

    Example: firetower db prune --workspace acme
    """
    with told():
        from pipeline.maintenance import prune_mentions

        pruned = prune_mentions(workspace, SystemClock().now())
        typer.echo(json.dumps({"pruned": pruned}) if as_json else f"{pruned} mentions lost their text")
