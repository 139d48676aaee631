"""`evaluate`: benchmarks of detection: public streams, planted storms, archives and outages."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.cli import JsonOption, evaluate, told


@evaluate.command()
def nab(
    data: Annotated[Path, typer.Option(help="Folder with the open data sets.")] = Path("../shared/data"),
    as_json: JsonOption = False,
    plot: Annotated[Path | None, typer.Option(help="Draw the scores into this SVG file.")] = None,
    resume: Annotated[
        Path | None,
        typer.Option(help="Keep finished series here; a broken run goes on from there."),
    ] = None,
) -> None:
    """Score the volume of ten brands on NAB, row by row and with one page a day, beside 27 other detectors.

    Takes about a minute on one core; kept series are used only while code and data are the same.

    Example: firetower evaluate nab --data ../shared/data --json
    """
    with told():
        import json

        from pipeline.evaluate.nab import evaluate as measure
        from pipeline.evaluate.nab.plot import picture

        result = measure(data, resume)
        if plot:
            plot.write_text(picture(result), "utf-8")
        typer.echo(json.dumps(result, indent=None if as_json else 2))


@evaluate.command()
def storms(
    data: Annotated[Path, typer.Option(help="Folder with the open data sets.")] = Path("../shared/data"),
    as_json: JsonOption = False,
    plot: Annotated[Path | None, typer.Option(help="Draw the leads into this SVG file.")] = None,
    resume: Annotated[
        Path | None,
        typer.Option(help="Keep scores of texts and finished streams here; a broken run goes on from there."),
    ] = None,
    quick: Annotated[bool, typer.Option(help="10 storms of each kind instead of 200.")] = False,
    even: Annotated[bool, typer.Option(help="Run the brands for tuning, not those reported on.")] = False,
) -> None:
    """Plant storms into real and simulated backgrounds: how many page, how early, and at what price.

    Takes some ten minutes with --quick, else under an hour on two cores, beside eleven peers.

    Example: firetower evaluate storms --data ../shared/data --quick --json
    """
    with told():
        import json

        from pipeline.evaluate.storms import evaluate as measure
        from pipeline.evaluate.storms.plot import picture

        result = measure(data, resume, quick, even)
        if plot:
            plot.write_text(picture(result), "utf-8")
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

        from pipeline.evaluate.kept import cache_folder
        from pipeline.evaluate.replays import evaluate as measure

        result = measure(data, work or cache_folder(), archive)
        typer.echo(json.dumps(result, indent=None if as_json else 2))


@evaluate.command()
def outages(
    _data: Annotated[
        Path,
        typer.Option("--data", help="Taken as by the others; nothing is read, all sources are simulated."),
    ] = Path("../shared/data"),
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

        from pipeline.evaluate.kept import cache_folder
        from pipeline.evaluate.outages import picture, played, summary

        pairs = played(work or cache_folder(), runs)
        if plot:
            plot.write_text(picture(pairs), "utf-8")
        typer.echo(json.dumps(summary(pairs), indent=None if as_json else 2))
