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
def replays(
    data: Annotated[Path, typer.Option(help="Folder with the open data sets.")] = Path("../shared/data"),
    work: Annotated[
        Path | None, typer.Option(help="Keep scores and finished archives here. Default: the user's cache.")
    ] = None,
    archive: Annotated[str, typer.Option(help="Replay only this archive, by its name.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Replay three public archives through the real chain and count the pages that nobody would have wanted.

    Takes some half an hour on one core; a broken run goes on where it stopped while everything is the same.

    Example: firetower evaluate replays --data ../shared/data --json
    """
    with told():
        import json

        from pipeline.evaluate.finished import cache_folder
        from pipeline.evaluate.replays import evaluate as measure

        result = measure(data, work or cache_folder(), archive)
        typer.echo(json.dumps(result, indent=None if as_json else 2))


@evaluate.command()
def outages(
    runs: Annotated[int, typer.Option(min=1, help="How many outages, each with its own seed.")] = 100,
    work: Annotated[
        Path | None, typer.Option(help="Keep finished runs here. Default: the user's cache.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the storms found after each kind of outage into this SVG file.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Let simulated sources die, stall, catch up, repeat a day or go stale; each run also without the outage.

    Takes some fifteen minutes on one core; finished runs are used again while everything is the same.

    Example: firetower evaluate outages --json
    """
    with told():
        import json

        from pipeline.evaluate.finished import cache_folder
        from pipeline.evaluate.outages import picture, played, summary

        pairs = played(work or cache_folder(), runs)
        if plot:
            plot.write_text(picture(pairs), "utf-8")
        typer.echo(json.dumps(summary(pairs), indent=None if as_json else 2))
