"""One connection with a thread that reads and a thread that writes; whoever tells it something never waits.

The same for a bot's line and for a worker: bytes in slices of any length, frames inside.
"""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Thread
from typing import Protocol

from gpu_agent.frames import Frame, FrameError, FrameReader
from gpu_agent.outbox import Outbox
from gpu_agent.value import Message

MAX_SLICE = 1024 * 1024


class Duplex(Protocol):
    """A connection of multiprocessing, be it a socket or, on Windows, a pipe."""

    def send_bytes(self, buf: bytes, /) -> None: ...

    def recv_bytes(self, maxlength: int, /) -> bytes: ...

    def fileno(self) -> int: ...

    def close(self) -> None: ...


class Line:
    """`heard` gets each frame on the reading thread; `ended` is called once, with the fault if bytes were not ours."""

    def __init__(
        self,
        connection: Duplex,
        heard: Callable[[Frame], None],
        ended: Callable[[FrameError | None], None],
    ) -> None:
        self._connection, self._heard, self._ended = connection, heard, ended
        self._outbox = Outbox()
        self._reader = Thread(target=self._read, name="line-reader", daemon=True)
        self._writer = Thread(target=self._write, name="line-writer", daemon=True)

    def start(self) -> None:
        self._writer.start()
        self._reader.start()

    def tell(self, message: Message, payload: bytes = b"") -> None:
        """Put it in the outbox; dropped when the line has ended."""
        self._outbox.put(message, payload)

    def stream(self, name: str, frames: Iterator[bytes]) -> None:
        """Frames that are drawn one by one as the line takes them."""
        self._outbox.stream(name, frames)

    def finish(self) -> None:
        """Hang up once the waiting messages are written."""
        self._outbox.close()

    def cut(self) -> None:
        """Hang up now; both threads end."""
        self._outbox.close()
        with suppress(OSError):
            _hang_up(self._connection)

    def _read(self) -> None:
        fault = None
        try:
            self._read_frames()
        except FrameError as error:
            fault = error
        except (EOFError, OSError):
            pass  # the other side is gone, which is the ordinary end
        finally:
            self._ended(fault)
            self._outbox.close()
            self._writer.join()
            self._connection.close()

    def _read_frames(self) -> None:
        reader = FrameReader()
        while True:
            for frame in reader.feed(self._connection.recv_bytes(MAX_SLICE)):
                if not self._outbox.wait_for_room():
                    return
                self._heard(frame)

    def _write(self) -> None:
        with suppress(OSError):
            while (frame := self._outbox.take()) is not None:
                self._connection.send_bytes(frame)
        self.cut()


def _hang_up(connection: Duplex) -> None:
    """Wakes whoever reads or writes there. Closing alone would not, and its number could be given to another file."""
    if sys.platform == "win32":
        connection.close()
    else:
        with socket.socket(fileno=os.dup(connection.fileno())) as wire:
            wire.shutdown(socket.SHUT_RDWR)
