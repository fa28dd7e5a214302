"""`gpu-agent bench`: how fast models are here, beside the plain call and beside what the card could do at best."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from gpu_agent import nvml, spool
from gpu_agent.catalogue import Catalogue, Model
from gpu_agent.cli.drawing import refuse
from gpu_agent.cli.models import ConfigFile, ModelsFile, read_settings, read_stock
from gpu_agent.cli.plan import sides
from gpu_agent.cli.sentences import sentence
from gpu_agent.config import Config
from gpu_agent.energy import Meter

if TYPE_CHECKING:
    from gpu_agent.engine.bench.told import Bench
    from gpu_agent.engine.bench.wanted import Instruments

_SM = 1  # which clock is asked for: the one of what computes
_IDLE = 0x1  # a reason for a slow clock that is none: nothing was asked of the card


def bench(
    model: Annotated[list[str] | None, typer.Argument(help="Ids of models; the demo's if left out.")] = None,
    random_weights: Annotated[
        bool, typer.Option("--random-weights", help="Build models whose weights are not here with random ones.")
    ] = False,
    runs: Annotated[int, typer.Option(min=1, max=100, help="Timed pictures at most, of each model.")] = 10,
    minutes: Annotated[float, typer.Option(min=0.0, help="For all of it; what there is no time for is said.")] = 10.0,
    size: Annotated[str, typer.Option(help="Such as 1024x1024, for pictures; the models' own if left out.")] = "",
    levers: Annotated[bool, typer.Option("--levers", help="Also pull one lever after another.")] = False,
    lossy: Annotated[bool, typer.Option("--lossy", help="Also measure what each lossy lever costs.")] = False,
    trace: Annotated[Path | None, typer.Option(help="Also write timelines beside this file, by model.")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write every figure to this file.")] = None,
    spool_at: Annotated[
        Path | None, typer.Option("--spool", help="Where what lossy levers cost is kept: the daemon's folder.")
    ] = None,
    config: ConfigFile = None,
    models: ModelsFile = None,
) -> None:
    """Measure models: floor, plain call and engine, side by side, as a page of Markdown."""
    for file in (trace, as_json):
        if file is not None and not file.absolute().parent.is_dir():
            refuse("no-folder", {"folder": str(file.parent)})
    settings = read_settings(config, models)
    own: dict[str, Any] = {
        "runs": runs,
        "minutes": minutes,
        "levers": levers,
        "lossy": lossy,
        "trace": trace,
        "random": random_weights,
    }
    own |= {"models": _models(read_stock(settings).catalogue, model), "size": sides(size) if size else None}
    with TemporaryDirectory() as nowhere:
        found = _measured(own, settings, spool_at or Path(nowhere))
    _tell(found, as_json)


def _models(catalogue: Catalogue, named: list[str] | None) -> tuple[Model, ...]:
    for each in named or ():
        if each not in catalogue:
            refuse("unknown-model", {"model": each, "known": ", ".join(known.id for known in catalogue)})
    return tuple(catalogue[each] for each in named or ("demo",))


def _measured(own: dict[str, Any], settings: Config, root: Path) -> "Bench":
    """The engine comes in only here, as for any other command."""
    try:
        from gpu_agent.engine.bench.bench import measured
        from gpu_agent.engine.bench.wanted import Wanted
    except ImportError as error:
        refuse("engine-missing", {"fault": str(error)})
    console = Console(stderr=True)
    with console.status("starting") as status:

        def said(words: str) -> None:
            status.update(words) if console.is_terminal else console.print(words, highlight=False)

        return measured(Wanted(**own), settings, root, _instruments(said))


def _instruments(said: Any) -> "Instruments":
    from gpu_agent.engine.bench.wanted import Instruments

    cards = nvml.cards()
    if not cards:
        return Instruments(lambda: None, lambda: "", "", sentence, said)
    meter = Meter(cards[0])
    return Instruments(meter.read, lambda: _state(cards[0]), nvml.driver(), sentence, said)


def _state(card: str) -> str:
    """What the card says of its clock, and of what holds it down."""
    clock, most = nvml.ask(card, "ClockInfo", _SM), nvml.ask(card, "MaxClockInfo", _SM)
    reasons, warm = nvml.ask(card, "CurrentClocksEventReasons"), nvml.ask(card, "Temperature", 0)
    words = [f"{clock} of {most} MHz"] if clock is not None else []
    words += [f"{warm} °C"] if warm is not None else []
    words += [f"clock held down (reasons {reasons:#x})"] if reasons and reasons & ~_IDLE else []
    return ", ".join(words)


def _tell(found: "Bench", as_json: Path | None) -> None:
    from gpu_agent.engine.bench import table

    typer.echo(table.page(found, " ".join(["gpu-agent", *sys.argv[1:]])))
    if as_json is not None:
        spool.write(as_json, json.dumps(asdict(found), indent=2).encode())
    if not found.rows:
        raise typer.Exit(1)
