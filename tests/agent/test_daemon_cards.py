"""Several cards: a worker for each, side by side, and what each picture took of its card."""

from collections.abc import Iterator
from itertools import count

import pytest

from gpu_agent.config import Config
from gpu_agent.daemon import Daemon
from gpu_agent.wire import Accepted, Cancel, Cancelled, Progress, Status, Thanks
from tests.agent.caller import Caller
from tests.agent.child import forked
from tests.agent.made import order, submit
from tests.agent.nvidia import Nvml, chip, use

GB = 10**9
LONG = {"width": 160, "height": 160, "steps": 200}


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """Of a machine with two cards, the first of which counts its energy."""
    readings = count(5000, 1500)
    memory = {"total": 24 * GB, "free": 20 * GB}
    cards = (
        chip("GPU-aaa", "Card A", TotalEnergyConsumption=lambda: next(readings), **memory),
        chip("GPU-bbb", "Card B", **memory),
    )
    with pytest.MonkeyPatch.context() as patch:
        forked(patch)
        use(patch, Nvml(*cards))
        folder = tmp_path_factory.mktemp("cards")
        daemon = Daemon(folder / "spool", str(folder / "socket"), Config(), lambda: None, 5.0)
        daemon.start()
        yield daemon
        daemon.stop()


def test_two_cards_render_at_once_and_each_is_kept_one_ahead(daemon: Daemon) -> None:
    """Two workers, steps of both while neither has ended; the third waits behind two."""
    caller = Caller(daemon.address)
    assert [gpu.name for gpu in caller.greet().gpus] == ["Card A", "Card B"]
    caller.say(*(submit(job, **LONG) for job in "abc"))
    assert [caller.until(Accepted).ahead for _ in range(3)] == [0, 0, 2]
    begun: set[str] = set()
    while begun != {"a", "b"}:
        if (progress := caller.until(Progress)).step:
            begun.add(progress.job)
    caller.say(Status(asked=True))
    status = caller.until(Status)
    assert (status.rendering, status.waiting, status.spooled) == (("a", "b"), ("c",), ())
    assert len({runner.pid for runner in daemon.runners}) == 2
    caller.say(*(Cancel(job=job) for job in "cab"))
    assert {caller.until(Cancelled).job for _ in range(3)} == set("abc")
    caller.say(*(Thanks(job=job) for job in "abc"))


def test_a_picture_tells_the_joules_of_the_card_that_drew_it(daemon: Daemon) -> None:
    """From two readings of the card that counts; the other one tells none."""
    caller = Caller(daemon.address)
    caller.greet()
    assert caller.render(order("counted")).joules == 1.5
    caller.say(submit("busy", **LONG))
    caller.until(Accepted)
    assert caller.render(order("uncounted", seed=8)).joules is None
    caller.say(Cancel(job="busy"))
    caller.until(Cancelled)
    caller.say(*(Thanks(job=job) for job in ("counted", "busy", "uncounted")))
