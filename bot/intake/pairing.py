"""Which asks are rendered twice, with and without cues, so that it shows whether cues help.

A set share of the asks is drawn by the hash of their keys, which nobody knows beforehand. The hash also decides which
half comes first. Pure, but for looking up when something was asked for last.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.clock import Clock
from bot.intake.assembling import ids, places
from bot.intake.drafts import Draft
from bot.ledger import cues, pairs
from bot.ledger.database import Connection
from bot.ledger.pairs import Pair
from bot.nouns import Ask, Cue, CueVerb, Group, Job, Learned, Manner

SETTLED = 3600.0
"""Seconds after which a cue is old enough: whoever has just taught or added one wants to see it act."""

_ACTING = (CueVerb.ADD, CueVerb.ACCEPT, CueVerb.UNMUTE)
_DRAWN_FROM = 2**56


async def twice(
    connection: Connection, clock: Clock, drafts: Sequence[Draft], made: list[Job], manner: Manner, share: float
) -> tuple[Pair | None, list[Job]]:
    """The jobs made of these drafts: with the half without cues, and their pair, if they are one of these asks."""
    key = drafts[0].ask.key
    if not made[0].cues or not plain([one.ask for one in drafts], manner) or not drawn(key, share):
        return None, made
    learned = await cues.learned(connection, set(places(drafts[0])))
    last = await pairs.last_ask(connection, made[0].slug)
    if not settled(made[0].cues, learned, last, made[0].created_at):
        return None, made
    return paired(made[0], drafts[0], ids(clock, 2), key)


def drawn(key: str, share: float) -> bool:
    """Is the ask of this key among those that are rendered twice? The same key always gets the same answer."""
    return int.from_bytes(_digest(key)[:7]) < share * _DRAWN_FROM


def woven_first(key: str) -> bool:
    """Whether the half with the cues is shown first: told by another part of the hash."""
    return _digest(key)[-1] % 2 == 0


def plain(asks: Iterable[Ask], manner: Manner) -> bool:
    """One still picture that starts from nothing: no group, no variation, no clip."""
    (first, *further) = asks
    whole = first.whole()
    alone = not further and first.count == 1 and first.parent is None and manner.group is Group.SEEDS
    return alone and whole.source is None and whole.start is None and whole.frames == 1


def settled(woven: Iterable[Cue], learned: Learned, last: float | None, now: float) -> bool:
    """Did every one of these cues stand before the `last` ask of the slug, if there was one, and for an hour?"""
    newest = max(_since(cue, learned) for cue in woven)
    return newest + SETTLED <= now and (last is None or newest < last)


def paired(woven: Job, draft: Draft, named: Sequence[str], key: str) -> tuple[Pair, list[Job]]:
    """The same job twice, the second time in the person's own words alone, in the order in which they are shown.

    The ids, `named`, ascend, so that the order of the hash is that of rendering and posting too.
    """
    first = woven_first(key)
    with_cues, without = named if first else named[::-1]
    halves = [
        replace(woven, id=with_cues, index=int(not first)),
        replace(woven, id=without, index=int(first), prompt=draft.worded, negative=draft.negative, cues=()),
    ]
    return Pair(woven.ask, with_cues, without, first), sorted(halves, key=lambda job: job.index)


def _since(cue: Cue, learned: Learned) -> float:
    """When it came, or came back: its first verdict that is known of, or what a hand did to it last."""
    key = (cue.scope, cue.about, cue.phrase.casefold())
    acting = [
        one.at for one in learned.edits if one.verb in _ACTING and (one.scope, one.about, one.phrase.casefold()) == key
    ]
    said = [one.at for one in learned.judgements if one.message in cue.origin]
    return max([*([min(said)] if said else []), *acting[-1:]], default=0.0)


def _digest(key: str) -> bytes:
    return hashlib.sha256(f"pair:{key}".encode()).digest()
