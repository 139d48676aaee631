"""`bench`: throughput, latency, memory and their growth."""

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
    as_json: JsonOption = False,
) -> None:
    """Measure this machine: mentions a second, the board's refresh, how soon a page arrives.

    Example: firetower bench --json
    """
    with told():
        from pipeline.bench import run as measuring

        def say(line: str) -> None:
            typer.echo(line, err=True)

        found = measuring.run_bench(say)
        curve = measuring.run_growth(say) if growth else None
        if as_json:
            typer.echo(dumps(asdict(found) | ({"growth": curve} if curve else {})))
        else:
            typer.echo(measuring.told(found))
