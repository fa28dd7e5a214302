"""Ten pictures in a row as the daemon's worker draws them: how long the device waits from one to the next."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from gpu_agent.engine.bench import marks
from gpu_agent.engine.bench.ours import Ours
from gpu_agent.engine.engine import Drawn
from gpu_agent.order import Order

PICTURES = 10


def idle(ours: Ours, order_of: Callable[[int], Order], first: int, pictures: int = PICTURES) -> float | None:
    """The share of the batch in which the device had nothing to do between two pictures; each is finished beside the
    next. None for a way that is not watched."""
    finishing: Future[Drawn] | None = None
    with ThreadPoolExecutor(1, thread_name_prefix="finisher") as finisher:
        for number in range(first, first + pictures):
            rendered = ours.render(order_of(number), number)
            if finishing is not None:
                finishing.result()
            finishing = finisher.submit(ours.finish, rendered)
    if ours.watch is None:
        return None
    busy = tuple(each for each in ours.watch.busy() if first <= each.picture < first + pictures)
    return marks.idle(busy)
