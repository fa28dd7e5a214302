"""`/why` and the button Origin: where every word of a picture's prompt comes from."""

import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import discord
from discord.app_commands import CommandTree, Range, command, describe, guild_only

from bot.chat import veil
from bot.chat.answers import Interaction, answer
from bot.errors import NoSuchJob
from bot.ledger import jobs, notices, pictures
from bot.nouns import SHOWING, Cue
from bot.taste.compose import asked_negative
from bot.texts import why as texts
from bot.texts.evidence import VEILED

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_MESSAGE = re.compile(r"(?:https://\S+/)?(\d{15,18}|[1-8]\d{18})")
_LOOKED_UP = 30  # messages for which a link is made


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(why)


@command(description="Where each word of a picture's prompt comes from")
@guild_only
@describe(picture="The link of the picture's message; the newest one in this channel when left out")
async def why(interaction: Interaction, picture: Range[str, 1, 200] | None = None) -> None:
    await answer(interaction, partial(_of_message, interaction, picture))


async def pressed(interaction: Interaction, job: str) -> None:
    """The button of this job's picture."""
    await answer(interaction, partial(_told, interaction, job))


async def _of_message(interaction: Interaction, wanted: str | None) -> str:
    async with interaction.client.db.reading() as connection:
        if wanted is None:
            found = await notices.newest_picture(connection, interaction.channel_id or 0)
        else:
            match = _MESSAGE.fullmatch(wanted.strip())
            found = await notices.of_message(connection, int(match[1])) if match else None
    if found is None or found.kind not in SHOWING or not _may_see(interaction, found.channel):
        return texts.NO_PICTURE
    assert found.job is not None
    return await _told(interaction, found.job)


def _may_see(interaction: Interaction, channel: int) -> bool:
    """What was asked in a channel is told to those who may read there."""
    if channel == interaction.channel_id:
        return True
    place = interaction.guild.get_channel_or_thread(channel) if interaction.guild else None
    who = interaction.user
    return place is not None and isinstance(who, discord.Member) and place.permissions_for(who).view_channel


async def _told(interaction: Interaction, job_id: str) -> str:
    async with interaction.client.db.reading() as connection:
        job = await jobs.get(connection, job_id)
        picture = await pictures.of_job(connection, job_id)
    if job is None:
        raise NoSuchJob(job=job_id)
    if not await veil.lifted(interaction.client, job, interaction.user.id):
        return VEILED
    dropped = picture.receipt.dropped if picture else ""
    return texts.why(job, asked_negative(job), dropped, await links(interaction, job.cues))


async def links(interaction: Interaction, cues: Sequence[Cue]) -> dict[int, str]:
    """To the pictures on which these cues were learned, by message; the latest of each cue."""
    latest = dict.fromkeys(message for cue in cues for message in reversed(cue.origin[-texts.LINKS :]))
    wanted = list(latest)[:_LOOKED_UP]
    async with interaction.client.db.reading() as connection:
        found = [await notices.of_message(connection, message) for message in wanted]
    place = f"https://discord.com/channels/{interaction.guild_id}"
    return {one.message: f"{place}/{one.channel}/{one.message}" for one in found if one and one.message}
