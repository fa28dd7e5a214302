"""The items of one file, checked one after another: drafts where all is well, and every fault where it is not."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bot.errors import BatchFault, NotRenderable, Refusal
from bot.intake import clusters, models, presets, shapes
from bot.intake.clusters import SHARED, Cluster
from bot.intake.drafts import Draft, drafted, refusals
from bot.intake.fields import Item
from bot.intake.fitting import Fitting
from bot.intake.item import STAND_IN, at, loras, parse, stem
from bot.intake.nearest import nearest
from bot.intake.presets import NO_STYLES, Styles
from bot.intake.rawitem import DEFAULTS, RawItem
from bot.intake.references import ANY, NOTHING_FOUND, Beside, References
from bot.nouns import Ask, Extras
from bot.settings import Limits
from gpu_agent.order import Reference
from gpu_agent.stock import ShelfModel

_SHOWN = 20  # faults that are told one by one
_NEAREST = 8  # models that are offered instead of an unknown one
_LOOKED_AT = 100  # characters of its name

# Which field a refusal is about; a size and a character are looked at more closely, all else is about the prompt.
_FIELD_OF = {
    "unknown-model": "model",
    "does-not-fit": "model",
    "mode-missing": "model",
    "aspect-range": "aspect",
    "bad-slug": "slug",
    "bad-count": "count",
    "steps-range": "steps",
    "unknown-lora": "loras",
    "lora-family": "loras",
    "negative-length": "negative",
    "archetype-length": "archetype",
    "unknown-style": "style",
    "style-length": "style",
    "reference-missing": "reference",
    "reference-unknown": "reference",
    "reference-absent": "reference",
}
_SIDES = frozenset(("width", "height"))


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent the file and where; `key` is the batch's, and each item's is made from it. `beside` came along."""

    key: str
    asker: int
    guild: int
    channel: int
    beside: Beside = field(default_factory=dict)


class Checking:
    """`drafts` are the items in which nothing is wrong, `shown` the first faults, `count` the number of all."""

    def __init__(
        self,
        sender: Sender,
        known: Sequence[ShelfModel],
        limits: Limits,
        fitting: Fitting,
        raws: Sequence[RawItem],
        styles: Styles = NO_STYLES,
        references: References = NOTHING_FOUND,
    ) -> None:
        self._sender = sender
        self._known = known
        self._limits = limits
        self._fitting = fitting
        self._styles = styles
        self._references = references
        self._slugs: dict[str, int] = {}
        self._told: set[tuple[tuple[str, object], ...]] = set()
        self.drafts: list[Draft] = []
        self.shown: list[BatchFault] = []
        self.count = 0
        self._defaults = self._sound(next((raw for raw in raws if raw.number == DEFAULTS), RawItem(DEFAULTS, 1)))
        self._clusters = clusters.gathered(raws, self._defaults.fields)

    def add(self, faults: Iterable[BatchFault]) -> None:
        for fault in faults:
            self.count += 1
            if len(self.shown) < _SHOWN:
                self.shown.append(fault)

    def take(self, raw: RawItem) -> None:
        """The item's draft, or everything that is wrong with it in the order of its lines."""
        cluster = self._clusters.get(clusters.named(raw, self._defaults.fields) or "")
        whole = _filled(raw if cluster is None else cluster.filled(raw), self._defaults)
        item, faults = parse(whole)
        assert isinstance(item, Item)
        ask, of_sides = self._ask(whole, item)
        if cluster is not None:
            ask = replace(ask, seed=cluster.seed(raw, item))
        ask, of_reference = self._likened(whole, item, ask)
        found = refusals(ask, self._known, self._limits.pictures_per_ask, self._fitting, self._styles)
        of_ask = [_refused(whole, ask, refusal) for refusal in found]
        faults = [*faults, *self._twice(whole), *_of_pairs(whole, item), *of_sides, *of_reference, *of_ask]
        if cluster is not None:
            faults = [*(cluster.placed(raw, fault) for fault in faults), *cluster.differing(raw)]
        faults.sort(key=lambda fault: int(fault.facts["line"] or 0))
        self.add(fault for fault in faults if self._is_news(fault) or _is_own(raw, whole, cluster, fault))
        if not faults:
            draft = drafted(ask, self._known, self._styles)
            self.drafts.append(replace(draft, cluster=item.cluster))

    def of_all(self) -> Iterator[BatchFault]:
        """What only shows when every item is there."""
        pictures = sum(len(one.seeds) for one in self.drafts)
        if pictures > self._limits.batch_items:
            yield BatchFault(fault="batch-too-many-pictures", count=pictures, most=self._limits.batch_items)
        if not self.drafts and not self.count:
            yield BatchFault(fault="batch-empty")

    def _sound(self, defaults: RawItem) -> RawItem:
        """What is wrong with them is told once; what is right in them holds."""
        _, faults = parse(defaults)
        self.add(faults)
        wrong = {stem(str(fault.facts.get("field"))) for fault in faults}
        fields = {name: value for name, value in defaults.fields.items() if name not in wrong and value is not None}
        return replace(defaults, fields=fields)

    def _ask(self, raw: RawItem, item: Item) -> tuple[Ask, list[BatchFault]]:
        """The item as an ask, with the sides that its proportion has with its model, and what is wrong with these."""
        ask = _ask(item, raw.number, self._sender)
        model = presets.filled(ask, self._styles.get(item.style or "")).model
        if item.aspect is None or (model is not None and model not in {one.id for one in self._known}):
            return ask, []  # an unknown model is told with everything else
        ask = replace(ask, width=None, height=None)
        try:
            width, height = shapes.sized(item.aspect, models.chosen(self._known, model))
        except NotRenderable as refusal:
            return ask, [_refused(raw, ask, refusal)]
        return replace(ask, width=width, height=height), []

    def _likened(self, raw: RawItem, item: Item, ask: Ask) -> tuple[Ask, list[BatchFault]]:
        """The ask with the picture that the item refers to; one that is not found has a stand-in beside its fault."""
        if item.reference is None:
            return ask, []
        reference, faults = Reference(image=ANY), []
        try:
            reference = self._references.likeness(item.reference.picture, item.reference.strength)
        except Refusal as refusal:
            faults = [at(raw, "reference", refusal.kind, **refusal.facts)]
        return replace(ask, extras=Extras(reference=reference)), faults

    def _twice(self, raw: RawItem) -> Iterator[BatchFault]:
        slug = raw.fields.get("slug")
        first = self._slugs.setdefault(slug, raw.number) if isinstance(slug, str) else raw.number
        if first != raw.number:
            yield at(raw, "slug", "slug-twice", first=first, slug=str(slug))

    def _is_news(self, fault: BatchFault) -> bool:
        """What is wrong because of the defaults, or of another member of a cluster, is told once."""
        told = tuple(sorted((name, str(value)) for name, value in fault.facts.items() if name != "item"))
        news = told not in self._told
        self._told.add(told)
        return news


