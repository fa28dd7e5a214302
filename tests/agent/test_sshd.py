"""The whole way in: a real OpenSSH server, the forced command, the daemon, the worker and the small model."""

import asyncio
import sys
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TypeVar

import asyncssh
import pytest

from gpu_agent.frames import Frame, FrameReader, pack
from gpu_agent.spool import Spool
from gpu_agent.value import Message
from gpu_agent.wire import PROTOCOL, Accepted, Chunk, Done, Fetch, Hello, Ping, Progress, Ready, Refused, Shelf, Submit
from tests.agent import made
from tests.agent.serving import serving
from tests.agent.sshd import Sshd, attach_command, needs_sshd, running_sshd

pytestmark = needs_sshd
LARGE = Random(7).randbytes(6_000_000)
M = TypeVar("M", bound=Message)


class Line:
    """The bot's end of one SSH channel."""

    def __init__(self, connection: asyncssh.SSHClientConnection, process: "asyncssh.SSHClientProcess[bytes]") -> None:
        self.connection, self._process = connection, process
        self._reader, self._frames = FrameReader(), deque[Frame]()

    def say(self, message: Message) -> None:
        self._process.stdin.write(pack(message))

    async def frame(self) -> Frame:
        while not self._frames:
            data = await asyncio.wait_for(self._process.stdout.read(65536), 120)
            assert data, "the line ended"
            self._frames.extend(self._reader.feed(data))
        return self._frames.popleft()

    async def next(self, kind: type[M]) -> M:
        message = (await self.frame()).message
        assert isinstance(message, kind), message
        return message

    async def fetch(self, digest: str, offset: int, enough: int) -> bytes:
        """Bytes from the offset on, until there are enough."""
        self.say(Fetch(sha256=digest, offset=offset))
        content = b""
        while len(content) < enough:
            frame = await self.frame()
            assert isinstance(frame.message, Chunk), frame.message
            assert frame.message.offset == offset + len(content)
            content += frame.payload
        return content


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """The server, and behind it a daemon whose spool holds one large picture."""
    folder = tmp_path_factory.mktemp("tower")
    spool = Spool(folder / "spool")
    spool.keep(made.done("large", spool.pictures, LARGE))
    with (
        serving(folder) as daemon,
        running_sshd(folder / "ssh", attach_command(sys.executable, daemon.address)) as sshd,
    ):
        yield sshd


@asynccontextmanager
async def connected(sshd: Sshd, command: str | None = "gpu-agent attach") -> AsyncIterator[Line]:
    """Logged in and greeted."""
    async with asyncssh.connect(sshd.host, sshd.port, **sshd.login) as connection:
        process = await connection.create_process(command, encoding=None)
        line = Line(connection, process)
        line.say(Hello(protocol=PROTOCOL, bot="tester"))
        yield line


async def test_an_order_goes_in_and_the_same_bytes_come_out(sshd: Sshd) -> None:
    """Hello, Ready, Shelf, Accepted, Progress, Done, and a PNG with the promised digest."""
    async with connected(sshd) as line:
        ready, shelf = await line.next(Ready), await line.next(Shelf)
        assert (ready.protocol, ready.shelf, ready.held) == (PROTOCOL, shelf.digest, ("large",))
        assert "demo" in [model.id for model in shelf.models]
        line.say(made.submit("k1", steps=6))
        assert await line.next(Accepted) == Accepted(job="k1", epoch=1, ahead=0)
        told: list[Progress] = []
        while not isinstance(message := (await line.frame()).message, Done):
            assert isinstance(message, Progress), message
            told.append(message)
        steps = [report.step for report in told if report.phase == "rendering"]
        assert (steps, told[0].phase) == (sorted(set(steps)), "loading")
        # Progress is latest-wins and ends with Done, so a busy line may leave steps out, also the last one; never all.
        assert 1 <= steps[0] <= steps[-1] <= 6
        content = await line.fetch(message.sha256, 0, message.bytes)
        assert content.startswith(b"\x89PNG")
        assert (sha256(content).hexdigest(), len(content)) == (message.sha256, message.bytes)
        assert message.receipt.order == made.order("k1", steps=6)


