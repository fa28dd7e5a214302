"""A picture is encoded, hashed and written beside the next one's rendering, and a worker killed at any point costs no
picture."""

from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from gpu_agent import runner, worker
from gpu_agent.config import Config
from gpu_agent.daemon import Daemon
from gpu_agent.drawing import Drawing
from gpu_agent.inbox import Task
from gpu_agent.value import Message
from gpu_agent.wire import Cancel, Cancelled, Done, Failed, Progress, Submit, Thanks
from tests.agent.caller import Caller
from tests.agent.child import Child, forked, is_done
from tests.agent.fatal import FIRST, POINTS, SECOND, child
from tests.agent.tiny_models import order
from tests.agent.until import until


def gated(conn: "Connection[Any, Any]", config: Config, root: Path) -> None:
    """A worker that finishes nothing until the gate is open."""
    finish = Drawing.finish

    def finishing(drawing: Drawing, task: Task, rendered: Any) -> Any:
        until((root / "gate").exists)
        return finish(drawing, task, rendered)

    Drawing.finish = finishing  # type: ignore[method-assign, assignment]
    worker.main(conn, config, root)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gated")


@pytest.fixture(scope="module")
def slow(root: Path) -> Iterator[Child]:
    running = Child(root, target=gated)
    yield running
    assert running.end() == 0


@pytest.fixture(autouse=True)
def gate(root: Path) -> Iterator[Path]:
    yield root / "gate"
    (root / "gate").unlink(missing_ok=True)


def until_phase(worker: Child, job: str, phase: str) -> list[Message]:
    """What it says up to the first word of this phase."""
    heard = [worker.hear()]
    while not (isinstance(last := heard[-1], Progress) and (last.job, last.phase) == (job, phase)):
        assert not isinstance(last, Failed), last
        heard.append(worker.hear())
    return heard


def test_the_next_renders_while_one_is_finished_and_only_one_is(slow: Child, gate: Path) -> None:
    """The second is at its decoding with the first not yet done; its pixels are told only after the first's end."""
    slow.submit(order(job="a", seed=1))
    slow.submit(order(job="b", seed=2))
    before = until_phase(slow, "a", "saving") + until_phase(slow, "b", "decoding")
    assert not [message for message in before if not isinstance(message, Progress)]
    gate.touch()
    after = slow.until_end() + slow.until_end()
    assert [(type(message), getattr(message, "job", "")) for message in after] == [
        (Done, "a"),
        (Progress, "b"),
        (Done, "b"),
    ]
    assert isinstance(after[1], Progress)
    assert after[1].phase == "saving"


def test_an_order_is_cancelled_while_it_is_finished(slow: Child, gate: Path) -> None:
    """It ends as cancelled, leaves no file, and the one beside it is not disturbed."""
    before = set(slow.pictures.iterdir())
    slow.submit(order(job="a", seed=3))
    until_phase(slow, "a", "saving")
    slow.send(Cancel(job="a"))
    slow.submit(order(job="b", seed=4))
    until_phase(slow, "b", "encoding")
    gate.touch()
    ends = [message for message in slow.until_end() + slow.until_end() if not isinstance(message, Progress)]
    assert ends[0] == Cancelled(job="a", epoch=1)
    assert set(slow.pictures.iterdir()) - before == {slow.pictures / f"{is_done(ends[1]).sha256}.png"}


@pytest.fixture(scope="module")
def fatal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon whose worker dies where it is told to."""
    with pytest.MonkeyPatch.context() as patch:
        forked(patch)
        patch.setattr(runner, "_child", child)
        folder = tmp_path_factory.mktemp("fatal")
        daemon = Daemon(folder / "spool", str(folder / "socket"), Config(), lambda: None, 5.0)
        daemon.start()
        yield daemon
        daemon.stop()


def both(daemon: Daemon) -> dict[str, str]:
    """The digests of two pictures ordered at once; a failure is one."""
    caller = Caller(daemon.address)
    caller.greet()
    caller.say(*(Submit(epoch=1, order=order(job=job, seed=seed)) for seed, job in enumerate((FIRST, SECOND))))
    ends: dict[str, str] = {}
    while len(ends) < 2:
        message = caller.frame().message
        assert not isinstance(message, Failed), message
        if isinstance(message, Done):
            ends[message.job] = message.sha256
            caller.say(Thanks(job=message.job))
    caller.hang_up()
    return ends


def test_a_worker_killed_at_any_point_costs_no_picture(fatal: Daemon) -> None:
    """Both orders end, with the pictures that an undisturbed worker draws, wherever signal 9 strikes."""
    die_at = fatal.root / "die-at"
    undisturbed = both(fatal)
    pids = [fatal.runners[0].pid]
    for point in POINTS:
        if point == "loading":
            fatal.runners[0].stop()  # a warm worker has nothing to load
        die_at.write_text(point)
        assert both(fatal) == undisturbed, point
        assert not die_at.exists(), point
        pids.append(fatal.runners[0].pid)
    assert len(set(pids)) == len(POINTS) + 1
