"""The resident process with its real worker: joins, cancels, crashes, kills, and transfers over the local socket."""

import os
import signal
import sys
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from gpu_agent.config import Config
from gpu_agent.daemon import Daemon
from gpu_agent.frames import MAGIC, pack
from gpu_agent.wire import (
    PROTOCOL,
    Accepted,
    Cancel,
    Cancelled,
    Chunk,
    Done,
    Failed,
    Fetch,
    Hello,
    Need,
    Offer,
    Ping,
    Progress,
    Ready,
    Refused,
    Release,
    Shelf,
    Status,
    Submit,
    Thanks,
)
from tests.agent.caller import Caller
from tests.agent.made import order, submit
from tests.agent.serving import serving

# Long enough to be still running whatever is done to it meanwhile; none of these is ever rendered to its end.
LONG = {"width": 160, "height": 160, "steps": 200}


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """One daemon for the whole file: its worker imports torch once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        folder = tmp_path_factory.mktemp("daemon")
        daemon = Daemon(folder / "spool", str(folder / "socket"), Config(), _never, 5.0)
        daemon.start()
        yield daemon
        daemon.stop()


@pytest.fixture
def caller(daemon: Daemon) -> Iterator[Caller]:
    """A greeted line."""
    caller = Caller(daemon.address)
    caller.greet()
    caller.next(Shelf)
    yield caller
    caller.hang_up()


def _never() -> None:
    raise AssertionError("nobody asked this tower to sleep")


def until_step(caller: Caller, job: str) -> None:
    """The render is past its first step."""
    while (progress := caller.until(Progress)).step < 1 or progress.job != job:
        pass


def test_hello_is_answered_with_what_the_tower_is_and_has(daemon: Daemon) -> None:
    """The shelf comes only to a bot that has not got it."""
    caller = Caller(daemon.address)
    ready = caller.greet()
    assert ready.protocol == PROTOCOL
    assert ready.disk_free > 0
    assert all(gpu.total >= gpu.free > 0 for gpu in ready.gpus)
    shelf = caller.next(Shelf)
    assert (shelf.digest, [model.present for model in shelf.models if model.id == "demo"]) == (ready.shelf, [True])
    assert caller.greet(shelf=ready.shelf).boot == ready.boot
    caller.say(Ping(nonce="1"))
    assert caller.next(Ping).nonce == "1"


def test_another_protocol_is_refused_with_both_numbers_and_the_line_ends(daemon: Daemon) -> None:
    """Named from the bot's side: ours is the bot's number."""
    caller = Caller(daemon.address)
    caller.say(Hello(protocol=99, bot="future"), Ping())
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


def test_a_rendered_picture_is_fetched_from_any_offset_until_thanks(caller: Caller) -> None:
    """Done is repeated for who asks again; after thanks the tower knows nothing of it."""
    done = caller.render(order("whole"))
    content = caller.fetch(done.sha256)
    assert (sha256(content).hexdigest(), len(content)) == (done.sha256, done.bytes)
    assert caller.fetch(done.sha256, 1000) == content[1000:]
    assert caller.fetch(done.sha256, done.bytes) == b""
    caller.say(submit("whole"))
    assert (caller.next(Accepted).ahead, caller.next(Done)) == (0, done)
    caller.say(Thanks(job="whole"), Fetch(sha256=done.sha256, offset=0))
    assert caller.next(Refused) == Refused(job="", kind="picture-unknown", facts={"sha256": done.sha256})
    assert "whole" not in caller.greet().held


def test_the_same_order_gives_the_same_bytes(caller: Caller) -> None:
    """Rendered twice, not remembered: the first was thanked for."""
    first = caller.render(order("same", seed=9))
    caller.say(Thanks(job="same"))
    assert caller.render(order("same", seed=9)).sha256 == first.sha256
    caller.say(Thanks(job="same"))


def test_running_and_waiting_orders_are_cancelled(caller: Caller) -> None:
    """The waiting one at once, the running one within a step; the third found no place."""
    caller.say(submit("run", **LONG), submit("wait", **LONG), submit("more", **LONG))
    assert [caller.until(Accepted).ahead for _ in range(2)] == [0, 1]
    assert caller.until(Refused) == Refused(job="more", kind="busy", facts={"places": 2})
    until_step(caller, "run")
    caller.say(Status(asked=True))
    status = caller.until(Status)
    assert (status.rendering, status.waiting, status.worker_alive) == (("run",), ("wait",), True)
    caller.say(Cancel(job="wait"), Cancel(job="run"), Cancel(job="none"))
    ends = [caller.until(Cancelled) for _ in range(3)]
    assert {end.job: end.epoch for end in ends} == {"wait": 1, "run": 1, "none": 0}
    assert ends[-1].job == "run"
    caller.say(Thanks(job="run"), Thanks(job="wait"))


def test_a_second_line_joins_and_hears_the_rest(daemon: Daemon, caller: Caller) -> None:
    """The newest who asked is told; the render is one."""
    caller.say(submit("join", **LONG))
    until_step(caller, "join")
    second = Caller(daemon.address)
    assert "join" in second.greet().held
    second.say(submit("join", epoch=2, **LONG))
    assert second.until(Accepted) == Accepted(job="join", epoch=2, ahead=0)
    until_step(second, "join")
    caller.say(submit("join", epoch=1, **LONG))
    assert caller.until(Refused).facts == {"epoch": 1, "known": 2}
    second.say(Cancel(job="join"))
    assert second.until(Cancelled) == Cancelled(job="join", epoch=2)
    second.say(Thanks(job="join"))


def test_a_killed_worker_costs_one_retry_and_then_only_its_order(daemon: Daemon, caller: Caller) -> None:
    """kill -9 in the middle of a render, twice; the order behind it is rendered by a third worker."""
    caller.say(submit("crash", **LONG), submit("after"))
    pids = []
    for _ in range(2):
        until_step(caller, "crash")
        pids.append(daemon.runners[0].pid or 0)
        os.kill(pids[-1], signal.SIGKILL)
    failed = caller.until(Failed)
    assert (failed.job, failed.kind, failed.worth_retrying) == ("crash", "worker-crashed", False)
    assert failed.facts == {"model": "demo", "fault": "signal 9"}
    assert caller.until(Done).job == "after"
    assert len({*pids, daemon.runners[0].pid}) == 3
    caller.say(Thanks(job="crash"), Thanks(job="after"))


def test_memory_is_given_back_and_the_model_comes_again(caller: Caller) -> None:
    """Release answers nothing; status says that nothing is warm."""
    caller.render(order("warm"))
    caller.say(Release(), Status(asked=True))
    assert caller.until(Status).warm == ""
    caller.passed.clear()
    caller.render(order("again"))
    phases = [told.phase for told in caller.passed if isinstance(told, Progress)]
    assert phases[0] == "loading"
    caller.say(Status(asked=True), Thanks(job="warm"), Thanks(job="again"))
    assert caller.until(Status).warm == "demo"


def test_an_input_is_uploaded_in_pieces_over_two_lines(daemon: Daemon, caller: Caller) -> None:
    """The second line goes on where the first was cut."""
    content = bytes(range(256)) * 50
    digest = sha256(content).hexdigest()
    offer = Offer(sha256=digest, bytes=len(content))
    caller.say(offer)
    assert caller.next(Need).offset == 0
    caller.chunk(Chunk(sha256=digest, offset=0, total=len(content)), content[:5000])
    caller.hang_up()
    second = Caller(daemon.address)
    second.greet()
    second.say(offer)
    offset = second.until(Need).offset
    assert offset in (0, 5000)
    second.chunk(Chunk(sha256=digest, offset=offset, total=len(content)), content[offset:])
    assert second.until(Need).offset == len(content)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_daemon_killed_between_done_and_thanks_still_has_the_picture(tmp_path: Path) -> None:
    """And an order that had no end is unknown to the next life, which has another boot id."""
    with serving(tmp_path) as first:
        caller = Caller(first.address)
        boot = caller.greet().boot
        done = caller.render(order("kept"))
        caller.say(submit("lost", **LONG))
        until_step(caller, "lost")
        first.process.kill()
    with serving(tmp_path) as second:
        caller = Caller(second.address)
        ready = caller.greet()
        assert (ready.held, ready.boot == boot) == (("kept",), False)
        caller.say(Submit(epoch=2, order=order("kept")))
        caller.until(Accepted)
        assert caller.next(Done) == done.model_copy(update={"epoch": 2})
        assert sha256(caller.fetch(done.sha256)).hexdigest() == done.sha256
