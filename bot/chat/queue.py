"""`/queue`: who waits, in the order of their turns."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from discord.app_commands import CommandTree, command, guild_only

from bot.chat.answers import Interaction, answer
from bot.ledger import jobs
from bot.texts import queue as texts
from bot.texts import towers
from bot.turn import order

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_MOST_SHOWN = 60


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(queue)


@command(description="What is rendering, and whose turn is next")
@guild_only
async def queue(interaction: Interaction) -> None:
    await answer(interaction, partial(_look, interaction))


async def _look(interaction: Interaction) -> str:
    """Ten thousand may wait: a thread puts them in order, and only those that find room are read whole."""
    client, me = interaction.client, interaction.user.id
    names = [tower.name for tower in client.settings.tower]
    async with client.db.reading() as connection:
        waiting, held = await jobs.in_line(connection), await jobs.held_back(connection)
        running = [job for name in names for job in await jobs.rendering(connection, name)]
        line = await asyncio.to_thread(order, waiting)
        found = [await jobs.get(connection, one.id) for one in line[:_MOST_SHOWN]]
    following = [job for job in found if job is not None]
    states = [towers.state(name, client.board.towers.get(name)) for name in names]
    mine = sum(one.asker == me for one in waiting)
    return texts.queue(states, running, client.board.jobs, following, len(waiting), mine, me, held)
