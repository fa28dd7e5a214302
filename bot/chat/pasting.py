"""`/review paste`: verdicts as lines of text, shown as they are understood, and counted when they are confirmed."""

import asyncio
import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ButtonStyle
from discord.app_commands import CommandTree, Group, describe
from discord.ui import DynamicItem

from bot.chat import attachments, forms, gate, sight
from bot.chat.answers import Enclosed, Interaction, Page, answer, turn
from bot.chat.surroundings import link
from bot.clock import new_id
from bot.errors import NotYours, Unclear
from bot.ledger import pasted as rows
from bot.ledger import privacy, verdicts
from bot.ledger.pasted import Candidate, Meant, Pasted
from bot.nouns import Verdict
from bot.people import permits
from bot.people.permits import What
from bot.review import pasted
from bot.review.pasted import Line, Unread
from bot.texts import pasted as texts

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

Button = discord.ui.Button[Any]
Told = tuple[Line, Candidate]
FORM, _LINES = "pasted", "lines"
_LONGEST = 4000  # characters of a form's field
_MOST_BYTES = 256 * 1024
group: Group = Group(name="review", description="Verdicts for those who look at pictures elsewhere", guild_only=True)


def add(tree: CommandTree["DarkroomClient"]) -> None:
    tree.add_command(group)


class Lines(discord.ui.Modal, title=texts.TITLE):
    """A line for each picture."""

    def __init__(self) -> None:
        super().__init__(custom_id=FORM, timeout=900)
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=texts.LINES,
            custom_id=_LINES,
            style=discord.TextStyle.paragraph,
            placeholder=texts.HINT,
            max_length=_LONGEST,
        )
        self.add_item(field)


class Record(DynamicItem[Button], template=r"pasted:(?P<waiting>[0-9a-z]{16})"):
    """“Record 12 verdicts”: counts what waits under the id that it carries."""

    def __init__(self, waiting: str, label: str) -> None:
        super().__init__(discord.ui.Button(label=label, style=ButtonStyle.primary, custom_id=f"pasted:{waiting}"))
        self._waiting = waiting

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        return cls(match["waiting"], str(item.label))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await turn(interaction, partial(_confirmed, interaction, self._waiting))


@group.command(name="paste", description="Verdicts as text, a line for each picture, like “red-fox: keep”")
@describe(file="A text file with the lines; left out, a form opens for them")
async def paste(interaction: Interaction, file: discord.Attachment | None = None) -> None:
    if file is None:
        await interaction.response.send_modal(Lines())
    else:
        await answer(interaction, partial(_of_file, interaction, file))


async def submitted(interaction: Interaction) -> None:
    """A form was sent, perhaps one of these."""
    if forms.name(interaction) == FORM:
        await answer(interaction, partial(_look, interaction, forms.filled(interaction).get(_LINES, "")))


async def _of_file(interaction: Interaction, file: discord.Attachment) -> str | Page:
    await gate.demand(interaction, What.REVIEW)
    data = await attachments.download(interaction.client, file, _MOST_BYTES)
    return await _look(interaction, data.decode("utf-8-sig", errors="replace"))


async def _look(interaction: Interaction, text: str) -> str | Page:
    """What the lines would do. Nothing counts yet."""
    if text.count("\n") >= pasted.MOST_LINES:
        raise Unclear("pasted-many", {"most": pasted.MOST_LINES})
    known = pasted.words(interaction.client.feedback.offered)
    lines = await asyncio.to_thread(lambda: list(pasted.read(text, known)))
    await gate.reviewing(interaction, "\n".join(one.words for one in lines if isinstance(one, Line)))
    found, unread = await _resolved(interaction, lines)
    if not found:
        return _page(texts.nothing(unread), [], unread)
    waiting = await _keep(interaction, found)
    view = discord.ui.View(timeout=None)
    view.add_item(Record(waiting, texts.record(len(found))))
    told = [texts.line(line, one.slug, _link(interaction, one)) for line, one in found]
    return _page(texts.preview(told, unread), told, unread, view)


