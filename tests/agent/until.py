"""Waiting for something to become true."""

import time
from collections.abc import Callable


def until(true: Callable[[], bool], deadline: float = 60.0) -> None:
    """Look again and again, and give up long after it should have happened."""
    end = time.monotonic() + deadline
    while not true():
        assert time.monotonic() < end, f"{true} did not become true"
        time.sleep(0.01)
