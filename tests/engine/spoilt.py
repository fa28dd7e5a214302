"""Parts of a real pipeline that fail from inside: memory full at the n-th call, values too large for 16 bits."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

WORDS = "CUDA out of memory. Tried to allocate 2.00 GiB"


@contextmanager
def full(part: nn.Module, at: int = 1, times: int = 1) -> Iterator[list[int]]:
    """Memory is full when this part is called for the `at`-th time, and for `times` calls from there. Gives the calls
    that were made."""
    calls: list[int] = []

    def refuse(*_: Any) -> None:
        calls.append(len(calls) + 1)
        if at <= len(calls) < at + times:
            raise torch.OutOfMemoryError(WORDS)

    handle = part.register_forward_pre_hook(refuse)
    try:
        yield calls
    finally:
        handle.remove()


@contextmanager
def counted(part: nn.Module) -> Iterator[list[int]]:
    """The calls of this part."""
    with full(part, at=0, times=0) as calls:
        yield calls


def overflowing(vae: Any) -> Any:
    """A decoder whose values pass 65504, the largest of float16, on their way to a norm that makes them small again,
    though all of its weights are below: in float32 it draws as before."""
    with torch.no_grad():
        first = vae.decoder.conv_in
        much = 3e4 / first.weight.abs().max()
        first.weight *= much
        first.bias *= much
    return vae
