"""`gpu-agent replay`: a picture's receipt is rendered again, and what came out is held against the picture."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gpu_agent import planner, shelf
from gpu_agent.cli.drawing import draw, refuse
from gpu_agent.cli.models import AsJson, ConfigFile, ModelsFile, read_settings, read_stock
from gpu_agent.config import Config
from gpu_agent.order import Order, Receipt
from gpu_agent.shelf import Stock

if TYPE_CHECKING:
    from gpu_agent.engine.compare import Difference, Likeness
    from gpu_agent.engine.engine import Drawn

_STATUS = {"identical": 0, "near": 1, "different": 2}
_NOT_TRIED = 3
_CAUSES = {
    "weights": "The weights are others: {then} then, {now} now.",
    "file": "The weights' file {name} is another one: {then} then, {now} now.",
    "lora": "The LoRA {name} is another file, or was put on in another way: {then} then, {now} now.",
    "pipeline": "It was drawn by {then}, here by {now}.",
    "scheduler": "Its steps were {then}'s, here they are {now}'s.",
    "dtype": "It was computed in {then}, here in {now}.",
    "device": "It was drawn on {then}, and this is {now}.",
    "threads": "Each operation had {then} threads, here {now}: their sums are rounded in another order.",
    "plan": "The model was placed otherwise: {then} then, {now} here.",
    "compiled": "The model's compiled state is another: {then} then, {now} here.",
    "levers": "What made it faster differs: {then} then, {now} here.",
    "fell": "What ran out of memory first differs: {then} then, {now} here.",
    "repaired": "What a bad first result needed differs: {then} then, {now} here.",
    "version": "{name} was {then}, and is {now} here.",
    "lossy": "What costs precision differs: {then} then, {now} here.",
    "resumed": "Where it was gone on with after a break differs: step {then} then, {now} here.",
}
_NO_CAUSE = (
    "Nothing that the receipt tells has changed. What is left is the hardware and its driver: replay it once more; "
    "if this machine does not repeat itself either, have its memory tested."
)


def replay(
    picture: Annotated[Path, typer.Argument(help="A PNG or MP4 of Darkroom's.")],
    config: ConfigFile = None,
    models: ModelsFile = None,
    spool: Annotated[
        Path | None, typer.Option(help="The daemon's folder: what a picture started from lies there.")
    ] = None,
    tolerance: Annotated[
        float, typer.Option(min=0, help="Decibels (PSNR) from which on two pictures are near.")
    ] = 30.0,
    as_json: AsJson = False,
) -> None:
    """Render a picture again from its receipt, and say whether it came out identical (status 0), near (1) or
    different (2), and why. Status 3: it cannot be rendered again."""
    settings = read_settings(config, models)
    content = _content(picture)
    then = _receipt(picture, content)
    again = draw(*_possible(then.order, settings), spool, _NOT_TRIED)
    from gpu_agent.engine.compare import differences, likeness

    alike = likeness(content, _counterpart(content, again), tolerance)
    causes = differences(then, again.receipt)
    typer.echo(_as_json(alike, causes, again) if as_json else _words(picture, alike, causes))
    raise typer.Exit(_STATUS[alike.outcome])


def _content(picture: Path) -> bytes:
    try:
        return picture.read_bytes()
    except OSError as error:
        typer.echo(f"{picture} cannot be read ({error.strerror}). Name another file.", err=True)
        raise typer.Exit(_NOT_TRIED) from error


def _receipt(picture: Path, content: bytes) -> Receipt:
    try:
        from gpu_agent.engine.compare import receipt_in
    except ImportError as error:
        refuse("engine-missing", {"fault": str(error)}, _NOT_TRIED)
    try:
        return receipt_in(content)
    except ValueError as error:
        refuse("receipt-missing", {"file": picture.name, "fault": str(error).splitlines()[0]}, _NOT_TRIED)


def _possible(order: Order, settings: Config) -> tuple[Stock, Config, Order]:
    """What the engine needs for it; an order that cannot be rendered here is refused as the daemon would refuse it."""
    stock = read_stock(settings)
    if order.model not in stock.catalogue:
        known = ", ".join(model.id for model in stock.catalogue)
        refuse("unknown-model", {"model": order.model, "known": known}, _NOT_TRIED)
    model = shelf.on_shelf(stock.catalogue[order.model])
    refusal = planner.refuse(model, order) or planner.refuse_loras(order, model, shelf.shelf_loras(stock))
    if refusal is not None:
        refuse(refusal.kind, refusal.facts, _NOT_TRIED)
    return stock, settings, order.model_copy(update={"job": "replay", "keep_at": ()})


def _counterpart(content: bytes, again: "Drawn") -> bytes:
    """A clip's poster bears the clip's receipt: it is held against the new poster."""
    is_png = content.startswith(b"\x89PNG")
    return again.poster if is_png and again.poster is not None else again.content


def _sentence(cause: "Difference") -> str:
    return _CAUSES[cause.what].format(name=cause.name, then=cause.then, now=cause.now)


def _words(picture: Path, alike: "Likeness", causes: tuple["Difference", ...]) -> str:
    if alike.outcome == "identical":
        return f"{picture}: identical."
    how = "of another size" if alike.psnr is None else f"PSNR {alike.psnr:.1f} dB"
    why = [_sentence(cause) for cause in causes] or [_NO_CAUSE]
    return "\n".join([f"{picture}: {alike.outcome} ({how}).", *why])


def _as_json(alike: "Likeness", causes: tuple["Difference", ...], again: "Drawn") -> str:
    told = [{**asdict(cause), "words": _sentence(cause)} for cause in causes]
    return json.dumps({**asdict(alike), "differences": told, "seconds": round(again.seconds, 3)}, indent=2)
