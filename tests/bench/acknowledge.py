"""How long people wait for "thinking…" when all ask at once, and whether every ask is kept and fairly placed."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from bot import turn
from bot.ledger import census, jobs
from bot.nouns import InLine
from tests.bench.crowd import Crowd, Storm, gathered
from tests.bench.figure import Figure, Row, count, percentile, ratio, spread

QUESTION = (
    "A hundred people ask /imagine at the same moment, in turns: Darkroom's side of Discord as its own process, "
    "with its ledger, all its loops, and quotas for everybody, and a bot of ten lines on the same library that stores "
    "nothing. Discord's stand-in runs in the measuring process, so its own time is in both."
)
GREEDY = 8  # pictures that the first person asks for, the most that one ask may be


@dataclass
class _Seen:
    """What the storms showed on one side."""

    acknowledged: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    worst: list[float] = field(default_factory=list)
    late: int = 0

    def take(self, storm: Storm) -> None:
        self.acknowledged += storm.acknowledged
        self.answered += storm.answered
        self.worst.append(percentile(storm.acknowledged, 99))
        self.late += storm.late

    def rows(self, who: str) -> list[Row]:
        number = len(self.acknowledged)
        return [
            spread(f"{who}: acknowledged", self.acknowledged, "s"),
            Row(f"{who}: acknowledged, 99 of 100", percentile(self.acknowledged, 99), "s", number),
            spread(f"{who}: answered", self.answered, "s"),
            Row(f"{who}: answered, 99 of 100", percentile(self.answered, 99), "s", number),
            count(f"{who}: not acknowledged in 3 s", self.late),
        ]


def measure(folder: Path, people: int = 100, rounds: int = 3) -> Figure:
    return asyncio.run(_measure(folder, people, rounds))


async def _measure(folder: Path, people: int, rounds: int) -> Figure:
    ours, theirs = _Seen(), _Seen()
    async with (
        gathered(folder / "darkroom", "darkroom", people) as crowd,
        gathered(folder / "bare", "bare", people) as bare,
    ):
        commits = await crowd.commits()
        for number in range(rounds):
            ours.take(await crowd.storm(GREEDY))
            if number == 0:
                commits = await crowd.commits() - commits
                line = await _line(folder)
            theirs.take(await bare.storm(GREEDY))
        kept = len(await _line(folder))
    return Figure("acknowledge", QUESTION, (
        *ours.rows("Darkroom"),
        *theirs.rows("ten lines"),
        ratio("Darkroom / ten lines, 99 of 100 of the median storm", ours.worst, theirs.worst),
        count("commits while the first storm was answered", commits),
        count("jobs asked for", rounds * (people - 1 + GREEDY)),
        count("jobs in the ledger", kept),
        count("jobs lost", rounds * (people - 1 + GREEDY) - kept),
        count("different people among as many first places in line", _served(line, people)),
        count("most later askers who stand before anybody", _overtaken(line, crowd)),
    ))  # fmt: skip


async def _line(folder: Path) -> list[InLine]:
    async with census.looking(folder / "darkroom" / "darkroom.db") as connection:
        return turn.order(await jobs.in_line(connection))


def _served(line: list[InLine], people: int) -> int:
    return len({job.asker for job in line[:people]})


def _overtaken(line: list[InLine], crowd: Crowd) -> int:
    """Whom the storm hit worst: how many who asked after somebody come before that person's first picture."""
    places = [crowd.ids().index(person) for person in dict.fromkeys(job.asker for job in line)]
    return max(sum(before > place for before in places[:at]) for at, place in enumerate(places))
