"""`make evidence`: 200 studios of each world, and a table of what was claimed in them. RUNS sets how many."""

import asyncio
import os
from collections.abc import Iterator
from multiprocessing import Pool

from tests.evidence.raters import ASKS, DAYS, NEON, RATERS, SHARE, WORLDS, Story, World, story

RUNS = int(os.environ.get("RUNS", "200"))
TRUTHS = {"helps": "+15 points for every cue", "nothing": "no effect", "harms": "one cue of many harms: −30 points"}


def run(which: tuple[int, int]) -> Story:
    world, seed = which
    return asyncio.run(story(WORLDS[world], seed))


def row(world: World, told: list[Story]) -> str:
    count = len(told)
    seen = [one.last.overall for one in told]
    days = sorted(one.helps[0] for one in told if one.helps)
    neon = sum((NEON.scope, NEON.about, NEON.phrase) in one.proposed for one in told)
    wrong = sum(bool(one.proposed - {(NEON.scope, NEON.about, NEON.phrase)}) for one in told)
    cells = [
        TRUTHS[world.name],
        f"{sum(one.pairs for one in seen) / count:.0f}",
        f"{100 * sum(one.difference for one in seen) / count:+.1f}",
        f"{sum(bool(one.helps) for one in told)} of {count}",
        f"day {days[len(days) // 2]}" if days else "–",
        f"{sum(bool(one.harms) for one in told)} of {count}",
        f"{neon} of {count}" if world.edits else "–",
        f"{wrong} of {count}",
    ]
    return f"| {' | '.join(cells)} |"


def table() -> Iterator[str]:
    yield "# Does the program notice whether cues help?"
    yield ""
    yield f"`make evidence`: {RUNS} studios of each kind with {ASKS} asks over {DAYS} days, {SHARE:.0%} of those with"
    yield f"settled cues in pairs, judged by two of {len(RATERS)} people with a hidden taste. The real composer and"
    yield "ledger; every day somebody looks, and what was claimed on any day counts."
    yield ""
    heads = ["truth", "judged pairs", "measured", "“cues help”", "claimed on, median", "“cues harm”"]
    heads += ["the harmful cue proposed for retirement", "others proposed"]
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    with Pool(int(os.environ.get("PROCESSES", "1"))) as pool:
        for number, world in enumerate(WORLDS):
            yield row(world, pool.map(run, [(number, seed) for seed in range(1, RUNS + 1)], chunksize=5))


if __name__ == "__main__":
    for line in table():
        print(line, flush=True)
