"""A batch, the file it was made of and that file's items. Times are UTC seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Batch:
    """Many asks from one file. `entry` and `slot` are set when the rota sent it.

    `digest` is the sha256 of the file, "" where that is not kept; `thread` is where its pictures are posted, once there
    is one; while `paused_at` is set, no further job of it is begun.
    """

    id: str
    key: str
    name: str
    asker: int
    guild: int
    channel: int
    created_at: float
    entry: str | None = None
    slot: float | None = None
    digest: str = ""
    thread: int | None = None
    paused_at: float | None = None


@dataclass(frozen=True, slots=True)
class BatchItem:
    """An item of a batch's file: `number` is its place there, from 1, `digest` that of what it asks for.

    Members of a `cluster` must look alike. Its jobs are those of `ask`.
    """

    batch: str
    number: int
    slug: str
    digest: str
    cluster: str | None
    ask: str
