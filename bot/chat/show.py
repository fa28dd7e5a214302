"""`/show`: a picture once more, with its buttons, for the eyes of who asks or as a post of its own."""

from functools import partial
from typing import TYPE_CHECKING

from discord.app_commands import CommandTree, Range, autocomplete, command, describe, guild_only

from bot.chat import buttons, cards, finding, gate, letters, seen, sight
from bot.chat.answers import Enclosed, Interaction, Page, answer
from bot.chat.finding import Found
from bot.chat.letters import Letter
from bot.chat.surroundings import link
from bot.clock import written
from bot.errors import NoSuchPicture
from bot.ledger import gallery, jobs
from bot.nouns import Job, JobState, Notice, NoticeKind
from bot.people.permits import What
from bot.texts import card
from bot.texts import gallery as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(show)


@command(description="Shows a picture again, with its buttons")
@guild_only
@describe(
    what="A slug, a job's id, or the link of a message; the newest picture in this channel when left out",
    public="Post it here for everybody; else only you see it",
)
@autocomplete(what=seen.slugs)
async def show(interaction: Interaction, what: Range[str, 1, 200] | None = None, public: bool = False) -> None:
    await answer(interaction, partial(_show, interaction, what, public))


async def _show(interaction: Interaction, what: str | None, public: bool) -> str | Page:
    try:
        found = await finding.of_words(interaction, what)
    except NoSuchPicture:
        if (job := await _without_picture(interaction, what)) is None:
            raise
        return await _told(interaction, job)
    return await _post(interaction, found) if public else await _shown(interaction, found)


async def _shown(interaction: Interaction, found: Found) -> Page:
    """As its post is, but for one person; nothing of it is stored."""
    letter = await letters.write(interaction.client, _notice(interaction, found.job))
    files = tuple(Enclosed(name, data, letter.post.alt) for data, name in _enclosed(letter))
    return Page("", letter.post.embed(), files, buttons.view(letter.post.buttons))


def _enclosed(letter: Letter) -> list[tuple[bytes, str]]:
    hidden = "SPOILER_" if letter.post.spoiler else ""
    pairs = ((letter.data, f"{hidden}{letter.post.file}"), (letter.still, letter.post.image))
    return [(data, name) for data, name in pairs if data]


async def _post(interaction: Interaction, found: Found) -> str:
    """A notice like every other: it is said once, whatever dies in between, and reactions on it count."""
    await gate.demand(interaction, What.ASK)
    elsewhere = found.job.channel != interaction.channel_id and found.job.asker != interaction.user.id
    if elsewhere and not await gate.may_moderate(interaction):
        return texts.NOT_HERE
    async with interaction.client.db.transaction() as connection:
        await gallery.post(connection, _notice(interaction, found.job))
    return texts.POSTED


def _notice(interaction: Interaction, job: Job) -> Notice:
    """Its id is the interaction's, so that Discord may tell of it twice."""
    place, now = interaction.channel_id or 0, interaction.client.clock.now()
    return Notice(written(interaction.id), NoticeKind.REPOST, place, now, job=job.id)


async def _without_picture(interaction: Interaction, what: str | None) -> Job | None:
    """The job of this id, or the newest of this slug, as long as it has no picture, not even a deleted one."""
    words = (what or "").strip().lower()
    async with interaction.client.db.reading() as connection:
        newest = await gallery.newest_job(connection, words)
        job = await jobs.get(connection, newest or words)
    if job is None or job.state is JobState.RENDERED or job.guild != interaction.guild_id:
        return None
    return job if sight.may_see(interaction, job.channel) else None


async def _told(interaction: Interaction, job: Job) -> str:
    """How far it is, or how it ended."""
    client = interaction.client
    line = await cards.places(client)
    async with client.db.reading() as connection:
        stands = await gallery.card_of(connection, job.ask, job.batch)
    where = link(job.guild, *stands) if stands else ""
    return texts.underway(job.slug, card.job(job, line.get(job.id), client.board.jobs.get(job.id)), where)
