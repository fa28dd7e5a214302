"""One bot's line: what it says is passed to desk, spool, inputs or sleeper, and answered on the same line."""

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from threading import Lock

from gpu_agent.desk import Desk
from gpu_agent.frames import Frame, FrameError, pack
from gpu_agent.inputs import Inputs
from gpu_agent.line import Duplex, Line
from gpu_agent.power import Sleeper
from gpu_agent.spool import Spool
from gpu_agent.stock import Gpu
from gpu_agent.stockroom import Stockroom
from gpu_agent.value import Message
from gpu_agent.watch import Watch
from gpu_agent.wire import (
    PROTOCOL,
    Cancel,
    Chunk,
    Fetch,
    Hello,
    Offer,
    Ping,
    Ready,
    Refused,
    Release,
    Rest,
    Status,
    Stay,
    Submit,
    Thanks,
)

PIECE = 64 * 1024
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rooms:
    """What every session works with. `boot` names this life of the daemon; `cards` measures them."""

    boot: str
    stockroom: Stockroom
    desk: Desk
    spool: Spool
    inputs: Inputs
    sleeper: Sleeper
    watch: Watch
    cards: Callable[[], tuple[Gpu, ...]]

    def disk_free(self) -> int:
        return shutil.disk_usage(self.spool.pictures).free


class Session:
    """From the first byte to hanging up. Nothing but Hello is understood before Hello."""

    def __init__(self, connection: Duplex, rooms: Rooms, ended: Callable[["Session"], None]) -> None:
        self._rooms, self._ended = rooms, ended
        self._line = Line(connection, self._heard, self._hung_up)
        self._greeted, self._greeting = False, Lock()

    def start(self) -> None:
        self._line.start()

    def tell(self, message: Message, payload: bytes = b"") -> None:
        self._line.tell(message, payload)

    def announce(self, message: Message) -> None:
        """For every line; one that has not said hello would not understand it, and one that is being greeted hears it
        right afterwards."""
        with self._greeting:
            greeted = self._greeted
        if greeted:
            self.tell(message)

    def cut(self) -> None:
        self._line.cut()

    def _heard(self, frame: Frame) -> None:
        message = frame.message
        if isinstance(message, Hello):
            self._greet(message)
        elif not self._greeted:
            self._refuse("hello-first", type=_type(message))
            self._line.finish()
        elif isinstance(message, Offer | Chunk):
            self._upload(message, frame.payload)
        else:
            self._serve(message)

    def _serve(self, message: Message) -> None:
        desk, sleeper = self._rooms.desk, self._rooms.sleeper
        match message:
            case Submit():
                desk.submit(message, self)
            case Cancel(job=job):
                desk.cancel(job, self)
            case Thanks(job=job):
                desk.thank(job)
            case Fetch():
                self._line.stream(message.sha256, self._pieces(message))
            case Status():
                self.tell(self._status())
            case Release():
                desk.release()
            case Stay(seconds=seconds):
                sleeper.stay(seconds)
            case Rest():
                sleeper.rest(self)
            case Ping():
                self.tell(message)
            case _:
                self._refuse("not-for-agents", type=_type(message))

    def _greet(self, hello: Hello) -> None:
        """The numbers are named from the bot's side, because the bot makes a sentence of them."""
        if hello.protocol != PROTOCOL:
            self._refuse("protocol", ours=hello.protocol, theirs=PROTOCOL)
            self._line.finish()
            return
        with self._greeting:
            self._welcome(hello)
            self._greeted = True
        self._rooms.stockroom.ask()

    def _welcome(self, hello: Hello) -> None:
        rooms = self._rooms
        shelf = rooms.stockroom.shelf
        self.tell(
            Ready(
                protocol=PROTOCOL,
                boot=rooms.boot,
                agent=_version(),
                gpus=rooms.cards(),
                disk_free=rooms.disk_free(),
                shelf=shelf.digest,
                held=rooms.desk.held(),
            )
        )
        if hello.shelf != shelf.digest:
            self.tell(shelf)

    def _status(self) -> Status:
        desk, hold = self._rooms.desk, self._rooms.desk.hold()
        return Status(
            rendering=desk.rendering(),
            waiting=desk.waiting(),
            spooled=desk.spooled(),
            warm=desk.warm(),
            gpus=self._rooms.cards(),
            disk_free=self._rooms.disk_free(),
            worker_alive=desk.worker_alive(),
            hold=hold.kind if hold is not None else "",
            facts=hold.facts if hold is not None else {},
            notes=self._rooms.watch.notes(),
        )

    def _upload(self, message: Offer | Chunk, payload: bytes) -> None:
        inputs = self._rooms.inputs
        try:
            answer = inputs.offer(message) if isinstance(message, Offer) else inputs.take(message, payload)
        except OSError:
            _log.exception("an input could not be written")
            self._refuse("disk-full", free=self._rooms.disk_free())
        else:
            if answer is not None:
                self.tell(answer)

    def _pieces(self, fetch: Fetch) -> Iterator[bytes]:
        """The picture from the offset on; at least one chunk, so that a bot that has it all hears the total."""
        offset, total = fetch.offset, fetch.offset + 1
        while offset < total:
            try:
                piece, total = self._rooms.spool.read(fetch.sha256, offset, PIECE)
            except OSError:
                facts = {"sha256": fetch.sha256}
                yield pack(Refused(job="", kind="picture-unknown", facts=facts))
                return
            yield pack(Chunk(sha256=fetch.sha256, offset=offset, total=total), piece)
            offset += len(piece)

    def _refuse(self, kind: str, **facts: str | int | float | bool | None) -> None:
        self.tell(Refused(job="", kind=kind, facts=facts))

    def _hung_up(self, fault: FrameError | None) -> None:
        if fault is not None and fault.kind == "message" and not self._greeted:
            self._refuse("protocol", ours=None, theirs=PROTOCOL)  # a Hello with fields of another version
        elif fault is not None:
            self._refuse("line-broken", fault=str(fault)[:200])
        self._ended(self)


def _version() -> str:
    try:
        return version("darkroom")
    except PackageNotFoundError:
        return "not installed"


def _type(message: Message) -> str:
    return str(message.model_dump()["type"])
