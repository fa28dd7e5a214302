"""Asks that name no model → the model that is kept most for their archetype, or the default with a word why not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.errors import Refusal
from bot.intake.drafts import Draft, drafted, refusals
from bot.intake.fitting import Fitting
from bot.intake.presets import Styles
from bot.ledger import routes
from bot.ledger.database import Database
from bot.nouns import Ask, Group, Route, Routed, RouteWhy
from bot.routing import choosing
from bot.settings import RoutingTable
from gpu_agent.stock import ShelfModel

Settle = Callable[[Ask], Ask]
ROUTABLE = (Group.SEEDS, Group.PROMPTS)
"""A comparison or a grid is about its models: nobody puts another one into its cells."""


def as_it_is(ask: Ask) -> Ask:
    """Settles nothing: the ask has its size in pixels, or none."""
    return ask


async def accepted(db: Database, asks: Iterable[Ask]) -> dict[str, Route]:
    """The accepted routes for what is asked, by archetype."""
    kinds = {one.archetype for one in asks if one.archetype and choosing.routable(one)}
    if not kinds:
        return {}
    async with db.reading() as connection:
        return await routes.acting(connection, kinds)


@dataclass(frozen=True, slots=True)
class Roads:
    """What decides an ask's model: settings, accepted routes by archetype, and what there is to be drawn with."""

    table: RoutingTable
    found: Mapping[str, Route]
    known: Sequence[ShelfModel]
    fits: Fitting
    styles: Styles
    most: int

    def take(self, ask: Ask, settle: Settle = as_it_is) -> Ask:
        """The ask with the model of its route and everything settled for that; with the default where it cannot be had.

        Raises the Refusal of an ask that the default cannot draw either.
        """
        wish = self._wished(ask)
        if wish is None:
            return settle(ask)
        if not any(model.present and model.id == wish.route.model for model in self.known):
            return settle(replace(ask, routed=Routed(why=RouteWhy.ABSENT, route=wish.route)))
        made = self._tried(replace(ask, model=wish.route.model, routed=wish), settle)
        return made or settle(replace(ask, routed=Routed(why=RouteWhy.UNFIT, route=wish.route)))

    def take_all(self, asks: Sequence[Ask]) -> list[Ask]:
        """The members of one group: all of them on one road, so that they differ in nothing else."""
        made = [self.take(one) for one in asks]
        fallen = next((one.routed for one in made if one.routed and not one.routed.acts), None)
        return made if fallen is None else [_kept_off(one, fallen) for one in asks]

    def drafts(self, items: Sequence[Draft]) -> list[Draft]:
        """The items of a batch, which were found sound with the default; a cluster goes one road whole, or none."""
        leads: dict[str, Ask] = {}
        for one in items:
            leads.setdefault(one.cluster or one.ask.key, one.ask)
        made = [self._draft(one, leads[one.cluster or one.ask.key].key) for one in items]
        models: dict[str, set[str]] = {}
        for one in made:
            models.setdefault(one.cluster or one.ask.key, set()).add(one.model.id)
        torn = {cluster for cluster, found in models.items() if len(found) > 1}
        return [was if was.cluster in torn else one for was, one in zip(items, made, strict=True)]

    def _draft(self, one: Draft, lead: str) -> Draft:
        """Whether a route is explored is drawn by the key of the cluster's first."""
        if not choosing.routable(one.ask):
            return one
        made = drafted(self.take(replace(one.ask, key=lead)), self.known, self.styles)
        return replace(made, ask=replace(made.ask, key=one.ask.key), cluster=one.cluster)

    def _wished(self, ask: Ask) -> Routed | None:
        """A style that names a model has chosen."""
        style = self.styles.get(ask.style.strip().lower()) if ask.style else None
        if style is not None and style.model is not None:
            return None
        present = [model.id for model in self.known if model.present]
        return choosing.wished(ask, self.table.table, self.found, self.table.explore, present)

    def _tried(self, ask: Ask, settle: Settle) -> Ask | None:
        try:
            made = settle(ask)
        except Refusal:
            return None
        refused = any(True for _ in refusals(made, self.known, self.most, self.fits, self.styles))
        return None if refused else made


def _kept_off(ask: Ask, fallen: Routed) -> Ask:
    return replace(ask, routed=fallen) if choosing.routable(ask) else ask
