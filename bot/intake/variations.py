"""From a picture to the next ask: the same but otherwise, larger, moving, or another thing in its look. Pure.

A variation keeps the words, the slug and the archetype of the picture it comes from; what belongs to a model, such as
steps and LoRAs, is kept only where the same model draws it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.errors import NotRenderable, PictureDeleted
from bot.intake.models import chosen
from bot.nouns import Ask, Extras, Job, Picture
from bot.taste.compose import asked_negative
from gpu_agent import planner
from gpu_agent.order import Control, ControlKind, Order, Reference
from gpu_agent.stock import ShelfModel

Way = Literal["vary", "upscale", "animate", "use"]

VARY, UPSCALE, REMIX, INPAINT = 0.5, 0.3, 0.6, 0.9
"""How far a picture is changed, 0..1."""
STILL = "image/png"
_LACKS = frozenset(("mode-missing", "control-missing", "reference-missing"))
_TIMES = 2  # how much longer the sides of an enlarged picture are


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants it where; `key` makes it accepted once."""

    key: str
    asker: int
    guild: int
    channel: int


@dataclass(frozen=True, slots=True)
class Origin:
    """A still picture to begin with: its file and size in pixels, and the job that made it, if one of ours did."""

    file: str
    width: int
    height: int
    job: Job | None = None


def origin(job: Job, picture: Picture) -> Origin:
    """Raises PictureDeleted, or NotRenderable for a clip."""
    if picture.deleted_at is not None:
        raise PictureDeleted
    if picture.media != STILL:
        raise NotRenderable("clip-still", {})
    return Origin(picture.sha256, job.width, job.height, job)


def ways(models: Sequence[ShelfModel], picture: Picture) -> tuple[Way, ...]:
    """What models whose weights are on a tower can make of this picture. Nothing is made of a clip."""
    here = [model for model in models if model.present and picture.media == STILL]
    order = picture.receipt.order
    larger = [model for model in here if "image" in model.modes and _larger(model, order.width, order.height)]
    able: dict[Way, object] = {
        "vary": names(here, "image"),
        "upscale": larger,
        "animate": names(here, "animate"),
        "use": names(here, "reference"),
    }
    return tuple(way for way, those in able.items() if those)


def varied(base: Origin, models: Sequence[ShelfModel], wish: Wish) -> Ask:
    """The same words with another seed, beginning with this picture. Raises a Refusal, as all of these do."""
    return _changed(base, _able(models, base, "image")[0], wish, VARY)


def enlarged(base: Origin, models: Sequence[ShelfModel], wish: Wish, wanted: str | None = None) -> Ask:
    """Twice the size, or as much of it as the model draws, hardly changed. `wanted` names a model.

    Where the picture's own model draws nothing larger, another one does that can.
    """
    able = [chosen(models, wanted)] if wanted is not None else _able(models, base, "image")
    for model in able:
        if size := _larger(model, base.width, base.height):
            return replace(_changed(base, model, wish, UPSCALE), width=size[0], height=size[1])
    width, height = fitted(base.width * _TIMES, base.height * _TIMES, able[0])
    size_now = {"width": base.width, "height": base.height}
    raise NotRenderable("nothing-larger", {"model": able[0].id, "largest": f"{width}x{height}", **size_now})


def animated(base: Origin, models: Sequence[ShelfModel], wish: Wish, wanted: str | None = None) -> Ask:
    """A clip that begins with this picture, in its shape and of the size its model likes."""
    model = _taken(models, base, "animate", wanted)
    share = (model.width * model.height / (base.width * base.height)) ** 0.5
    width, height = fitted(round(base.width * share), round(base.height * share), model)
    extras = Extras(source=base.file, frames=max(model.frames, model.frame_step + 1))
    return replace(_again(base, model, wish), width=width, height=height, extras=extras)


def referring(base: Origin, models: Sequence[ShelfModel], wish: Wish, prompt: str) -> Ask:
    """Something else in the look of this picture, under a slug of its own."""
    model = _able(models, base, "reference")[0]
    parent = base.job.id if base.job else None
    extras = Extras(reference=Reference(image=base.file))
    return replace(_plain(wish), prompt=prompt, model=model.id, parent=parent, extras=extras)


