"""`gpu-agent serve`: the daemon, in the foreground, until it is told to stop."""

import logging
import os
import shlex
import signal
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from gpu_agent.cli.models import ModelsFile, read_catalogue
from gpu_agent.daemon import CannotServe, Daemon
from gpu_agent.power import suspend


def serve(
    spool: Annotated[Path, typer.Option(help="Folder for finished pictures and inputs.")],
    socket: Annotated[str, typer.Option(help="Local socket to serve; a pipe's name on Windows.")],
    models: ModelsFile = None,
    suspend_command: Annotated[str, typer.Option(help="Sends the tower to sleep; empty: the system's own.")] = "",
    rest_delay: Annotated[float, typer.Option(help="Seconds between announcing sleep and sleeping.")] = 5.0,
) -> None:
    """Take orders from bots and render them; see `gpu-agent attach` for how they get in."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    # A worker that is ended leaves semaphores behind; Python's tracker removes them, and need not tell anybody.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")
    read_catalogue(models)
    command = shlex.split(suspend_command)
    try:
        daemon = Daemon(
            root=spool,
            address=socket,
            models=str(models) if models is not None else None,
            sleep=lambda: suspend(command),
            rest_delay=rest_delay,
        )
        daemon.start()
    except CannotServe as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    except OSError as error:
        typer.echo(f"{error.filename or socket} cannot be used ({error.strerror}). Choose another place.", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Serving {socket}. Stop with Ctrl-C.", err=True)
    _wait_for_the_end()
    daemon.stop()


def _wait_for_the_end() -> None:
    told = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    while not told.wait(1.0):  # Windows handles no signal during a wait without end
        pass
