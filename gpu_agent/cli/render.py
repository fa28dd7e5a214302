"""`gpu-agent render`: the engine alone, in this one process, without bot, wire or daemon."""

import hashlib
import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TextColumn

from gpu_agent import planner, shelf, spool
from gpu_agent.catalogue import Catalogue, Model
from gpu_agent.cli.models import AsJson, ModelsFile, read_catalogue
from gpu_agent.cli.sentences import sentence
from gpu_agent.config import Config
from gpu_agent.order import Order
from gpu_agent.value import Facts
from gpu_agent.wire import Progress

if TYPE_CHECKING:
    from gpu_agent.engine.engine import Drawn, Engine
    from gpu_agent.engine.fault import Fault


def render(
    prompt: Annotated[str, typer.Option(help="What the picture shall show.")],
    model: Annotated[str, typer.Option(help="Id of a model; see `gpu-agent models`.")] = "demo",
    out: Annotated[Path, typer.Option("-o", "--out", help="The PNG to write.")] = Path("out.png"),
    seed: Annotated[int | None, typer.Option(help="Same seed, same picture. Drawn at random if left out.")] = None,
    width: Annotated[int | None, typer.Option(help="Pixels.")] = None,
    height: Annotated[int | None, typer.Option(help="Pixels.")] = None,
    steps: Annotated[int | None, typer.Option(help="How often the picture is refined.")] = None,
    guidance: Annotated[float | None, typer.Option(help="How strictly the prompt is followed.")] = None,
    negative: Annotated[str, typer.Option(help="What it shall not show.")] = "",
    models: ModelsFile = None,
    as_json: AsJson = False,
) -> None:
    """Render one picture and write it, with its receipt inside."""
    if not out.absolute().parent.is_dir():
        _refuse("no-folder", {"folder": str(out.parent)})
    catalogue = read_catalogue(models)
    known = _model(catalogue, model)
    chosen = {"width": width, "height": height, "steps": steps, "guidance": guidance}
    own = {name: getattr(known, name) if value is None else value for name, value in chosen.items()}
    own |= {"prompt": prompt, "negative": negative, "seed": secrets.randbits(32) if seed is None else seed}
    order = _order(known, own)
    drawn = _draw(catalogue, order)
    spool.write(out, drawn.content)
    typer.echo(_as_json(out, drawn) if as_json else f"{out}  seed {order.seed}  {drawn.seconds:.1f} s")


def _model(catalogue: Catalogue, model_id: str) -> Model:
    if model_id not in catalogue:
        _refuse("unknown-model", {"model": model_id, "known": ", ".join(model.id for model in catalogue)})
    return catalogue[model_id]


def _order(model: Model, own: dict[str, object]) -> Order:
    try:
        order = Order.model_validate({"job": "render", "model": model.id, **own})
    except ValidationError as error:
        first = error.errors()[0]
        typer.echo(f"--{first['loc'][0]} {first['input']}: {first['msg']}. Give another value.", err=True)
        raise typer.Exit(2) from error
    refusal = planner.refuse(shelf.on_shelf(model), order)
    if refusal is not None:
        _refuse(refusal.kind, refusal.facts)
    return order


def _draw(catalogue: Catalogue, order: Order) -> "Drawn":
    """The engine comes in only now: a wrong order is refused at once, not after the seconds torch takes to load."""
    with Bars(SpinnerColumn(), TextColumn("{task.description}"), *Bars.get_default_columns()[1:],
              console=Console(stderr=True), transient=True) as bars:  # fmt: skip
        bar = bars.add_task("starting", total=None)
        Engine, Fault = _engine()

        def report(progress: Progress, preview: bytes = b"") -> None:
            words = f"{progress.phase} {progress.detail}".strip()
            bars.update(bar, description=words, total=1 if progress.share is not None else None,
                        completed=progress.share or 0)  # fmt: skip

        try:
            return Engine(shelf.Stock(catalogue), Config(), Path()).draw(order, report)
        except Fault as fault:
            bars.stop()
            _refuse(fault.kind, fault.facts)


def _engine() -> "tuple[type[Engine], type[Fault]]":
    try:
        from gpu_agent.engine.engine import Engine
        from gpu_agent.engine.fault import Fault
    except ImportError as error:
        _refuse("engine-missing", {"fault": str(error)})
    return Engine, Fault


def _refuse(kind: str, facts: Facts) -> NoReturn:
    typer.echo(sentence(kind, facts), err=True)
    raise typer.Exit(1)


def _as_json(out: Path, drawn: "Drawn") -> str:
    digest = hashlib.sha256(drawn.content).hexdigest()
    told = {"file": str(out), "sha256": digest, "bytes": len(drawn.content), "seconds": round(drawn.seconds, 3)}
    return json.dumps({**told, "peak": drawn.peak, "receipt": drawn.receipt.model_dump()}, indent=2)
