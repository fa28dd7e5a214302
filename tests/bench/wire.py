"""How fast a picture comes from the tower, beside OpenSSH's own copying program on the same line."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from time import perf_counter

import asyncssh

from bot.dispatch.fetch import Fetcher
from bot.dispatch.link import Link, open_link
from bot.dispatch.pins import pin
from bot.errors import LineCut
from bot.ledger.files import Files
from bot.review.check import check
from bot.settings import Tower
from gpu_agent.spool import Spool
from gpu_agent.wire import Chunk, Done
from tests.agent.serving import serving
from tests.agent.sshd import SSHD, Sshd, attach_command, running_sshd
from tests.bench.figure import Figure, Row, count, ratio, spread
from tests.bench.pictures import spooled, whole
from tests.bench.scp import standing

QUESTION = (
    "Pictures through a real OpenSSH server on loopback, in turns: fetched by the bot (asyncssh, forced command, "
    "daemon, spool; digest, synced file and a look at every pixel included) and copied by OpenSSH's `scp`. Both "
    "use a connection that stands already and the same cipher."
)
ORDINARY, LARGEST = 724, 4728  # sides of noise in pixels: 1.5 MiB, as a picture of 1024×1024 has, and 64 MiB


@dataclass
class _Rates:
    """MB/s, and the seconds of them that went into looking at the picture."""

    fetch: list[float] = field(default_factory=list)
    scp: list[float] = field(default_factory=list)
    looking: list[float] = field(default_factory=list)
    whole: int = 0


def measure(folder: Path, sides: tuple[int, ...] = (ORDINARY, LARGEST), rounds: int = 7) -> Figure:
    if SSHD is None or which("scp") is None:
        return Figure("wire", QUESTION, skipped="there is no OpenSSH server here; install openssh-server.")
    spool = Spool(folder / "spool")
    pictures = [spooled(spool, side) for side in sides]
    with (
        serving(folder) as daemon,
        running_sshd(folder / "ssh", attach_command(sys.executable, daemon.address)) as sshd,
    ):
        rows = asyncio.run(_all(folder, sshd, pictures, rounds))
    return Figure("wire", QUESTION, tuple(rows))


async def _all(folder: Path, sshd: Sshd, pictures: list[tuple[Done, Path]], rounds: int) -> list[Row]:
    async with _line(folder, sshd) as line:
        with standing(folder, sshd) as scp:
            return [row for picture in pictures for row in await _rows(folder, line, scp, picture, rounds)]


async def _rows(folder: Path, line: "_Line", scp: list[str], picture: tuple[Done, Path], rounds: int) -> list[Row]:
    (done, source), rates = picture, _Rates()
    for turn in range(rounds + 1):
        place = folder / f"{done.job}-{turn}"
        await _fetched(line, place, done, rates)
        await asyncio.to_thread(_copied, scp, source, place, done, rates)
        if turn == 0:
            rates = _Rates()  # the first turn only warms both
    size = f"{done.bytes / 2**20:.3g} MiB"
    return [
        spread(f"{size}, fetched by the bot", rates.fetch, "MB/s"),
        spread(f"{size}, scp", rates.scp, "MB/s"),
        ratio(f"{size}, fetch / scp", rates.fetch, rates.scp),
        spread(f"{size}, the part of the fetch that is looking at the picture", rates.looking, "%"),
        count(f"{size}, whole copies of {2 * rounds}", rates.whole),
    ]


async def _fetched(line: "_Line", place: Path, done: Done, rates: _Rates) -> None:
    files = Files(place)
    line.fetcher = Fetcher(line.link, files)
    began = perf_counter()
    await line.fetcher.fetch(done, done.receipt.order)
    seconds = perf_counter() - began
    path, order = files.path(done.sha256), done.receipt.order
    began = perf_counter()
    check(path, order.width, order.height)
    rates.looking.append(100 * (perf_counter() - began) / seconds)
    rates.fetch.append(done.bytes / 1e6 / seconds)
    rates.whole += whole(path, done)
    path.unlink()


def _copied(scp: list[str], source: Path, place: Path, done: Done, rates: _Rates) -> None:
    target = place / "copy"
    began = perf_counter()
    subprocess.run([*scp, f"tower:{source}", str(target)], check=True)
    rates.scp.append(done.bytes / 1e6 / (perf_counter() - began))
    rates.whole += whole(target, done)
    target.unlink()


@dataclass
class _Line:
    """The bot's line, and whoever fetches on it now."""

    link: Link
    fetcher: Fetcher

    async def listen(self) -> None:
        with suppress(LineCut):
            async for frame in self.link:
                if isinstance(frame.message, Chunk):
                    await self.fetcher.feed(frame.message, frame.payload)


@asynccontextmanager
async def _line(folder: Path, sshd: Sshd) -> AsyncIterator[_Line]:
    tower = Tower(
        host=sshd.host, port=sshd.port, user=sshd.user, key=sshd.client_key, known_hosts=folder / "known_hosts"
    )
    pin(tower, asyncssh.read_public_key(sshd.host_key.with_suffix(".pub")))
    link = await open_link(tower, "bench", "", lambda _rung: None)
    line = _Line(link, Fetcher(link, Files(folder / "none")))
    listening = asyncio.create_task(line.listen())
    try:
        yield line
    finally:
        await link.close()
        await listening
