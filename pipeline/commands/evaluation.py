"""`evaluate`: benchmarks against published numbers."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.cli import JsonOption, evaluate, told


@evaluate.command()
def sentiment(
    data: Annotated[Path, typer.Option(help="Folder with the open data sets.")] = Path("../shared/data"),
    as_json: JsonOption = False,
) -> None:
    """Score the shipped model on TweetEval, airline tweets, eight languages and hard cases; others beside it.

    Takes some six minutes on two cores.

    Example: firetower evaluate sentiment --data ../shared/data --json
    """
    with told():
        import json

        from pipeline.evaluate.language import evaluate as measure

        result = measure(data)
        typer.echo(json.dumps(result, indent=None if as_json else 2))


@evaluate.command()
def learning(
    data: Annotated[Path, typer.Option(help="Folder with the open data sets.")] = Path("../shared/data"),
    as_json: JsonOption = False,
) -> None:
    """Teach 100 corrections of the airline archive and score its second half without and with them.

    Example: firetower evaluate learning --data ../shared/data --json
    """
    with told():
        import json

        from pipeline.evaluate.learning import evaluate as measure

        result = measure(data)
        typer.echo(json.dumps(result, indent=None if as_json else 2))


@evaluate.command()
def narratives(
    data: Annotated[Path, typer.Option(help="Folder with the open data sets.")] = Path("../shared/data"),
    as_json: JsonOption = False,
) -> None:
    """Stream headlines of known stories once through the narratives, and through three peers.

    Takes some two minutes on two cores.

    Example: firetower evaluate narratives --data ../shared/data --json
    """
    with told():
        import json

        from pipeline.evaluate.narratives import evaluate as measure

        result = measure(data)
        typer.echo(json.dumps(result, indent=None if as_json else 2))


@evaluate.command()
def towards(as_json: JsonOption = False) -> None:
    """Score what sentences that name several brands say of each, beside the score of the whole text.

    The labelled sentences come with the sources. Takes some ten seconds.

    Example: firetower evaluate towards --json
    """
    with told():
        import json

        from pipeline.evaluate.towards import evaluate as measure

        result = measure()
        typer.echo(json.dumps(result, indent=None if as_json else 2))


@evaluate.command()
def relevance(as_json: JsonOption = False) -> None:
    """Tell ten brands from their namesakes after 0, 2, 5, 10 and 12 examples, beside simpler ways.

    The labelled texts come with the sources. Takes some ten seconds.

    Example: firetower evaluate relevance --json
    """
    with told():
        import json

        from pipeline.evaluate.relevance import evaluate as measure

        result = measure()
        typer.echo(json.dumps(result, indent=None if as_json else 2))