def remixed(
    base: Origin,
    models: Sequence[ShelfModel],
    wish: Wish,
    wanted: str | None = None,
    control: ControlKind | None = None,
) -> Ask:
    """The picture's own words and size, for the person to change: beginning with it, or holding on to its lines."""
    model = _taken(models, base, "control" if control else "image", wanted, control)
    ask = _changed(base, model, wish, REMIX)
    if control is None:
        return ask
    held = Extras(control=Control(kind=control, image=base.file), loras=ask.extras.loras)
    return replace(ask, extras=held)


def repainted(base: Origin, mask: str, models: Sequence[ShelfModel], wish: Wish, wanted: str | None = None) -> Ask:
    """Something new where the mask is white, and the rest as it is."""
    ask = _changed(base, _taken(models, base, "inpaint", wanted), wish, INPAINT)
    return replace(ask, extras=ask.extras.model_copy(update={"mask": mask}))


def stronger(ask: Ask, strength: float) -> Ask:
    """With this much of a change, 0..1; of lines that are held on to, this much of a hold."""
    if ask.extras.control is None:
        return replace(ask, extras=ask.extras.model_copy(update={"strength": strength}))
    control = ask.extras.control.model_copy(update={"strength": strength})
    return replace(ask, extras=ask.extras.model_copy(update={"control": control}))


def names(models: Sequence[ShelfModel], mode: str, control: ControlKind | None = None) -> list[str]:
    """The ids of the models that can do this, those with weights on a tower first."""
    fit = [model for model in models if _can(model, mode) and (control is None or control in model.controls)]
    return [model.id for model in sorted(fit, key=lambda model: not model.present)]


def instead(refusal: NotRenderable, order: Order, known: Sequence[ShelfModel]) -> NotRenderable:
    """The same refusal; where the model cannot do it at all, with the models that can."""
    if refusal.kind not in _LACKS:
        return refusal
    mode = "reference" if refusal.kind == "reference-missing" else order.mode
    able = names(known, mode, order.control.kind if order.control else None)
    return NotRenderable(refusal.kind, {**refusal.facts, "able": ", ".join(able) or "none"})


def fitted(width: int, height: int, model: ShelfModel) -> tuple[int, int]:
    """The size nearest to this one that the model draws; where a side is too long, both shrink."""
    share = min(1.0, model.largest / max(width, height))
    across, down = planner.nearest_size(round(width * share), round(height * share), model).split("x")
    return int(across), int(down)


def _changed(base: Origin, model: ShelfModel, wish: Wish, strength: float) -> Ask:
    job = base.job
    extras = Extras(source=base.file, strength=strength)
    if job is not None and job.model == model.id:
        extras = extras.model_copy(update={"loras": job.extras.loras, "reference": job.extras.reference})
    return replace(_again(base, model, wish), extras=extras)


def _again(base: Origin, model: ShelfModel, wish: Wish) -> Ask:
    width, height = fitted(base.width, base.height, model)
    ask = replace(_plain(wish), model=model.id, width=width, height=height)
    job = base.job
    if job is None:
        return ask
    same = job.model == model.id
    return replace(
        ask,
        prompt=job.asked,
        slug=job.slug,
        archetype=job.archetype,
        negative=asked_negative(job) if model.negative_acts else "",
        steps=job.steps if same else None,
        guidance=job.guidance if same else None,
        style=job.style,
        parent=job.id,
    )


def _plain(wish: Wish) -> Ask:
    return Ask(wish.key, "", wish.asker, wish.guild, wish.channel)


def _can(model: ShelfModel, mode: str) -> bool:
    return model.reference if mode == "reference" else mode in model.modes


def _larger(model: ShelfModel, width: int, height: int) -> tuple[int, int] | None:
    """Twice this size, or as much of it as this model draws; None where that is no more."""
    across, down = fitted(width * _TIMES, height * _TIMES, model)
    return (across, down) if across > width and down > height else None


def _taken(
    models: Sequence[ShelfModel], base: Origin, mode: str, wanted: str | None, control: ControlKind | None = None
) -> ShelfModel:
    """The model that was named, whatever it can; else the best that can."""
    return _able(models, base, mode, control)[0] if wanted is None else chosen(models, wanted)


def _able(
    models: Sequence[ShelfModel], base: Origin, mode: str, control: ControlKind | None = None
) -> list[ShelfModel]:
    """Those that can, the best first: with its weights on a tower, and among these the picture's own."""
    own = base.job.model if base.job else ""
    able = [chosen(models, name) for name in names(models, mode, control)]
    if not able:
        raise NotRenderable("model-unable", {"mode": control or mode})
    return sorted(able, key=lambda model: (not model.present, model.id != own))
