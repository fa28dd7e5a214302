"""Each rung of the ladder that breaks has its own error, with the facts that its sentence needs."""

import asyncio
import os
import shlex
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from threading import Thread

import asyncssh
import pytest

from bot.dispatch import login, reach
from bot.dispatch.link import Link, open_link
from bot.dispatch.pins import pin
from bot.errors import (
    AgentMissing,
    BadSettings,
    DaemonDown,
    DarkroomError,
    HostKeyChanged,
    HostKeyUnknown,
    LineCut,
    LoginRefused,
    NameUnknown,
    PortClosed,
    PortSilent,
    ProtocolMismatch,
)
from bot.settings import Tower
from bot.texts.failures import plain
from gpu_agent.frames import pack
from gpu_agent.stock import Gpu
from gpu_agent.value import Message
from gpu_agent.wire import PROTOCOL, Ping, Ready, Refused
from tests.dispatch.rig import Rig, until
from tests.dispatch.ssh import Proxy, SshServer, free_port

READY = Ready(
    protocol=1, boot="b1", agent="1.0", gpus=(Gpu(name="g", total=1, free=1),), disk_free=1, shelf="s", held=()
)


async def climb(tower: Tower) -> tuple[list[str], DarkroomError]:
    """The rungs that were reached and the error at the next one."""
    rungs: list[str] = []
    with pytest.raises(DarkroomError) as caught:
        await open_link(tower, "bot-1", "", rungs.append)
    return rungs, caught.value


def tower_at(port: int, folder: Path, host: str = "127.0.0.1", user: str = "nobody") -> Tower:
    return Tower(host=host, port=port, user=user, key=folder / "client_key", known_hosts=folder / "known_hosts")


@asynccontextmanager
async def forced(folder: Path, command: str) -> AsyncIterator[Tower]:
    """A tower whose SSH server runs this instead of the agent."""
    server = SshServer(folder, command)
    server.start()
    try:
        tower = tower_at(server.port, folder, user=server.user)
        pin(tower, server.host_key)
        yield tower
    finally:
        server.stop()


@contextmanager
def listener(said: bytes) -> Iterator[int]:
    """Something on a port that says this to the first who comes, and then nothing."""

    def welcome() -> None:
        wire, _ = server.accept()
        with wire:
            wire.sendall(said)
            with suppress(ConnectionError):
                wire.recv(1)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=welcome)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


async def saying(folder: Path, *messages: Message) -> tuple[list[str], DarkroomError]:
    """Climbs to an agent that says these messages first."""
    (folder / "said").write_bytes(b"".join(pack(message) for message in messages))
    async with forced(folder, f"cat {shlex.quote(str(folder / 'said'))}; sleep 30") as tower:
        return await climb(tower)


async def test_a_name_without_address(tmp_path: Path) -> None:
    """A host that no name server knows is told by its name."""
    rungs, error = await climb(tower_at(22, tmp_path, host="no-such-tower.invalid"))
    assert (rungs, type(error)) == ([], NameUnknown)
    assert "no-such-tower.invalid" in plain(error.kind, error.facts)


async def test_a_closed_port(tmp_path: Path) -> None:
    """The machine is on, its SSH server is not."""
    port = free_port()
    rungs, error = await climb(tower_at(port, tmp_path))
    assert (rungs, type(error)) == ([], PortClosed)
    assert str(port) in plain(error.kind, error.facts)


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
async def test_a_port_without_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    """A port that is silent, or that something else listens on, is not mistaken for a tower."""
    monkeypatch.setattr(reach, "BANNER", 0.3)
    with listener(said) as port:
        rungs, error = await climb(tower_at(port, tmp_path))
    assert (rungs, type(error), error.facts["said"]) == (["port"], PortSilent, said.decode())


async def test_a_key_nobody_vouched_for(rig: Rig) -> None:
    """Before the first trust nothing is sent, and the fingerprint to compare is told."""
    rig.settings.known_hosts.unlink()
    rungs, error = await climb(rig.settings)
    assert (rungs, type(error)) == (["port", "ssh"], HostKeyUnknown)
    assert rig.server.host_key.get_fingerprint() in plain(error.kind, error.facts)


async def test_another_key_than_the_pinned_one(rig: Rig) -> None:
    """A tower that shows a new key is not spoken to; the fingerprint it showed is told."""
    rig.server.stop()
    rig.server.renew_host_key()
    rig.server.start()
    rungs, error = await climb(rig.settings)
    assert (rungs, type(error)) == (["port", "ssh"], HostKeyChanged)
    assert rig.server.host_key.get_fingerprint() in plain(error.kind, error.facts)


async def test_another_kind_of_key_than_the_pinned_one(rig: Rig) -> None:
    """A tower that was set up anew with other kinds of keys is a stranger too, not a broken server."""
    rig.server.stop()
    rig.server.renew_host_key("ecdsa-sha2-nistp256")
    rig.server.start()
    rungs, error = await climb(rig.settings)
    assert (rungs, type(error)) == (["port", "ssh"], HostKeyChanged)


async def test_a_pin_that_cannot_be_read_vouches_for_nothing(rig: Rig) -> None:
    """A damaged file is never read as consent."""
    rig.settings.known_hosts.write_text("tower:tower ssh-ed25519 AAAA-broken\n")
    _, error = await climb(rig.settings)
    assert type(error) is HostKeyUnknown


