"""One core for this process, where the system lets a process choose."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_core() -> Iterator[None]:
    """For whatever compares two connections to a ledger: open both inside.

    Each has a thread of its own. One that lives on the other core is two or three times as slow to reach, and stays
    there for a whole run, so that a median keeps it. macOS does not offer this.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)
