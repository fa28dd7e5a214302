"""The schema's steps that came with the loop that learns: routes, evidence, what verdicts are filed under."""

from bot.ledger.steps import step
from bot.ledger.steps_asking import STEPS as STEPS


@step
def m019_routes() -> str:
    """Which model is taken for a kind of subject, changed by events; a job tells how it came to its model.

    What is counted for that is read by kind and model, the newest first, and comparisons by kind.
    """
    return """
CREATE TABLE route_edits (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    verb TEXT NOT NULL CHECK (verb IN ('propose', 'accept', 'drop')),
    archetype TEXT NOT NULL CHECK (archetype != ''),
    route TEXT NOT NULL,
    person INTEGER NOT NULL,
    at REAL NOT NULL
) STRICT;
CREATE INDEX route_edits_of_kind ON route_edits (archetype, id);
CREATE INDEX route_edits_accepted ON route_edits (id) WHERE verb = 'accept';
ALTER TABLE jobs ADD COLUMN route TEXT NOT NULL DEFAULT '';
CREATE INDEX verdict_now_of_kind ON verdict_now (archetype, model, at) WHERE archetype IS NOT NULL;
CREATE INDEX jobs_compared ON jobs (archetype, id) WHERE archetype IS NOT NULL AND label != '';
"""


@step
def m020_styles() -> str:
    """Cues reach as far as a style; what counts now tells it."""
    return """
CREATE TABLE cue_edits_anew (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    verb TEXT NOT NULL CHECK (verb IN ('add', 'accept', 'mute', 'unmute', 'retire')),
    scope TEXT NOT NULL CHECK (scope IN ('slug', 'style', 'archetype', 'model', 'everything')),
    about TEXT NOT NULL,
    phrase TEXT NOT NULL,
    negative TEXT NOT NULL,
    person INTEGER NOT NULL,
    at REAL NOT NULL,
    CHECK ((scope = 'everything') = (about = ''))
) STRICT;
INSERT INTO cue_edits_anew (id, key, verb, scope, about, phrase, negative, person, at)
    SELECT id, key, verb, scope, about, phrase, negative, person, at FROM cue_edits;
DROP TABLE cue_edits;
ALTER TABLE cue_edits_anew RENAME TO cue_edits;
CREATE INDEX cue_edits_about ON cue_edits (scope, about);
ALTER TABLE verdict_now ADD COLUMN style TEXT;
UPDATE verdict_now SET style = (SELECT style FROM jobs WHERE id = job);
CREATE INDEX verdict_now_unkept_style ON verdict_now (style, at) WHERE verdict != 'keep';
"""


@step
def m021_pairs() -> str:
    """Some asks are rendered with and without their cues. What people thought is kept when they learn which is which.

    `first` says whether the one with the cues is shown first.
    """
    return """
CREATE TABLE pairs (
    ask TEXT PRIMARY KEY REFERENCES asks (id),
    woven TEXT NOT NULL UNIQUE REFERENCES jobs (id),
    bare TEXT NOT NULL UNIQUE REFERENCES jobs (id),
    first INTEGER NOT NULL CHECK (first IN (0, 1))
) STRICT;
CREATE TABLE pairs_told (
    ask TEXT NOT NULL REFERENCES pairs (ask),
    person INTEGER NOT NULL,
    woven INTEGER NOT NULL CHECK (woven IN (0, 1)),
    bare INTEGER NOT NULL CHECK (bare IN (0, 1)),
    at REAL NOT NULL,
    PRIMARY KEY (ask, person)
) STRICT;
CREATE INDEX pairs_told_of_person ON pairs_told (person, at);
"""


@step
def m022_reasons_and_pasted_verdicts() -> str:
    """Reasons are promoted and demoted by events, over those of the taxonomy's file.

    Verdicts that were pasted as text wait to be confirmed; once they are, of the text nothing is left.
    """
    return """
CREATE TABLE reason_edits (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    verb TEXT NOT NULL CHECK (verb IN ('promote', 'demote')),
    reason TEXT NOT NULL,
    keywords TEXT NOT NULL,
    name TEXT NOT NULL,
    emoji TEXT NOT NULL,
    positive TEXT NOT NULL,
    negative TEXT NOT NULL,
    person INTEGER NOT NULL,
    at REAL NOT NULL
) STRICT;
CREATE TABLE pasted (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    person INTEGER NOT NULL,
    lines TEXT NOT NULL,
    at REAL NOT NULL,
    taken_at REAL
) STRICT;
CREATE INDEX pasted_of_person ON pasted (person);
"""
