"""A small bot with everything people choose from: message commands, the five kinds of menus, a form of many inputs."""

from typing import Any

import discord
from discord import app_commands, ui

from bot.demo.discord.server import StandIn
from tests.demo.small_bot import SmallBot

REASONS = [discord.SelectOption(label=name.title(), value=name, description="a reason") for name in ("hands", "light")]


class Menus(ui.View):
    """Answers with what was chosen, as the library understood it."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @ui.select(custom_id="strings", options=REASONS, min_values=0, max_values=2)
    async def strings(self, interaction: discord.Interaction[Any], menu: ui.Select[Any]) -> None:
        await interaction.response.edit_message(content=f"strings {menu.values}")

    @ui.select(cls=ui.UserSelect[Any], custom_id="people")
    async def people(self, interaction: discord.Interaction[Any], menu: ui.UserSelect[Any]) -> None:
        names = [f"{type(one).__name__} {one.name}" for one in menu.values]
        await interaction.response.edit_message(content=f"people {names}")

    @ui.select(cls=ui.RoleSelect[Any], custom_id="roles")
    async def roles(self, interaction: discord.Interaction[Any], menu: ui.RoleSelect[Any]) -> None:
        await interaction.response.edit_message(content=f"roles {[one.name for one in menu.values]}")

    @ui.select(cls=ui.MentionableSelect[Any], custom_id="anyone", max_values=2)
    async def anyone(self, interaction: discord.Interaction[Any], menu: ui.MentionableSelect[Any]) -> None:
        await interaction.response.edit_message(content=f"anyone {sorted(one.name for one in menu.values)}")

    @ui.select(cls=ui.ChannelSelect[Any], custom_id="places", channel_types=[discord.ChannelType.text])
    async def places(self, interaction: discord.Interaction[Any], menu: ui.ChannelSelect[Any]) -> None:
        await interaction.response.edit_message(content=f"places {[one.name for one in menu.values]}")


class Form(ui.Modal, title="Edit"):
    words = ui.Label[Any](text="Prompt", component=ui.TextInput[Any](custom_id="words", max_length=40))
    reasons = ui.Label[Any](text="Why", component=ui.Select[Any](custom_id="why", options=REASONS, required=False))
    mask = ui.Label[Any](text="Mask", component=ui.FileUpload[Any](custom_id="mask", required=False))
    judge = ui.Label[Any](text="Judge", component=ui.UserSelect[Any](custom_id="judge", required=False))
    note = ui.TextInput[Any](label="Note", custom_id="note", required=False, default="none")

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        inputs = [label.component for label in (self.words, self.reasons, self.mask, self.judge)]
        assert isinstance(inputs[0], ui.TextInput)
        assert isinstance(inputs[1], ui.Select)
        assert isinstance(inputs[2], ui.FileUpload)
        assert isinstance(inputs[3], ui.UserSelect)
        files = [len(await one.read()) for one in inputs[2].values]
        judges = [one.name for one in inputs[3].values]
        said = [inputs[0].value, inputs[1].values, files, judges, self.note.value]
        await interaction.response.send_message(str(said), ephemeral=True)


async def ask_again(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    await interaction.response.send_message(f"again: {message.content} by {message.author.name}", ephemeral=True)


async def edit_it(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    await interaction.response.send_modal(Form())


class MenuBot(SmallBot):
    def __init__(self, standin: StandIn) -> None:
        super().__init__(standin)
        for name, callback in (("Ask again", ask_again), ("Edit it", edit_it)):
            menu = app_commands.ContextMenu(name=name, callback=callback)
            self.tree.add_command(menu, guild=discord.Object(standin.guild_id))

    async def setup_hook(self) -> None:
        self.add_view(Menus())
        await super().setup_hook()
