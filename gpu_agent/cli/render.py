"""`gpu-agent render`: the engine alone, in this one process, without bot, wire or daemon."""

import hashlib
import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from gpu_agent import planner, shelf, spool
from gpu_agent.catalogue import Catalogue, Model
from gpu_agent.cli.drawing import draw, refuse
from gpu_agent.cli.models import AsJson, ModelsFile, read_catalogue
from gpu_agent.config import Config
from gpu_agent.order import Order

if TYPE_CHECKING:
    from gpu_agent.engine.engine import Drawn


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
        refuse("no-folder", {"folder": str(out.parent)})
    catalogue = read_catalogue(models)
    known = _model(catalogue, model)
    chosen = {"width": width, "height": height, "steps": steps, "guidance": guidance}
    own = {name: getattr(known, name) if value is None else value for name, value in chosen.items()}
    own |= {"prompt": prompt, "negative": negative, "seed": secrets.randbits(32) if seed is None else seed}
    order = _order(known, own)
    drawn = draw(shelf.Stock(catalogue), Config(), order)
    spool.write(out, drawn.content)
    typer.echo(_as_json(out, drawn) if as_json else f"{out}  seed {order.seed}  {drawn.seconds:.1f} s")


def _model(catalogue: Catalogue, model_id: str) -> Model:
    if model_id not in catalogue:
        refuse("unknown-model", {"model": model_id, "known": ", ".join(model.id for model in catalogue)})
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
        refuse(refusal.kind, refusal.facts)
    return order


def _as_json(out: Path, drawn: "Drawn") -> str:
    digest = hashlib.sha256(drawn.content).hexdigest()
    told = {"file": str(out), "sha256": digest, "bytes": len(drawn.content), "seconds": round(drawn.seconds, 3)}
    return json.dumps({**told, "peak": drawn.peak, "receipt": drawn.receipt.model_dump()}, indent=2)
