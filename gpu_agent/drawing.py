"""A worker's engine, and what becomes of its pictures: files under their digests, or a failure with its kind."""

import errno
import hashlib
import os
import shutil
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_agent import catalogue, shelf, spool
from gpu_agent.config import Config
from gpu_agent.inbox import Task
from gpu_agent.order import Order
from gpu_agent.value import Facts
from gpu_agent.wire import Cancelled, Done, Failed, Progress

if TYPE_CHECKING:
    from gpu_agent.engine.engine import Drawn, Engine, Rendered
    from gpu_agent.engine.render import Report


class NoEngine(Exception):
    """The engine cannot start; the words say why."""


class Drawing:
    """The engine starts with the first order: that takes seconds, so it is told. Whatever was missing may have been
    repaired by the next order: each one tries again."""

    def __init__(self, config: Config, root: Path) -> None:
        self._config, self._root = config, root
        self._pictures = root / "pictures"
        self._engine: Engine | None = None
        self._expected: Order | None = None
        self._stale = False

    def restock(self) -> None:
        """What is on disk has changed: look before the next order."""
        self._stale = True

    def release(self) -> None:
        if self._engine is not None:
            self._engine.release()

    def expect(self, order: Order) -> None:
        """This one comes next; from any thread, and before there is an engine, too."""
        self._expected = order
        if self._engine is not None:
            self._engine.expect(order)

    def render(self, task: Task, report: "Report") -> "Rendered":
        """Raises Stopped, Fault, NoEngine, or whatever goes wrong beyond these; see `failed`."""
        return self._started(task, report).render(task.submit.order, report, task.stop.is_set, leaving=True)

    def finish(self, task: Task, rendered: "Rendered") -> Done | Cancelled:
        """The picture is on disk, under its digest, before anybody hears that it is done."""
        if self._engine is None:
            raise NoEngine("it was never started")
        drawn = self._engine.finish(rendered)
        if task.stop.is_set():
            self._engine.kept(task.job)
            return Cancelled(job=task.job, epoch=task.submit.epoch)
        digest = self._kept(drawn.content, spool.SUFFIXES[drawn.media])
        poster = None if drawn.poster is None else self._kept(drawn.poster, spool.POSTER)
        self._engine.kept(task.job)  # only now: were it killed before, the render would begin anew
        return _done(task, drawn, digest, poster)

    def failed(self, task: Task, error: Exception) -> Failed | Cancelled:
        """How an order ends that this took from its way."""
        job, epoch = task.job, task.submit.epoch
        if isinstance(error, NoEngine):
            traceback.print_exception(error)
            return Failed(job=job, epoch=epoch, kind="engine-missing", facts={"fault": str(error)})
        from gpu_agent.engine.fault import Fault, Stopped

        if isinstance(error, Stopped):
            return Cancelled(job=job, epoch=epoch)
        traceback.print_exception(error)
        if isinstance(error, Fault):
            retry = error.worth_retrying
            return Failed(job=job, epoch=epoch, kind=error.kind, facts=error.facts, worth_retrying=retry)
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:  # drawn, but not kept; room may be made
            full: Facts = {"free": shutil.disk_usage(self._pictures).free}
            return Failed(job=job, epoch=epoch, kind="disk-full", facts=full, worth_retrying=True)
        words = error.strerror if isinstance(error, OSError) else error
        facts: Facts = {"model": task.submit.order.model, "fault": f"{type(error).__name__}: {words}"[:200]}
        return Failed(job=job, epoch=epoch, kind="render-failed", facts=facts)

    def _started(self, task: Task, report: "Report") -> "Engine":
        if self._engine is None:
            report(Progress(job=task.job, phase="loading", detail="the engine"))
        try:
            if self._engine is None:
                self._engine = self._start()
                if self._expected is not None:
                    self._engine.expect(self._expected)
            elif self._stale:
                self._engine.restock(shelf.take_stock(self._config))
        except (ImportError, OSError, catalogue.CatalogueError) as error:
            raise NoEngine(str(error)) from error
        self._stale = False
        return self._engine

    def _start(self) -> "Engine":
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # wait without spinning: the machine has other work too
        from gpu_agent.engine.engine import Engine

        return Engine(shelf.take_stock(self._config), self._config, self._root)

    def _kept(self, content: bytes, suffix: str) -> str:
        digest = hashlib.sha256(content).hexdigest()
        spool.write(self._pictures / f"{digest}{suffix}", content)
        return digest


def _done(task: Task, drawn: "Drawn", digest: str, poster: str | None) -> Done:
    return Done(
        job=task.job,
        epoch=task.submit.epoch,
        sha256=digest,
        bytes=len(drawn.content),
        receipt=drawn.receipt,
        seconds=drawn.seconds,
        peak=drawn.peak,
        media="video/mp4" if drawn.media == "video/mp4" else "image/png",
        poster=poster,
    )
