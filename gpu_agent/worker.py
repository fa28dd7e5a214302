"""The child process that renders. The daemon starts it, talks to it over one connection, and may kill it at any time:
that gives the card's memory back, and leaves no half picture under its final name.

In: Submit, Cancel, Release. Out: Progress, then exactly one of Done, Failed and Cancelled for each Submit. torch is
imported only when `main` runs. When the connection ends, so does the process, whatever it was doing.
"""

import errno
import hashlib
import os
import shutil
import signal
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from gpu_agent import catalogue, spool
from gpu_agent.frames import FrameError, FrameReader, pack
from gpu_agent.order import Order
from gpu_agent.value import Message
from gpu_agent.wire import Cancel, Cancelled, Done, Failed, Progress, Release, Submit

if TYPE_CHECKING:
    from gpu_agent.engine.engine import Engine


@dataclass(frozen=True)
class _Task:
    """An order, and the flag that a cancel raises."""

    submit: Submit
    stop: Event


def main(conn: Connection, models: str | None, pictures: str) -> None:
    """Render what comes in until the other side is gone. `models` is a user's models file, `pictures` a folder."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the daemon decides what it means
    inbox = _Inbox(conn)
    Thread(target=inbox.listen, name="inbox", daemon=True).start()
    worker = _Worker(conn, models, Path(pictures))
    while True:
        task = inbox.next()
        if isinstance(task, _Task):
            worker.send(worker.outcome(task))
            inbox.forget(task)
        else:
            worker.release()


class _Inbox:
    """What the daemon sent, in order; read by a thread of its own, so that a cancel is heard during a render."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._tasks: SimpleQueue[_Task | Release] = SimpleQueue()
        self._stops: dict[str, Event] = {}

    def next(self) -> _Task | Release:
        return self._tasks.get()

    def forget(self, task: _Task) -> None:
        """A later cancel of an ended job must not reach a later order of the same name."""
        if self._stops.get(task.submit.order.job) is task.stop:
            del self._stops[task.submit.order.job]

    def listen(self) -> None:
        reader = FrameReader()
        try:
            while True:
                for frame in reader.feed(self._conn.recv_bytes()):
                    self._take(frame.message)
        except (EOFError, OSError):
            os._exit(0)  # nobody is left to render for, and a render would not notice until its next message
        except FrameError:
            traceback.print_exc()
            os._exit(1)

    def _take(self, message: Message) -> None:
        if isinstance(message, Submit):
            task = _Task(message, Event())
            self._stops[message.order.job] = task.stop
            self._tasks.put(task)
        elif isinstance(message, Release):
            self._tasks.put(message)
        elif isinstance(message, Cancel) and message.job in self._stops:
            self._stops[message.job].set()


class _NoEngine(Exception):
    """The engine cannot start; the words say why."""


class _Worker:
    """Takes one task at a time to its end. The engine starts with the first: that takes seconds, so it is told."""

    def __init__(self, conn: Connection, models: str | None, pictures: Path) -> None:
        self._conn, self._models, self._pictures = conn, models, pictures
        self._engine: Engine | None = None

    def send(self, message: Message) -> None:
        try:
            self._conn.send_bytes(pack(message))
        except OSError:
            os._exit(0)

    def release(self) -> None:
        if self._engine is not None:
            self._engine.release()

    def _started(self, order: Order) -> "Engine":
        """Raises _NoEngine. Whatever was missing may have been repaired by the next order: each one tries again."""
        if self._engine is None:
            self.send(Progress(job=order.job, phase="loading", detail="the engine"))
            self._engine = self._start()
        return self._engine

    def _start(self) -> "Engine":
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # wait without spinning: the machine has other work too
        try:
            from gpu_agent.engine.engine import Engine

            return Engine(catalogue.load(self._models))
        except (ImportError, OSError, catalogue.CatalogueError) as error:
            raise _NoEngine(str(error)) from error

    def outcome(self, task: _Task) -> Message:
        """Done, Failed or Cancelled."""
        job, epoch = task.submit.order.job, task.submit.epoch
        if task.stop.is_set():
            return Cancelled(job=job, epoch=epoch)
        try:
            engine = self._started(task.submit.order)
        except _NoEngine as error:
            traceback.print_exc()
            return Failed(job=job, epoch=epoch, kind="engine-missing", facts={"fault": str(error)})
        from gpu_agent.engine.fault import Fault, Stopped

        try:
            return self._draw(engine, task)
        except Stopped:
            return Cancelled(job=job, epoch=epoch)
        except Fault as fault:
            traceback.print_exc()
            retry = fault.worth_retrying
            return Failed(job=job, epoch=epoch, kind=fault.kind, facts=fault.facts, worth_retrying=retry)
        except OSError as error:
            traceback.print_exc()
            return Failed(job=job, epoch=epoch, **self._unwritten(error))

    def _unwritten(self, error: OSError) -> dict[str, Any]:
        """The picture was drawn but could not be kept. Room may be made; another fault needs a person first."""
        if error.errno == errno.ENOSPC:
            free = shutil.disk_usage(self._pictures).free
            return {"kind": "disk-full", "facts": {"free": free}, "worth_retrying": True}
        return {"kind": "render-failed", "facts": {"fault": f"{type(error).__name__}: {error.strerror}"}}

    def _draw(self, engine: "Engine", task: _Task) -> Done:
        """The picture is on disk, under its digest, before anybody hears that it is done."""
        order = task.submit.order
        drawn = engine.draw(order, self.send, task.stop.is_set)
        digest = hashlib.sha256(drawn.png).hexdigest()
        spool.write(self._pictures / f"{digest}.png", drawn.png)
        return Done(
            job=order.job,
            epoch=task.submit.epoch,
            sha256=digest,
            bytes=len(drawn.png),
            receipt=drawn.receipt,
            seconds=drawn.seconds,
            peak=drawn.peak,
        )
