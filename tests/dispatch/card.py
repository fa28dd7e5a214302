"""A sleeping machine's network card, and the machine that it wakes."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from bot.ledger import towers
from bot.nouns import Wake
from bot.settings import Tower
from tests.dispatch.rig import Rig

MAC = "aa:bb:cc:00:11:22"
MAGIC = b"\xff" * 6 + bytes.fromhex("aabbcc001122") * 16


class Card:
    """A network card that listens while its machine sleeps."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire
        self.port: int = wire.getsockname()[1]

    async def packet(self) -> bytes:
        return await asyncio.get_running_loop().sock_recv(self._wire, 2048)

    def heard(self) -> list[bytes]:
        """What came since the last look."""
        packets = []
        while True:
            try:
                packets.append(self._wire.recv(2048))
            except BlockingIOError:
                return packets


@contextmanager
def listening_card() -> Iterator[Card]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind(("127.0.0.1", 0))
        wire.setblocking(False)
        yield Card(wire)


def sleeper(rig: Rig, card: Card, **changes: object) -> Tower:
    """The rig's tower, which can be woken through this card."""
    waking = {"port": rig.server.port, "mac": MAC, "wake_targets": ("127.0.0.1",), "wake_port": card.port}
    return rig.settings.model_copy(update={**waking, **changes})


async def wakes(rig: Rig) -> list[Wake]:
    async with rig.db.reading() as connection:
        return await towers.wakes(connection, rig.name)


async def wake_on_the_right_packet(rig: Rig, card: Card) -> None:
    """A machine that sleeps until its own packet comes."""
    while await card.packet() != MAGIC:
        pass
    rig.server.start()


@contextmanager
def asleep(rig: Rig, card: Card) -> Iterator[None]:
    rig.server.stop()
    waking = asyncio.create_task(wake_on_the_right_packet(rig, card))
    try:
        yield
    finally:
        waking.cancel()
