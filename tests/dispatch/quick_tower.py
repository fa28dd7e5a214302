"""The real daemon, in a process of its own, with a worker that draws noise instead of loading a model.

`python -m tests.dispatch.quick_tower SPOOL SOCKET quick|slow [MODELS]`; a `gpu-agent.toml` beside the spool counts. The
same order gives the same bytes. A prompt that starts with "fail" fails, "full 2" has too little memory the first two
times it is begun, and one that starts with "big" gives a file of more than four mebibytes. An order of several frames
gives the boxes of a clip, with a poster; that of a "bare" one is no picture, and "torn" ones lack their last byte. Each
job that is begun is a line of the file `drawn` beside the spool.
"""

import hashlib
import io
import random
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gpu_agent import runner
from gpu_agent.config import Config, load
from gpu_agent.daemon import Daemon
from gpu_agent.frames import FrameReader, pack
from gpu_agent.order import Order, Receipt
from gpu_agent.spool import POSTER
from gpu_agent.value import Facts, Message
from gpu_agent.wire import Cancel, Cancelled, Done, Failed, Next, Progress, Submit
from tests import made

MEBIBYTES = 4


class Painter:
    """One worker's life: orders in, Progress and one end for each out."""

    def __init__(self, conn: "Connection[Any, Any]", spool: Path, step: float) -> None:
        self._conn, self._spool, self._step = conn, spool, step
        self._reader = FrameReader()
        self._stopped: set[str] = set()

    def run(self) -> None:
        with suppress(EOFError):
            while True:
                for submit in self._hear(None):
                    self._conn.send_bytes(pack(self._end(submit)))

    def _hear(self, seconds: float | None) -> list[Submit]:
        if not self._conn.poll(seconds):
            return []
        orders = []
        frames = tuple(self._reader.feed(self._conn.recv_bytes()))
        if frames and all(isinstance(frame.message, Next) for frame in frames):
            return self._hear(seconds)  # nothing is prepared here, and no step is shorter for it
        for frame in frames:
            if isinstance(frame.message, Cancel):
                self._stopped.add(frame.message.job)
            elif isinstance(frame.message, Submit):
                orders.append(frame.message)
        return orders

    def _end(self, submit: Submit) -> Message:
        order = submit.order
        begun = self._begin(order)
        self._stopped.discard(order.job)
        for step in range(order.steps):
            self._hear(self._step)  # one order at a time: only a cancel can come here
            if order.job in self._stopped:
                return Cancelled(job=order.job, epoch=submit.epoch)
            progress = Progress(job=order.job, phase="rendering", step=step + 1, of=order.steps)
            self._conn.send_bytes(pack(progress))
        if order.prompt.startswith("fail"):
            return Failed(job=order.job, epoch=submit.epoch, kind="render-failed", facts={"fault": "asked to"})
        if order.prompt.startswith("full") and begun <= int(order.prompt.split()[1]):
            facts: Facts = {"model": order.model, "width": order.width, "height": order.height}
            kind = "out-of-memory"
            return Failed(job=order.job, epoch=submit.epoch, kind=kind, facts=facts, worth_retrying=True)
        return self._clip(submit) if order.frames > 1 else self._done(submit, draw(order))

    def _begin(self, order: Order) -> int:
        """Written down; gives how often it was begun, on this spool."""
        log = self._spool.parent.parent / "drawn"
        with log.open("a", encoding="utf-8") as drawn:
            drawn.write(f"{order.job}\n")
        return log.read_text(encoding="utf-8").split().count(order.job)

    def _done(self, submit: Submit, drawn: bytes, suffix: str = ".png", **more: Any) -> Done:
        return Done(
            job=submit.order.job, epoch=submit.epoch, sha256=self._keep(drawn, suffix), bytes=len(drawn),
            receipt=receipt(submit.order), seconds=0.1, peak=1, **more,
        )  # fmt: skip

    def _clip(self, submit: Submit) -> Done:
        bare = submit.order.prompt.startswith("bare")
        poster = self._keep(b"no picture" if bare else draw(submit.order), POSTER)
        return self._done(submit, clip(submit.order), ".mp4", media="video/mp4", poster=poster)

    def _keep(self, content: bytes, suffix: str) -> str:
        digest = hashlib.sha256(content).hexdigest()
        part = self._spool / f"{digest}{suffix}.part"
        part.write_bytes(content)
        part.replace(self._spool / f"{digest}{suffix}")
        return digest


def draw(order: Order) -> bytes:
    noise = random.Random(f"{order.seed} {order.prompt}").randbytes(order.width * order.height * 3)
    stream = io.BytesIO()
    extra = PngInfo()
    if order.prompt.startswith("big"):
        extra.add(b"noIs", noise * (MEBIBYTES * 1024 * 1024 // len(noise) + 1))
    Image.frombytes("RGB", (order.width, order.height), noise).save(stream, "PNG", pnginfo=extra)
    return stream.getvalue()


def clip(order: Order) -> bytes:
    """The boxes that every MP4 has, with noise for frames."""
    noise = random.Random(order.seed).randbytes(order.frames * 1000)
    boxes = [(b"ftyp", b"isom"), (b"moov", b"\0" * 8), (b"mdat", noise)]
    whole = b"".join((len(body) + 8).to_bytes(4, "big") + kind + body for kind, body in boxes)
    return whole[:-1] if order.prompt.startswith("torn") else whole


def receipt(order: Order) -> Receipt:
    return made.receipt(order, model_name="noise")


def slow(device: str, conn: "Connection[Any, Any]", config: Config, root: Path) -> None:
    Painter(conn, root / "pictures", 0.2).run()


def quick(device: str, conn: "Connection[Any, Any]", config: Config, root: Path) -> None:
    Painter(conn, root / "pictures", 0.0).run()


def main(spool: str, address: str, pace: str, models: str | None = None) -> None:
    runner._child = {"slow": slow, "quick": quick}[pace]
    settings = Path(spool).with_name("gpu-agent.toml")
    config = load(settings if settings.exists() else None, models_file=Path(models) if models else None)
    daemon = Daemon(Path(spool), address, config, sleep=lambda: None, rest_delay=0.2, devices=("",), floor=0)
    daemon.start()
    told = Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    print("serving", flush=True)
    while not told.wait(0.5):
        pass
    daemon.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
