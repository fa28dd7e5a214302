"""`gpu-agent render`: the engine alone, in this one process, without bot, wire or daemon."""

import hashlib
import json
import secrets
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from gpu_agent import planner, shelf, spool
from gpu_agent.catalogue import Model
from gpu_agent.cli.drawing import draw, refuse
from gpu_agent.cli.models import AsJson, ConfigFile, ModelsFile, read_settings, read_stock
from gpu_agent.order import Order
from gpu_agent.shelf import Stock

if TYPE_CHECKING:
    from gpu_agent.engine.engine import Drawn

JOB = "render"
Pixels = Annotated[int | None, typer.Option(help="Pixels.")]
Steps = Annotated[int | None, typer.Option(help="How often the picture is refined.")]
Guidance = Annotated[float | None, typer.Option(help="How strictly the prompt is followed.")]
Seed = Annotated[int | None, typer.Option(help="Same seed, same picture. Drawn at random if left out.")]
Source = Annotated[Path | None, typer.Option(help="A picture to start from.")]
Mask = Annotated[Path | None, typer.Option(help="White where --source is drawn anew, black where it stays.")]
Strength = Annotated[float | None, typer.Option(help="How far --source is changed, 0 to 1.")]
Control = Annotated[str, typer.Option(help="KIND=FILE: a picture whose edges (canny), depth or pose are held to.")]
Reference = Annotated[Path | None, typer.Option(help="A picture whose look is taken over.")]
Loras = Annotated[list[str] | None, typer.Option(help="ID or ID:WEIGHT; may be given several times.")]
Frames = Annotated[int | None, typer.Option(help="More than one makes a clip.")]
KeepAt = Annotated[list[int] | None, typer.Option(help="Keep a checkpoint after this step (with --spool).")]
Start = Annotated[int | None, typer.Option(help="Go on from the checkpoint kept after this step (with --spool).")]
Spool = Annotated[Path | None, typer.Option(help="A folder for inputs and checkpoints; without one, none are kept.")]


def render(
    prompt: Annotated[str, typer.Option(help="What the picture shall show.")],
    model: Annotated[str, typer.Option(help="Id of a model; see `gpu-agent models`.")] = "demo",
    out: Annotated[Path, typer.Option("-o", "--out", help="The PNG or MP4 to write.")] = Path("out.png"),
    seed: Seed = None,
    width: Pixels = None,
    height: Pixels = None,
    steps: Steps = None,
    guidance: Guidance = None,
    negative: Annotated[str, typer.Option(help="What it shall not show.")] = "",
    source: Source = None,
    mask: Mask = None,
    strength: Strength = None,
    control: Control = "",
    reference: Reference = None,
    lora: Loras = None,
    frames: Frames = None,
    keep_at: KeepAt = None,
    start: Start = None,
    spool: Spool = None,
    config: ConfigFile = None,
    models: ModelsFile = None,
    as_json: AsJson = False,
) -> None:
    """Render one picture or clip and write it, with its receipt inside."""
    if not out.absolute().parent.is_dir():
        refuse("no-folder", {"folder": str(out.parent)})
    asked = {name: value for name, value in locals().items() if value not in (None, "", [])}
    settings = read_settings(config, models)
    stock = read_stock(settings)
    with TemporaryDirectory() as nowhere:
        root = spool or Path(nowhere)
        order = _order(stock, asked, root / "inputs")
        drawn = draw(stock, settings, order, root)
    _write(out, drawn, order, as_json)


def _order(stock: Stock, asked: dict[str, Any], inputs: Path) -> Order:
    model = _model(stock, asked["model"])
    usual = {name: getattr(model, name) for name in ("width", "height", "steps", "guidance")}
    usual |= {"seed": secrets.randbits(32), "frames": model.frames if model.frames > 1 else 1}
    own = {name: value for name, value in asked.items() if name in Order.model_fields}
    try:
        order = Order.model_validate({**usual, **own, "job": JOB, **_extras(asked, inputs)})
    except ValidationError as error:
        first = error.errors()[0]
        where = f"--{first['loc'][0]} {first['input']}: ".replace("_", "-") if first["loc"] else ""
        typer.echo(f"{where}{first['msg']}. Give another value.", err=True)
        raise typer.Exit(2) from error
    shown = shelf.on_shelf(model)
    refusal = planner.refuse(shown, order) or planner.refuse_loras(order, shown, shelf.shelf_loras(stock))
    if refusal is not None:
        refuse(refusal.kind, refusal.facts)
    return order


def _model(stock: Stock, model_id: str) -> Model:
    if model_id not in stock.catalogue:
        refuse("unknown-model", {"model": model_id, "known": ", ".join(model.id for model in stock.catalogue)})
    return stock.catalogue[model_id]


def _extras(asked: dict[str, Any], inputs: Path) -> dict[str, Any]:
    """What the order says about pictures, LoRAs and checkpoints; the pictures are copied to where the engine looks."""
    extras: dict[str, Any] = {name: _brought(asked[name], inputs) for name in ("source", "mask") if name in asked}
    if "control" in asked:
        kind, _, file = asked["control"].partition("=")
        extras["control"] = {"kind": kind, "image": _brought(Path(file), inputs)}
    if "reference" in asked:
        extras["reference"] = {"image": _brought(asked["reference"], inputs)}
    if "lora" in asked:
        extras["loras"] = [_lora(words) for words in asked["lora"]]
    if "start" in asked:
        extras["start"] = {"job": JOB, "step": asked["start"]}
    return extras


def _lora(words: str) -> dict[str, str]:
    named, colon, weight = words.rpartition(":")
    return {"id": named, "weight": weight} if colon else {"id": words}


def _brought(file: Path, inputs: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        typer.echo(f"{file} cannot be read ({error.strerror}). Name another file.", err=True)
        raise typer.Exit(2) from error
    digest = hashlib.sha256(content).hexdigest()
    inputs.mkdir(parents=True, exist_ok=True)
    spool.write(inputs / digest, content)
    return digest


def _write(out: Path, drawn: "Drawn", order: Order, as_json: bool) -> None:
    spool.write(out, drawn.content)
    typer.echo(_as_json(out, drawn) if as_json else f"{out}  seed {order.seed}  {drawn.seconds:.1f} s")


def _as_json(out: Path, drawn: "Drawn") -> str:
    digest = hashlib.sha256(drawn.content).hexdigest()
    told = {"file": str(out), "sha256": digest, "bytes": len(drawn.content), "seconds": round(drawn.seconds, 3)}
    return json.dumps({**told, "peak": drawn.peak, "receipt": drawn.receipt.model_dump()}, indent=2)
