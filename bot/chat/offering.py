"""Before a file is rendered: what it would take, and the buttons that say that it is meant.

The file lies in the ledger meanwhile, so that its buttons work in any process, once, for a day.
"""

import asyncio
import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias

import discord
from discord import ButtonStyle
from discord.ui import DynamicItem

from bot.accounts import meter
from bot.chat import door, foreseeing
from bot.chat.answers import Interaction, Page, turn
from bot.clock import new_id
from bot.errors import NotYours, Unclear
from bot.intake import changes
from bot.intake.changes import Looked
from bot.ledger import batches, pictures, waiting_batches
from bot.ledger.waiting_batches import WaitingBatch
from bot.nouns import Batch, Outlook
from bot.settings import CostsTable
from bot.texts import answers as answer_texts
from bot.texts import estimate as texts
from bot.texts import failures

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

Button = discord.ui.Button[Any]
Part: TypeAlias = Literal["all", "changed"]


class Render(DynamicItem[Button], template=r"render:(?P<part>all|changed):(?P<waiting>[0-9a-z]{16})"):
    """“Render all” and “Render what changed”: accepts that of the file which waits under the id that it carries."""

    def __init__(self, part: Part, waiting: str, label: str, style: ButtonStyle = ButtonStyle.primary) -> None:
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=f"render:{part}:{waiting}"))
        self._part, self._waiting = part, waiting

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str]) -> Self:
        part: Part = "all" if match["part"] == "all" else "changed"
        return cls(part, match["waiting"], str(item.label), item.style)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await turn(interaction, partial(_confirmed, interaction, self._part, self._waiting))


async def ask(interaction: Interaction, name: str, data: bytes, beside: Mapping[str, str]) -> str | Page:
    """The question what of this file is meant; a request that came twice and was confirmed in between is answered.

    `beside` are the digests of the pictures that came along, by name. Raises a Refusal.
    """
    client, key = interaction.client, f"interaction:{interaction.id}"
    async with client.db.reading() as connection:
        earlier = await batches.of_key(connection, key)
    if earlier is not None:
        return await _told(interaction, earlier)
    looked = await door.look_at_batch(interaction, name, data, key, beside)
    words = await _words(interaction, looked)
    wanted = WaitingBatch(
        id=new_id(client.clock),
        key=key,
        person=interaction.user.id,
        guild=interaction.guild_id or 0,
        channel=interaction.channel_id or 0,
        name=looked.name,
        text=data.decode("utf-8-sig"),
        beside=beside,
        changed=tuple(one.number for one in looked.changed),
        at=client.clock.now(),
    )
    async with client.db.transaction() as connection:
        waiting = await waiting_batches.keep(connection, wanted)
    await sweep(client)
    return Page(words, view=_buttons(looked, waiting))


async def sweep(client: "DarkroomClient") -> None:
    """Takes away what nobody can confirm any more, with the pictures that came along and that nothing was made of."""
    async with client.db.transaction() as connection:
        left = await waiting_batches.forget_old(connection, client.clock.now())
        for digest in left:
            if not await pictures.needed(connection, digest):
                await asyncio.to_thread(client.files.remove, digest)


def _buttons(looked: Looked, waiting: str) -> discord.ui.View:
    """What changed is offered where that is neither nothing nor all, and all unless it may not be asked for now."""
    view = discord.ui.View(timeout=None)
    some = 0 < len(looked.changed) < len(looked.items)
    if some:
        view.add_item(Render("changed", waiting, texts.render_changed(changes.pictures(looked.changed))))
    if looked.refused is None:
        style = ButtonStyle.secondary if some else ButtonStyle.primary
        view.add_item(Render("all", waiting, texts.render_all(changes.pictures(looked.items)), style))
    return view


async def _words(interaction: Interaction, looked: Looked) -> str:
    client, since = interaction.client, looked.changes
    names = {model.id: model.name for model in await client.intake.models()}
    foresight = await foreseeing.gather(client, interaction.guild_id or 0, interaction.user.id, looked.items)
    costs, whole = client.settings.costs, await foresight.of(looked.items)
    hosted = meter.hosted(costs, whole.pictures)
    lines = texts.head(looked.name, len(looked.items), whole, names) + texts.time(whole, names)
    lines.append(texts.cost(whole, _spent(whole, costs), hosted, costs.currency))
    if since is not None:
        lines += ["", texts.sent_before(since.at, same=since.same)]
        lines += texts.changed(since.changed, since.new, since.lost)
    if 0 < len(looked.changed) < len(looked.items):
        part = await foresight.of(looked.changed)
        lines.append(texts.part(part, _spent(part, costs), costs.currency))
    if looked.refused is not None:
        lines.append(texts.whole_refused(failures.sentences(looked.refused)))
    return "\n".join([*lines, texts.ASK])


def _spent(found: Outlook, costs: CostsTable) -> meter.Spent:
    return meter.spent(costs, found.rendering, found.awake)


async def _confirmed(interaction: Interaction, part: Part, waiting: str) -> Page:
    """Accepted under the key of the first request, so that whatever is pressed twice, or dies in between, is one batch.

    What was accepted stands in the place of the question.
    """
    client = interaction.client
    async with client.db.reading() as connection:
        found = await waiting_batches.get(connection, waiting, client.clock.now())
    if found is None:
        raise Unclear("pending-gone", {})
    if found.person != interaction.user.id:
        raise NotYours
    if found.taken_at is not None:
        raise Unclear("pending-taken", {})
    batch = await door.accept_batch(interaction, found, found.changed if part == "changed" else None)
    async with client.db.transaction() as connection:
        await waiting_batches.take(connection, waiting, client.clock.now())
    return Page(await _told(interaction, batch))


async def _told(interaction: Interaction, batch: Batch) -> str:
    async with interaction.client.db.reading() as connection:
        accepted = await batches.outcome(connection, batch.id)
    return answer_texts.batch_accepted(accepted.total(), batch.name)
