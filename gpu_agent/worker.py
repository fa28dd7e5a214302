"""The child process that renders. The daemon starts it, talks to it over one connection, and may kill it at any time:
that gives the card's memory back, and leaves no half picture under its final name.

In: Submit, Next, Cancel, Release, and Shelf when what is on disk has changed. Out: Progress, then exactly one of Done,
Failed and Cancelled for each Submit. Progress with the phase "saving" says that the card is free for another order:
from then on the picture is finished beside the next render. torch is imported only when `main` runs. When the
connection ends, so does the process, whatever it was doing.
"""

import os
import signal
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from gpu_agent.config import Config
from gpu_agent.drawing import Drawing
from gpu_agent.frames import pack
from gpu_agent.inbox import Inbox, Task
from gpu_agent.value import Message
from gpu_agent.wire import Cancelled, Progress, Release, Shelf

if TYPE_CHECKING:
    from gpu_agent.engine.engine import Rendered


def main(conn: "Connection[Any, Any]", config: Config, root: Path) -> None:
    """Render what comes in until the other side is gone. `root` is the daemon's folder."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the daemon decides what it means
    drawing = Drawing(config, root)
    inbox = Inbox(conn, drawing.expect)
    Thread(target=inbox.listen, name="inbox", daemon=True).start()
    worker = _Worker(conn, inbox, drawing)
    while True:
        match inbox.next():
            case Task() as task:
                worker.take(task)
            case Shelf():
                worker.drawing.restock()
            case Release():
                worker.drawing.release()


class _Worker:
    """Renders in the thread that calls, and finishes in one other; at most one picture is being finished."""

    def __init__(self, conn: "Connection[Any, Any]", inbox: Inbox, drawing: Drawing) -> None:
        self.drawing = drawing
        self._conn, self._inbox = conn, inbox
        self._speaking = Lock()
        self._finisher = ThreadPoolExecutor(1, thread_name_prefix="finisher")
        self._finishing: Future[None] | None = None

    def take(self, task: Task) -> None:
        """Up to the pixels; or to its end, if it ends before."""
        saving = Progress(job=task.job, phase="saving")

        def report(progress: Progress, preview: bytes = b"") -> None:
            nonlocal saving
            if progress.phase == "saving" and progress.share is None:
                saving = progress  # it is said below: the one before may still be in the finisher's hands
            else:
                self._send(progress, preview)

        if task.stop.is_set():
            self._end(task, Cancelled(job=task.job, epoch=task.submit.epoch))
            return
        try:
            rendered = self.drawing.render(task, report)
        except Exception as error:  # an order never takes the worker with it
            self._end(task, self.drawing.failed(task, error))
            return
        if self._finishing is not None:
            self._finishing.result()
        self._send(saving)
        self._finishing = self._finisher.submit(self._finish, task, rendered)

    def _finish(self, task: Task, rendered: "Rendered") -> None:
        try:
            outcome: Message = self.drawing.finish(task, rendered)
        except Exception as error:
            outcome = self.drawing.failed(task, error)
        self._end(task, outcome)

    def _end(self, task: Task, outcome: Message) -> None:
        self._send(outcome)
        self._inbox.forget(task)

    def _send(self, message: Message, payload: bytes = b"") -> None:
        try:
            with self._speaking:
                self._conn.send_bytes(pack(message, payload))
        except OSError:
            os._exit(0)  # nobody is left to render for
