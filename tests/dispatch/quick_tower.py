"""The real daemon, in a process of its own, with a worker that draws noise instead of loading a model.

`python -m tests.dispatch.quick_tower SPOOL SOCKET quick|slow [MODELS]`; a `gpu-agent.toml` beside the spool counts. The
same order gives the same bytes. A prompt that starts with "fail" fails, one that starts with "big" gives a file of more
than four mebibytes. Each job that is begun is a line of the file `drawn` beside the spool.
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
from gpu_agent.value import Message
from gpu_agent.wire import Cancel, Cancelled, Done, Failed, Progress, Submit
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
        for frame in self._reader.feed(self._conn.recv_bytes()):
            if isinstance(frame.message, Cancel):
                self._stopped.add(frame.message.job)
            elif isinstance(frame.message, Submit):
                orders.append(frame.message)
        return orders

    def _end(self, submit: Submit) -> Message:
        order = submit.order
        with (self._spool.parent.parent / "drawn").open("a", encoding="utf-8") as drawn:
            drawn.write(f"{order.job}\n")
        self._stopped.discard(order.job)
        for step in range(order.steps):
            self._hear(self._step)  # one order at a time: only a cancel can come here
            if order.job in self._stopped:
                return Cancelled(job=order.job, epoch=submit.epoch)
            progress = Progress(job=order.job, phase="rendering", step=step + 1, of=order.steps)
            self._conn.send_bytes(pack(progress))
        if order.prompt.startswith("fail"):
            return Failed(job=order.job, epoch=submit.epoch, kind="render-failed", facts={"fault": "asked to"})
        return self._done(submit, draw(order))

    def _done(self, submit: Submit, png: bytes) -> Done:
        digest = hashlib.sha256(png).hexdigest()
        part = self._spool / f"{digest}.png.part"
        part.write_bytes(png)
        part.replace(self._spool / f"{digest}.png")
        return Done(
            job=submit.order.job, epoch=submit.epoch, sha256=digest, bytes=len(png), receipt=receipt(submit.order),
            seconds=0.1, peak=1,
        )  # fmt: skip


def draw(order: Order) -> bytes:
    noise = random.Random(f"{order.seed} {order.prompt}").randbytes(order.width * order.height * 3)
    stream = io.BytesIO()
    extra = PngInfo()
    if order.prompt.startswith("big"):
        extra.add(b"noIs", noise * (MEBIBYTES * 1024 * 1024 // len(noise) + 1))
    Image.frombytes("RGB", (order.width, order.height), noise).save(stream, "PNG", pnginfo=extra)
    return stream.getvalue()


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
