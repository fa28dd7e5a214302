"""NVIDIA's library, asked so that no answer is an answer: a card that lacks something, fell off the bus or is none at
all says None, and so does a machine without the library or the driver."""

import os
from importlib import import_module
from typing import Any

try:
    library: Any = import_module("pynvml")
except ImportError:  # a tower without the library renders all the same
    library = None


def cards() -> tuple[str, ...]:
    """The cards that may be used, each by a name that CUDA_VISIBLE_DEVICES takes; none without a driver.

    The owner's own CUDA_VISIBLE_DEVICES is obeyed; else every card goes by its UUID, which no reordering changes.
    """
    if library is None:
        return ()
    try:
        library.nvmlInit()
        handles = [library.nvmlDeviceGetHandleByIndex(index) for index in range(library.nvmlDeviceGetCount())]
        if (allowed := os.environ.get("CUDA_VISIBLE_DEVICES")) is not None:
            return tuple(name for name in allowed.split(",") if name and not name.startswith("-"))
        return tuple(library.nvmlDeviceGetUUID(handle) for handle in handles)
    except library.NVMLError:  # no driver, or none that answers now
        return ()


def ask(card: str, what: str, *arguments: Any) -> Any:
    """What nvmlDeviceGet`what` says of the card, in the library's units; None where it has nothing to say."""
    try:
        return getattr(library, f"nvmlDeviceGet{what}")(_handle(card), *arguments)
    except AttributeError:  # a library older than the question, or none
        return None
    except library.NVMLError:
        return None


def _handle(card: str) -> Any:
    if card.isdigit():
        return library.nvmlDeviceGetHandleByIndex(int(card))
    return library.nvmlDeviceGetHandleByUUID(card)


def driver() -> str:
    """The driver's version, empty where there is none."""
    try:
        return str(library.nvmlSystemGetDriverVersion())
    except AttributeError:  # no library
        return ""
    except library.NVMLError:
        return ""
