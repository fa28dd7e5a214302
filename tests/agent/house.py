"""A desk with a real spool, and ears in the place of lines and workers."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gpu_agent.admission import Admission
from gpu_agent.desk import Desk
from gpu_agent.inputs import Inputs
from gpu_agent.spool import Spool
from gpu_agent.stock import Gpu
from gpu_agent.value import Message
from gpu_agent.wire import Accepted, Done, Next, Progress, Refused, Shelf
from tests.agent.made import DEMO, done, submit

FREE = 10_000
SHELF = Shelf(digest="d", models=(DEMO,))
CARD = Gpu(name="Card A", total=24_000_000_000, free=20_000_000_000, arch="sm86", ram=64_000_000_000)


class Ear:
    """Hears as an asker, and as a runner is handed; remembers everything in order."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.expected: list[str] = []
        self.alive = True
        self.pid: int | None = os.getpid()
        self.stops = 0

    def tell(self, message: Message, payload: bytes = b"") -> None:
        self.heard.append(message)

    def hand(self, message: Message) -> None:
        """What is only told ahead is kept apart: it asks for nothing."""
        if isinstance(message, Next):
            self.expected.append(message.order.job)
        else:
            self.heard.append(message)

    def stop(self) -> None:
        self.stops += 1

    def since(self) -> list[Message]:
        """What came since the last look."""
        news, self.heard = self.heard, []
        return news


class House:
    """A desk with a real spool and real inputs, one bot and some runners; `cards` are the runners' own."""

    def __init__(
        self,
        root: Path,
        runners: int = 1,
        free: Callable[[Path], int] = lambda spool: FREE,
        shelf: Shelf = SHELF,
        cards: Sequence[Gpu] = (),
        mounted: Callable[[], bool] = lambda: True,
        cool_down: float = 0.0,
    ) -> None:
        self.spool, self.inputs, self.bot = Spool(root), Inputs(root), Ear()
        self.runners = [Ear() for _ in range(len(cards) or runners)]
        self.runner = self.runners[0]
        self.clock = 0.0
        admission = Admission(
            shelf=lambda: shelf, cards=cards or [CARD] * runners, inputs=self.inputs, spool=self.spool.pictures,
            mounted=mounted, floor=1000, free=free,
        )  # fmt: skip
        self.desk = Desk(self.spool, admission, self.runners, cool_down, lambda: self.clock)

    def submit(self, job: str, epoch: int = 1, asker: Ear | None = None, **own: Any) -> list[Message]:
        asker = asker or self.bot
        self.desk.submit(submit(job, epoch, **own), asker)
        return asker.since()

    def pixels(self, job: str) -> Progress:
        """The worker has drawn this one, and finishes it."""
        progress = Progress(job=job, phase="saving", step=6, of=6)
        self.desk.progressed(progress, b"")
        return progress

    def finish(self, job: str) -> Done:
        outcome = done(job, self.spool.pictures)
        self.desk.ended(outcome)
        return outcome


def refused(job: str, kind: str, **facts: Any) -> Refused:
    return Refused(job=job, kind=kind, facts=facts)


def accepted(job: str, ahead: int = 0, epoch: int = 1) -> Accepted:
    return Accepted(job=job, epoch=epoch, ahead=ahead)
