"""`/remix`: another picture from one: changed as a whole, in a part, or along its lines. And the form of the menu."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast, get_args

import discord
from discord import Attachment
from discord.app_commands import CommandTree, Range, autocomplete, command, describe, guild_only

from bot.chat import autocomplete as suggest
from bot.chat import forms, seen, sizes, sources, varying
from bot.chat.answers import Interaction, answer
from bot.chat.options import DESCRIBED, Loras, Seed, Size, Text, with_loras
from bot.chat.sources import Brought
from bot.errors import BadInput, NotRenderable
from bot.intake import variations
from bot.intake.models import chosen
from bot.intake.variations import Origin, Wish
from bot.nouns import Ask, Job
from bot.texts import picture as texts
from gpu_agent.order import ControlKind
from gpu_agent.stock import ShelfModel

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

PICTURE = "A message's link, a job's id or a slug; this channel's newest picture when left out"
IMAGE = "Or a picture of your own"
_FORM = re.compile(r"remix:(?P<job>[0-9a-z]{16})")
_PROMPT, _STRENGTH = "prompt", "strength"


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(remix)


@dataclass(frozen=True, slots=True)
class Changes:
    """What shall be otherwise than in the picture; None leaves it."""

    prompt: str | None = None
    strength: float | None = None
    mask: Attachment | None = None
    control: str | None = None
    model: str | None = None
    size: str | None = None
    seed: int | None = None
    count: int = 1
    loras: str | None = None
    slug: str | None = None


@command(description="Make another picture from one: change it, a part of it, or follow its lines")
@guild_only
@describe(
    **{name: DESCRIBED[name] for name in ("model", "size", "seed", "loras", "slug", "spoiler", "ping")},
    picture=PICTURE,
    image=IMAGE,
    prompt="What to draw; the picture's own words when left out",
    strength="How much to change: 0 leaves the picture, 1 forgets it",
    mask="A picture that is white where something new shall be, and black elsewhere",
    control="What to hold on to instead: its edges, its depth or its poses",
    count="How many pictures, each with its own seed",
)
@autocomplete(
    picture=seen.slugs,
    model=suggest.models_for("image", "inpaint", "control"),
    size=suggest.shapes,
    slug=suggest.slugs,
    control=suggest.controls,
    loras=suggest.loras,
)
async def remix(
    interaction: Interaction,
    prompt: Text | None = None,
    picture: Range[str, 1, 200] | None = None,
    image: Attachment | None = None,
    strength: Range[float, 0, 1] | None = None,
    mask: Attachment | None = None,
    control: Range[str, 1, 20] | None = None,
    model: str | None = None,
    size: Size | None = None,
    seed: Seed | None = None,
    count: Range[int, 1, 50] = 1,
    loras: Loras | None = None,
    slug: str | None = None,
    spoiler: bool = False,
    ping: bool = False,
) -> None:
    changes = Changes(prompt, strength, mask, control, model, size, seed, count, loras, slug)

    async def asked() -> str:
        async with sources.brought(interaction) as brought:
            base = await brought.origin(picture, image)
            ask = await _ask(interaction, brought, base, changes)
            return await varying.accept(interaction, ask, await varying.manner(interaction, base, spoiler, ping))

    await answer(interaction, asked)


async def _ask(interaction: Interaction, brought: Brought, base: Origin, changes: Changes) -> Ask:
    """Raises a Refusal."""
    models, wish = await interaction.client.intake.models(), varying.wish(interaction)
    if changes.mask is not None and changes.control is not None:
        raise BadInput("mask-and-control")
    if changes.mask is not None:
        mask = await brought.mask(changes.mask, base)
        ask = variations.repainted(base, mask, models, wish, changes.model)
    else:
        ask = variations.remixed(base, models, wish, changes.model, _kind(changes, models))
    if changes.strength is not None:
        ask = variations.stronger(ask, changes.strength)
    if changes.size is not None:
        width, height = sizes.parse(changes.size, chosen(models, ask.model))
        ask = replace(ask, width=width, height=height)
    ask = replace(ask, prompt=changes.prompt or ask.prompt, seed=changes.seed, count=changes.count)
    return with_loras(replace(ask, slug=changes.slug or ask.slug), changes.loras)


def _kind(changes: Changes, models: Sequence[ShelfModel]) -> ControlKind | None:
    """Raises NotRenderable for a kind that no model knows."""
    if changes.control is None or changes.control in get_args(ControlKind):
        return cast("ControlKind | None", changes.control)
    model = chosen(models, changes.model)
    facts = {"model": model.id, "controls": ", ".join(model.controls) or "none", "able": "none"}
    raise NotRenderable("control-missing", {**facts, "control": changes.control})


class Remix(discord.ui.Modal, title=texts.REMIX_TITLE):
    """The words of a picture and how much of it to change."""

    def __init__(self, job: Job) -> None:
        super().__init__(custom_id=f"remix:{job.id}", timeout=900)
        words: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=texts.REMIX_PROMPT,
            custom_id=_PROMPT,
            style=discord.TextStyle.paragraph,
            default=job.asked if len(job.asked) <= texts.LONGEST_IN_FORM else None,
            required=False,
            max_length=texts.LONGEST_IN_FORM,
        )
        strength: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=texts.REMIX_STRENGTH, custom_id=_STRENGTH, default=f"{variations.REMIX:g}", max_length=10
        )
        self.add_item(words)
        self.add_item(strength)


async def submitted(interaction: Interaction) -> None:
    """The menu's form was sent, in whichever life of the bot."""
    if match := _FORM.fullmatch(forms.name(interaction)):
        await answer(interaction, partial(_remixed, interaction, match["job"], forms.filled(interaction)))


async def _remixed(interaction: Interaction, job: str, filled: dict[str, str]) -> str:
    strength = _share(filled.get(_STRENGTH, ""))

    def making(base: Origin, models: Sequence[ShelfModel], wish: Wish) -> Ask:
        ask = variations.stronger(variations.remixed(base, models, wish), strength)
        return replace(ask, prompt=filled.get(_PROMPT) or ask.prompt)

    return await varying.make(interaction, job, making)


def _share(text: str) -> float:
    """With a point or a comma. Raises BadInput."""
    try:
        share = float(text.replace(",", "."))
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise BadInput("strength-range", strength=text)
    return share
