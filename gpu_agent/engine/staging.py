"""Weights go to a card through memory that the card reads by itself, in two buffers by turns: one is filled while the
other is on its way. Straight from a file's memory, the machine would copy and the card would wait for each piece."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import torch

_BUFFER = 128 * 2**20  # bytes


def send(part: Any, device: str, size: int = _BUFFER) -> Any:
    """The part on this device, as `part.to(device)` would leave it."""
    if device.startswith("cuda"):
        buffers = Buffers(size, pinned=True)
        for tensor in _plain(part):
            tensor.data = buffers.sent(tensor.data, device)
        buffers.settle()
    return part.to(device)


class Buffers:
    """Two of `size` bytes each."""

    def __init__(self, size: int, pinned: bool) -> None:
        self._size, self._pinned = size, pinned
        self._free: list[torch.Tensor] = []
        self._away: list[tuple[Any, torch.Tensor]] = []

    def sent(self, source: torch.Tensor, device: str) -> torch.Tensor:
        """The same numbers there. They have arrived for all that is given to the device later."""
        target = torch.empty_like(source, device=device)
        there = target.view(-1).view(torch.uint8)
        for begin, piece in _pieces(source.view(-1).view(torch.uint8), self._size):
            buffer = self._filled(piece)
            there[begin : begin + len(piece)].copy_(buffer[: len(piece)], non_blocking=True)
            self._away.append((_left(device), buffer))
        return target

    def settle(self) -> None:
        """The machine may do with its memory what it likes."""
        while self._away:
            self._take_back()

    def _filled(self, piece: torch.Tensor) -> torch.Tensor:
        if len(self._away) == 2:
            self._take_back()
        buffer = self._free.pop() if self._free else self._new()
        buffer[: len(piece)].copy_(piece)
        return buffer

    def _new(self) -> torch.Tensor:
        """Where a system grants no such memory, it takes a little longer."""
        try:
            return torch.empty(self._size, dtype=torch.uint8, pin_memory=self._pinned)
        except RuntimeError:
            self._pinned = False
            return torch.empty(self._size, dtype=torch.uint8)

    def _take_back(self) -> None:
        arrived, buffer = self._away.pop(0)
        if arrived is not None:
            arrived.synchronize()
        self._free.append(buffer)


def _plain(part: Any) -> Iterator[torch.Tensor]:
    """Tensors that are nothing but numbers in a row; what a quantizer made of others knows its own way."""
    for tensor in chain(part.parameters(), part.buffers()):
        plain = type(tensor) in (torch.Tensor, torch.nn.Parameter) and type(tensor.data) is torch.Tensor
        if (
            plain
            and tensor.device.type == "cpu"
            and tensor.is_contiguous()
            and tensor.numel()
            and not tensor.is_pinned()
        ):
            yield tensor


def _pieces(row: torch.Tensor, size: int) -> Iterator[tuple[int, torch.Tensor]]:
    for begin in range(0, len(row), size):
        yield begin, row[begin : begin + size]


def _left(device: str) -> Any:
    """The point at which the card has read what it was given."""
    if not device.startswith("cuda"):
        return None
    event = torch.cuda.Event()
    event.record()
    return event
