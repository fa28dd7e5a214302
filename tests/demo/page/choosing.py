"""What the page's bot offers to choose from: menus, a long form, a message's commands; spoilers, clips, previews."""

import asyncio
import io
from typing import Any

import discord
from discord import app_commands, ui

from tests.demo.page.drawn import png

WINNERS = [
    discord.SelectOption(label="Left", value="left", description="seed 1"),
    discord.SelectOption(label="Right", value="right"),
]


class Winner(ui.View):
    @ui.select(placeholder="Choose the winner", options=WINNERS)
    async def chosen(self, interaction: discord.Interaction, menu: ui.Select[Any]) -> None:
        await interaction.response.edit_message(content=f"Chosen: {menu.values[0]}")


class Every(ui.View):
    """A menu of each kind, and five buttons in a row."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        for name in ("Again", "Vary", "Upscale", "Edit", "Delete"):
            self.add_item(ui.Button(label=name, custom_id=name, row=0))

    @ui.select(placeholder="Keep which?", options=WINNERS, min_values=0, max_values=2, row=1)
    async def several(self, interaction: discord.Interaction, menu: ui.Select[Any]) -> None:
        await interaction.response.edit_message(content=f"Kept: {', '.join(menu.values)}")

    @ui.select(cls=ui.UserSelect[Any], placeholder="Who judges?", row=2)
    async def people(self, interaction: discord.Interaction, menu: ui.UserSelect[Any]) -> None:
        await interaction.response.edit_message(content=f"Judge: {menu.values[0].mention}")

    @ui.select(cls=ui.RoleSelect[Any], placeholder="Which role?", row=3)
    async def roles(self, interaction: discord.Interaction, menu: ui.RoleSelect[Any]) -> None:
        await interaction.response.edit_message(content=f"Role: {menu.values[0].mention}")

    @ui.select(cls=ui.ChannelSelect[Any], placeholder="Where?", row=4)
    async def places(self, interaction: discord.Interaction, menu: ui.ChannelSelect[Any]) -> None:
        await interaction.response.edit_message(content=f"Place: {menu.values[0].mention}")


class Long(ui.Modal, title="Edit and ask again"):
    about = ui.TextDisplay[Any]("The picture is asked for **anew**.")
    words = ui.Label[Any](
        text="Prompt", component=ui.TextInput[Any](style=discord.TextStyle.paragraph, default="a fox")
    )
    style = ui.Label[Any](text="Style", component=ui.Select[Any](options=WINNERS), description="One of two")
    mask = ui.Label[Any](text="Mask", component=ui.FileUpload[Any](required=False))
    judge = ui.Label[Any](text="Judge", component=ui.UserSelect[Any](required=False))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        inputs: list[Any] = [label.component for label in (self.words, self.style, self.mask, self.judge)]
        files = [len(await one.read()) for one in inputs[2].values]
        judges = [one.name for one in inputs[3].values]
        said = f"{inputs[0].value}; {inputs[1].values}; {files}; {judges}"
        await interaction.response.send_message(said, ephemeral=True)


@app_commands.command(description="A menu of each kind")
async def menus(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("Choose", view=Every())


@app_commands.command(description="A long form")
async def form(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(Long())


@app_commands.command(description="A hidden picture and a clip")
async def hidden(interaction: discord.Interaction) -> None:
    files = [discord.File(io.BytesIO(png()), "fox.png", spoiler=True), discord.File(io.BytesIO(b"no clip"), "fox.mp4")]
    await interaction.response.send_message("careful", files=files)


@app_commands.command(description="A preview that changes")
async def preview(interaction: discord.Interaction) -> None:
    await interaction.response.defer(ephemeral=True)
    assert isinstance(interaction.channel, discord.TextChannel)
    embed = discord.Embed(title="step 1").set_image(url="attachment://preview.png")
    posted = await interaction.channel.send(embed=embed, file=discord.File(io.BytesIO(png(16, 8)), "preview.png"))
    for step in range(2, 7):
        embed.title = f"step {step}"
        embed.set_image(url="attachment://preview.png")
        file = discord.File(io.BytesIO(png(16 * step, 8 * step)), "preview.png")
        await posted.edit(embed=embed, attachments=[file])
        await asyncio.sleep(0.05)
    await interaction.edit_original_response(content="There it is.")


async def again(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"Again: {message.content}", ephemeral=True)


async def remix(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_modal(Long())


def add(tree: app_commands.CommandTree[Any]) -> None:
    tree.add_command(menus)
    tree.add_command(form)
    tree.add_command(hidden)
    tree.add_command(preview)
    tree.add_command(app_commands.ContextMenu(name="Ask again", callback=again))
    tree.add_command(app_commands.ContextMenu(name="Remix this", callback=remix))
