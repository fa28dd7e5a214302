"""A worker as the daemon sees it: a real child process behind a real connection.

Forked from a process that has imported torch and done nothing else, so that not every test waits for the import.
"""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from gpu_agent import worker
from gpu_agent.config import Config
from gpu_agent.frames import FrameReader, pack
from gpu_agent.order import Order
from gpu_agent.spool import folder
from gpu_agent.value import Message
from gpu_agent.wire import Done, Progress, Submit


def _context() -> ForkServerContext | SpawnContext:
    """Where a system does not fork, every worker imports for itself."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(["gpu_agent.engine.engine"])
    return forking


_CONTEXT = _context()
DEADLINE = 120
DEFAULTS = Config()


def forked(patch: pytest.MonkeyPatch) -> None:
    """Daemons of this process start their workers there, too, with one thread for each operation."""
    patch.setenv("OMP_NUM_THREADS", "1")
    patch.setattr(multiprocessing, "get_context", lambda method: _CONTEXT)


class Child:
    """A worker and our end of its line; `root` is what the daemon would call its folder."""

    def __init__(
        self, root: Path, config: Config = DEFAULTS, target: Callable[..., None] = worker.main, *more: object
    ) -> None:
        self.pictures = folder(root / "pictures")
        ours, theirs = _CONTEXT.Pipe()
        self.conn: Connection[Any, Any] = ours
        arguments = (theirs, config, root, *more)
        self.process: BaseProcess = _CONTEXT.Process(target=target, args=arguments, daemon=True)
        self.process.start()
        theirs.close()
        self._reader = FrameReader()

    def send(self, message: Message) -> None:
        self.conn.send_bytes(pack(message))

    def submit(self, wanted: Order, epoch: int = 1) -> None:
        self.send(Submit(epoch=epoch, order=wanted))

    def hear(self) -> Message:
        assert self.conn.poll(DEADLINE), "the worker says nothing"
        (frame,) = self._reader.feed(self.conn.recv_bytes())
        return frame.message

    def until_end(self) -> list[Message]:
        """What it says up to the next end of an order."""
        heard = [self.hear()]
        while isinstance(heard[-1], Progress):
            heard.append(self.hear())
        return heard

    def until_step(self, step: int) -> None:
        message = self.hear()
        while not (isinstance(message, Progress) and message.phase == "rendering" and message.step >= step):
            message = self.hear()

    def end(self) -> int | None:
        self.conn.close()
        self.process.join(DEADLINE)
        return self.process.exitcode


def is_done(message: Message) -> Done:
    """This message, which must be Done."""
    assert isinstance(message, Done), message
    return message
