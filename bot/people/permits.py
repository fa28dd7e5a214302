"""Who may do what where. Discord's own administrators always may; Discord's command permissions come before all this.

asking, reviewing   a listed channel, and a listed role; where none is listed, every one will do
administrating      a listed role; where none is listed, Discord's administrators alone
moderating          whoever administrates, and whoever may manage messages
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import NotAdministrator, Refusal, RoleLacking, WrongChannel

_SHOWN = 10  # channels that a refusal names


class What(StrEnum):
    ASK = "ask"
    REVIEW = "review"
    ADMINISTRATE = "administrate"


class Kind(StrEnum):
    ROLE = "role"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as Discord sees them. `administers`: Discord's Administrator or Manage Server."""

    id: int
    roles: frozenset[int] = frozenset()
    administers: bool = False
    manages_messages: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A channel; `parent` is the one that a thread belongs to, whose permits and mark hold in the thread too."""

    channel: int
    parent: int | None = None
    age_restricted: bool = False


@dataclass(frozen=True, slots=True)
class Permits:
    """What `/setup` stored: roles and channels by what they may."""

    listed: frozenset[tuple[What, Kind, int]] = frozenset()

    def of(self, what: What, kind: Kind) -> frozenset[int]:
        return frozenset(one for right, sort, one in self.listed if (right, sort) == (what, kind))


def refusal(what: What, person: Person, place: Place, permits: Permits) -> Refusal | None:
    """Why this person may not do that here; None when they may."""
    if what is What.ADMINISTRATE:
        return None if may_administrate(person, permits) else NotAdministrator()
    if person.administers:
        return None
    channels, roles = permits.of(what, Kind.CHANNEL), permits.of(what, Kind.ROLE)
    if channels and not channels & {place.channel, place.parent}:
        return WrongChannel(what=what, channels=" ".join(str(one) for one in sorted(channels)[:_SHOWN]))
    if roles and not roles & person.roles:
        return RoleLacking(what=what, roles=" ".join(str(one) for one in sorted(roles)[:_SHOWN]))
    return None


def may_administrate(person: Person, permits: Permits) -> bool:
    return person.administers or bool(permits.of(What.ADMINISTRATE, Kind.ROLE) & person.roles)


def may_moderate(person: Person, permits: Permits) -> bool:
    """End, delete and block what is other people's."""
    return person.manages_messages or may_administrate(person, permits)
