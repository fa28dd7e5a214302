"""The bot's many lives in a town: between any two steps of a person it is ended, as by a power cut or in order.

What a life may not do is checked at the end: say something twice, say nothing of something, render something twice.
"""

import signal
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bot.demo.discord.components import walk
from bot.demo.discord.values import Message, Outcome
from tests.dispatch.rig import until
from tests.town import Town


class Lives:
    """Ada's hands in the town; after each deed that is not the last, `anew` begins the bot's next life."""

    def __init__(self, town: Town) -> None:
        self.town, self.number = town, 1

    async def anew(self) -> None:
        """Every second life ends without a word."""
        await self.town.end_bot(signal.SIGKILL if self.number % 2 else signal.SIGTERM)
        await self.town.start_bot()
        self.number += 1

    async def told(self, outcome: Outcome) -> str:
        """What Ada reads, in private, to this deed."""
        assert outcome.state in ("answered", "deferred", "updated"), outcome
        interaction = self.town.standin.world.interactions[outcome.interaction_id]
        if outcome.message_id is None:  # the message that was clicked is changed, or a new one follows it
            await until(lambda: bool(self._after(interaction.token)), f"an answer to {outcome}")
            return str(self._after(interaction.token)[-1].answer["content"])
        return await self.town.told(outcome)

    def _after(self, token: str) -> list[Any]:
        log = self.town.standin.log
        return [one for one in log.exchanges if f"/{token}" in one.path and "/callback" not in one.path and one.answer]

    async def run(self, command: str, **options: Any) -> str:
        return await self.told(await self.town.ada.run(self.town.channel, command, options))

    async def asked(self, command: str, **options: Any) -> Message:
        """The private answer itself, for the sake of its buttons."""
        outcome = await self.town.ada.run(self.town.channel, command, options)
        await self.told(outcome)
        return self.town.standin.world.messages[str(outcome.message_id)]

    async def press(self, message: Message, verb: str, values: Sequence[str] = ()) -> str:
        """Once it is shown."""
        await until(lambda: f"'{verb}" in str(message.components), f"{verb} under {message.embeds}")
        return await self.told(await self.town.ada.click(message.id, button(message, verb), values))

    async def opened(self, message: Message, verb: str) -> Outcome:
        form = await self.town.ada.click(message.id, button(message, verb))
        assert form.state == "modal", form
        return form

    async def fill(self, form: Outcome, values: Mapping[str, str]) -> str:
        return await self.told(await self.town.ada.submit(form.interaction_id, values))

    def said(self) -> list[Message]:
        """What the bot said for everybody, in every channel and thread."""
        world = self.town.standin.world
        by_bot = [one for one in world.messages.values() if one.author_id == world.bot.id and one.embeds]
        return sorted((one for one in by_bot if not one.addressee), key=lambda one: int(one.id))

    async def saying(self, kind: str, number: int = 1) -> list[Message]:
        """The messages that say notices of this kind, once there are so many, oldest first."""
        query = f"SELECT message FROM notices WHERE kind = '{kind}' AND state = 'said' ORDER BY message"

        async def enough() -> bool:
            return len(await self.town.rows(query)) >= number

        await until(enough, f"{number} of {kind}")
        rows = await self.town.rows(query)
        world = self.town.standin.world
        return [world.messages[str(row[0])] for row in rows if str(row[0]) in world.messages]

    async def card(self, prompt: str) -> Message:
        """The card of the ask with this prompt."""
        query = (
            "SELECT n.message FROM notices AS n JOIN jobs AS j ON j.ask = n.ask "
            f"WHERE n.kind = 'card' AND n.state = 'said' AND j.asked = '{prompt}'"
        )

        async def stands() -> bool:
            return bool(await self.town.rows(query))

        await until(stands, f"a card with {prompt}")
        return self.town.standin.world.messages[str((await self.town.rows(query))[0][0])]

    async def sound(self) -> None:
        """All that was to be said stands once, or was deleted by Ada; every job ended once, and was begun once."""

        async def silent() -> bool:
            return not await self.town.rows("SELECT id FROM notices WHERE state = 'due'")

        await until(silent, "everything to be said")
        notices = await self.town.rows("SELECT id, message FROM notices")
        standing = {str(message) for _, message in notices if str(message) in self.town.standin.world.messages}
        assert [one.id for one in self.said() if one.id not in standing] == []
        marks = Counter(str(one.embeds[0]["footer"]["text"]).rpartition(" ")[2] for one in self.said())
        assert {mark: times for mark, times in marks.items() if times > 1} == {}
        states = Counter(state for (state,) in await self.town.rows("SELECT state FROM jobs"))
        assert not states.keys() & {"queued", "rendering", "failed"}, states
        assert {job: times for job, times in Counter(self.town.daemon.drawn).items() if times > 1} == {}
        assert await self.town.rows("SELECT job FROM notices WHERE job IS NOT NULL AND kind != 'repost' "
                                    "GROUP BY job HAVING count(*) > 1") == []  # fmt: skip


def button(message: Message, verb: str) -> str:
    """The custom id that begins so, of a button or menu."""
    ids = [str(one["custom_id"]) for _, one in walk(message.components) if one.get("custom_id")]
    found = [one for one in ids if one.startswith(verb)]
    assert found, f"no {verb} among {ids}"
    return found[0]
