"""Orders and outcomes for tests that render nothing."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from gpu_agent.order import Order, Receipt
from gpu_agent.wire import Done, Submit
from tests import made

DEMO = made.shelf_model()


def order(job: str = "j1", **own: Any) -> Order:
    """A valid order for the packaged model; `own` replaces fields."""
    usual: dict[str, Any] = {"model": "demo", "prompt": "a red circle on a white background", "seed": 5}
    usual |= {"width": 128, "height": 128, "steps": 6, "guidance": 2.0}
    return Order(**{**usual, "job": job, **own})


def submit(job: str = "j1", epoch: int = 1, **own: Any) -> Submit:
    return Submit(epoch=epoch, order=order(job, **own))


def receipt(job: str = "j1") -> Receipt:
    return made.receipt(order(job))


def done(job: str, pictures: Path, content: bytes | None = None, epoch: int = 1) -> Done:
    """The picture lies in the folder, as a worker leaves it."""
    content = content or f"picture of {job}".encode()
    digest = sha256(content).hexdigest()
    (pictures / f"{digest}.png").write_bytes(content)
    size = len(content)
    return Done(job=job, epoch=epoch, sha256=digest, bytes=size, receipt=receipt(job), seconds=1.0, peak=0)