def _page(words: str, told: Sequence[str], unread: Sequence[Unread], view: discord.ui.View | None = None) -> Page:
    """Everything is told: what a message has no room for stands in a file."""
    if len(words) <= texts.ROOM:
        return Page(words, view=view)
    whole = texts.whole(told, unread).encode()
    return Page(texts.short(len(told), unread), files=(Enclosed("verdicts.txt", whole),), view=view)


async def _resolved(interaction: Interaction, lines: Sequence[Line | Unread]) -> tuple[list[Told], list[Unread]]:
    """The picture that each line means; of two lines about one picture the later one counts."""
    channels = await _open(interaction)
    found: dict[str, Told] = {}
    unread: list[Unread] = []
    known: dict[str, list[Candidate]] = {}
    async with interaction.client.db.reading() as connection:
        for line in lines:
            if isinstance(line, Unread):
                unread.append(line)
                continue
            if line.name not in known:
                asked = line.name, interaction.user.id, interaction.guild_id or 0, channels
                known[line.name] = await rows.candidates(connection, *asked)
            one = rows.meant(known[line.name], line.number, line.end)
            if one is None:
                unread.append(Unread(line.at, texts.subject(line), "number" if known[line.name] else "picture"))
                continue
            if earlier := found.pop(one.job, None):
                unread.append(Unread(earlier[0].at, texts.subject(earlier[0]), "replaced"))
            found[one.job] = line, one
    return list(found.values()), sorted(unread, key=lambda one: one.at)


async def _open(interaction: Interaction) -> list[int]:
    """The channels that this person sees and may review in."""
    allowed, who = await gate.listed(interaction.client), gate.person(interaction)
    seen = ((channel, gate.place(interaction, channel)) for channel in sight.channels(interaction))
    return [channel for channel, place in seen if permits.refusal(What.REVIEW, who, place, allowed) is None]


async def _keep(interaction: Interaction, found: Sequence[Told]) -> str:
    client = interaction.client
    lines = tuple(Meant(one.job, one.channel, one.message, line.verdict, line.words) for line, one in found)
    key = f"interaction:{interaction.id}"
    wanted = Pasted(new_id(client.clock), key, interaction.user.id, lines, client.clock.now())
    async with client.db.transaction() as connection:
        return await rows.keep(connection, wanted)


def _link(interaction: Interaction, one: Candidate) -> str:
    return link(interaction.guild_id or 0, one.channel, one.message)


async def _confirmed(interaction: Interaction, waiting: str) -> str | Page:
    """Counts once, by the rights of now. What stands otherwise, as a stricter sign of theirs does, is told."""
    client, person = interaction.client, interaction.user.id
    await gate.demand(interaction, What.REVIEW)
    at, channels = interaction.created_at.timestamp(), set(await _open(interaction))
    async with client.db.transaction() as connection:
        found = await rows.get(connection, waiting)
        if found is None:
            raise Unclear("pasted-gone", {})
        if found.person != person:
            raise NotYours
        if found.taken_at is not None:
            raise Unclear("pasted-taken", {})
        forgotten = (await privacy.forgotten(connection, [person])).get(person, 0.0)
        there = await rows.there(connection, found)
        lines = [one for one in found.lines if one.job in there and one.channel in channels and at > forgotten]
        await rows.record(connection, found, lines, at, client.clock.now())
        different = await otherwise(connection, person, lines)
    return Page(texts.recorded(len(lines), len(found.lines) - len(lines), different))


async def otherwise(connection: Any, person: int, lines: Sequence[Meant]) -> list[tuple[str, Verdict]]:
    """Slug and verdict of the pictures for which another sign of this person's counts."""
    different = []
    for line in lines:
        judged = next((one for one in await verdicts.of_job(connection, line.job) if one.person == person), None)
        if judged is not None and judged.verdict is not line.verdict:
            different.append((judged.slug, judged.verdict))
    return different
