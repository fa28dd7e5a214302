"""What is said before a file is rendered: how much it is, how long it will take, what that costs, and what changed."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import ceil, floor, log10

from bot.accounts.meter import Spent
from bot.nouns import Outlook, Share
from bot.texts.answers import pictures
from bot.texts.failures import harmless
from bot.texts.tongue import _, counted

_NAME_SHOWN = 80
_MODEL_SHOWN = 32
_SLUGS_ROOM = 130  # characters of slugs of each kind
_MODELS_SHOWN = 6
_GAPS_SHOWN = 4

ASK = _("Shall it be rendered?")
NOTHING_CHANGED = _("Nothing changed since, and nothing was lost.")


def head(name: str, items: int, found: Outlook, names: Mapping[str, str]) -> list[str]:
    """The file, and its models in the order in which they are rendered; `names` are theirs by their ids."""
    of = counted("{count} item", "{count} items", items)
    line = _("**{name}**: {pictures} of {items}.", name=_name(name), pictures=pictures(found.pictures), items=of)
    if len(found.shares) == 1:
        return [line, _("All with {model}.", model=_model(found.shares[0], names))]
    shown = [
        _("{pictures} with {model}", pictures=pictures(one.pictures), model=_model(one, names))
        for one in found.shares[:_MODELS_SHOWN]
    ]
    rest = len(found.shares) - len(shown)
    shown += [counted("{count} more model", "{count} more models", rest)] if rest else []
    return [line, _("In this order: {models}.", models=_(", then ").join(shown))]


def time(found: Outlook, names: Mapping[str, str]) -> list[str]:
    """How long it takes from the first waking on, what of that is not known, and when it will be there."""
    lines = [_known(found) if found.known else _partly(found, names)]
    others = counted(
        "{count} other picture waits or renders already.",
        "{count} other pictures wait or render already.",
        found.ahead,
    )
    lines += [others] if found.ahead else []
    lines += [_("It begins when its window opens, <t:{opens}:f>.", opens=int(found.opens))] if found.opens else []
    lines += [_("Probably all ready <t:{end}:R>.", end=ceil(found.ready))] if found.ready is not None else []
    return lines


def cost(found: Outlook, spent: Spent, hosted: float, currency: str) -> str:
    """Energy and money on one's own tower as far as they are known, beside what a hosted API takes."""
    elsewhere = _("From a hosted API: {money}.", money=money(hosted, currency))
    if not spent.watt_hours:
        return _("What that takes of electricity is not known yet. {elsewhere}", elsewhere=elsewhere)
    energy, price = watt_hours(spent.watt_hours), money(spent.money, currency)
    if found.known:
        return _("About {energy}, {price} of electricity. {elsewhere}", energy=energy, price=price, elsewhere=elsewhere)
    return _("At least {energy}, {price} of electricity. {elsewhere}", energy=energy, price=price, elsewhere=elsewhere)


def sent_before(at: float, *, same: bool) -> str:
    if same:
        return _("This very file was sent here <t:{at}:R>.", at=int(at))
    return _("A file of this name was sent here <t:{at}:R>.", at=int(at))


def changed(changed: Sequence[str], new: Sequence[str], lost: Sequence[str]) -> list[str]:
    """What is not as it was asked for before: slugs, counted and named."""
    told = ((changed, _changed), (new, _new), (lost, _lost))
    return [say(slugs) for slugs, say in told if slugs] or [NOTHING_CHANGED]


def _changed(slugs: Sequence[str]) -> str:
    return counted("{count} item changed: {slugs}.", "{count} items changed: {slugs}.", len(slugs), slugs=_some(slugs))


def _new(slugs: Sequence[str]) -> str:
    return counted("{count} item is new: {slugs}.", "{count} items are new: {slugs}.", len(slugs), slugs=_some(slugs))


def _lost(slugs: Sequence[str]) -> str:
    return counted(
        "Of {count} item nothing was rendered then: {slugs}.",
        "Of {count} items nothing was rendered then: {slugs}.",
        len(slugs),
        slugs=_some(slugs),
    )