async def test_a_key_that_is_not_let_in(rig: Rig) -> None:
    """The bot's key is not in authorized_keys: the user is named."""
    rig.server.allow_nobody()
    rungs, error = await climb(rig.settings)
    assert (rungs, type(error)) == (["port", "ssh"], LoginRefused)
    assert rig.server.user in plain(error.kind, error.facts)


async def test_the_bots_own_key_is_missing(rig: Rig) -> None:
    """A wrong path in the settings is told as that, before anything is tried with it."""
    rig.settings.key.unlink()
    _, error = await climb(rig.settings)
    assert type(error) is BadSettings
    assert str(rig.settings.key) in plain(error.kind, error.facts)


async def test_the_bots_own_key_is_locked(rig: Rig) -> None:
    """A key that wants a passphrase cannot be used by a program that nobody sits at."""
    locked = asyncssh.generate_private_key("ssh-ed25519").export_private_key("pkcs8-pem", "secret")
    rig.settings.key.write_bytes(locked)
    _, error = await climb(rig.settings)
    assert type(error) is BadSettings
    assert "passphrase" in plain(error.kind, error.facts).lower()


async def test_no_agent_on_the_tower(tmp_path: Path) -> None:
    """The shell does not find the forced command."""
    async with forced(tmp_path, "no-such-agent attach") as tower:
        rungs, error = await climb(tower)
    assert (rungs, type(error), error.facts["status"]) == (["port", "ssh", "login"], AgentMissing, 127)


async def test_something_else_prints_at_login(tmp_path: Path) -> None:
    """A command that floods the line is no agent, and is left soon."""
    async with forced(tmp_path, "yes") as tower:
        _, error = await climb(tower)
    assert type(error) is AgentMissing


async def test_no_daemon_behind_attach(rig: Rig) -> None:
    """The agent is installed but its daemon does not run."""
    rig.daemon.end()
    rungs, error = await climb(rig.settings)
    assert (rungs, type(error)) == (["port", "ssh", "login"], DaemonDown)


@pytest.mark.parametrize(
    ("first", "theirs", "upgrade"),
    [
        (READY.model_copy(update={"protocol": PROTOCOL + 1}), PROTOCOL + 1, "bot"),
        (READY.model_copy(update={"protocol": PROTOCOL - 1}), PROTOCOL - 1, "tower"),
        (Refused(job="", kind="protocol", facts={"ours": PROTOCOL, "theirs": PROTOCOL + 2}), PROTOCOL + 2, "bot"),
        (Ping(), "another", "bot"),
    ],
)
async def test_another_protocol(tmp_path: Path, first: Message, theirs: object, upgrade: str) -> None:
    """Versions are compared, and the side to upgrade is told."""
    _, error = await saying(tmp_path, first)
    assert (type(error), error.facts["theirs"], error.facts["upgrade"]) == (ProtocolMismatch, theirs, upgrade)


async def greeted(rig: Rig) -> Link:
    rungs: list[str] = []
    link = await open_link(rig.settings, "bot-1", "", rungs.append)
    assert rungs == ["port", "ssh", "login", "ready"]
    return link


async def test_words_before_the_first_frame_are_skipped(rig: Rig) -> None:
    """A login that prints a greeting still leads to the agent."""
    rig.server.stop()
    rig.server.command = f"echo Welcome!; {rig.server.command}"
    rig.server.start()
    link = await greeted(rig)
    assert link.ready.boot
    await link.close()


async def test_a_half_open_line_is_noticed(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing arrives and nothing is refused: the keepalive ends it."""
    monkeypatch.setattr(login, "KEEPALIVE", 0.2)
    link = await greeted(rig)
    rig.proxy.flowing.clear()
    with pytest.raises(LineCut):
        async for _ in link:
            pass
    rig.proxy.flowing.set()
    await link.close()


async def test_failures_leave_nothing_open(rig: Rig, tmp_path: Path) -> None:
    """Twenty attempts that fail on the way up leave no task and no file descriptor."""
    (await greeted_and_closed(rig)).connections = 0
    tasks, descriptors = len(asyncio.all_tasks()), len(os.listdir("/dev/fd"))
    rig.server.allow_nobody()
    for _ in range(10):
        await climb(rig.settings)
    rig.settings.known_hosts.unlink()
    for _ in range(10):
        await climb(rig.settings)
    assert rig.proxy.connections == 20
    await until(lambda: len(asyncio.all_tasks()) <= tasks, "every task to end")
    await until(lambda: len(os.listdir("/dev/fd")) <= descriptors, "every descriptor to be closed")


async def greeted_and_closed(rig: Rig) -> Proxy:
    await (await greeted(rig)).close()
    return rig.proxy


async def cancelled_after(turns: int, tower: Tower) -> socket.socket:
    """The socket of a login that was cancelled after so many turns of the event loop."""
    wire = await reach.reach(tower, lambda rung: None)
    climbing = asyncio.create_task(login.log_in(tower, wire))
    for _ in range(turns):
        await asyncio.sleep(0)
    climbing.cancel()
    await asyncio.wait([climbing])
    if not climbing.cancelled():
        climbing.result().abort()
    return wire


async def test_a_login_that_is_cancelled_anywhere_leaves_no_socket_open(rig: Rig) -> None:
    """However far it came: the bot may be stopped at every await."""
    wires = [await cancelled_after(turns, rig.settings) for turns in range(1, 40)]
    await until(lambda: {wire.fileno() for wire in wires} == {-1}, "every socket to be closed")
