"""The resident process: a local socket, sessions on it, a runner for each card. Never imports torch.

attach → listener → session → desk → runner → worker (a child process)
                              desk → spool
"""

import logging
import os
import secrets
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Client, Listener
from pathlib import Path
from threading import Event, Lock, Thread

from gpu_agent import catalogue, gpu, shelf
from gpu_agent.desk import DISK_FLOOR, Desk
from gpu_agent.frames import Frame
from gpu_agent.inputs import Inputs
from gpu_agent.line import Duplex
from gpu_agent.power import Sleeper
from gpu_agent.runner import Runner
from gpu_agent.session import Rooms, Session
from gpu_agent.spool import Spool, folder
from gpu_agent.value import Message
from gpu_agent.wire import Cancelled, Done, Failed, Progress, Shelf

LONGEST_UNIX_ADDRESS = 100
_log = logging.getLogger(__name__)


class CannotServe(Exception):
    """The daemon cannot start; the text is a sentence for the person who started it."""


class Daemon:
    """`start` listens and returns; `stop` ends the workers and leaves the spool for the next life."""

    def __init__(
        self,
        root: Path,
        address: str,
        models: str | None,
        sleep: Callable[[], None],
        rest_delay: float,
        devices: tuple[str, ...] | None = None,
        floor: int = DISK_FLOOR,
    ) -> None:
        self.address = address
        self._lock = Lock()
        self._sessions: set[Session] = set()
        self._stopped = Event()
        spool = Spool(folder(root))
        known = shelf.shelf_models(catalogue.load(models))
        self.runners = [
            Runner(device, self._heard, self._died, models, spool.pictures) for device in devices or gpu.devices()
        ]
        self._desk = Desk(spool, known, self.runners, floor)
        self._rooms = Rooms(
            boot=secrets.token_hex(8),
            shelf=Shelf(digest=shelf.digest(known), models=known),
            desk=self._desk,
            spool=spool,
            inputs=Inputs(root),
            sleeper=Sleeper(self._desk, self._announce, sleep, rest_delay),
        )

    def start(self) -> None:
        """Raises CannotServe when another daemon answers there, or the address cannot be used."""
        self._listener = _listen(self.address)
        Thread(target=self._accept, name="listener", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        with suppress(OSError):
            Client(self.address).close()  # wakes the thread that accepts
        self._listener.close()
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


def _listen(address: str) -> Listener:
    return Listener(address, family="AF_PIPE") if sys.platform == "win32" else _listen_unix(address)


def _listen_unix(address: str) -> Listener:
    """Only this user reaches it, from the first moment on: the mask acts before the socket has its name."""
    path = Path(address)
    if len(address.encode()) > LONGEST_UNIX_ADDRESS:
        raise CannotServe(f"The socket's path {address} is too long for a socket. Choose a shorter one.")
    folder(path.parent)
    _make_way(path)
    mask = os.umask(0o177)
    try:
        return Listener(address, family="AF_UNIX", backlog=16)
    finally:
        os.umask(mask)


def _make_way(path: Path) -> None:
    """A socket that nobody answers on was left by a daemon that was killed."""
    if path.parent.stat().st_mode & 0o022:  # others could put a socket of their own in our place
        raise CannotServe(f"Others can write into {path.parent}. Choose a --socket in a folder of your own.")
    if not path.exists():
        return
    if not path.is_socket():
        raise CannotServe(f"{path} is a file that is no socket. Choose another --socket, or move it away.")
    try:
        Client(str(path)).close()
    except ConnectionRefusedError:
        path.unlink()
    except OSError as error:
        raise CannotServe(f"{path} cannot be used ({error.strerror}). Choose another --socket.") from error
    else:
        raise CannotServe(f"A daemon already serves {path}. Stop it first, or choose another --socket.")
