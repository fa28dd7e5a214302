"""Two bots as processes of their own: Darkroom's side of Discord, and the least that acknowledges /imagine at all.

python -m tests.bench.bots darkroom|bare CONFIG; each line on stdin is answered with the number of commits so far.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from bot import settings as configuration
from bot.board import Board
from bot.chat.client import DarkroomClient, redirect
from bot.clock import SystemClock
from bot.intake.accept import Intake
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.settings import Settings

Count = Callable[[], int]


@asynccontextmanager
async def darkroom(settings: Settings) -> AsyncIterator[Count]:
    """Ledger, intake and chat with all their loops, as the whole program runs them."""
    async with Database(settings.ledger.path) as db, asyncio.TaskGroup() as group:
        clock, files = SystemClock(), Files(settings.ledger.path.with_name("pictures"))
        intake = Intake(db, clock, settings.limits, [])
        client = DarkroomClient(settings, db, files, Board(), clock, intake)
        token = configuration.token(settings)
        tasks = [group.create_task(loop()) for loop in client.loops()]
        tasks.append(group.create_task(client.serve(token)))
        yield lambda: db.bell.count
        for task in tasks:
            task.cancel()


class Bare(discord.Client):
    """Acknowledges, and says one sentence; stores nothing."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(intents=discord.Intents(guilds=True), guild_ready_timeout=0.05)
        self._guild = discord.Object(settings.discord.guild_id)
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(imagine)

    async def setup_hook(self) -> None:
        self.tree.copy_global_to(guild=self._guild)
        await self.tree.sync(guild=self._guild)


@app_commands.command(description="Ask for a picture")
async def imagine(interaction: discord.Interaction[Any], prompt: str, count: int = 1) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    await interaction.edit_original_response(content=f"{count} of {prompt}")


@asynccontextmanager
async def bare(settings: Settings) -> AsyncIterator[Count]:
    redirect(settings.discord)
    async with Bare(settings) as client:
        life = asyncio.create_task(client.start(configuration.token(settings).get_secret_value()))
        yield lambda: 0
        life.cancel()
        await asyncio.wait([life])


async def live(kind: str, config: Path) -> None:
    """Until stdin ends."""
    run = {"darkroom": darkroom, "bare": bare}[kind]
    async with run(configuration.load(config)) as commits:
        while await asyncio.to_thread(sys.stdin.readline):
            print(commits(), flush=True)


if __name__ == "__main__":
    asyncio.run(live(sys.argv[1], Path(sys.argv[2])))
