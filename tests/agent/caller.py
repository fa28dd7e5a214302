"""A bot's end of the line in tests: says messages, waits for answers, keeps what came in between."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Client
from typing import TypeVar

from gpu_agent.frames import Frame, FrameReader, pack
from gpu_agent.order import Order
from gpu_agent.value import Message
from gpu_agent.wire import PROTOCOL, Chunk, Done, Fetch, Hello, Ready, Refused, Shelf, Submit

DEADLINE = 120
M = TypeVar("M", bound=Message)


class Caller:
    """Speaks to a daemon's socket as `gpu-agent attach` would, without the process in between."""

    def __init__(self, address: str) -> None:
        self._connection = Client(address)
        self._reader = FrameReader()
        self._frames: deque[Frame] = deque()
        self.passed: list[Message] = []

    def say(self, *messages: Message) -> None:
        for message in messages:
            self._connection.send_bytes(pack(message))

    def send(self, data: bytes) -> None:
        """Bytes as they are, frames or not."""
        self._connection.send_bytes(data)

    def chunk(self, chunk: Chunk, payload: bytes) -> None:
        self._connection.send_bytes(pack(chunk, payload))

    def frame(self) -> Frame:
        """The next frame. Raises EOFError when the daemon hung up."""
        while not self._frames:
            assert self._connection.poll(DEADLINE), f"nothing came; before that: {self.passed}"
            try:
                self._frames.extend(self._reader.feed(self._connection.recv_bytes()))
            except OSError as error:
                raise EOFError from error
        return self._frames.popleft()

    def until(self, kind: type[M]) -> M:
        """The next message of this kind; what came before it is in `passed`."""
        while not isinstance(message := self.frame().message, kind):
            assert not isinstance(message, Refused), message
            self.passed.append(message)
        return message

    def next(self, kind: type[M]) -> M:
        """The very next message, which must be of this kind."""
        message = self.frame().message
        assert isinstance(message, kind), message
        return message

    def greet(self, shelf: str = "") -> Ready:
        self.say(Hello(protocol=PROTOCOL, bot="tester", shelf=shelf))
        return self.until(Ready)

    def fetch(self, sha256: str, offset: int = 0) -> bytes:
        """The picture from the offset on."""
        self.say(Fetch(sha256=sha256, offset=offset))
        content, total = b"", offset + 1
        while offset + len(content) < total:
            frame = self.frame()
            if isinstance(frame.message, Chunk):
                assert frame.message.offset == offset + len(content)
                content, total = content + frame.payload, frame.message.total
        return content

    def render(self, order: Order, epoch: int = 1) -> Done:
        self.say(Submit(epoch=epoch, order=order))
        return self.until(Done)

    def hang_up(self) -> None:
        self._connection.close()


@contextmanager
def greeted(address: str) -> Iterator[Caller]:
    """A line on which hello was said and the shelf has come."""
    caller = Caller(address)
    caller.greet()
    caller.next(Shelf)
    yield caller
    caller.hang_up()
