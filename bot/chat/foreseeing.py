"""How things stand for somebody who is about to send a file: towers, the line, and how long everything took before."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.chat import outlook
from bot.chat.estimates import CLIMBING
from bot.chat.forecast import Lane
from bot.chat.outlook import NOBODY, Past, Place, Queue, Running
from bot.intake.changes import Listed
from bot.ledger import estimates, jobs, towers, windows
from bot.ledger.database import Connection
from bot.ledger.estimates import Like, Work, usual
from bot.nouns import InLine, Outlook

if TYPE_CHECKING:
    from bot.chat.client import DarkroomClient

_LIKES = 200  # kinds of pictures of which the past is asked
_OTHERS = 300  # jobs of others; when more wait, nobody knows when it is whose turn


@dataclass(frozen=True, slots=True)
class Foresight:
    """All that decides what a file would take now."""

    person: int
    now: float
    places: Sequence[Place]
    past: Past
    others: Queue
    running: Sequence[Running]
    ahead: int
    opens: float | None = None

    async def of(self, items: Sequence[Listed]) -> Outlook:
        """A thread works it out: a file may have ten thousand pictures."""
        return await asyncio.to_thread(self._of, items)

    def _of(self, items: Sequence[Listed]) -> Outlook:
        mine = _queue(items, self.person, self.now)
        found = outlook.outlook(mine, self.places, self.past, self.now)
        begins = self.opens is None and len(self.others.jobs) + len(self.running) == self.ahead
        ready = outlook.ready(mine, self.others, self.running, self.places, self.past) if begins else None
        return replace(found, ahead=self.ahead, ready=ready, opens=self.opens)


async def gather(client: "DarkroomClient", guild: int, person: int, items: Sequence[Listed]) -> Foresight:
    """As it stands now; `items` are all that may be meant."""
    now, likes = client.clock.now(), await asyncio.to_thread(_likes, items)
    async with client.db.reading() as connection:
        line = await jobs.in_line(connection)
        works = await estimates.waiting(connection, [one.id for one in line]) if len(line) <= _OTHERS else []
        running = await estimates.rendering(connection)
        others = Queue(line, {work.job: work for work in works}) if works else NOBODY
        places = await _places(client, connection, now)
        likes |= dict.fromkeys(work.like for work in (*works, *running))
        opens = await windows.opens_for(connection, guild, person)
        past = await _past(connection, list(likes)[:_LIKES], places)
    board = client.board.jobs
    told = [(work, board.get(work.job)) for work in running]
    return Foresight(person, now, places, past, others, told, len(line) + len(running), opens)


def _queue(items: Sequence[Listed], person: int, now: float) -> Queue:
    """The pictures as they would stand in line: one batch."""
    waiting, works = [], {}
    for one in items:
        like = _like(one)
        for index in range(len(one.draft.seeds)):
            name = f"~{one.number:06}-{index:03}"
            waiting.append(InLine(name, person, "~", like.model, now))
            works[name] = Work(name, "", "~", None, like)
    return Queue(waiting, works)


def _likes(items: Sequence[Listed]) -> dict[Like, None]:
    return dict.fromkeys(_like(one) for one in items)


def _like(one: Listed) -> Like:
    draft = one.draft
    return estimates.like(draft.model.id, draft.width, draft.height, draft.steps, draft.ask.whole())


async def _past(connection: Connection, likes: Sequence[Like], places: Sequence[Place]) -> Past:
    models = {like.model for like in likes}
    return Past(
        {like: usual(await estimates.took(connection, like)) for like in likes},
        {
            (place.name, model): usual(await estimates.loads(connection, place.name, model))
            for place in places
            for model in models
        },
    )


async def _places(client: "DarkroomClient", connection: Connection, now: float) -> list[Place]:
    """The towers of the settings, those that are ready first; where none is set up, one that is never there."""
    names = [tower.name for tower in client.settings.tower]
    found = [await _place(client, connection, name, now) for name in names]
    return sorted(found, key=lambda place: place.wake != 0) or [Place("", None, (Lane("", now),), None)]


async def _place(client: "DarkroomClient", connection: Connection, name: str, now: float) -> Place:
    shelf, heard = await towers.shelf(connection, name), await towers.heard(connection, name)
    models = None if shelf is None else frozenset(model.id for model in shelf.models if model.present)
    view, status = client.board.towers.get(name), client.board.states.get(name)
    if view is not None and view.rung == "ready":
        gpus = status.gpus if status else heard.gpus if heard else ()
        return Place(name, models, (Lane(name, now, status.warm if status else ""),) * max(1, len(gpus)))
    wake = await _until_awake(connection, name, now, climbing=view is not None and view.rung in CLIMBING)
    return Place(name, models, (Lane(name, now + (wake or 0.0)),) * max(1, len(heard.gpus) if heard else 1), wake)


async def _until_awake(connection: Connection, name: str, now: float, *, climbing: bool) -> float | None:
    """What is left of its usual time; all of it when nobody has begun."""
    wakes = await towers.wakes(connection, name)
    usually = usual([wake.seconds for wake in wakes if wake.seconds is not None])
    if usually is None or not climbing or not wakes or wakes[0].seconds is not None:
        return usually
    return max(1.0, usually - (now - wakes[0].asked_at))
