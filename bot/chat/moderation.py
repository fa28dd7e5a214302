"""`/block`, `/unblock` and `/blocked`: for whoever moderates. Discord decides who is shown them, Darkroom who may."""

from functools import partial
from typing import TYPE_CHECKING

import discord
from discord.app_commands import CommandTree, Range, command, default_permissions, describe, guild_only

from bot.chat import gate
from bot.chat.answers import Interaction, answer
from bot.ledger import people
from bot.ledger.people import Block
from bot.texts import people as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(block)
    tree.add_command(unblock)
    tree.add_command(blocked)


@command(description="Shut somebody out from asking and judging")
@guild_only
@default_permissions(manage_messages=True)
@describe(person="Who is shut out", why="For the moderators' list; the person does not see it")
async def block(interaction: Interaction, person: discord.User, why: Range[str, 1, 200] = "") -> None:
    await answer(interaction, partial(_block, interaction, person, why))


@command(description="Let somebody ask and judge again")
@guild_only
@default_permissions(manage_messages=True)
@describe(person="Who is let in; somebody who left can be named by their id")
async def unblock(interaction: Interaction, person: discord.User) -> None:
    await answer(interaction, partial(_unblock, interaction, person))


@command(description="Who is blocked, by whom and why")
@guild_only
@default_permissions(manage_messages=True)
async def blocked(interaction: Interaction) -> None:
    await answer(interaction, partial(_list, interaction))


async def _block(interaction: Interaction, person: discord.User | discord.Member, why: str) -> str:
    await gate.moderating(interaction)
    if person.id == interaction.user.id:
        return texts.NOT_YOURSELF
    if person.bot:
        return texts.NOT_A_BOT
    if isinstance(person, discord.Member) and gate.member(person).administers:
        return texts.NOT_AN_ADMINISTRATOR
    wanted = Block(person.id, interaction.user.id, why, interaction.client.clock.now())
    async with interaction.client.db.transaction() as connection:
        fresh = await people.block(connection, wanted)
    return texts.blocked(person.id, fresh=fresh)


async def _unblock(interaction: Interaction, person: discord.User | discord.Member) -> str:
    await gate.moderating(interaction)
    async with interaction.client.db.transaction() as connection:
        was = await people.unblock(connection, person.id)
    return texts.unblocked(person.id, was=was)


async def _list(interaction: Interaction) -> str:
    await gate.moderating(interaction)
    async with interaction.client.db.reading() as connection:
        found = await people.blocked(connection)
    return texts.blocked_list([texts.blocked_line(one.person, one.moderator, one.why, one.at) for one in found])