def _is_own(raw: RawItem, whole: RawItem, cluster: Cluster | None, fault: BatchFault) -> bool:
    """About something that the item says for itself alone, or lacks; not about what is said for several."""
    field = stem(str(fault.facts.get("field")))
    if cluster is not None and field in SHARED:
        return False
    return raw.fields.get(field) is not None or field not in whole.fields


def _filled(raw: RawItem, defaults: RawItem) -> RawItem:
    """With what holds for every item where this one does not say otherwise; null says nothing.

    An item with sides of its own takes no proportion from the defaults, nor the other way round.
    """
    own = {name: value for name, value in raw.fields.items() if value is not None or name not in Item.model_fields}
    settled = set(own)
    if "aspect" in own:
        settled |= _SIDES
    if own.keys() & _SIDES:
        settled.add("aspect")
    further = {name: value for name, value in defaults.fields.items() if name not in settled}
    lines = {**raw.lines, **{name: defaults.lines[name] for name in further}}
    return replace(raw, fields={**further, **own}, lines=lines)


def _of_pairs(raw: RawItem, item: Item) -> Iterator[BatchFault]:
    if item.prompt is not None and item.text is not None:
        yield at(raw, "text", "prompt-twice")
    if item.prompt is None and item.text is None:
        yield at(raw, "prompt", "field-missing")
    if item.aspect is not None and (item.width is not None or item.height is not None):
        yield at(raw, "aspect", "aspect-twice")


def _ask(item: Item, number: int, sender: Sender) -> Ask:
    return Ask(
        key=f"{sender.key}:{number}",
        prompt=next((words for words in (item.prompt, item.text) if words is not None), STAND_IN),
        asker=sender.asker,
        guild=sender.guild,
        channel=sender.channel,
        model=item.model,
        width=item.width,
        height=item.height,
        seed=item.seed,
        count=1 if item.count is None else item.count,
        slug=item.slug,
        archetype=item.archetype,
        negative=item.negative or "",
        steps=item.steps,
        guidance=item.guidance,
        loras=loras(item),
        style=item.style,
    )


def _refused(raw: RawItem, ask: Ask, refusal: Refusal) -> BatchFault:
    field = _FIELD_OF.get(refusal.kind) or _side(refusal, ask) or str(refusal.facts.get("where", "prompt"))
    if field == "prompt" and "text" in raw.fields:
        field = "text"
    facts = refusal.facts
    if refusal.kind == "unknown-model":
        facts = {**facts, "known": _nearest(str(facts["model"])[:_LOOKED_AT], str(facts["known"]))}
    return at(raw, field, refusal.kind, **facts)


@lru_cache(maxsize=256)
def _nearest(model: str, known: str) -> str:
    return ", ".join(nearest(model, known.split(", "), _NEAREST))


def _side(refusal: Refusal, ask: Ask) -> str | None:
    """The side that is wrong, or absent; None when the refusal is about something else."""
    if refusal.kind == "size-half":
        return "width" if ask.width is None else "height"
    if not refusal.kind.startswith("size-"):
        return None
    wide = str(refusal.facts["nearest"]).partition("x")[0]
    return "width" if wide != str(ask.width) else "height"
