"""Reactions that are told twice, late, or never: after reconciling, what counts is what Discord shows."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from bot.demo.discord.changes import Change, ReactionAdded, ReactionRemoved, ReactionsCleared
from bot.demo.discord.rules import unhurried
from bot.demo.discord.values import Message
from bot.ledger import verdicts
from bot.nouns import Job, Verdict
from tests.chat.conftest import open_stage
from tests.chat.stage import Stage, eventually

Fate = Literal["told", "lost", "twice", "late"]
EMOJIS = ("✅", "❌", "🔁", "🎨")
STRICTEST = (Verdict.REJECT, Verdict.REROLL, Verdict.KEEP)
_OF_REACTIONS = (ReactionAdded, ReactionRemoved, ReactionsCleared)


@dataclass(frozen=True)
class Act:
    """Somebody sets or takes back a reaction under one of the pictures, or all under it go; and what the bot hears."""

    picture: int
    who: str
    emoji: str
    deed: Literal["react", "unreact", "clear"]
    fate: Fate
    away: bool


acts = st.lists(
    st.builds(
        Act,
        st.integers(0, 1),
        st.sampled_from(["ada", "grace"]),
        st.sampled_from(EMOJIS),
        st.sampled_from(["react", "react", "react", "unreact", "unreact", "clear"]),
        st.sampled_from(["told", "lost", "twice", "late"]),
        st.booleans(),
    ),
    min_size=3,
    max_size=20,
)


class Line:
    """Between the stand-in and the bot; `fate` is the next reaction's. What is late comes in the wrong order."""

    def __init__(self, stage: Stage) -> None:
        self._world, self._tell = stage.standin.world, stage.standin.world.tell
        self._late: list[Change] = []
        self.fate: Fate = "told"
        self._world.tell = self._heard  # type: ignore[method-assign]

    def _heard(self, change: Change) -> None:
        if not isinstance(change, _OF_REACTIONS) or self.fate == "told":
            self._tell(change)
        elif self.fate == "twice":
            self._tell(change)
            self._tell(change)
        elif self.fate == "late":
            self._late.append(change)

    def catch_up(self) -> None:
        for change in reversed(self._late):
            self._tell(change)
        self._late.clear()


def do(stage: Stage, line: Line, act: Act, messages: list[Message]) -> None:
    member, message = stage.standin.member(act.who), messages[act.picture]
    line.fate = act.fate
    if act.deed == "clear":
        stage.standin.world.clear_reactions(message)
    elif act.deed == "react":
        member.react(message.id, act.emoji)
    else:
        member.unreact(message.id, act.emoji)
    line.fate = "told"


def shown(stage: Stage, message: Message) -> dict[int, tuple[Verdict, str]]:
    """What counts by what Discord shows: of each person the strictest."""
    means = stage.settings.discord.verdicts | {"🎨": Verdict.REJECT}
    said = defaultdict(set)
    for emoji, people in message.reactions.items():
        for person in people:
            if person != stage.standin.world.bot.id:
                said[int(person)].add(means[emoji])
    return {person: (next(one for one in STRICTEST if one in found), "") for person, found in said.items()}


async def play(stage: Stage, done: list[Act]) -> None:
    line = Line(stage)
    async with stage.bot():
        pictures = [await stage.posted("a fox"), await stage.posted("an owl")]
        messages = [message for _, message in pictures]
        for act in done:
            if not act.away:
                do(stage, line, act, messages)
        line.catch_up()
    for act in done:
        if act.away:
            do(stage, line, act, messages)
    async with stage.bot():
        for job, message in pictures:
            await stage.judged_so(job, shown(stage, message))
        await _settled(stage, pictures)


async def _settled(stage: Stage, pictures: list[tuple[Job, Message]]) -> None:
    """The marks are those that Discord shows, person by person."""

    async def marked(message: Message) -> set[tuple[int, str]]:
        async with stage.db.reading() as connection:
            return await verdicts.standing(connection, int(message.id))

    for _, message in pictures:
        there = {(int(who), emoji) for emoji, people in message.reactions.items() for who in people}
        others = {one for one in there if one[0] != int(stage.standin.world.bot.id)}
        await eventually(partial(marked, message), others.__eq__)


_GONE_AND_BACK = [Act(0, "grace", "🎨", "clear", "told", False), Act(0, "grace", "✅", "react", "late", False)]


@settings(
    max_examples=5, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(acts)
@example(_GONE_AND_BACK)
def test_however_reactions_are_told_what_discord_shows_counts(done: list[Act]) -> None:
    """Lost, repeated, delayed and scrambled, while the bot is there and while it is not."""

    async def run(folder: str) -> None:
        async with open_stage(Path(folder), unhurried()) as stage:
            await play(stage, done)

    with TemporaryDirectory() as folder:
        asyncio.run(run(folder))
