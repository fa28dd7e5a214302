"""A small bot on the real library: enough commands, buttons and listeners to exercise the stand-in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import yarl
from discord import app_commands

from bot.demo.discord.server import StandIn
from tests.demo.waiting import until

Interaction = discord.Interaction["SmallBot"]


class Why(discord.ui.Modal, title="What is wrong?"):
    reason: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Reason", custom_id="reason", max_length=20)

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message(f"noted: {self.reason.value}", ephemeral=True)


class Card(discord.ui.View):
    """Persistent: every item has a custom_id and there is no time-out."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Again", custom_id="again", style=discord.ButtonStyle.primary)
    async def again(self, interaction: discord.Interaction[Any], _: "discord.ui.Button[Any]") -> None:
        await interaction.response.edit_message(content="again!")

    @discord.ui.button(label="Why", custom_id="why")
    async def why(self, interaction: discord.Interaction[Any], _: "discord.ui.Button[Any]") -> None:
        await interaction.response.send_modal(Why())


class SmallBot(discord.Client):
    """`heard` is every gateway event it was told, as (name, data)."""

    def __init__(self, standin: StandIn) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, guild_reactions=True)
        quiet = discord.AllowedMentions.none()
        super().__init__(intents=intents, guild_ready_timeout=0.05, max_messages=None, allowed_mentions=quiet)
        self._standin = standin
        self.heard: list[tuple[str, Any]] = []
        self.readies = 0
        self.resumes = 0
        self.lost: asyncio.Event = asyncio.Event()
        self.last: discord.Interaction[Any] | None = None
        self.tree = app_commands.CommandTree(self)
        guild = discord.Object(standin.guild_id)
        self.tree.add_command(imagine, guild=guild)
        self.tree.add_command(slow, guild=guild)
        self.tree.add_command(describe, guild=guild)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """The library would wait five seconds here."""

    async def setup_hook(self) -> None:
        self.add_view(Card())
        await self.tree.sync(guild=discord.Object(self._standin.guild_id))

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Closed is closed: the library would still tell of a READY that it held back."""
        if not self.is_closed():
            super().dispatch(event, *args, **kwargs)

    async def on_ready(self) -> None:
        self.readies += 1

    async def on_resumed(self) -> None:
        self.resumes += 1

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(("message", message))

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        self.heard.append(("add", event))

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        self.heard.append(("remove", event))

    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        self.heard.append(("clear", event))

    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        self.heard.append(("clear emoji", event))

    def named(self, name: str) -> list[Any]:
        """What was heard under one name."""
        return [data for heard, data in self.heard if heard == name]

    def place(self) -> discord.TextChannel:
        """The channel of the tests."""
        channel = self.get_channel(int(self._standin.channel()))
        assert isinstance(channel, discord.TextChannel)
        return channel


async def models(_: Interaction, current: str) -> list[app_commands.Choice[str]]:
    known = ("z-image-turbo", "demo")
    return [app_commands.Choice(name=name.title(), value=name) for name in known if current in name]


@app_commands.command(description="Ask for a picture")
@app_commands.autocomplete(model=models)
async def imagine(
    interaction: Interaction, prompt: str, count: app_commands.Range[int, 1, 8] = 1, model: str = ""
) -> None:
    """Deferred and ephemeral; the card is an ordinary message."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    interaction.client.last = interaction
    await interaction.followup.send(f"accepted {count} of {prompt} {model}".strip(), ephemeral=True)
    await interaction.client.place().send("waiting", view=Card(), nonce="c1")


@app_commands.command(description="Never answers")
async def slow(interaction: Interaction) -> None:
    interaction.client.last = interaction


@app_commands.command(description="Say what was attached")
async def describe(interaction: Interaction, file: discord.Attachment, who: discord.Member) -> None:
    size = len(await file.read())
    await interaction.response.send_message(f"{file.filename}: {size} bytes from {who.name}")


@asynccontextmanager
async def running(standin: StandIn, bot: SmallBot | None = None) -> AsyncIterator[SmallBot]:
    """Logged in and ready; closed at the end."""
    bot = bot or SmallBot(standin)
    task = asyncio.create_task(bot.start(standin.token))
    try:
        await until(lambda: bot.readies or task.done())
        if task.done():
            await task
        yield bot
    finally:
        await bot.close()
        await asyncio.gather(task, return_exceptions=True)


def redirect(standin: StandIn) -> None:
    """The three addresses of the library that point to Discord."""
    discord.http.Route.BASE = standin.api_base
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(standin.gateway_url)
    discord.asset.Asset.BASE = standin.cdn_base
