"""Who may say what on a line to the daemon, and how a line ends that is none of ours. Nothing is rendered here."""

import zlib
from collections.abc import Iterator

import pytest

from gpu_agent.config import Config
from gpu_agent.daemon import Daemon
from gpu_agent.frames import MAGIC, pack
from gpu_agent.wire import PROTOCOL, Hello, Ping, Ready, Refused
from tests.agent.caller import Caller, greeted
from tests.agent.made import submit


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    folder = tmp_path_factory.mktemp("lines")
    daemon = Daemon(folder / "spool", str(folder / "socket"), Config(), lambda: None, 5.0)
    daemon.start()
    yield daemon
    daemon.stop()


@pytest.fixture
def caller(daemon: Daemon) -> Iterator[Caller]:
    with greeted(daemon.address) as caller:
        yield caller


def test_another_protocol_is_refused_with_both_numbers_and_the_line_ends(daemon: Daemon) -> None:
    """Named from the bot's side: ours is the bot's number."""
    caller = Caller(daemon.address)
    caller.send(pack(Hello(protocol=99, bot="future")) + pack(Ping()))
    assert caller.next(Refused) == Refused(job="", kind="protocol", facts={"ours": 99, "theirs": PROTOCOL})
    with pytest.raises(EOFError):
        caller.frame()


def test_a_first_message_with_unknown_fields_is_another_protocol(daemon: Daemon) -> None:
    """A later version's Hello leads to the sentence about upgrading, not to one about damage."""
    caller = Caller(daemon.address)
    body = pack(Hello(protocol=1, bot="future")).replace(b'"shelf"', b'"glass"')[4:-4]
    caller.send(MAGIC + body + zlib.crc32(body).to_bytes(4, "big"))
    assert caller.next(Refused) == Refused(job="", kind="protocol", facts={"ours": None, "theirs": PROTOCOL})


def test_nothing_is_understood_before_hello(daemon: Daemon) -> None:
    """An order of a stranger is not taken."""
    caller = Caller(daemon.address)
    caller.say(submit("early"))
    assert caller.next(Refused).kind == "hello-first"
    with pytest.raises(EOFError):
        caller.frame()
    assert "early" not in Caller(daemon.address).greet().held


def test_bytes_that_are_no_frames_end_that_line_and_no_other(daemon: Daemon, caller: Caller) -> None:
    """With a word why."""
    stranger = Caller(daemon.address)
    stranger.send(b"GET / HTTP/1.1\r\n" * 400)
    assert stranger.next(Refused).kind == "line-broken"
    with pytest.raises(EOFError):
        stranger.frame()
    caller.say(Ping(nonce="2"), Ready(protocol=1, boot="x", agent="", gpus=(), disk_free=0, shelf="", held=()))
    assert caller.next(Ping).nonce == "2"
    assert caller.next(Refused) == Refused(job="", kind="not-for-agents", facts={"type": "ready"})
