"""The resident process: a local socket, sessions on it, a runner for each card. Never imports torch.

attach → listener → session → desk → runner → worker (a child process)
                              desk → spool
"""

import logging
import secrets
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Client
from pathlib import Path
from threading import Event, Lock, Thread

from gpu_agent import gpu, nvml, shelf
from gpu_agent.admission import DISK_FLOOR, Admission
from gpu_agent.awake import Awake
from gpu_agent.cards import GB
from gpu_agent.config import Config
from gpu_agent.desk import Desk
from gpu_agent.energy import Meter, Metered
from gpu_agent.frames import Frame
from gpu_agent.holds import SECONDS_TO_COOL
from gpu_agent.inputs import Inputs
from gpu_agent.line import Duplex
from gpu_agent.listening import listen
from gpu_agent.power import Sleeper
from gpu_agent.runner import Runner
from gpu_agent.session import Rooms, Session
from gpu_agent.spool import Spool, folder
from gpu_agent.stockroom import Stockroom
from gpu_agent.value import Message
from gpu_agent.watch import Card, Watch
from gpu_agent.wire import Cancelled, Done, Failed, Progress, Shelf

_log = logging.getLogger(__name__)


class Daemon:
    """`start` listens and returns; `stop` ends the workers and leaves the spool for the next life."""

    def __init__(
        self,
        root: Path,
        address: str,
        config: Config,
        sleep: Callable[[], None],
        rest_delay: float,
        devices: tuple[str, ...] | None = None,
        floor: int = DISK_FLOOR,
    ) -> None:
        self.root, self.address, self._config = root, address, config
        self._most = None if config.card.vram_gb is None else int(config.card.vram_gb * GB)
        self._lock = Lock()
        self._sessions: set[Session] = set()
        self._stopped = Event()
        self._spool, inputs = Spool(folder(root)), Inputs(root)
        self._stockroom = Stockroom(config, self._tell_workers, self._announce)
        self._cards = self._found(root, devices or gpu.devices())
        self.runners = [card.runner for card in self._cards]
        self._desk = Desk(self._spool, self._admission(inputs, floor), self.runners, cool_down=_cool_down())
        awake = Awake()

        def fall_asleep() -> None:
            awake.step_aside()
            sleep()

        sleeper = Sleeper(self._desk, self._announce, fall_asleep, rest_delay)
        self._watch = Watch(config, self._desk, self._cards, sleeper.staying, self._stockroom.look, awake)
        self._rooms = Rooms(
            boot=secrets.token_hex(8),
            stockroom=self._stockroom,
            desk=self._desk,
            spool=self._spool,
            inputs=inputs,
            sleeper=sleeper,
            watch=self._watch,
            cards=lambda: gpu.cards(self._most),
        )

    def _found(self, root: Path, devices: tuple[str, ...]) -> list[Card]:
        """A runner for each device, with its card where the library knows as many."""
        known = nvml.cards()
        names = known if len(known) == len(devices) else ("",) * len(devices)
        meters = [Meter(name) for name in names]
        runners = [
            Runner(device, Metered(meter.read, self._heard), self._died, self._config, root)
            for device, meter in zip(devices, meters, strict=True)
        ]
        return [Card(*parts) for parts in zip(runners, names, meters, strict=True)]

    def _admission(self, inputs: Inputs, floor: int) -> Admission:
        config, cards = self._config, gpu.cards(self._most)
        return Admission(
            shelf=lambda: self._stockroom.shelf,
            cards=cards if len(cards) == len(self._cards) else cards[:1] * len(self._cards),
            inputs=inputs,
            spool=self._spool.pictures,
            mounted=lambda: shelf.mounted(config),
            floor=floor,
        )

    def start(self) -> None:
        """Raises CannotServe when another daemon answers there, or the address cannot be used."""
        self._listener = listen(self.address)
        self._watch.start()
        self._stockroom.start()
        Thread(target=self._accept, name="listener", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        with suppress(OSError):
            Client(self.address).close()  # wakes the thread that accepts
        self._listener.close()
        self._stockroom.stop()
        self._watch.stop()
        self._rooms.sleeper.stop()
        with self._lock:
            sessions = list(self._sessions)
        for session in sessions:
            session.cut()
        for runner in self.runners:
            runner.stop()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection = self._listener.accept()
            except OSError:
                continue  # that one hung up at once, or the listener was closed
            if not self._stopped.is_set():
                self._welcome(connection)

    def _welcome(self, connection: Duplex) -> None:
        session = Session(connection, self._rooms, self._forget)
        with self._lock:
            self._sessions.add(session)
        session.start()

    def _forget(self, session: Session) -> None:
        with self._lock:
            self._sessions.discard(session)

    def _announce(self, message: Message) -> None:
        with self._lock:
            sessions = list(self._sessions)
        for session in sessions:
            session.announce(message)

    def _tell_workers(self, shelf: Shelf) -> None:
        """Those that live look again before their next order; others look when they start."""
        for runner in self.runners:
            runner.hand(Shelf(digest=shelf.digest, models=()))

    def _heard(self, frame: Frame) -> None:
        match frame.message:
            case Progress() as progress:
                self._desk.progressed(progress, frame.payload)
            case Done() | Failed() | Cancelled() as outcome:
                self._desk.ended(outcome)
            case other:
                _log.warning("a worker said %s, which is not for it to say", type(other).__name__)

    def _died(self, runner: Runner, fault: str) -> None:
        if not self._stopped.is_set():
            self._desk.crashed(runner, fault)


def _cool_down() -> float:
    return SECONDS_TO_COOL if sys.platform == "darwin" else 0.0
