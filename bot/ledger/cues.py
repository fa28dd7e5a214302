"""What people did to cues by hand, as events, and everything that cues are folded from. Nothing is overwritten."""

import json
from collections.abc import Collection
from dataclasses import asdict
from sqlite3 import Row

from bot.ledger import verdicts
from bot.ledger.database import Connection
from bot.nouns import CueEdit, CueVerb, Judgement, Learned, Scope

LOOKED_AT = 500
"""Judgements of an archetype, of a model or of all that are looked at, the newest ones."""

Place = tuple[Scope, str]
"""A scope and what it is about; everything is about ""."""


async def record(connection: Connection, edit: CueEdit) -> bool:
    """False when an edit with this key was recorded before: then nothing is."""
    cursor = await connection.execute(
        "INSERT INTO cue_edits (key, verb, scope, about, phrase, negative, person, at) "
        "VALUES (:key, :verb, :scope, :about, :phrase, :negative, :person, :at) ON CONFLICT (key) DO NOTHING",
        asdict(edit),
    )
    return cursor.rowcount == 1


async def learned(connection: Connection, places: Collection[Place]) -> Learned:
    """What the active cues of these places are folded from.

    Verdicts of many slugs are read only where somebody accepted a cue that they proposed.
    """
    edits = await edits_about(connection, places)
    slugs = sorted(about for scope, about in places if scope is Scope.SLUG)
    found = await verdicts.of_slugs(connection, slugs)
    acting = (CueVerb.ADD, CueVerb.ACCEPT, CueVerb.UNMUTE)
    accepted = {(one.scope, one.about) for one in edits if one.verb in acting and one.scope is not Scope.SLUG}
    return Learned(_once([*found, *await _unkept(connection, accepted)]), tuple(edits))


async def looked_at(connection: Connection, places: Collection[Place]) -> Learned:
    """The same with everything these places propose: for looking at them, not for composing."""
    return Learned(
        _once(await _unkept(connection, places)),
        tuple(await edits_about(connection, places)),
    )


async def lately(connection: Connection) -> Learned:
    """What was learned last, wherever it belongs, and the newest edits."""
    rows = list(await connection.execute_fetchall("SELECT * FROM cue_edits ORDER BY id DESC LIMIT ?", (LOOKED_AT,)))
    edited = {(Scope(row["scope"]), str(row["about"])) for row in rows}
    found = await verdicts.unkept(connection, Scope.EVERYTHING, "", LOOKED_AT)
    return Learned(_once(found), tuple(await edits_about(connection, edited)))


async def edits_about(connection: Connection, places: Collection[Place]) -> list[CueEdit]:
    """Every edit of cues in these places, in the order they were made."""
    wanted = json.dumps([[scope, about] for scope, about in sorted(places)])
    rows = await connection.execute_fetchall(
        "SELECT cue_edits.* FROM json_each(?) CROSS JOIN cue_edits "
        "ON cue_edits.scope = json_each.value ->> 0 AND cue_edits.about = json_each.value ->> 1 ORDER BY cue_edits.id",
        (wanted,),
    )
    return [_edit(row) for row in rows]


async def _unkept(connection: Connection, places: Collection[Place]) -> list[Judgement]:
    return [
        one for scope, about in sorted(places) for one in await verdicts.unkept(connection, scope, about, LOOKED_AT)
    ]


def _once(found: list[Judgement]) -> tuple[Judgement, ...]:
    return tuple({(one.job, one.person): one for one in found}.values())


def _edit(row: Row) -> CueEdit:
    values = {name: row[name] for name in ("key", "about", "phrase", "person", "at", "negative")}
    return CueEdit(verb=CueVerb(row["verb"]), scope=Scope(row["scope"]), **values)
