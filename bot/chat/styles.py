"""`/style`: presets that people save, show and remove; those that ship can only be shown."""

from functools import partial
from typing import TYPE_CHECKING

from discord.app_commands import CommandTree, Group, Range, autocomplete, describe

from bot.chat import autocomplete as suggest
from bot.chat import finding, gate, sizes
from bot.chat.answers import Interaction, answer
from bot.chat.options import Guidance, Loras, Size, Steps, begun
from bot.errors import Unclear
from bot.intake import presets
from bot.intake.fields import worn
from bot.intake.models import chosen
from bot.ledger import presets as rows
from bot.nouns import Preset
from bot.people.permits import What
from bot.texts import asking as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

group: Group = Group(name="style", description="Words and settings that go by a name, to ask with", guild_only=True)
StyleName = Range[str, 1, 100]


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(group)


@group.command(name="save", description="Save a style: words, settings, or both, also from a picture")
@describe(
    name="What it is called",
    from_picture="Take the settings of this picture: the link of its message, or its job's id",
    prompt="Its words; {prompt} stands for those of the person who asks",
    negative="What shall not be seen, used with models that heed it",
    model="The model that its settings are for",
    size="A shape, a proportion, or width x height in pixels",
    steps="How many steps",
    guidance="How closely the prompt is followed",
    loras="LoRAs with weights, such as ink:0.8, paper",
)
@autocomplete(name=suggest.own_styles, model=suggest.models, size=suggest.shapes, loras=suggest.loras)
async def save(
    interaction: Interaction,
    name: StyleName,
    from_picture: Range[str, 1, 200] | None = None,
    prompt: Range[str, 1, 1000] | None = None,
    negative: Range[str, 1, 1000] | None = None,
    model: str | None = None,
    size: Size | None = None,
    steps: Steps | None = None,
    guidance: Guidance | None = None,
    loras: Loras | None = None,
) -> None:
    async def work() -> str:
        await gate.demand(interaction, What.ASK)
        base = await _of_picture(interaction, name, from_picture)
        given: dict[str, object] = {"negative": negative, "model": model, "steps": steps, "guidance": guidance}
        given |= {"prompt": prompt and presets.template(prompt), "loras": loras and worn(loras)}
        told = {field: value for field, value in given.items() if value is not None}
        return await _save(interaction, base.model_copy(update=told), size)

    await answer(interaction, work)


@group.command(name="list", description="The styles there are")
async def entries(interaction: Interaction) -> None:
    await answer(interaction, partial(_list, interaction))


@group.command(name="show", description="All of one style")
@describe(name="Which one")
@autocomplete(name=suggest.styles)
async def show(interaction: Interaction, name: StyleName) -> None:
    await answer(interaction, partial(_show, interaction, name))


@group.command(name="remove", description="Remove a style of your own; moderators remove any")
@describe(name="Which one")
@autocomplete(name=suggest.own_styles)
async def remove(interaction: Interaction, name: StyleName) -> None:
    await answer(interaction, partial(_remove, interaction, name))


async def _of_picture(interaction: Interaction, name: str, picture: str | None) -> Preset:
    """The settings of this picture's job under that name, with the words of its own style. Raises a Refusal."""
    empty = Preset(name=presets.named(name))
    if picture is None:
        return empty
    job = (await finding.of_words(interaction, picture)).job
    async with interaction.client.db.reading() as connection:
        worn_by_it = await presets.of_names(connection, [job.style] if job.style else [])
    words = {"prompt": one.prompt, "negative": one.negative} if (one := worn_by_it.get(job.style or "")) else {}
    settings = {"model": job.model, "width": job.width, "height": job.height, "loras": job.extras.loras}
    return empty.model_copy(update={**words, **settings, "steps": job.steps, "guidance": job.guidance})


async def _save(interaction: Interaction, preset: Preset, size: str | None) -> str:
    """Stored once it is known that it can be asked with. Raises a Refusal."""
    client = interaction.client
    if size is not None:
        width, height = sizes.parse(size, chosen(await client.intake.models(), preset.model))
        preset = preset.model_copy(update={"width": width, "height": height})
    if preset == Preset(name=preset.name):
        raise Unclear("preset-empty", {})
    await client.intake.check(presets.tried(preset, await begun(interaction, "x")))
    async with client.db.transaction() as connection:
        owner = await rows.owner(connection, preset.name)
        if owner is not None and owner != interaction.user.id:
            raise Unclear("preset-taken", {"name": preset.name})
        await rows.save(connection, preset, interaction.user.id, client.clock.now())
    return texts.saved(preset)


async def _list(interaction: Interaction) -> str:
    styles = (await interaction.client.intake.styles()).values()
    own = [preset for preset in styles if preset.person is not None]
    return texts.styles(own, [preset for preset in styles if preset.person is None])


async def _show(interaction: Interaction, name: str) -> str:
    return texts.style(presets.chosen(await interaction.client.intake.styles(), name))


async def _remove(interaction: Interaction, name: str) -> str:
    client = interaction.client
    preset = presets.chosen(await client.intake.styles(), name)
    if preset.person is None:
        raise Unclear("preset-ships", {"name": preset.name})
    await gate.owning(interaction, preset.person)
    async with client.db.transaction() as connection:
        await rows.remove(connection, preset.name, client.clock.now())
    return texts.removed(preset.name)
