"""What `firetower run` and `firetower board` do before the first role starts."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import typer

from core.clock import SystemClock
from core.config import FILE, BoardConfig, Config, load_config, secrets
from core.errors import ConfigError
from core.telemetry import set_up_logging
from models.score import open_scorer
from pipeline.board import require_free, serve
from pipeline.demo import prepare_demo
from pipeline.lock import hold
from pipeline.run import Parts, run
from pipeline.workspace import Purpose, existing_database, open_workspace
from storage import open_store


def start(folder: Path, port: int | None) -> None:
    """Run a live workspace until it is stopped."""
    config = _on_port(load_config(folder, os.environ), port)
    if not config.brands:
        raise ConfigError(f"{folder}: no brand is configured; add a [[brand]] table or run `firetower init`")
    _mask(config)
    with hold(folder, "run"):
        space = open_workspace(folder, Purpose.LIVE)
        try:
            require_free(config.board.host, config.board.port)
            _announce(config)
            scorer = open_scorer(config.models.encoder)
            asyncio.run(run(Parts(space, config, SystemClock(), scorer)))
        finally:
            space.close()


def start_demo(folder: Path, port: int | None, channel_urls: Sequence[str] = ()) -> None:
    """Run a demo workspace: simulated brands, hours in minutes until it has caught up with the clock."""
    folder.mkdir(parents=True, exist_ok=True)
    board = BoardConfig() if port is None else BoardConfig(port=port)
    with hold(folder, "run --demo"):
        require_free(board.host, board.port)  # before a former demo is replaced
        scorer = open_scorer()
        demo = prepare_demo(folder, board.port, scorer, channel_urls)
        try:
            _mask(demo.config)
            _announce(demo.config)
            parts = Parts(demo.workspace, demo.config, demo.clock, scorer, demo=True)
            asyncio.run(run(parts))
        finally:
            demo.workspace.close()


def start_board(folder: Path, port: int | None) -> None:
    """Serve only the board, for as long as it lives."""
    open_store(existing_database(folder)).close()  # what is wrong with it is said here, not by the board
    config = _on_port(load_config(folder, os.environ), port) if (folder / FILE).exists() else None
    board = config.board if config else BoardConfig(port=port or BoardConfig().port)
    require_free(board.host, board.port)
    typer.echo(f"Board: http://{board.host}:{board.port}", err=True)
    asyncio.run(serve(folder, board.host, board.port))


def _on_port(config: Config, port: int | None) -> Config:
    if port is None:
        return config
    return config.model_copy(update={"board": config.board.model_copy(update={"port": port})})


def _mask(config: Config) -> None:
    set_up_logging(json=not os.isatty(2), secrets=secrets(config))


def _announce(config: Config) -> None:
    typer.echo(f"Board: http://{config.board.host}:{config.board.port}", err=True)
