"""Values as tests need them, valid as they are; whatever matters to a test is replaced by name."""

from dataclasses import replace
from typing import Any

from bot.nouns import Job
from gpu_agent.order import Order, Receipt
from gpu_agent.stock import ShelfModel

NOW = 1_800_000_000.0
ADA, GRACE = 11, 12

_MODEL = ShelfModel(
    id="demo",
    name="Demo",
    licence="Apache-2.0",
    commercial=True,
    steps=8,
    guidance=2.0,
    negative_acts=True,
    width=128,
    height=128,
    multiple=8,
    smallest=64,
    largest=256,
    prompt_limit=300,
    present=True,
)
_JOB = Job(
    id="job1",
    ask="ask1",
    index=0,
    asker=ADA,
    guild=1,
    channel=5,
    slug="red-boat",
    model="demo",
    asked="a red boat",
    prompt="a red boat",
    negative="",
    seed=7,
    width=128,
    height=128,
    steps=20,
    guidance=2.0,
    created_at=NOW,
)


def shelf_model(**own: Any) -> ShelfModel:
    return _MODEL.model_copy(update=own)


def job(**own: Any) -> Job:
    return replace(_JOB, **own)


def receipt(order: Order, **own: Any) -> Receipt:
    """Of a render that never happened."""
    plain: dict[str, Any] = {"model_name": "Demo", "weights_sha256": "0" * 64, "pipeline": "P", "scheduler": "S"}
    plain |= {"dtype": "float32", "device": "cpu", "threads": 1, "plan": "resident", "compiled": False, "versions": {}}
    return Receipt(order=order, **{**plain, **own})
