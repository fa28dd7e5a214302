"""The two machines of `test_namespaces`, each a process in its own network namespace.

`tower FOLDER` sleeps until its magic packet, then starts sshd and the daemon. `bot FOLDER TARGET` queues a job and
runs the dispatcher until it is rendered; prints the rungs, the job's state and the rung that its wake ended on.
"""

import asyncio
import getpass
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

import asyncssh

from bot.clock import SystemClock
from bot.dispatch.dispatcher import Dispatcher
from bot.dispatch.pins import pin
from bot.ledger import jobs, towers
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.nouns import Job, JobState
from bot.settings import Tower
from tests.dispatch.rig import Daemon, WatchedBoard, made_job, queue, until
from tests.dispatch.ssh import Proxy, SshServer, attach_command

BOT_IP, TOWER_IP, BROADCAST = "10.77.0.1", "10.77.0.2", "10.77.0.255"
MAC = "aa:bb:cc:00:11:22"
PORT, WAKE_PORT = 22, 9
MAGIC = b"\xff" * 6 + bytes.fromhex(MAC.replace(":", "")) * 16


async def tower(folder: Path) -> None:
    """Until it is terminated."""
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    daemon = Daemon(folder, "quick")
    server = SshServer(folder / "ssh", attach_command(daemon.address))
    cable = Proxy(server.port)  # from the cable's address to the loopback one
    try:
        await _sleep_until_the_packet()
        daemon.start()
        server.start()
        await cable.start(PORT, TOWER_IP)
        await told.wait()
        await cable.stop()
    finally:
        server.stop()
        daemon.remove()


async def _sleep_until_the_packet() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as card:
        card.bind(("0.0.0.0", WAKE_PORT))
        card.setblocking(False)
        print("asleep", flush=True)
        while await asyncio.get_running_loop().sock_recv(card, 2048) != MAGIC:
            pass


async def bot(folder: Path, target: str) -> None:
    ssh, clock, board = folder / "ssh", SystemClock(), WatchedBoard()
    settings = Tower(
        host=TOWER_IP, port=PORT, key=ssh / "client_key", known_hosts=folder / "known_hosts", mac=MAC,
        wake_targets=(target,), wake_port=WAKE_PORT, user=getpass.getuser(),
    )  # fmt: skip
    pin(settings, asyncssh.read_public_key(ssh / "host_key.pub"))
    async with Database(folder / "ledger.db") as db:
        await queue(db, job := made_job(clock))
        dispatcher = asyncio.create_task(
            Dispatcher(settings, db, Files(folder / "pictures"), board, clock, "bot-1").run()
        )
        await until(lambda: _has_ended(db, job), "the job to end")
        dispatcher.cancel()
        with suppress(asyncio.CancelledError):
            await dispatcher
        await _tell(db, board, job)


async def _has_ended(db: Database, job: Job) -> bool:
    async with db.reading() as connection:
        found = await jobs.get(connection, job.id)
    return found is not None and found.state is JobState.RENDERED


async def _tell(db: Database, board: WatchedBoard, job: Job) -> None:
    async with db.reading() as connection:
        ended = await jobs.get(connection, job.id)
        wakes = await towers.wakes(connection, "tower")
    assert ended is not None
    print(" ".join(board.rungs), ended.state, " ".join(wake.rung for wake in wakes), sep="\n")


if __name__ == "__main__":
    side, place, *rest = sys.argv[1:]
    asyncio.run(tower(Path(place)) if side == "tower" else bot(Path(place), rest[0]))