def part(found: Outlook, spent: Spent, currency: str) -> str:
    """What changed alone, in a line."""
    known = _("about {span}", span=span(found.span)) if found.known else _("how long is not known yet")
    energy = f", {watt_hours(spent.watt_hours)}, {money(spent.money, currency)}" if spent.watt_hours else ""
    return _(
        "What changed alone: {pictures}, {known}{energy}.",
        pictures=pictures(found.pictures),
        known=known,
        energy=energy,
    )


def whole_refused(sentence: str) -> str:
    return _("All of it cannot be asked for now. {sentence}", sentence=sentence)


def render_changed(count: int) -> str:
    """A button's label."""
    return _("Render what changed: {pictures}", pictures=pictures(count))


def render_all(count: int) -> str:
    """A button's label."""
    return _("Render all: {pictures}", pictures=pictures(count))


def span(seconds: float) -> str:
    """As exact as an estimate is: seconds up to a minute and a half, minutes up to an hour and a half, then hours."""
    if seconds < 90:
        return _("{seconds} s", seconds=max(1, ceil(seconds)))
    minutes = round(seconds / 60)
    if minutes < 90:
        return _("{minutes} min", minutes=minutes)
    return _("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def watt_hours(amount: float) -> str:
    return _("{amount} Wh", amount=_figures(amount)) if amount < 1000 else _("{amount:.1f} kWh", amount=amount / 1000)


def money(amount: float, currency: str) -> str:
    """A sign stands in front of the sum, a word behind it; below a cent as many places as show something."""
    places = 2 if amount >= 0.01 or amount <= 0 else min(6, 1 - floor(log10(amount)))
    return f"{amount:.{places}f} {currency}" if currency[:1].isalpha() else f"{currency}{amount:.{places}f}"


def _known(found: Outlook) -> str:
    parts = {
        _("waking {span}"): found.wake or 0.0,
        _("loading {span}"): sum(one.load or 0.0 for one in found.shares),
        _("rendering {span}"): found.rendering,
    }
    told = ", ".join(part.format(span=span(seconds)) for part, seconds in parts.items() if seconds)
    return _("About {span}: {parts}.", span=span(found.span), parts=told)


def _partly(found: Outlook, names: Mapping[str, str]) -> str:
    """What was seen too seldom is named."""
    gaps = [_("waking")] if found.wake is None else []
    gaps += [gap for one in found.shares for gap in _gaps(one, _model(one, names))]
    shown = ", ".join(gaps[:_GAPS_SHOWN]) + (" …" if len(gaps) > _GAPS_SHOWN else "")
    if not found.span:
        return _("How long that takes is not known yet; each of these was seen too seldom: {gaps}.", gaps=shown)
    return _(
        "At least {span}. Not known yet, because it was seen too seldom: {gaps}.", span=span(found.span), gaps=shown
    )


def _model(one: Share, names: Mapping[str, str]) -> str:
    return harmless(names.get(one.model, one.model)[:_MODEL_SHOWN])


def _gaps(one: Share, model: str) -> list[str]:
    loading = [_("loading {model}", model=model)] if one.load is None else []
    rendering = [_("rendering {pictures} with {model}", pictures=pictures(one.unknown), model=model)]
    return loading + (rendering if one.unknown else [])


def _some(slugs: Sequence[str]) -> str:
    """As many as there is room for, the first at least."""
    ends = accumulate(len(slug) + 2 for slug in slugs)
    shown = max(1, sum(end <= _SLUGS_ROOM for end in ends))
    return ", ".join(slugs[:shown]) + (" …" if len(slugs) > shown else "")


def _figures(amount: float) -> str:
    """Two figures that count, all of them above ten."""
    return f"{amount:.0f}" if amount >= 10 else f"{amount:.2g}"


def _name(file: str) -> str:
    return harmless(file[:_NAME_SHOWN])
