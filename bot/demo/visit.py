"""Two people's evening in the demo's channel, done as the page would do it: they ask, judge, and ask again."""

import asyncio
from collections.abc import Callable
from functools import partial

from bot.demo.discord.call import Upload
from bot.demo.discord.server import StandIn
from bot.demo.discord.values import Message, Outcome
from bot.demo.household import CannotShow
from bot.demo.sample import Sample

Say = Callable[[str], None]
_ENDS = ("no picture", "was cancelled")


class Visit:
    """`ada` sends the batch and asks again, both judge. `say` tells the terminal what happens."""

    def __init__(self, standin: StandIn, say: Say) -> None:
        self._standin, self._say = standin, say
        self._channel = standin.channel()
        self._ada, self._grace = standin.member("ada"), standin.member("grace")
        self._changed = asyncio.Event()
        standin.world.listeners.append(lambda _: self._changed.set())

    async def bot_arrives(self) -> None:
        await self._until(lambda: self._standin.world.bot_online and bool(self._ada.commands()))

    async def send_batch(self, sample: Sample) -> int:
        """Sends the file and waits for the end of each of its pictures; gives the number of posted ones."""
        self._say(f"Ada sends {sample.name} with /batch render.")
        file = Upload(sample.name, "application/json", sample.data)
        outcome = await self._ada.run(self._channel, "batch render", {"file": file})
        self._say(f"  Darkroom, to Ada alone: {await self._answer(outcome)}")
        await self._confirm(outcome)
        await self._until_ended(len(sample.asks))
        return len(self._pictures())

    async def _confirm(self, outcome: Outcome) -> None:
        """Presses “Render all” under the question. Raises CannotShow where the file was refused."""
        question = self._standin.world.messages[str(outcome.message_id)]
        found = [one for one in _ids(question) if one.startswith("render:all:")]
        if not found:
            raise CannotShow(question.content)
        self._say("Ada presses the button under it.")
        await self._ada.click(question.id, found[0])
        await self._until(lambda: not question.components)
        self._say(f"  Darkroom, to Ada alone: {question.content}")

    async def judge(self) -> int:
        """Everybody likes most of it; the first picture is sent back with a reason. Gives the number of verdicts."""
        first, *others = self._pictures()
        for picture in others:
            self._ada.react(picture.id, "✅")
        if others:
            self._grace.react(others[0].id, "🔁")
        self._ada.react(first.id, "❌")
        self._say(f"Ada keeps {len(others)} pictures (✅) and sends one back (❌) with a reason: at night.")
        form = await self._ada.click(first.id, f"why:{_job(first)}")
        await self._answer(await self._ada.submit(form.interaction_id, {"reason": "at night"}))
        return 1 + len(others) + len(others[:1])

    async def ask_again(self, sample: Sample) -> None:
        """The same slug and seed once more: the reason has become a cue, and nothing else has changed."""
        slug = str(self._pictures()[0].embeds[0]["title"])
        ask = sample.asks[slug]
        self._say(f"Ada asks for {slug} again with /imagine: {ask.prompt}")
        before = self._ends()
        options = {"prompt": ask.prompt, "slug": slug} | ({} if ask.seed is None else {"seed": ask.seed})
        outcome = await self._ada.run(self._channel, "imagine", options)
        self._say(f"  Darkroom, to Ada alone: {await self._answer(outcome)}")
        await self._until_ended(before + 1)

    async def _until_ended(self, number: int) -> None:
        while (told := self._ends()) < number:
            await self._until(partial(self._more_than, told))
            self._say(f"  {self._ends()} of {number} in the channel")

    def _more_than(self, told: int) -> bool:
        return self._ends() > told

    def _ends(self) -> int:
        return sum(_is_end(message) for message in self._posts())

    def _pictures(self) -> list[Message]:
        return [message for message in self._posts() if _jobs(message)]

    def _posts(self) -> list[Message]:
        """What the bot posted in the channel and its threads, oldest first."""
        world = self._standin.world
        threads = [one.id for one in world.channels.values() if one.parent_id == self._channel]
        seen = [one for place in (self._channel, *threads) for one in self._ada.messages(place, limit=100_000)]
        return sorted((one for one in seen if one.author_id == world.bot.id), key=lambda message: int(message.id))

    async def _answer(self, outcome: Outcome) -> str:
        """What the bot tells the person alone. Raises CannotShow when it does not."""
        if outcome.message_id is None:
            raise CannotShow(outcome.error or "The bot gave no answer.")
        message = self._standin.world.messages[outcome.message_id]
        await self._until(lambda: not message.loading)
        return message.content.replace("\n", "\n    ")

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._changed.clear()
            await self._changed.wait()


def _is_end(message: Message) -> bool:
    """A picture, or the notice that there will be none."""
    words = "".join(f"{embed.get('title', '')} {embed.get('description', '')}" for embed in message.embeds)
    return bool(_jobs(message)) or any(end in words for end in _ENDS)


def _job(message: Message) -> str:
    """The job a picture's buttons act on."""
    return _jobs(message)[0]


def _jobs(message: Message) -> list[str]:
    """One for a picture, none for cards and contact sheets, which have pictures too."""
    return [one.removeprefix("why:") for one in _ids(message) if one.startswith("why:")]


def _ids(message: Message) -> list[str]:
    return [str(button["custom_id"]) for row in message.components for button in row["components"]]
