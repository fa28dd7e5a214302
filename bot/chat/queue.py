"""`/queue`: who waits, in the order of their turns."""

from functools import partial
from typing import TYPE_CHECKING

from discord.app_commands import CommandTree, command, guild_only

from bot.chat.answers import Interaction, answer
from bot.ledger import jobs
from bot.nouns import JobState
from bot.texts import queue as texts
from bot.texts import towers
from bot.turn import order

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(queue)


@command(description="What is rendering, and whose turn is next")
@guild_only
async def queue(interaction: Interaction) -> None:
    await answer(interaction, partial(_look, interaction))


async def _look(interaction: Interaction) -> str:
    client = interaction.client
    async with client.db.reading() as connection:
        open_jobs = await jobs.unfinished(connection)
    running = [job for job in open_jobs if job.state is JobState.RENDERING]
    waiting = order([job for job in open_jobs if job.state is JobState.QUEUED])
    lines = [towers.state(tower.name, client.board.towers.get(tower.name)) for tower in client.settings.tower]
    return texts.queue(running, waiting, client.board.jobs, lines, interaction.user.id)
