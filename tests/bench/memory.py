"""Resident memory of the processes that stay, beside a Python that has only imported their libraries."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own

from bot.demo.discord.server import StandIn
from bot.demo.household import Household, bot_running, make
from bot.demo.tower import SleepingTower
from gpu_agent.wire import Done, Thanks
from tests.agent import made
from tests.agent.caller import Caller
from tests.agent.serving import serving
from tests.bench.figure import Figure, Row, count, ratio, spread
from tests.demo.waiting import until

QUESTION = (
    "Resident memory (RSS, shared pages included) in turns: the bot while it is connected, idle, and its tower "
    "sleeps; the daemon before its first order; the worker that keeps the packaged model warm after a picture, and the "
    "most that it ever held, which is while it decodes one. "
    "Beside them, a Python that has only imported the same libraries."
)
MIB = 2**20
BOTS_LIBRARIES = "import discord, asyncssh, aiosqlite, pydantic_settings, cronsim, tenacity, typer, PIL.Image"
WORKERS_LIBRARIES = "import torch; from diffusers import StableDiffusionPipeline"


def measure(folder: Path, rounds: int = 3) -> Figure:
    bots, bare_bots, daemons, busy, workers, most, bare_workers = (list[float]() for _ in range(7))
    pictures = 0
    for turn in range(rounds):
        bots.append(asyncio.run(_bot(folder / f"bot{turn}")))
        bare_bots.append(_bystander(BOTS_LIBRARIES))
        before, after, worker, peak, drawn = _daemon(folder / f"agent{turn}")
        daemons.append(before)
        busy.append(after)
        workers.append(worker)
        most.append(peak)
        pictures += drawn
        bare_workers.append(_bystander(WORKERS_LIBRARIES))
    return Figure("memory", QUESTION, (
        *_beside("bot, idle", bots, bare_bots),
        spread("daemon without a worker", daemons, "MiB"),
        spread("daemon beside its worker", busy, "MiB"),
        *_beside("worker, model warm", workers, bare_workers),
        spread("worker, at most", most, "MiB"),
        count("pictures drawn", pictures),
    ))  # fmt: skip


def _beside(what: str, ours: Sequence[float], theirs: Sequence[float]) -> list[Row]:
    other = f"{what}: its libraries alone"
    return [spread(what, ours, "MiB"), spread(other, theirs, "MiB"), ratio(f"{what} / its libraries", ours, theirs)]


async def _bot(folder: Path) -> float:
    """MiB of `darkroom run`, connected to the stand-in."""
    home: Household = make(folder)
    async with StandIn() as standin, SleepingTower(folder, home.key.export_public_key().decode()) as tower:
        home.settle(standin, tower)
        async with bot_running(home, standin.token) as bot:
            await until(lambda: standin.world.bot_online and standin.world.commands)
            return _mib(bot.pid)


def _daemon(folder: Path) -> tuple[float, float, float, float, int]:
    """MiB of the daemon before and after its first order, MiB of its worker and the most it ever held, and the number
    of pictures."""
    with serving(folder) as daemon:
        caller = Caller(daemon.address)
        caller.greet()
        before = _mib(daemon.process.pid)
        done = caller.render(made.order("m1", width=256, height=256, steps=20))
        (worker,) = (child for child in psutil.Process(daemon.process.pid).children() if _draws(child))
        sizes = before, _mib(daemon.process.pid), _mib(worker.pid)
        caller.say(Thanks(job=done.job))
        caller.hang_up()
    assert isinstance(done, Done)
    return *sizes, done.peak / MIB, 1


def _draws(child: "psutil.Process") -> bool:
    """Python keeps a second child, which tidies up after the first."""
    return "spawn_main" in " ".join(child.cmdline())


def _bystander(code: str) -> float:
    """MiB of a Python that has run this and waits."""
    command = [sys.executable, "-W", "ignore", "-c", f"{code}; print(flush=True); input()"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=nothing) as process:
        assert process.stdout is not None
        process.stdout.readline()
        return _mib(process.pid)


def _mib(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss) / MIB
