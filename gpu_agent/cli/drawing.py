"""One order through the engine, while a bar on the error output shows how far it is."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

import typer
from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TextColumn

from gpu_agent.cli.sentences import sentence
from gpu_agent.config import Config
from gpu_agent.order import Order
from gpu_agent.shelf import Stock
from gpu_agent.value import Facts
from gpu_agent.wire import Progress

if TYPE_CHECKING:
    from gpu_agent.engine.engine import Drawn


def draw(stock: Stock, settings: Config, order: Order, root: Path | None = None, failed: int = 1) -> "Drawn":
    """`root` holds inputs and checkpoints; without one, no trace stays. A fault ends the command with its sentence and
    the status `failed`.

    The engine comes in only here: what is wrong with an order is said at once, not after the seconds torch takes.
    """
    columns = (SpinnerColumn(), TextColumn("{task.description}"), *Bars.get_default_columns()[1:])
    console = Console(stderr=True)
    bars = Bars(*columns, console=console, transient=True, disable=not console.is_terminal)
    with TemporaryDirectory() as nowhere, bars:
        bar = bars.add_task("starting", total=None)

        def report(progress: Progress, preview: bytes = b"") -> None:
            words = f"{progress.phase} {progress.detail}".strip()
            bars.update(bar, description=words, total=1 if progress.share is not None else None,
                        completed=progress.share or 0)  # fmt: skip

        try:
            from gpu_agent.engine.engine import Engine
            from gpu_agent.engine.fault import Fault
        except ImportError as error:
            refuse("engine-missing", {"fault": str(error)}, failed)
        try:
            return Engine(stock, settings, root or Path(nowhere)).draw(order, report)
        except Fault as fault:
            bars.stop()
            refuse(fault.kind, fault.facts, failed)


def refuse(kind: str, facts: Facts, status: int = 1) -> NoReturn:
    """The command ends with this sentence."""
    typer.echo(sentence(kind, facts), err=True)
    raise typer.Exit(status)
