"""What waits to be written to one line: bounded, and never a reason for anybody to wait for a slow reader.

Messages go first and in order. Progress is latest-wins for each job. Chunks of a picture are read only when the line
has room for the next one, and take turns with progress.
"""

from collections import deque
from collections.abc import Iterator
from threading import Condition

from gpu_agent.frames import pack
from gpu_agent.value import Message
from gpu_agent.wire import Cancelled, Done, Failed, Progress

MOST_WAITING = 256


class Outbox:
    """Filled by any thread, emptied by the line's writer."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._messages: deque[bytes] = deque()
        self._progress: dict[str, bytes] = {}
        self._streams: dict[str, Iterator[bytes]] = {}
        self._chunk_is_next = False
        self._closed = False

    def put(self, message: Message, payload: bytes = b"") -> None:
        """Never waits; once closed, it is dropped."""
        frame = pack(message, payload)
        with self._changed:
            if self._closed:
                return
            if isinstance(message, Progress):
                self._progress[message.job] = frame
            else:
                self._messages.append(frame)
            if isinstance(message, (Done, Failed, Cancelled)):
                self._progress.pop(message.job, None)  # nothing is said of a job after its end
            self._changed.notify_all()

    def stream(self, name: str, frames: Iterator[bytes]) -> None:
        """Frames to be drawn one by one; a stream of the same name takes the place of the former one."""
        with self._changed:
            self._streams[name] = frames
            self._changed.notify_all()

    def wait_for_room(self) -> bool:
        """A reader that answers calls this before each answer: who asks without reading is no longer read.

        False once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._messages) < MOST_WAITING)
            return not self._closed

    def close(self) -> None:
        """What waits as a message is still given out, the rest is not."""
        with self._changed:
            self._closed = True
            self._streams.clear()
            self._progress.clear()
            self._changed.notify_all()

    def take(self) -> bytes | None:
        """The next frame, waiting for one; None once closed and empty."""
        while True:
            with self._changed:
                self._changed.wait_for(self._ready)
                if self._messages:
                    self._changed.notify_all()
                    return self._messages.popleft()
                if self._progress and not (self._streams and self._chunk_is_next):
                    self._chunk_is_next = True
                    return self._progress.pop(next(iter(self._progress)))
                if not self._streams:
                    return None
                name, frames = next(iter(self._streams.items()))
            if (frame := self._drawn(name, frames)) is not None:
                return frame

    def _ready(self) -> bool:
        return bool(self._closed or self._messages or self._progress or self._streams)

    def _drawn(self, name: str, frames: Iterator[bytes]) -> bytes | None:
        """Outside the lock, because it reads the disk."""
        frame = next(frames, None)
        with self._changed:
            self._chunk_is_next = False
            if frame is None and self._streams.get(name) is frames:
                del self._streams[name]
        return frame
