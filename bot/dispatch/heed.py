"""A cancellation that something below has swallowed.

Before Python 3.12, `asyncio.wait_for` (under `asyncssh.connect`) gives its result when that comes in the very turn of
the cancellation; and a TaskGroup whose child fails in that turn raises the child's fault instead. The task is then
cancelled for good and does not know it: its bot would wait for it forever while shutting down.
"""

import asyncio


def heed_cancel() -> None:
    """Raises CancelledError where this task was cancelled and has lost it."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
