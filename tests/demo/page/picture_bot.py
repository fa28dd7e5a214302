"""A bot on the real library that posts every kind of message the page draws."""

import asyncio
import io
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord import app_commands, ui

from bot.demo.discord.server import StandIn
from tests.demo.page import choosing
from tests.demo.page.choosing import Winner
from tests.demo.page.drawn import png

MODELS = ("demo", "z-image-turbo", "qwen-image")


class Why(ui.Modal, title="What is wrong?"):
    reason: ui.TextInput[Any] = ui.TextInput(label="Reason", max_length=200)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"Noted: **{self.reason.value}**")


def buttons() -> ui.View:
    """Why opens the modal; Deaf is never answered (a stopped view dispatches nothing, the bot answers Why itself)."""
    view = ui.View(timeout=None)
    view.add_item(ui.Button(label="Why", custom_id="why"))
    view.add_item(ui.Button(label="Deaf", custom_id="deaf", style=discord.ButtonStyle.danger))
    view.stop()
    return view


class PictureBot(discord.Client):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.default(), guild_ready_timeout=0.1)
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(imagine)
        self.tree.add_command(mirror)
        self.tree.add_command(card)
        self.tree.add_command(blocks)
        choosing.add(self.tree)
        self.ready = asyncio.Event()

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_ready(self) -> None:
        self.ready.set()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if interaction.data is not None and interaction.data.get("custom_id") == "why":
            await interaction.response.send_modal(Why())

    async def on_message(self, message: discord.Message) -> None:
        if message.author != self.user and message.reference:
            await message.reply(f"I read: {message.content or 'nothing'}")


@app_commands.command(description="Ask for a picture")
@app_commands.describe(prompt="What to draw", model="Which model", slug="What it is for")
async def imagine(interaction: discord.Interaction, prompt: str, model: str = "demo", slug: str = "none") -> None:
    await interaction.response.send_message(f"Taken: {prompt}", ephemeral=True)
    assert isinstance(interaction.channel, discord.TextChannel)
    file = discord.File(io.BytesIO(png()), f"{slug}.png", description=prompt)
    posted = await interaction.channel.send(f"**{slug}** · {prompt}\n-# {model}", file=file, view=buttons())
    for emoji in "✅❌":
        await posted.add_reaction(emoji)


@imagine.autocomplete("model")
async def models(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=name.title(), value=name) for name in MODELS if typed.lower() in name]


@app_commands.command(description="Show a file again")
async def mirror(interaction: discord.Interaction, file: discord.Attachment) -> None:
    await interaction.response.send_message(f"Got {file.filename}, {file.size} bytes", file=await file.to_file())


@app_commands.command(description="An embed with a menu")
async def card(interaction: discord.Interaction) -> None:
    embed = discord.Embed(title="Rendering", description=f"Ready <t:{int(time.time()) - 40}:R>", colour=0xF2A33C)
    embed.add_field(name="Model", value="**demo**").add_field(name="Seed", value="7").set_footer(text="job 41")
    embed.set_image(url="attachment://preview.png")
    file = discord.File(io.BytesIO(png(16, 8)), "preview.png")
    await interaction.response.send_message(embed=embed, file=file, view=Winner(timeout=None))


@app_commands.command(description="The second generation's blocks")
async def blocks(interaction: discord.Interaction) -> None:
    gallery = ui.MediaGallery[Any](discord.MediaGalleryItem("attachment://sheet.png", description="two boats"))
    more = ui.Button[Any](label="More", url="https://example.org/more")
    section = ui.Section[Any]("Pick **one**", accessory=more)
    box = ui.Container[Any](ui.TextDisplay("### Compare"), gallery, ui.Separator(), section, accent_colour=0x7FD6A0)
    view = ui.LayoutView(timeout=None)
    view.add_item(box)
    await interaction.response.send_message(view=view, file=discord.File(io.BytesIO(png(16, 8)), "sheet.png"))


@asynccontextmanager
async def online(standin: StandIn) -> AsyncIterator[PictureBot]:
    """The bot, logged in with its commands registered; gone at the end."""
    async with PictureBot() as bot:
        running = asyncio.create_task(bot.start(standin.token))
        await asyncio.wait_for(bot.ready.wait(), 20)
        yield bot
        await bot.close()
        await running
