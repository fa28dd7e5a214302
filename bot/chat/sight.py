"""Which channels somebody may look into from where they stand: what was made elsewhere is told to no one else."""

from collections.abc import Sequence

import discord

from bot.chat import gate
from bot.chat.answers import Interaction


def may_see(interaction: Interaction, channel: int) -> bool:
    """May this person read there; and what is age-restricted is shown only in a channel that is so too."""
    if channel == interaction.channel_id:
        return True
    place = interaction.guild.get_channel_or_thread(channel) if interaction.guild else None
    return place is not None and channel in _open(interaction, [place])


def channels(interaction: Interaction) -> list[int]:
    """All of these, the one they stand in among them."""
    guild = interaction.guild
    places = [*guild.channels, *guild.threads] if guild else []
    return sorted({*_open(interaction, places), interaction.channel_id or 0})


def _open(interaction: Interaction, places: Sequence[discord.abc.GuildChannel | discord.Thread]) -> list[int]:
    who = interaction.user
    if not isinstance(who, discord.Member):
        return []
    here = gate.place(interaction, interaction.channel_id or 0).age_restricted
    return [
        place.id
        for place in places
        if _readable(place, who) and (here or not gate.place(interaction, place.id).age_restricted)
    ]


def _readable(place: discord.abc.GuildChannel | discord.Thread, who: discord.Member) -> bool:
    """A private thread is open to its own people, whom the bot does not know."""
    if isinstance(place, discord.Thread) and place.is_private():
        return False
    held = place.permissions_for(who)
    return held.view_channel and held.read_message_history
