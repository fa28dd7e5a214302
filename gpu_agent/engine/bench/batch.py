"""Ten pictures in a row as the daemon's worker draws them: how long the device waits from one to the next."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from gpu_agent.engine.bench import marks
from gpu_agent.engine.bench.ours import Ours
from gpu_agent.engine.engine import Drawn
from gpu_agent.order import Order

PICTURES = 10


def idle(ours: Ours, order_of: Callable[[int], Order], first: int, pictures: int = PICTURES) -> float | None:
    """The share of the batch in which the device had nothing to do between two pictures. Each is told of the one that
    comes after it, and is decoded and written down beside that. None for a way that is not watched."""
    last = first + pictures - 1
    finishing: Future[Drawn] | None = None
    with ThreadPoolExecutor(1, thread_name_prefix="finisher") as finisher:
        for number in range(first, last + 1):
            if number < last:
                ours.expect(order_of(number + 1))
            rendered = ours.render(order_of(number), number, leaving=True)
            if finishing is not None:
                finishing.result()
            finishing = finisher.submit(ours.finish, rendered)
    if ours.watch is None:
        return None
    return marks.idle(tuple(busy for busy in ours.watch.busy() if first <= busy.picture <= last))