async def test_a_line_cut_in_the_middle_of_a_picture_goes_on_by_offset(sshd: Sshd) -> None:
    """No byte twice, none missing, whatever was on its way."""
    digest = sha256(LARGE).hexdigest()
    async with connected(sshd) as line:
        await line.next(Ready)
        await line.next(Shelf)
        first = await line.fetch(digest, 0, 1_000_000)
        line.connection.abort()
    assert len(first) < len(LARGE)
    async with connected(sshd) as line:
        await line.next(Ready)
        await line.next(Shelf)
        rest = await line.fetch(digest, len(first), len(LARGE) - len(first))
    assert sha256(first + rest).hexdigest() == digest


async def test_an_answer_does_not_wait_for_a_picture_on_its_way(sshd: Sshd) -> None:
    """A question asked during a long transfer is answered before its end."""
    async with connected(sshd) as line:
        await line.next(Ready)
        await line.next(Shelf)
        line.say(Fetch(sha256=sha256(LARGE).hexdigest(), offset=0))
        line.say(Ping(nonce="meanwhile"))
        received = 0
        while not isinstance((frame := await line.frame()).message, Ping):
            received += len(frame.payload)
        assert received < len(LARGE)


@pytest.mark.parametrize("command", ["/bin/sh -c 'echo pwned'", "gpu-agent serve; id", None])
async def test_whatever_command_is_asked_for_the_agent_answers(sshd: Sshd, command: str | None) -> None:
    """There is no shell behind this key, not even an empty one."""
    async with connected(sshd, command) as line:
        assert (await line.next(Ready)).protocol == PROTOCOL


async def test_terminals_files_and_forwarding_are_refused(sshd: Sshd) -> None:
    """The key opens one channel of one kind."""
    async with asyncssh.connect(sshd.host, sshd.port, **sshd.login) as connection:
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.create_process("x", term_type="xterm", encoding=None)
        with pytest.raises((asyncssh.SFTPError, asyncssh.ChannelOpenError)):
            await connection.start_sftp_client()
        with pytest.raises(asyncssh.ChannelOpenError):
            await connection.open_connection("127.0.0.1", sshd.port)
        with pytest.raises(asyncssh.ChannelListenError):
            await connection.forward_remote_port("127.0.0.1", 0, "127.0.0.1", sshd.port)


async def test_another_key_and_another_host_key_do_not_get_in(sshd: Sshd, tmp_path: Path) -> None:
    """The tower knows the bot, and the bot knows the tower."""
    stranger = tmp_path / "stranger"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(stranger))
    with pytest.raises(asyncssh.PermissionDenied):
        await asyncssh.connect(sshd.host, sshd.port, **{**sshd.login, "client_keys": [str(stranger)]})
    wrong = tmp_path / "known_hosts"
    public = sshd.client_key.with_suffix(".pub").read_text()
    wrong.write_text(f"[{sshd.host}]:{sshd.port} {public}")
    with pytest.raises(asyncssh.HostKeyNotVerifiable):
        await asyncssh.connect(sshd.host, sshd.port, **{**sshd.login, "known_hosts": str(wrong)})


async def test_without_a_daemon_the_bot_hears_so_in_a_frame(tmp_path: Path) -> None:
    """A kind to make a sentence of, and an exit status for people."""
    command = attach_command(sys.executable, str(tmp_path / "nobody"))
    with running_sshd(tmp_path / "ssh", command) as sshd:
        async with asyncssh.connect(sshd.host, sshd.port, **sshd.login) as connection:
            ran = await connection.run("x", encoding=None)
    assert isinstance(ran.stdout, bytes)
    assert list(FrameReader().feed(ran.stdout)) == [Frame(Refused(job="", kind="daemon-down"))]
    assert ran.exit_status == 69


async def test_a_job_goes_on_without_its_line_and_is_joined_by_the_next(sshd: Sshd) -> None:
    """Cut right after Accepted; the second line joins, and there is one render."""
    order = Submit(epoch=1, order=made.order("cut", seed=11))
    async with connected(sshd) as line:
        await line.next(Ready)
        await line.next(Shelf)
        line.say(order)
        await line.next(Accepted)
        line.connection.abort()
    async with connected(sshd) as line:
        assert "cut" in (await line.next(Ready)).held
        await line.next(Shelf)
        line.say(order)
        assert await line.next(Accepted) == Accepted(job="cut", epoch=1, ahead=0)
        while not isinstance(message := (await line.frame()).message, Done):
            assert isinstance(message, Progress), message
        assert (message.job, message.receipt.order.seed) == ("cut", 11)
