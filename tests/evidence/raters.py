"""A studio with a hidden taste: its asks go through the real composer and ledger, its verdicts teach cues.

Every day somebody looks whether cues help.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from statistics import NormalDist

from bot.evidence.figures import report
from bot.intake import pairing
from bot.intake.assembling import assemble, places
from bot.intake.drafts import Draft, draft
from bot.ledger import cues, jobs, pairs, verdicts
from bot.ledger.database import Connection
from bot.nouns import PLAIN, WORDS, Ask, CueEdit, CueVerb, Job, Mark, Report, Scope, Verdict
from bot.taste.cues import DAY, Taste
from tests import made
from tests.clock import FakeClock
from tests.evidence.inline import opened

ASKS, DAYS, SLUGS, RATERS = 2000, 20, 40, (21, 22, 23)
SHARE = 0.1
_SEED_TELLS = 0.5  # how much of a picture's luck both halves of a pair share
_COMPLAINTS = ("too dark", "blurry", "too bright", "too empty", "too flat", "cluttered")
_KINDS = ("hero", "scene", "detail")
NEON = CueEdit("neon", CueVerb.ADD, Scope.ARCHETYPE, "scene", "in neon colours", 1, made.NOW - DAY)
_NORMAL = NormalDist()

Effect = Callable[[Job], float]
"""What the cues of a picture add to its chance of being kept."""


@dataclass(frozen=True, slots=True)
class World:
    """`effect` is the hidden taste; `edits` are cues that somebody added by hand."""

    name: str
    effect: Effect
    edits: tuple[CueEdit, ...] = ()


def _helps(job: Job) -> float:
    return 0.15 if job.cues else 0.0


def _neon(job: Job) -> float:
    return sum(-0.3 if cue.phrase == NEON.phrase else 0.0 for cue in job.cues)


WORLDS = (World("helps", _helps), World("nothing", lambda _: 0.0), World("harms", _neon, (NEON,)))


@dataclass(slots=True)
class Story:
    """What was seen: the days on which help or harm was claimed, and the cues that were ever proposed to be retired."""

    last: Report
    helps: list[int] = field(default_factory=list)
    harms: list[int] = field(default_factory=list)
    proposed: set[tuple[str, ...]] = field(default_factory=set)

    def saw(self, day: int, found: Report) -> None:
        self.last = found
        if not found.overall.few:
            self.helps += [day] if found.overall.helps else []
            self.harms += [day] if found.overall.harms else []
        self.proposed |= {one.name for one in found.cues if one.harms and not one.few}


class Studio:
    """2000 asks over 20 days, for 40 slugs, each with its own fault that people complain of."""

    def __init__(self, world: World, seed: int, connection: Connection) -> None:
        self._world, self._seed, self._connection = world, seed, connection
        self._lots = Random(seed)
        self._clock, self._taste = FakeClock(made.NOW), Taste()
        self._drafts = [_draft(number) for number in range(SLUGS)]
        self._liked = [self._lots.uniform(0.35, 0.6) for _ in range(SLUGS)]
        self._message = 0

    async def run(self) -> Story:
        for edit in self._world.edits:
            await cues.record(self._connection, edit)
        story = Story(report(()))
        for day in range(1, DAYS + 1):
            self._clock.jump(DAY)
            await self._connection.execute("BEGIN")
            for shown in await self._asked(day):
                await self._judged(shown)
            await self._connection.commit()
            story.saw(day, report(await pairs.judged(self._connection)))
        return story

    async def _asked(self, day: int) -> list[list[Job]]:
        """What is rendered of this day's asks: one picture each, two of a pair."""
        drafts = list(self._wanted(day))
        learned = await cues.learned(self._connection, {place for one in drafts for place in places(one)})
        names = [f"{one.ask.key}" for one in drafts]
        made_of = assemble(
            drafts, names, [f"{name}-1" for name in names], None, self._clock.now(), learned, self._taste
        )
        shown = []
        for one, job in zip(drafts, made_of, strict=True):
            pair, halves = await pairing.twice(self._connection, self._clock, [one], [job], PLAIN, SHARE)
            await jobs.insert_ask(self._connection, job.ask, one.ask.key, None, self._clock.now())
            await jobs.insert(self._connection, *halves)
            if pair:
                await pairs.insert(self._connection, pair)
            shown.append(halves)
        return shown

    def _wanted(self, day: int) -> Iterator[Draft]:
        for number in range(ASKS // DAYS):
            one = self._lots.choice(self._drafts)
            yield replace(one, ask=replace(one.ask, key=f"{self._seed}-{day:02}-{number:03}"))

    async def _judged(self, halves: list[Job]) -> None:
        """Both halves of a pair by two people; of the others some, by one."""
        if len(halves) == 1 and self._lots.random() < 0.4:
            return
        shared = self._lots.gauss()
        for person in self._lots.sample(RATERS, len(halves)):
            for job in halves:
                await self._judge(job, person, shared)

    async def _judge(self, job: Job, person: int, shared: float) -> None:
        own = self._lots.gauss()
        luck = _NORMAL.cdf(_SEED_TELLS**0.5 * shared + (1 - _SEED_TELLS) ** 0.5 * own)
        kept = luck < self._liked[int(job.slug[1:])] + self._world.effect(job)
        self._message += 1
        mark = Mark(self._message, job.id, person, "✅", Verdict.KEEP)
        if not kept:
            words = _COMPLAINTS[int(job.slug[1:]) % len(_COMPLAINTS)] if self._lots.random() < 0.3 else ""
            mark = Mark(self._message, job.id, person, WORDS if words else "❌", Verdict.REJECT, words)
        await verdicts.set_mark(self._connection, mark, self._clock.now())


async def story(world: World, seed: int) -> Story:
    connection = await opened()
    try:
        return await Studio(world, seed, connection).run()
    finally:
        await connection.close()


def _draft(number: int) -> Draft:
    ask = Ask("", "a boat on the sea", 11, 1, 5, slug=f"s{number}", archetype=_KINDS[number % len(_KINDS)], seed=number)
    return draft(ask, [made.shelf_model()], 8)
