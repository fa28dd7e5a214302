"""Which route an ask takes: the operator's setting, else what was accepted, else none. Pure.

A small share of what would take an accepted route tries another model, so that there are figures of it too and a
choice that was right once does not stand for ever. A hash of the ask's key decides, so that an ask that is sent twice
is drawn once.
"""

import hashlib
from collections.abc import Mapping, Sequence

from bot.nouns import Ask, Route, Routed, RouteWhy


def routable(ask: Ask) -> bool:
    """An ask that left the model open. What comes from a picture keeps to the picture's model."""
    return bool(ask.model is None and ask.archetype and ask.parent is None and ask.routed is None)


def wished(
    ask: Ask, settings: Mapping[str, str], accepted: Mapping[str, Route], share: float, offered: Sequence[str]
) -> Routed | None:
    """What this ask would be drawn with. `offered` are the models that can be had, the default first."""
    if not routable(ask) or not offered:
        return None
    kind = ask.archetype or ""
    if (model := settings.get(kind)) is not None:
        return Routed(why=RouteWhy.SETTING, route=Route(model=model, instead=offered[0]))
    if (route := accepted.get(kind)) is None:
        return None
    others = [
        model for model in dict.fromkeys((route.instead, offered[0])) if model in offered and model != route.model
    ]
    drawn = _drawn(ask.key)
    if others and drawn < share:
        model = others[int(drawn / share * len(others))]
        return Routed(why=RouteWhy.EXPLORED, route=Route(model=model, instead=route.model))
    return Routed(why=RouteWhy.ACCEPTED, route=route)


def _drawn(key: str) -> float:
    """A number from 0 up to 1, always the same for this key."""
    digest = hashlib.sha256(f"route {key}".encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48
