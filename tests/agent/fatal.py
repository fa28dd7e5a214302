"""A worker that kills itself, as signal 9 would, at a point that a file beside its pictures names; once for each file.

It is the real one, with an ear on what it says and a hand on what it writes.
"""

import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event
from typing import Any

from gpu_agent import spool, worker
from gpu_agent.config import Config
from gpu_agent.drawing import Drawing
from gpu_agent.frames import FrameReader
from gpu_agent.inbox import Task
from gpu_agent.wire import Done, Progress

POINTS = ("loading", "step", "pixels", "beside the next", "half written", "written", "told")
FIRST, SECOND = "first", "second"


class Fate:
    """`met` ends the process if this is the point that the file names."""

    def __init__(self, root: Path) -> None:
        self._file = root / "die-at"

    def met(self, point: str) -> None:
        if self.awaits(point):
            self._file.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    def awaits(self, point: str) -> bool:
        return self._file.is_file() and self._file.read_text() == point


class Overheard:
    """The worker's line."""

    def __init__(self, conn: "Connection[Any, Any]", fate: Fate) -> None:
        self._conn, self._fate = conn, fate
        self.next_renders = Event()

    def recv_bytes(self) -> bytes:
        return self._conn.recv_bytes()

    def send_bytes(self, data: bytes) -> None:
        self._conn.send_bytes(data)
        (frame,) = FrameReader().feed(data)
        match frame.message:
            case Progress(job="second", phase="rendering", step=2):
                self.next_renders.set()
            case Progress(job="first", phase="loading"):
                self._fate.met("loading")
            case Progress(job="first", phase="rendering", step=3):
                self._fate.met("step")
            case Progress(job="first", phase="saving"):
                self._fate.met("pixels")
            case Done(job="first"):
                self._fate.met("told")


def child(device: str, conn: "Connection[Any, Any]", config: Config, root: Path) -> None:
    """In the place of the runner's own child."""
    fate = Fate(root)
    line = Overheard(conn, fate)
    finish, write = Drawing.finish, spool.write

    def finishing(drawing: Drawing, task: Task, rendered: Any) -> Any:
        if fate.awaits("beside the next") and task.job == FIRST:
            line.next_renders.wait(60)
            fate.met("beside the next")
        return finish(drawing, task, rendered)

    def writing(path: Path, content: bytes) -> None:
        if fate.awaits("half written"):
            path.with_name(path.name + ".part").write_bytes(content[: len(content) // 2])
            fate.met("half written")
        write(path, content)
        fate.met("written")

    Drawing.finish, spool.write = finishing, writing  # type: ignore[method-assign, assignment]
    worker.main(line, config, root)  # type: ignore[arg-type]
