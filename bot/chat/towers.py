"""`/tower`: how the machines are, and wishes for them. A wish is a row; dispatch takes it and acts."""

from functools import partial
from typing import TYPE_CHECKING, Literal

from discord.app_commands import CommandTree, Group, Range, autocomplete, describe

from bot.chat import autocomplete as suggest
from bot.chat import gate
from bot.chat.answers import Interaction, answer
from bot.ledger import towers
from bot.texts import towers as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

Name = Range[str, 1, 32]

group: Group = Group(name="tower", description="The machines that render", guild_only=True)


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(group)


@group.command(name="status", description="Is it awake, what lies on it, and how long does waking take")
async def status(interaction: Interaction) -> None:
    await answer(interaction, partial(_look, interaction))


@group.command(name="wake", description="Wake a tower now")
@describe(tower="Which one; the first when left out")
@autocomplete(tower=suggest.towers)
async def wake(interaction: Interaction, tower: Name | None = None) -> None:
    await answer(interaction, partial(_wish, interaction, "wake", tower))


@group.command(name="sleep", description="Send a tower to sleep when it has nothing to render")
@describe(tower="Which one; the first when left out")
@autocomplete(tower=suggest.towers)
async def sleep(interaction: Interaction, tower: Name | None = None) -> None:
    await answer(interaction, partial(_wish, interaction, "sleep", tower))


async def _look(interaction: Interaction) -> str:
    client = interaction.client
    parts = []
    async with client.db.reading() as connection:
        for tower in client.settings.tower:
            shelf = await towers.shelf(connection, tower.name)
            heard = await towers.heard(connection, tower.name)
            wakes = await towers.wakes(connection, tower.name)
            view, now = client.board.towers.get(tower.name), client.board.states.get(tower.name)
            parts.append(texts.status(tower.name, view, heard, shelf.models if shelf else (), wakes, now))
    return "\n\n".join(parts) or texts.none_set_up()


async def _wish(interaction: Interaction, want: Literal["wake", "sleep"], wanted: str | None) -> str:
    """Who administrates may wake and send to sleep; asking for a picture wakes the tower for anybody."""
    client = interaction.client
    names = [tower.name for tower in client.settings.tower]
    if not names:
        return texts.none_set_up()
    if not await gate.may_administrate(interaction):
        return texts.not_allowed(want)
    name = names[0] if wanted is None else wanted
    if name not in names:
        return texts.no_such(name, names)
    async with client.db.transaction() as connection:
        await towers.wish(connection, name, want, interaction.user.id, client.clock.now())
    return texts.wished(name, want)
