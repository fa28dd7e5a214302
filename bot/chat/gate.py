"""Who stands before the bot, where, and what they may. Discord's own command permissions were asked before this.

Blocked people hear that first; then come the channel, the role, the words, and last, where it is committed, the quota.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.chat.answers import Interaction
from bot.errors import Blocked, NotAdministrator, NotYours
from bot.ledger import people as rows
from bot.people import permits, quota
from bot.people.permits import Kind, Permits, Person, Place, What
from bot.people.terms import Terms
from bot.people.words import Words

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient


def person(interaction: Interaction) -> Person:
    """Whoever ran the command or pressed the button, with their permissions in its channel."""
    held = interaction.permissions
    roles = _roles(interaction.user)
    return Person(interaction.user.id, roles, held.administrator or held.manage_guild, held.manage_messages)


def member(who: discord.Member) -> Person:
    """Somebody who reacted."""
    held = who.guild_permissions
    return Person(who.id, _roles(who), held.administrator or held.manage_guild, held.manage_messages)


def _roles(who: discord.abc.User) -> frozenset[int]:
    return frozenset(role.id for role in who.roles) if isinstance(who, discord.Member) else frozenset()


def place(interaction: Interaction, channel: int) -> Place:
    """A channel or thread of the interaction's guild; one that cannot be seen counts as a plain one."""
    here = interaction.channel if interaction.channel_id == channel else None
    found = interaction.guild.get_channel_or_thread(channel) if interaction.guild else None
    return _place(found or here, channel)


def place_in(client: "DarkroomClient", channel: int) -> Place:
    guild = client.get_guild(client.settings.discord.guild_id)
    return _place(guild.get_channel_or_thread(channel) if guild else None, channel)


def _place(found: object, channel: int) -> Place:
    if isinstance(found, discord.Thread):
        return Place(channel, found.parent_id, found.is_nsfw())
    return Place(channel, None, isinstance(found, discord.TextChannel | discord.ForumChannel) and found.is_nsfw())


async def listed(client: "DarkroomClient") -> Permits:
    async with client.db.reading() as connection:
        return await rows.permits(connection)


async def demand(interaction: Interaction, what: What, channel: int | None = None) -> None:
    """Raises the refusal of asking, reviewing or administrating, in this channel or where the interaction is."""
    async with interaction.client.db.reading() as connection:
        if what is not What.ADMINISTRATE and await rows.is_blocked(connection, interaction.user.id):
            raise Blocked
        found = await rows.permits(connection)
    where = place(interaction, channel or interaction.channel_id or 0)
    if refusal := permits.refusal(what, person(interaction), where, found):
        raise refusal


async def terms(interaction: Interaction, channel: int) -> Terms:
    """On what terms this person asks in this channel. Raises the refusal of who may not ask there at all."""
    await demand(interaction, What.ASK, channel)
    allowed = quota.allowance(person(interaction).roles, interaction.client.settings.people)
    return replace(wording(interaction.client, place(interaction, channel)), allowance=allowed)


def wording(client: "DarkroomClient", where: Place) -> Terms:
    """Which words are refused there."""
    unwanted, restricted = client.words
    return Terms(unwanted=unwanted, restricted=Words() if where.age_restricted else restricted)


async def reviewing(interaction: Interaction, words: str) -> None:
    """Raises for who may not judge here, and for words that are refused: a reason can become part of prompts."""
    await demand(interaction, What.REVIEW)
    where = place(interaction, interaction.channel_id or 0)
    if refusal := wording(interaction.client, where).refusal({"reason": words}):
        raise refusal


async def may_moderate(interaction: Interaction) -> bool:
    """May this person end, delete or block what is others'? By our permit, or Discord's Manage Messages."""
    return permits.may_moderate(person(interaction), await listed(interaction.client))


async def may_administrate(interaction: Interaction) -> bool:
    return permits.may_administrate(person(interaction), await listed(interaction.client))


async def moderating(interaction: Interaction) -> None:
    """Raises for who may not moderate."""
    if not await may_moderate(interaction):
        raise NotAdministrator


async def owning(interaction: Interaction, owner: int) -> None:
    """Raises for who neither owns it nor moderates."""
    if interaction.user.id != owner and not await may_moderate(interaction):
        raise NotYours


async def reviewers(
    client: "DarkroomClient", channel: int, candidates: Collection[int], met: dict[int, Person | None]
) -> set[int]:
    """Those of these people whose reactions in this channel count, as their roles are now.

    Reactions come without roles when they are paged; people are looked up only where roles are listed, and kept in
    `met`, so that who reacted to a hundred pictures is asked for once.
    """
    found, where = await listed(client), place_in(client, channel)
    if not found.of(What.REVIEW, Kind.ROLE):
        return {one for one in candidates if _may_review(Person(one), where, found)}
    for one in candidates:
        if one not in met:
            met[one] = await _looked_up(client, one)
    return {one for one in candidates if (who := met[one]) is not None and _may_review(who, where, found)}


async def heeds(client: "DarkroomClient", message: discord.Message) -> bool:
    """Does a reply count as a reason? By the same rules as one that is typed into the form."""
    where, author = place_in(client, message.channel.id), message.author
    async with client.db.reading() as connection:
        shut_out = await rows.is_blocked(connection, author.id)
    if shut_out or wording(client, where).refusal({"reason": message.content}):
        return False
    if isinstance(author, discord.Member):
        return _may_review(member(author), where, await listed(client))
    return bool(await reviewers(client, where.channel, {author.id}, {}))


def _may_review(who: Person, where: Place, found: Permits) -> bool:
    return permits.refusal(What.REVIEW, who, where, found) is None


async def _looked_up(client: "DarkroomClient", one: int) -> Person | None:
    guild = client.get_guild(client.settings.discord.guild_id)
    if guild is None:
        return None
    try:
        return member(await guild.fetch_member(one))
    except discord.NotFound:  # left the server
        return None
