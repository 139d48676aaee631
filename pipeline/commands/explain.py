"""`explain`: why an alarm was raised, reproduced from what is stored."""

from typing import Annotated

import typer

from pipeline.commands.cli import DEFAULT, JsonOption, WorkspaceOption, app, told


@app.command()
def explain(
    incident: Annotated[str, typer.Argument(help="Id of an incident, or how it begins.")],
    workspace: WorkspaceOption = DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Reproduce an alarm from the stored mentions and scores and explain it in full, also beside `run`.

    Example: firetower explain d25b131d --workspace acme
    """
    with told():
        from pipeline.explain import explain_incident

        explained = explain_incident(workspace, incident)
        typer.echo(explained.json() if as_json else explained.text())
