"""Checkpoints through the whole engine: what the settings say, what the receipt tells, and what is left on disk."""

import signal
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gpu_agent import catalogue
from gpu_agent.config import Checkpoints, Config
from gpu_agent.engine.engine import Drawn, Engine
from gpu_agent.engine.fault import Fault, Stopped
from gpu_agent.order import Order, Start
from gpu_agent.shelf import Stock
from gpu_agent.wire import Progress
from tests.agent.child import Child, is_done
from tests.agent.tiny_models import order

ALWAYS = Config(checkpoints=Checkpoints(seconds=1e-6))
STEPS = 4


class Killed(BaseException):
    """Nothing in the engine catches it, as nothing would a signal 9."""


class Teller:
    """Hears of steps, and ends it all after one of them."""

    def __init__(self, killed_at: int = 0) -> None:
        self._killed_at = killed_at
        self.steps: list[int] = []

    def __call__(self, progress: Progress, preview: bytes = b"", /) -> None:
        if progress.phase == "rendering":
            self.steps.append(progress.step)
            if progress.step == self._killed_at:
                raise Killed


def _engine(root: Path, config: Config = ALWAYS) -> Engine:
    return Engine(Stock(catalogue.load()), config, root)


def _pixels(content: bytes) -> bytes:
    return np.asarray(Image.open(BytesIO(content))).tobytes()


def _left(root: Path, kind: str = "last") -> int:
    return len(list(root.glob(f"checkpoints/*/*-{kind}-*")))


def _wanted(**own: Any) -> Order:
    return order(steps=STEPS, **own)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("root")


@pytest.fixture(scope="module")
def engine(root: Path) -> Engine:
    return _engine(root)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """The picture that nothing interrupted."""
    return _engine(tmp_path_factory.mktemp("whole")).draw(_wanted(), Teller())


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_gone_on_with_after_a_kill_at_any_step(engine: Engine, root: Path, whole: Drawn, step: int) -> None:
    """The next engine takes up the very step, draws the same pixels, says so in the receipt, and leaves nothing."""
    with pytest.raises(Killed):
        engine.draw(_wanted(), Teller(step))
    teller = Teller()
    again = engine.draw(_wanted(), teller)
    assert teller.steps == list(range(step, STEPS + 1))
    assert _pixels(again.content) == _pixels(whole.content)
    assert again.receipt == whole.receipt.model_copy(update={"resumed_at": step})
    assert _left(root) == 0


def test_an_order_that_ends_leaves_no_checkpoint(engine: Engine, root: Path) -> None:
    """Drawn, cancelled or failed."""
    teller = Teller()
    with pytest.raises(Stopped):
        engine.draw(_wanted(), teller, stopped=lambda: len(teller.steps) == 2)
    with pytest.raises(Fault):
        engine.draw(_wanted(model="none"), Teller())
    engine.draw(_wanted(), Teller())
    assert _left(root) == 0


def test_seconds_pass_before_one_is_kept(tmp_path: Path) -> None:
    """By the settings' default of twenty seconds, a picture of the demo's is done before there is one."""
    engine = _engine(tmp_path, Config())
    with pytest.raises(Killed):
        engine.draw(_wanted(), Teller(STEPS))
    assert _left(tmp_path) == 0
    teller = Teller()
    assert engine.draw(_wanted(), teller).receipt.resumed_at is None
    assert teller.steps == list(range(1, STEPS + 1))


def test_a_spoilt_checkpoint_never_fails_a_render(engine: Engine, root: Path, whole: Drawn) -> None:
    """Cut in the middle, all of them: the render starts anew."""
    with pytest.raises(Killed):
        engine.draw(_wanted(), Teller(3))
    for file in root.glob("checkpoints/*/*"):
        file.write_bytes(file.read_bytes()[:1000])
    teller = Teller()
    again = engine.draw(_wanted(), teller)
    assert teller.steps == list(range(1, STEPS + 1))
    assert again.content == whole.content


def test_finishing_and_branching_are_orders_like_any_other(tmp_path: Path, whole: Drawn) -> None:
    """Kept at step 2: finished by another job it is the same picture; another prompt and another seed lead elsewhere,
    each receipt says where it began, and so each can be drawn again."""
    engine = _engine(tmp_path)
    engine.draw(_wanted(job="kept", keep_at=(2,)), Teller())
    start = Start(job="kept", step=2)
    finished = engine.draw(_wanted(job="finish", start=start), Teller())
    assert _pixels(finished.content) == _pixels(whole.content)
    other = "a blue square on a black background"
    orders = [_wanted(job="words", start=start, prompt=other), _wanted(job="seed", start=start, seed=99)]
    drawn = [engine.draw(each, Teller()) for each in orders]
    assert len({_pixels(each.content) for each in (whole, *drawn)}) == 3
    assert [each.receipt.resumed_at for each in (finished, *drawn)] == [2, 2, 2]
    assert [engine.draw(each.receipt.order, Teller()).content for each in drawn] == [each.content for each in drawn]
    assert (_left(tmp_path), _left(tmp_path, "kept")) == (0, 1)


def test_a_branch_that_is_killed_goes_on_from_where_it_was(tmp_path: Path) -> None:
    """Its own last checkpoint counts more than the one it started from."""
    engine = _engine(tmp_path)
    engine.draw(_wanted(job="kept", keep_at=(1,)), Teller())
    branch = _wanted(job="branch", start=Start(job="kept", step=1), seed=99)
    undisturbed = engine.draw(branch, Teller())
    with pytest.raises(Killed):
        engine.draw(branch, Teller(3))
    again = engine.draw(branch, Teller())
    assert again.receipt.resumed_at == 3
    assert _pixels(again.content) == _pixels(undisturbed.content)


def test_a_start_that_cannot_be_is_a_fault(engine: Engine) -> None:
    """No such job, no such step, another size."""
    engine.draw(_wanted(job="kept", keep_at=(2,)), Teller())
    wrong = [
        (_wanted(start=Start(job="never", step=2)), "checkpoint-missing"),
        (_wanted(start=Start(job="kept", step=3)), "checkpoint-missing"),
        (_wanted(start=Start(job="kept", step=2), width=96), "checkpoint-unfit"),
    ]
    for asked, kind in wrong:
        with pytest.raises(Fault) as found:
            engine.draw(asked, Teller())
        assert found.value.kind == kind


def test_a_worker_that_is_killed_for_real(engine: Engine, tmp_path: Path) -> None:
    """Signal 9 after six of twelve steps or a little later: the next worker draws what is left, and the same pixels."""
    wanted = order(steps=12)
    killed, child = Child(tmp_path, ALWAYS), Child(tmp_path, ALWAYS)
    killed.submit(wanted)
    killed.until_step(6)
    killed.process.kill()
    killed.process.join(60)
    assert killed.process.exitcode == -signal.SIGKILL
    child.submit(wanted)
    done = is_done(child.until_end()[-1])
    assert child.end() == 0
    assert done.receipt.resumed_at is not None
    assert done.receipt.resumed_at >= 6
    content = (child.pictures / f"{done.sha256}.png").read_bytes()
    assert _pixels(content) == _pixels(engine.draw(wanted, Teller()).content)
