"""`gpu-agent plan`: whether and how a model would be placed on this card, or on one that is only imagined."""

import json
from dataclasses import asdict
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from gpu_agent import placing, planner
from gpu_agent.cards import GB
from gpu_agent.catalogue import described
from gpu_agent.cli.models import NO_PICTURE, AsJson, ConfigFile, ModelsFile, read_settings, read_stock, usual_order
from gpu_agent.cli.sentences import sentence
from gpu_agent.gpu import cards
from gpu_agent.order import MOST_LORAS, Control, Lora, Order, Reference
from gpu_agent.placing import Considered
from gpu_agent.planner import Plan, Refusal
from gpu_agent.stock import Gpu, ShelfModel


def plan(
    model: Annotated[str, typer.Argument(help="Id of a model; see `gpu-agent models`.")],
    vram: Annotated[
        float | None, typer.Option(min=0.1, help="A card with so many GB, instead of this machine's.")
    ] = None,
    ram: Annotated[float | None, typer.Option(min=0.1, help="So many GB of the machine's own memory.")] = None,
    arch: Annotated[str, typer.Option(help="The card's architecture, such as sm86.")] = "",
    card: Annotated[str, typer.Option(help='The card\'s name, such as "RTX 3070".')] = "",
    size: Annotated[str, typer.Option(help="Such as 1024x768; the model's own if left out.")] = "",
    frames: Annotated[int | None, typer.Option(min=1, max=257, help="Of a clip.")] = None,
    lora: Annotated[int, typer.Option(min=0, max=MOST_LORAS, help="How many LoRAs.")] = 0,
    control: Annotated[bool, typer.Option("--control", help="With a ControlNet.")] = False,
    reference: Annotated[bool, typer.Option("--reference", help="With a reference picture.")] = False,
    config: ConfigFile = None,
    models: ModelsFile = None,
    as_json: AsJson = False,
) -> None:
    """Say how a model would be placed: what each rung would take, and which one is taken."""
    settings = read_settings(config, models)
    catalogue = read_stock(settings).catalogue
    if model not in catalogue:
        _refuse(Refusal("unknown-model", {"model": model, "known": ", ".join(known.id for known in catalogue)}))
    known = described(catalogue[model], present=True)
    order = _order(known, size, frames)
    order = _with_extras(order, known, lora, control, reference)
    if (refusal := planner.refuse(known, order)) is not None:
        _refuse(refusal)
    gpu = _gpu(vram, ram, arch, card)
    found = placing.considered(known, order, gpu, quantize=settings.speed.quantize)
    decided = placing.place(known, order, gpu, quantize=settings.speed.quantize)
    typer.echo(_as_json(decided, found)) if as_json else _print(known, order, gpu, decided, found)
    if isinstance(decided, Refusal):
        raise typer.Exit(1)


def _order(model: ShelfModel, size: str, frames: int | None) -> Order:
    """The model's usual picture or clip, in this size."""
    usual = usual_order(model)
    width, height = sides(size) if size else (usual.width, usual.height)
    return usual.model_copy(update={"width": width, "height": height, "frames": frames or usual.frames})


def sides(size: str) -> tuple[int, int]:
    """Width and height of a size such as 1024x768; anything else ends the command with a sentence."""
    sides = [int(side) for side in size.lower().replace("×", "x").split("x") if side.isdecimal()]
    if len(sides) != 2 or not all(8 <= side <= 8192 for side in sides):
        typer.echo(f'"{size}" is not a size. Write it as 1024x768.', err=True)
        raise typer.Exit(2)
    return sides[0], sides[1]


def _with_extras(order: Order, model: ShelfModel, loras: int, control: bool, reference: bool) -> Order:
    kinds = model.controls or ("canny",)
    extras = {
        "loras": tuple(Lora(id=f"lora-{number}") for number in range(loras)),
        "control": Control(kind=kinds[0], image=NO_PICTURE) if control else None,
        "reference": Reference(image=NO_PICTURE) if reference else None,
    }
    return order.model_copy(update=extras)


def _gpu(vram: float | None, ram: float | None, arch: str, card: str) -> Gpu:
    """This machine's first card, with whatever was imagined in its place."""
    here = cards()[0]
    if vram is not None:
        total = int(vram * GB)
        here = Gpu(name=card or "card", total=total, free=total, arch=arch, ram=here.ram, ram_free=here.ram)
    if ram is not None:
        here = here.model_copy(update={"ram": int(ram * GB), "ram_free": int(0.9 * ram * GB)})
    return here


def _print(model: ShelfModel, order: Order, gpu: Gpu, decided: Plan | Refusal, found: tuple[Considered, ...]) -> None:
    clip = f", {order.frames} frames" if order.frames > 1 else ""
    table = Table("rung", "format", "text encoders", "card", "machine", "", title=f"{model.name} on {gpu.name}")
    for option in found:
        plan, chosen = option.plan, isinstance(decided, Plan) and option.plan.rung == decided.rung
        remark = "taken" if chosen else option.fault or "would do, too"
        sizes = (f"{plan.peak / GB:.1f} GB", f"{plan.ram / GB:.1f} GB")
        table.add_row(plan.rung, plan.format or plan.dtype, plan.text, *sizes, remark, style="bold" if chosen else "")
    console = Console()
    console.print(table)
    console.print(f"{order.width}x{order.height}{clip}, {order.steps} steps. {_verdict(decided)}", highlight=False)


def _verdict(decided: Plan | Refusal) -> str:
    if isinstance(decided, Refusal):
        return sentence(decided.kind, decided.facts)
    time = "" if decided.seconds is None else f", about {decided.seconds:.0f} s of rendering"
    tiles = ", decoded in tiles" if decided.tiled else ""
    wished = "".join(f" {why}." for why in decided.because if why.split(":")[0] not in planner.RUNGS)
    return f"{decided.rung}: {decided.peak / GB:.1f} of {decided.budget / GB:.1f} GB{tiles}{time}.{wished}"


def _as_json(decided: Plan | Refusal, found: tuple[Considered, ...]) -> str:
    answer = {"refusal" if isinstance(decided, Refusal) else "plan": asdict(decided)}
    return json.dumps({**answer, "considered": [asdict(option) for option in found]}, indent=2)


def _refuse(refusal: Refusal) -> NoReturn:
    typer.echo(sentence(refusal.kind, refusal.facts), err=True)
    raise typer.Exit(1)
