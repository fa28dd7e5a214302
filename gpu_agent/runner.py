"""One card's worker: a child process, started at the first order and kept warm; its death is told, never hidden."""

import logging
import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any

from gpu_agent.config import Config
from gpu_agent.frames import Frame, FrameError
from gpu_agent.line import Line
from gpu_agent.value import Message
from gpu_agent.wire import Submit

SECONDS_TO_END = 5.0
_log = logging.getLogger(__name__)


class Runner:
    """`heard` gets the worker's frames; `died` this runner and a word for the cause, once for each death.

    `device` is a value for CUDA_VISIBLE_DEVICES, or "" to leave that as it is; `root` is the daemon's folder.
    """

    def __init__(
        self,
        device: str,
        heard: Callable[[Frame], None],
        died: Callable[["Runner", str], None],
        config: Config,
        root: Path,
    ) -> None:
        self._device, self._heard, self._died = device, heard, died
        self._config, self._root = config, root
        self._process: BaseProcess | None = None
        self._line: Line | None = None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def hand(self, message: Message) -> None:
        """An order starts the worker where there is none; nothing else is worth starting one for."""
        if self._line is None and isinstance(message, Submit):
            self._start()
        line = self._line  # whoever has news of the shelf does not ask whether the worker is being stopped just now
        if line is not None:
            line.tell(message)

    def stop(self) -> None:
        """End the worker, whatever it does, or bury a dead one; no death is told of it afterwards."""
        process, self._process = self._process, None
        line, self._line = self._line, None
        if process is not None and line is not None:
            line.cut()
            process.terminate()
            process.join(SECONDS_TO_END)
            process.kill()
            process.join()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        arguments = (self._device, theirs, self._config, self._root)
        process = context.Process(target=_child, args=arguments, name="worker", daemon=True)
        try:
            process.start()
        except OSError as error:
            _log.exception("no worker could be started")
            ours.close()
            # told from another thread: whoever hands over holds the desk's lock and is not done yet
            Thread(target=self._died, args=(self, f"no process: {error.strerror}"), daemon=True).start()
            return
        finally:
            theirs.close()
        self._process = process
        self._line = Line(ours, self._heard, lambda fault: self._gone(process, fault))
        self._line.start()

    def _gone(self, process: BaseProcess, fault: FrameError | None) -> None:
        """The line to the worker ended. It stays ours until whoever is told calls `stop`: were it replaced before,
        an order given to the new worker would be taken for one that died with the old."""
        if self._process is not process:
            return  # stopped on purpose
        process.join(SECONDS_TO_END)
        process.kill()
        process.join()
        self._died(self, str(fault) if fault is not None else _cause(process.exitcode))


def _cause(status: int | None) -> str:
    return f"signal {-status}" if status is not None and status < 0 else f"exit status {status}"


def _child(device: str, conn: "Connection[Any, Any]", config: Config, root: Path) -> None:
    """What the child runs. The worker is imported there alone: nothing of the engine can reach the daemon."""
    if device:
        os.environ["CUDA_VISIBLE_DEVICES"] = device
    from gpu_agent.worker import main

    main(conn, config, root)
