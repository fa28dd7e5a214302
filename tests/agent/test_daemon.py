"""The resident process with its real worker: joins, cancels, crashes, kills, and transfers over the local socket."""

import os
import signal
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from gpu_agent.config import Config, Models
from gpu_agent.daemon import Daemon
from gpu_agent.wire import (
    PROTOCOL,
    Accepted,
    Cancel,
    Cancelled,
    Chunk,
    Done,
    Failed,
    Fetch,
    Need,
    Offer,
    Ping,
    Progress,
    Refused,
    Release,
    Shelf,
    Status,
    Submit,
    Thanks,
)
from tests.agent.caller import Caller, greeted
from tests.agent.child import forked
from tests.agent.made import order, submit
from tests.agent.serving import serving
from tests.agent.until import until

MINE = '[[model]]\nid = "mine"\nbase = "demo"\n'
# Long enough to be still running whatever is done to it meanwhile; none of these is ever rendered to its end.
LONG = {"width": 160, "height": 160, "steps": 200}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of everything."""
    return tmp_path_factory.mktemp("daemon")


@pytest.fixture(scope="module")
def models(house: Path) -> Path:
    """A models file of the owner's, empty."""
    (house / "models.toml").touch()
    return house / "models.toml"


@pytest.fixture(scope="module")
def guard(house: Path) -> Path:
    """The file that says that the drive with the weights is there."""
    (house / "mounted").touch()
    return house / "mounted"


@pytest.fixture(scope="module")
def daemon(house: Path, models: Path, guard: Path) -> Iterator[Daemon]:
    """One daemon for the whole file."""
    with pytest.MonkeyPatch.context() as patch:
        forked(patch)
        config = Config(models=Models(file=models, guard_path=guard))
        daemon = Daemon(house / "spool", str(house / "socket"), config, _never, 5.0)
        daemon.start()
        yield daemon
        daemon.stop()


@pytest.fixture
def caller(daemon: Daemon) -> Iterator[Caller]:
    with greeted(daemon.address) as caller:
        yield caller


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


def test_a_new_model_reaches_bots_and_the_living_worker(daemon: Daemon, caller: Caller, models: Path) -> None:
    """The shelf is looked at again when somebody says hello; the worker keeps what it has warm."""
    caller.render(order("before"))
    pid = daemon.runners[0].pid
    models.write_text(MINE)
    second = Caller(daemon.address)
    second.greet()
    shelf = caller.until(Shelf)
    assert "mine" in {model.id for model in shelf.models}
    second.until(Shelf)
    mine = caller.render(order("after", model="mine"))
    assert (mine.receipt.order.model, daemon.runners[0].pid) == ("mine", pid)
    caller.say(Thanks(job="before"), Thanks(job="after"))
    models.write_text("")
    Caller(daemon.address).greet()
    caller.until(Shelf)


def test_an_order_waits_for_the_drive_and_goes_on_by_itself(daemon: Daemon, caller: Caller, guard: Path) -> None:
    """Accepted, told why it waits, rendered once the drive is there; the path stays the tower's own."""
    guard.unlink()
    until(lambda: daemon_holds(caller) == "weights-not-mounted")
    caller.say(submit("drive"))
    assert caller.until(Accepted).ahead == 0
    waits = caller.until(Progress)
    assert (waits.phase, waits.hold, waits.facts) == ("waiting", "weights-not-mounted", {"path": guard.name})
    guard.touch()
    assert caller.until(Done).job == "drive"
    assert daemon_holds(caller) == ""
    caller.say(Thanks(job="drive"))


def daemon_holds(caller: Caller) -> str:
    caller.say(Status(asked=True))
    return caller.until(Status).hold


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
