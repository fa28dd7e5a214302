"""One bot's dispatch room with everything real around it: ledger and files on disk, SSH, daemon."""

import asyncio
import json
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Client
from pathlib import Path

from bot.board import Board, TowerView
from bot.clock import Clock, SystemClock, new_id
from bot.dispatch.dispatcher import Dispatcher
from bot.dispatch.pins import pin
from bot.intake.accept import Intake
from bot.ledger import jobs, towers
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.nouns import Job, JobState
from bot.settings import Limits, Tower
from tests import made
from tests.agent.sshd import ROOT
from tests.dispatch.ssh import Proxy, SshServer, attach_command
from tests.ledger import lookups

PATIENCE = 120


async def until(condition: Callable[[], bool] | Callable[[], Awaitable[bool]], what: str) -> None:
    """Waits for it, and fails in words."""
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                found = condition()
                if found if isinstance(found, bool) else await found:
                    return
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"waited in vain for: {what}") from None


def made_job(clock: Clock, prompt: str = "a fox", asker: int = 1) -> Job:
    own = {"id": new_id(clock), "ask": new_id(clock), "asker": asker, "asked": prompt, "prompt": prompt}
    return made.job(**own, seed=secrets.randbelow(2**32), height=96, steps=4, created_at=clock.now())


async def queue(db: Database, job: Job) -> None:
    """Committed as intake would."""
    async with db.transaction() as connection:
        await jobs.insert_ask(connection, job.ask, job.ask, None, job.created_at)
        await jobs.insert(connection, job)


class WatchedBoard(Board):
    """Remembers every rung that was put on it."""

    def __init__(self) -> None:
        super().__init__()
        self.rungs: list[str] = []

    def tower(self, name: str, view: TowerView) -> None:
        self.rungs.append(view.rung)
        super().tower(name, view)


