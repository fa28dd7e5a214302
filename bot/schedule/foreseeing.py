"""What a moment of the rota will take: how many pictures, how long, and whether a tower has to be woken for it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.intake.changes import Listed
from bot.ledger import estimates, towers
from bot.ledger.database import Connection
from bot.ledger.estimates import Like, usual
from bot.nouns import Expected


@dataclass(frozen=True, slots=True)
class Towers:
    """Their names in the order of preference, and whether one of them is awake now; nobody knows without any."""

    names: Sequence[str] = ()
    awake: Callable[[], bool] = lambda: False


NONE = Towers()


def of_items(items: Iterable[Listed]) -> Counter[Like]:
    """The pictures of a file, counted by what decides their time."""
    found: Counter[Like] = Counter()
    for one in items:
        draft = one.draft
        like = estimates.like(draft.model.id, draft.width, draft.height, draft.steps, draft.ask.whole())
        found[like] += len(draft.seeds)
    return found


async def of_jobs(connection: Connection, jobs: Sequence[str]) -> Counter[Like]:
    """The same of jobs that wait."""
    return Counter(work.like for work in await estimates.waiting(connection, jobs))


async def expected(connection: Connection, likes: Counter[Like], known: Towers) -> Expected:
    """By one card, one after another; the time is unknown as long as one kind of picture was not rendered before."""
    wakes = None if not known.names else not known.awake()
    seconds = [usual(await estimates.took(connection, like)) for like in likes]
    if None in seconds:
        return Expected(likes.total(), None, wakes)
    rendering = sum((one or 0.0) * count for one, count in zip(seconds, likes.values(), strict=True))
    return Expected(likes.total(), rendering + await _before(connection, likes, known, wakes=bool(wakes)), wakes)


async def _before(connection: Connection, likes: Counter[Like], known: Towers, *, wakes: bool) -> float:
    """Seconds of waking and loading on the preferred tower, as far as these are known."""
    if not known.names:
        return 0.0
    first = known.names[0]
    woken = [wake.seconds for wake in await towers.wakes(connection, first) if wake.seconds is not None]
    loads = [usual(await estimates.loads(connection, first, model)) for model in {like.model for like in likes}]
    return sum(one or 0.0 for one in loads) + ((usual(woken) or 0.0) if wakes else 0.0)
