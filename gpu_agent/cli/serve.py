"""`gpu-agent serve`: the daemon, in the foreground, until it is told to stop."""

import logging
import os
import shlex
import signal
import sys
from pathlib import Path
from threading import Event
from typing import Annotated, NoReturn

import typer

from gpu_agent.catalogue import CatalogueError
from gpu_agent.cli.models import ConfigFile, ModelsFile, read_settings
from gpu_agent.config import Config
from gpu_agent.daemon import Daemon
from gpu_agent.listening import CannotServe
from gpu_agent.power import suspend


def serve(
    spool: Annotated[Path, typer.Option(help="Folder for finished pictures and inputs.")],
    socket: Annotated[str, typer.Option(help="Local socket to serve; a pipe's name on Windows.")],
    config: ConfigFile = None,
    models: ModelsFile = None,
    vram: Annotated[float | None, typer.Option(min=0.1, help="Use no more than so many GB of the card.")] = None,
    suspend_command: Annotated[str, typer.Option(help="Sends the tower to sleep; empty: the system's own.")] = "",
    rest_delay: Annotated[float, typer.Option(help="Seconds between announcing sleep and sleeping.")] = 5.0,
) -> None:
    """Take orders from bots and render them; see `gpu-agent attach` for how they get in."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    # A worker that is ended leaves semaphores behind; Python's tracker removes them, and need not tell anybody.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")
    settings = _settings(config, models, vram)
    command = shlex.split(suspend_command)
    try:
        daemon = Daemon(
            root=spool,
            address=socket,
            config=settings,
            sleep=lambda: suspend(command),
            rest_delay=rest_delay,
        )
        daemon.start()
    except (CannotServe, CatalogueError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    except OSError as error:
        typer.echo(f"{error.filename or socket} cannot be used ({error.strerror}). Choose another place.", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Serving {socket}. Stop with Ctrl-C.", err=True)
    _wait_for_the_end()
    daemon.stop()
    _leave()


def _settings(file: Path | None, models: Path | None, vram: float | None) -> Config:
    """What the command line says counts more than the file."""
    settings = read_settings(file, models)
    if vram is None:
        return settings
    return settings.model_copy(update={"card": settings.card.model_copy(update={"vram_gb": vram})})


def _wait_for_the_end() -> None:
    told = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    while not told.wait(1.0):  # Windows handles no signal during a wait without end
        pass


def _leave() -> NoReturn:
    """At once: Python's own way out ends the threads that still wait wherever they are, and inside of some libraries
    that aborts the process. Nothing is lost: what counts is on disk before anybody hears of it."""
    logging.shutdown()
    sys.stderr.flush()
    os._exit(0)
