"""What is on offer at this moment: models, LoRAs, styles, what fits which card, and what verdicts have taught.

Asks, batches and the rota are checked against it and made into jobs with it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.clock import Clock
from bot.intake import models, presets, routing, unwanted
from bot.intake.assembling import assemble, ids, places
from bot.intake.drafts import Draft, draft
from bot.intake.fitting import Fitting, fitting
from bot.intake.routing import Roads, Settle
from bot.ledger import cues, reasons
from bot.ledger.database import Database
from bot.nouns import Ask, Job
from bot.people.terms import Terms
from bot.settings import Limits, RoutingTable
from bot.taste.cues import Taste
from bot.taste.promoting import grown
from gpu_agent.stock import ShelfLora, ShelfModel


class Offered:
    """`towers` are the names of the towers whose models are on offer, the preferred one first.

    `taste` is by what verdicts are learned from, `routing` what the settings say of models for kinds of subjects.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        limits: Limits,
        towers: Sequence[str],
        taste: Taste | None = None,
        routing: RoutingTable | None = None,
    ) -> None:
        self.taste = self._shipped = taste or Taste()
        self._refiled = 0
        self._db = db
        self._clock = clock
        self._limits = limits
        self._towers = tuple(towers)
        self.routing = routing or RoutingTable()

    async def refile(self) -> None:
        """From now on verdicts are understood by what people promoted, too. Called at the start and after each."""
        async with self._db.reading() as connection:
            edits = await reasons.edits(connection)
        if len(edits) >= self._refiled:  # of two at once the later one stays
            self._refiled = len(edits)
            self.taste = replace(self._shipped, taxonomy=grown(self._shipped.taxonomy, edits))

    async def models(self) -> tuple[ShelfModel, ...]:
        """What may be asked for; the first one is taken when none is named."""
        async with self._db.reading() as connection:
            return await models.offered(connection, self._towers)

    async def styles(self) -> presets.Styles:
        """The presets that may be asked with, people's own first."""
        async with self._db.reading() as connection:
            return await presets.known(connection)

    async def loras(self) -> tuple[ShelfLora, ...]:
        """What lies on the shelves of the towers, each once."""
        async with self._db.reading() as connection:
            return await models.loras(connection, self._towers)

    async def fitting(self) -> Fitting:
        async with self._db.reading() as connection:
            return await fitting(connection, self._towers)

    async def routed(self, ask: Ask, settle: Settle) -> Ask:
        """The ask with the model that is kept most for its archetype, if it names none, and everything settled for it.

        Raises a Refusal of what the default cannot draw either.
        """
        return (await self.roads((ask,))).take(ask, settle)

    async def roads(self, asks: Sequence[Ask]) -> Roads:
        found = await routing.accepted(self._db, asks)
        return Roads(
            self.routing,
            found,
            await self.models(),
            await self.fitting(),
            await self.styles(),
            self._limits.pictures_per_ask,
        )

    async def checked(self, asks: Sequence[Ask], terms: Terms) -> list[Draft]:
        """These as they would be rendered. Raises the first Refusal."""
        known, fits = await self.models(), await self.fitting()
        async with self._db.reading() as connection:
            styles = await presets.of_names(connection, {one.style for one in asks if one.style})
        found = [draft(one, known, self._limits.pictures_per_ask, fits, styles) for one in asks]
        unwanted.look(found, terms)
        return found

    async def assembled(self, drafts: Sequence[Draft], asks: Sequence[str], batch: str | None, now: float) -> list[Job]:
        async with self._db.reading() as connection:
            learned = await cues.learned(connection, {place for one in drafts for place in places(one)})
        job_ids = ids(self._clock, sum(len(one.seeds) for one in drafts))
        return await asyncio.to_thread(assemble, drafts, asks, job_ids, batch, now, learned, self.taste)
