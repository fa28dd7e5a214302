"""A desk with a real spool, and ears in the place of lines and workers."""

from pathlib import Path
from typing import Any

from gpu_agent.desk import Desk
from gpu_agent.spool import Spool
from gpu_agent.value import Message
from gpu_agent.wire import Accepted, Done, Refused
from tests.agent.made import DEMO, done, submit

FREE = 10_000


class Ear:
    """Hears as an asker, and as a runner is handed; remembers everything in order."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.alive = True
        self.stops = 0

    def tell(self, message: Message, payload: bytes = b"") -> None:
        self.heard.append(message)

    def hand(self, message: Message) -> None:
        self.heard.append(message)

    def stop(self) -> None:
        self.stops += 1

    def since(self) -> list[Message]:
        """What came since the last look."""
        news, self.heard = self.heard, []
        return news


class House:
    """A desk with a real spool, one bot and some runners."""

    def __init__(self, root: Path, runners: int = 1, **own: Any) -> None:
        self.spool, self.bot = Spool(root), Ear()
        self.runners = [Ear() for _ in range(runners)]
        self.runner = self.runners[0]
        self.desk = Desk(self.spool, [DEMO], self.runners, **{"floor": 1000, "free": lambda spool: FREE, **own})

    def submit(self, job: str, epoch: int = 1, asker: Ear | None = None, **own: Any) -> list[Message]:
        asker = asker or self.bot
        self.desk.submit(submit(job, epoch, **own), asker)
        return asker.since()

    def finish(self, job: str) -> Done:
        outcome = done(job, self.spool.pictures)
        self.desk.ended(outcome)
        return outcome


def refused(job: str, kind: str, **facts: Any) -> Refused:
    return Refused(job=job, kind=kind, facts=facts)


def accepted(job: str, ahead: int = 0, epoch: int = 1) -> Accepted:
    return Accepted(job=job, epoch=epoch, ahead=ahead)