class Daemon:
    """The agent's daemon as a process that can be killed and started again on the same spool."""

    def __init__(self, folder: Path, pace: str, models: str = "") -> None:
        self.spool, self.pace, self.models = folder / "spool", pace, models
        self._short = Path(tempfile.mkdtemp(prefix="dr-"))  # a socket's path must be short
        self.address = str(self._short / "agent")
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.dispatch.quick_tower", str(self.spool), self.address, self.pace]
        command += [self.models] if self.models else []
        if self.pace == "real":
            command = [sys.executable, "-m", "gpu_agent", "serve", "--spool", str(self.spool), "--socket", self.address]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)

    def answers(self) -> bool:
        """Whether it was started and has opened its socket."""
        try:
            Client(self.address).close()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """As if the power went: daemon and worker at once."""
        self.end(signal.SIGKILL)

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(PATIENCE)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def remove(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self.end()
        shutil.rmtree(self._short)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def spooled(self) -> int:
        return len(list((self.spool / "outcomes").glob("*.json")))

    @property
    def drawn(self) -> list[str]:
        """The jobs that the quick or slow worker began, one for each time."""
        log = self.spool.with_name("drawn")
        return log.read_text(encoding="utf-8").split() if log.exists() else []


class Rig:
    """`settings` point at the proxy; `start` runs a dispatcher, `stop` cancels it wherever it is."""

    def __init__(self, folder: Path, db: Database, machine: "Machine", name: str = "tower") -> None:
        self.folder, self.db, self.name = folder, db, name
        self.server, self.proxy, self.daemon = server, proxy, _ = machine.server, machine.proxy, machine.daemon
        self.files, self.board = Files(folder / "pictures"), WatchedBoard()
        self.clock: Clock = SystemClock()
        self.settings = Tower(
            name=self.name, host="127.0.0.1", port=proxy.port, user=server.user, key=server.client_key,
            known_hosts=folder / "known_hosts",
        )  # fmt: skip
        pin(self.settings, server.host_key)
        self._task: asyncio.Task[None] | None = None

    def start(self, settings: Tower | None = None, names: Sequence[str] = ()) -> None:
        tower = settings or self.settings
        dispatcher = Dispatcher(tower, self.db, self.files, self.board, self.clock, "bot-1", names)
        self._task = asyncio.create_task(dispatcher.run())

    async def stop(self) -> None:
        if self._task is not None:
            task, self._task = self._task, None
            was_running = not task.done()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            assert was_running, "the dispatcher ended by itself"

    def ended(self) -> bool:
        """Whether the dispatcher came to its end without being stopped."""
        return self._task is not None and self._task.done()

    def cancelled(self) -> bool:
        """The same, by cancellation; it is forgotten then."""
        task, self._task = self._task, None
        return task is not None and task.cancelled()

    async def ask(self, prompt: str = "a fox", asker: int = 1, **changes: object) -> Job:
        job = replace(made_job(self.clock, prompt, asker), **changes)  # type: ignore[arg-type]
        await queue(self.db, job)
        return job

    async def send(self, prompts: Sequence[str], asker: int = 1) -> list[Job]:
        """A batch of these, accepted as a file is."""
        items = [{"slug": f"item-{n}", "prompt": one, "seed": n, "steps": 1} for n, one in enumerate(prompts)]
        intake = Intake(self.db, self.clock, Limits(), [self.name])
        batch = await intake.batches.accept(
            "b.json", json.dumps(items).encode(), key=new_id(self.clock), asker=asker, guild=1, channel=5
        )
        async with self.db.reading() as connection:
            return await lookups.jobs_of_batch(connection, batch.id)

    async def job(self, job: Job) -> Job:
        async with self.db.reading() as connection:
            found = await jobs.get(connection, job.id)
        assert found is not None
        return found

    async def until_state(self, job: Job, state: JobState) -> Job:
        async def reached() -> bool:
            return (await self.job(job)).state is state

        await until(reached, f"{job.id} {state}, the tower being {self.board.towers}")
        return await self.job(job)

    async def until_board(self, rung: str, kind: str = "") -> None:
        def shown() -> bool:
            view = self.board.towers.get(self.name)
            return view is not None and (view.rung, view.kind) == (rung, kind)

        await until(shown, f"the board to show {rung} {kind}")

    async def states(self, *asked: Job) -> Counter[JobState]:
        return Counter([(await self.job(job)).state for job in asked])

    async def want_cancel(self, job: Job) -> None:
        async with self.db.transaction() as connection:
            assert await jobs.want_cancel(connection, job.id)

    async def change(self, job: Job, columns: str) -> None:
        """As if a person had moved it."""
        async with self.db.transaction() as connection:
            await connection.execute(f"UPDATE jobs SET {columns} WHERE id = ?", (job.id,))

    async def wish(self, want: str) -> None:
        async with self.db.transaction() as connection:
            await towers.wish(connection, self.name, want, 1, self.clock.now())

    async def wishes_nothing(self) -> bool:
        async with self.db.reading() as connection:
            return await towers.wish_of(connection, self.name) is None

    def ssh_down(self) -> None:
        """Nobody gets in, and who was in is out."""
        self.server.stop()
        self.proxy.cut()

    async def notices(self) -> list[tuple[str, str]]:
        """(job, kind) of every notice of a job."""
        async with self.db.reading() as connection:
            rows = await connection.execute_fetchall("SELECT job, kind FROM notices WHERE job IS NOT NULL ORDER BY job")
        return [(str(row["job"]), str(row["kind"])) for row in rows]


@dataclass(frozen=True)
class Machine:
    """A tower as the network sees it."""

    server: SshServer
    proxy: Proxy
    daemon: Daemon


@asynccontextmanager
async def make_machine(folder: Path, pace: str, models: str = "") -> AsyncIterator[Machine]:
    """Awake: its agent serves and its SSH server lets the bot in."""
    daemon = Daemon(folder, pace, models)
    server = SshServer(folder / "ssh", attach_command(daemon.address))
    proxy = Proxy(server.port)
    daemon.start()
    try:
        server.start()
        await proxy.start()
        await until(daemon.answers, "the daemon to serve")
        yield Machine(server, proxy, daemon)
    finally:
        await proxy.stop()
        server.stop()
        daemon.remove()


@asynccontextmanager
async def make_rig(folder: Path, pace: str = "quick") -> AsyncIterator[Rig]:
    """Everything runs but the dispatcher."""
    async with make_machine(folder, pace) as machine, Database(folder / "ledger.db") as db:
        rig = Rig(folder, db, machine)
        try:
            yield rig
        finally:
            await rig.stop()
