"""What the daemon sends to its worker, in order; read by a thread of its own, so that a cancel is heard in the middle
of a render."""

import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Event, Lock
from typing import Any

from gpu_agent.frames import FrameError, FrameReader
from gpu_agent.order import Order
from gpu_agent.value import Message
from gpu_agent.wire import Cancel, Next, Release, Shelf, Submit


@dataclass(frozen=True)
class Task:
    """An order, and the flag that a cancel raises."""

    submit: Submit
    stop: Event = field(default_factory=Event)

    @property
    def job(self) -> str:
        return self.submit.order.job


class Inbox:
    """`listen` runs until the daemon is gone, and takes the process with it then. `expect` hears at once which order
    comes next."""

    def __init__(self, conn: "Connection[Any, Any]", expect: Callable[[Order], None]) -> None:
        self._conn, self._expect = conn, expect
        self._waiting: SimpleQueue[Task | Release | Shelf] = SimpleQueue()
        self._lock = Lock()
        self._tasks: dict[str, Task] = {}

    def next(self) -> Task | Release | Shelf:
        return self._waiting.get()

    def forget(self, task: Task) -> None:
        """A later cancel of an ended job must not reach a later order of the same name."""
        with self._lock:
            if self._tasks.get(task.job) is task:
                del self._tasks[task.job]

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
        with self._lock:
            if isinstance(message, Submit):
                task = Task(message)
                self._tasks[task.job] = task
                self._waiting.put(task)
            elif isinstance(message, Release | Shelf):
                self._waiting.put(message)
            elif isinstance(message, Next):
                self._expect(message.order)
            elif isinstance(message, Cancel) and message.job in self._tasks:
                self._tasks[message.job].stop.set()
