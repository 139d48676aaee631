"""`bench`: throughput, latency, memory and their growth."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer

from core.codec import dumps
from pipeline.commands.cli import JsonOption, app, told


@app.command()
def bench(
    growth: Annotated[
        bool,
        typer.Option("--growth", help="The board at 50 thousand, 500 thousand and 5 million too."),
    ] = False,
    storm: Annotated[
        bool,
        typer.Option("--storm", help="Storm mode alone: five times what the encoder reads."),
    ] = False,
    storm_seconds: Annotated[
        float, typer.Option("--storm-seconds", min=10.0, help="How long the storm lasts.")
    ] = 300.0,
    detection: Annotated[
        bool,
        typer.Option("--detection", help="Detection alone: a mention, a bin, a state, brands a core."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure this machine: mentions a second, the board's refresh, how soon a page arrives.

    Example: firetower bench --json
    """
    with told():
        from pipeline.bench import run as measuring
        from pipeline.bench.figures import told as lines

        def say(line: str) -> None:
            typer.echo(line, err=True)

        if storm:
            _storm(storm_seconds, say, as_json)
            return
        if detection:
            _detection(as_json)
            return
        found = measuring.run_bench(say)
        curve = measuring.run_growth(say) if growth else None
        if as_json:
            typer.echo(dumps(asdict(found) | ({"growth": curve} if curve else {})))
        else:
            typer.echo(lines(found))


def _storm(seconds: float, say: Callable[[str], None], as_json: bool) -> None:
    from pipeline.bench.figures import told as lines
    from pipeline.bench.storm import run_storm

    found = run_storm(seconds, say)
    if as_json:
        typer.echo(dumps({"storm": asdict(found)}))
    else:
        typer.echo(lines(found))


def _detection(as_json: bool) -> None:
    from pipeline.bench.detection import PER_HOUR, detection_cost
    from pipeline.bench.figures import told as lines

    found = [detection_cost(per_hour) for per_hour in PER_HOUR]
    if as_json:
        typer.echo(dumps({"detection": [asdict(each) for each in found]}))
    else:
        typer.echo("\n\n".join(map(lines, found)))
