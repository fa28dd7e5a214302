"""What the commands that ask have in common: their options, and how these become an ask with everything settled."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from discord.app_commands import Range

from bot.chat import sizes
from bot.chat.answers import Interaction
from bot.errors import NoSuchJob, NotRenderable
from bot.intake import permutations, presets
from bot.intake.drafts import heeds, seeds
from bot.intake.fields import worn
from bot.intake.models import chosen
from bot.intake.presets import Styles
from bot.ledger import jobs
from bot.nouns import Ask
from bot.texts import asking
from gpu_agent.stock import ShelfModel

Text = Range[str, 1, 6000]
Loras = Range[str, 1, 1000]
Seed = Range[int, 0, 2**32 - 1]
Steps = Range[int, 1, 200]
Guidance = Range[float, 0, 50]
Size = Range[str, 1, 20]
Archetype = Range[str, 1, 64]

DESCRIBED = {
    "prompt": "What to draw; {red,blue} asks for one of each",
    "model": "Which model draws it",
    "size": "A shape, a proportion such as 16:9, or width x height in pixels",
    "seed": "The same seed and prompt give the same picture again",
    "steps": "How many steps; the model's own when left out",
    "guidance": "How closely the prompt is followed; the model's own when left out",
    "negative": "What shall not be seen, for models that heed it",
    "style": "A preset: words and settings that go by a name",
    "loras": "LoRAs with weights, such as ink:0.8, paper",
    "slug": "What the picture is for: a short name; verdicts on it shape later prompts",
    "archetype": "What kind of subject it is",
    "spoiler": "Hide the picture until it is clicked",
    "ping": "Ping me when it is finished",
}
"""What Discord shows of the options that several commands have."""

_REFERENCE = re.compile(r"=([0-9a-z]{16})")


def reference(job: str) -> str:
    """What stands for all the words of this job's prompt where they are too long for a suggestion."""
    return f"={job}"


@dataclass(frozen=True, slots=True)
class World:
    """What there is to ask for: models, the default first, and presets by name."""

    models: Sequence[ShelfModel]
    styles: Styles


async def world(interaction: Interaction) -> World:
    intake = interaction.client.intake
    return World(await intake.models(), await intake.styles())


async def begun(interaction: Interaction, prompt: str) -> Ask:
    """An ask of these words, from this person, here. Raises NoSuchJob for a reference to nothing of theirs."""
    assert interaction.guild_id is not None
    assert interaction.channel_id is not None
    return Ask(
        key=f"interaction:{interaction.id}",
        prompt=await _whole(interaction, prompt),
        asker=interaction.user.id,
        guild=interaction.guild_id,
        channel=interaction.channel_id,
    )


async def _whole(interaction: Interaction, prompt: str) -> str:
    match = _REFERENCE.fullmatch(prompt.strip())
    if match is None:
        return prompt
    async with interaction.client.db.reading() as connection:
        job = await jobs.get(connection, match[1])
    if job is None or job.asker != interaction.user.id:
        raise NoSuchJob(job=match[1])
    return permutations.escaped(job.asked)


def settled(ask: Ask, size: str | None, there: World, *, near: bool = False) -> Ask:
    """The ask with its style's settings and its size in pixels, `near` to what was wanted where several models are.

    Raises the Refusal of an unknown model or style, and of a size or a negative prompt that this model cannot use.
    """
    style = None if ask.style is None else presets.chosen(there.styles, ask.style)
    model = chosen(there.models, ask.model or (style.model if style else None))
    if size is not None:
        width, height = sizes.nearest(size, model) if near else sizes.parse(size, model)
        ask = replace(ask, width=width, height=height)
    ask = presets.filled(ask, style)
    if ask.negative.strip():
        _heeded(ask, model, there.models)
    return ask


def with_loras(ask: Ask, loras: str | None) -> Ask:
    """Raises Unclear for what cannot be read as LoRAs."""
    return ask if loras is None else replace(ask, loras=worn(loras))


def seeded(ask: Ask) -> Ask:
    """With the seed that all members of a group share, so that nothing but what is compared differs."""
    return ask if ask.seed is not None else replace(ask, seed=seeds(None, 1)[0])


def _heeded(ask: Ask, model: ShelfModel, known: Sequence[ShelfModel]) -> None:
    guidance = model.guidance if ask.guidance is None else ask.guidance
    if heeds(model, guidance):
        return
    if model.negative_acts:
        usual = asking.usual(model.guidance)
        raise NotRenderable("negative-guidance", {"model": model.id, "guidance": f"{guidance:g}", "usual": usual})
    able = [one.id for one in known if one.present and heeds(one, one.guidance)]
    raise NotRenderable("negative-idle", {"model": model.id, "known": ", ".join(able) or asking.NONE_HERE})
