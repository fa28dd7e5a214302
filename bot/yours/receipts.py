"""What can honestly be said of how a picture came to be that was rendered elsewhere. Pure."""

from bot.nouns import IMPORTED, Job
from gpu_agent.order import Order, Receipt

_UNKNOWN = "unknown"
_NO_WEIGHTS = "0" * 64


def of(job: Job, picture: str, scheduler: str = "", drawn_by: str = "") -> Receipt:
    """`picture` is the file's digest; `drawn_by` is what its own words call the model."""
    order = Order(
        job=job.id,
        model=job.model,
        prompt=job.prompt,
        asked=job.asked,
        negative=job.negative,
        seed=job.seed,
        width=job.width,
        height=job.height,
        steps=job.steps,
        guidance=job.guidance,
    )
    return Receipt(
        order=order,
        model_name=IMPORTED,
        weights_sha256=_NO_WEIGHTS,
        pipeline=_UNKNOWN,
        scheduler=scheduler or _UNKNOWN,
        dtype=_UNKNOWN,
        device=_UNKNOWN,
        threads=0,
        plan=IMPORTED,
        compiled=False,
        versions={"model": drawn_by} if drawn_by else {},
        files={IMPORTED: picture},
    )
