"""The worker as the daemon sees it: a real child process behind a real connection."""

import hashlib
import os
import resource
import signal
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from gpu_agent import catalogue, worker
from gpu_agent.config import Config, Models
from gpu_agent.engine.picture import read_receipt
from gpu_agent.wire import Cancel, Cancelled, Done, Failed, Next, Progress, Release
from tests.agent.child import DEADLINE, Child, is_done
from tests.agent.tiny_models import models_file, order

LONG = 200
TOO_LARGE = signal.Signals["SIGXFSZ"]


@pytest.fixture(scope="module")
def child(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    running = Child(tmp_path_factory.mktemp("root"))
    yield running
    assert running.end() == 0


def test_an_order_ends_in_a_picture_on_disk(child: Child) -> None:
    """Done names a file that is there under its digest, of that many bytes, with that receipt inside. The seconds
    in which the engine starts are told at once."""
    child.submit(order(job="one"), epoch=3)
    heard = child.until_end()
    assert heard[0] == Progress(job="one", phase="loading", detail="the engine")
    done = is_done(heard[-1])
    content = (child.pictures / f"{done.sha256}.png").read_bytes()
    assert (done.job, done.epoch, done.bytes) == ("one", 3, len(content))
    assert hashlib.sha256(content).hexdigest() == done.sha256
    assert read_receipt(content) == done.receipt
    assert done.receipt.order == order(job="one")


def test_the_pipeline_stays_warm_until_released(child: Child) -> None:
    """The second order loads nothing; after Release the next one loads again, and draws the same bytes."""
    digests, loads = [], []
    for release in (False, False, True):
        if release:
            child.send(Release())
        child.submit(order(job="warm"))
        heard = child.until_end()
        digests.append(is_done(heard[-1]).sha256)
        loads.append(any(isinstance(message, Progress) and message.phase == "loading" for message in heard))
    assert loads[1:] == [False, True]
    assert len(set(digests)) == 1


def test_being_told_of_the_next_order_changes_no_byte(child: Child) -> None:
    """Whether its words were encoded beside the order before it, or when it came: the same file."""
    digests = []
    for told in (False, True):
        child.send(Release())
        child.submit(order(job="before", seed=9))
        if told:
            child.send(Next(order=order(job="told")))
        assert is_done(child.until_end()[-1]).job == "before"
        child.submit(order(job="told"))
        digests.append(is_done(child.until_end()[-1]).sha256)
    assert digests[0] == digests[1]


def test_a_running_order_is_cancelled(child: Child) -> None:
    """The cancel is heard in the middle of the render; the next order is drawn as if nothing had been."""
    child.submit(order(job="long", steps=LONG), epoch=2)
    child.until_step(2)
    child.send(Cancel(job="long"))
    heard = child.until_end()
    assert heard[-1] == Cancelled(job="long", epoch=2)
    assert max((message.step for message in heard[:-1] if isinstance(message, Progress)), default=0) < LONG
    child.submit(order(job="after"))
    assert is_done(child.until_end()[-1]).job == "after"


def test_a_waiting_order_is_cancelled_without_a_step(child: Child) -> None:
    """An order cancelled behind another one never begins; the one before it is not disturbed."""
    child.submit(order(job="first"))
    child.submit(order(job="second", steps=LONG))
    child.send(Cancel(job="second"))
    heard = child.until_end() + child.until_end()
    assert Cancelled(job="second", epoch=1) in heard
    assert [message.job for message in heard if isinstance(message, Done)] == ["first"]
    assert not [message for message in heard if isinstance(message, Progress) and message.job == "second"]


def test_a_cancel_of_an_ended_order_touches_no_later_one(child: Child) -> None:
    """A cancel that came too late is forgotten: the same job, sent again, is drawn."""
    for _ in range(2):
        child.submit(order(job="again"))
        assert is_done(child.until_end()[-1]).job == "again"
        child.send(Cancel(job="again"))


def test_an_impossible_order_fails_with_its_kind(child: Child) -> None:
    """A model nobody knows ends that order alone, not the worker."""
    child.submit(order("tiny", job="odd"), epoch=4)
    facts = {"model": "tiny", "known": ", ".join(model.id for model in catalogue.load())}
    assert child.until_end() == [Failed(job="odd", epoch=4, kind="unknown-model", facts=facts)]


def test_ctrl_c_does_not_reach_the_render(child: Child) -> None:
    """Ctrl-C at the daemon's terminal goes to the whole group; the worker leaves the decision to the daemon."""
    child.submit(order(job="calm", steps=30))
    child.until_step(2)
    os.kill(child.process.pid or 0, signal.SIGINT)
    assert is_done(child.until_end()[-1]).job == "calm"


def test_the_worker_goes_when_the_daemon_does(tmp_path: Path) -> None:
    """The end of the line ends the process in the middle of a render; nothing is left under a final name."""
    child = Child(tmp_path)
    child.submit(order(steps=LONG))
    child.until_step(2)
    assert child.end() == 0
    assert list(child.pictures.iterdir()) == []


def _killed_while_writing(conn: "Connection[Any, Any]", config: Config, root: Path) -> None:
    """The system kills the worker with the first byte beyond 4096 of any file."""
    signal.signal(TOO_LARGE, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    worker.main(conn, config, root)


def test_a_kill_leaves_no_half_picture_under_its_name(tmp_path: Path) -> None:
    """Killed between two bytes of the file: what was written does not bear the picture's name."""
    child = Child(tmp_path, target=_killed_while_writing)
    child.submit(order())
    with pytest.raises(EOFError):
        child.until_end()
    child.process.join(DEADLINE)
    assert child.process.exitcode == -TOO_LARGE
    assert [(file.suffix, file.stat().st_size) for file in child.pictures.iterdir()] == [(".part", 4096)]


def _refused_while_writing(conn: "Connection[Any, Any]", config: Config, root: Path) -> None:
    """The system refuses to write any file beyond 4096 bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    worker.main(conn, config, root)


def test_a_picture_that_cannot_be_kept_is_a_failure(tmp_path: Path) -> None:
    """A disk that takes no more fails the order with what the system said, and the worker lives on."""
    child = Child(tmp_path, target=_refused_while_writing)
    for epoch in (1, 2):
        child.submit(order(), epoch)
        failed = child.until_end()[-1]
        assert isinstance(failed, Failed)
        assert (failed.epoch, failed.kind, failed.facts) == (
            epoch,
            "render-failed",
            {"model": "demo", "fault": "OSError: File too large"},
        )
    assert child.end() == 0
    assert list(child.pictures.glob("*.png")) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_apart_and_worth_another_try(child: Child) -> None:
    """No room left: the failure says how much there is, and the same order succeeds once there is room."""
    child.submit(order(job="full"))
    picture = child.pictures / f"{is_done(child.until_end()[-1]).sha256}.png"
    picture.unlink()
    part = picture.with_name(picture.name + ".part")
    part.symlink_to("/dev/full")
    child.submit(order(job="full"), epoch=2)
    failed = child.until_end()[-1]
    assert isinstance(failed, Failed)
    assert (failed.kind, failed.worth_retrying, failed.epoch) == ("disk-full", True, 2)
    assert set(failed.facts) == {"free"}
    assert not picture.exists()
    part.unlink()
    child.submit(order(job="full"), epoch=3)
    assert is_done(child.until_end()[-1]).bytes == picture.stat().st_size


def test_without_an_engine_every_order_is_answered(tmp_path: Path) -> None:
    """A models file that broke since the daemon read it: each order fails with that sentence, none is left hanging."""
    file = models_file(tmp_path, {"folder": "x", "steps": 0})
    child = Child(tmp_path, Config(models=Models(file=file)))
    child.send(Release())
    child.submit(order())
    failed = child.until_end()[-1]
    assert isinstance(failed, Failed)
    assert failed.kind == "engine-missing"
    assert str(failed.facts["fault"]).startswith(f'{file}: model "tiny", field "steps"')
    assert child.end() == 0
