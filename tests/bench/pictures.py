"""Pictures of any size in bytes, in a tower's spool."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image

from gpu_agent.spool import Spool
from gpu_agent.wire import Done
from tests.agent import made


def noise(side: int) -> bytes:
    """A PNG of about 3 · side² bytes: noise cannot be packed, so that nobody gains by trying to."""
    stream = BytesIO()
    Image.frombytes("RGB", (side, side), Random(side).randbytes(3 * side * side)).save(stream, "PNG", compress_level=0)
    return stream.getvalue()


def spooled(spool: Spool, side: int) -> tuple[Done, Path]:
    """The picture as if it had been rendered there: its outcome, and its file."""
    job = f"noise{side}"
    done = made.done(job, spool.pictures, noise(side))
    receipt = made.receipt(job).model_copy(update={"order": made.order(job, width=side, height=side)})
    outcome = done.model_copy(update={"receipt": receipt})
    spool.keep(outcome)
    return outcome, spool.pictures / f"{outcome.sha256}.png"


def whole(path: Path, done: Done) -> bool:
    """Whether this file has the promised bytes."""
    return sha256(path.read_bytes()).hexdigest() == done.sha256
