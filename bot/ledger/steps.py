"""The schema, one reasoned step after another, taken in this order by `migrations`. A released step stays as it is."""

from collections.abc import Callable

Step = Callable[[], str]
STEPS: list[Step] = []


def step(sql: Step) -> Step:
    """The next step: a function that gives its statements, each ended by a semicolon at the end of a line."""
    STEPS.append(sql)
    return sql


@step
def m001_asks() -> str:
    """One road for a picture: an ask is accepted with its jobs, a job has one state and one end.

    `asks.key` makes a repeated request (a lost answer, a rota slot after a crash) find the first one.
    `batches.closed` is set when the end of a batch that the rota sent has been announced.
    """
    return """
CREATE TABLE batches (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    asker INTEGER NOT NULL,
    guild INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    created_at REAL NOT NULL,
    entry TEXT,
    slot REAL,
    closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),
    CHECK ((entry IS NULL) = (slot IS NULL)),
    UNIQUE (entry, slot)
) STRICT;
CREATE INDEX batches_to_close ON batches (created_at) WHERE entry IS NOT NULL AND closed = 0;
CREATE TABLE asks (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    batch TEXT REFERENCES batches (id),
    created_at REAL NOT NULL
) STRICT;
"""


@step
def m002_jobs() -> str:
    """A job is one picture to render: everything its order needs, the cues it was composed with, where it stands."""
    return """
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    ask TEXT NOT NULL REFERENCES asks (id),
    "index" INTEGER NOT NULL,
    batch TEXT REFERENCES batches (id),
    asker INTEGER NOT NULL,
    guild INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    slug TEXT NOT NULL,
    archetype TEXT,
    model TEXT NOT NULL,
    asked TEXT NOT NULL,
    prompt TEXT NOT NULL,
    negative TEXT NOT NULL,
    cues TEXT NOT NULL,
    seed INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    steps INTEGER NOT NULL,
    guidance REAL NOT NULL,
    created_at REAL NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'rendering', 'rendered', 'failed', 'cancelled')),
    epoch INTEGER NOT NULL CHECK (epoch >= 1),
    tower TEXT,
    boot TEXT,
    ended_at REAL,
    cancel_wanted INTEGER NOT NULL CHECK (cancel_wanted IN (0, 1)),
    error_kind TEXT,
    error_facts TEXT NOT NULL,
    CHECK ((state IN ('rendered', 'failed', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK (state != 'rendering' OR (tower IS NOT NULL AND boot IS NOT NULL)),
    UNIQUE (ask, "index"),
    UNIQUE (batch, slug, "index")
) STRICT;
CREATE INDEX jobs_open ON jobs (created_at, id) WHERE state IN ('queued', 'rendering');
CREATE INDEX jobs_open_of_batch ON jobs (batch) WHERE state IN ('queued', 'rendering');
"""


@step
def m003_pictures() -> str:
    """What came of a job, with its receipt; the bytes lie in files beside the ledger."""
    return """
CREATE TABLE pictures (
    job TEXT PRIMARY KEY REFERENCES jobs (id),
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    receipt TEXT NOT NULL,
    seconds REAL NOT NULL,
    peak INTEGER NOT NULL,
    joules REAL,
    created_at REAL NOT NULL
) STRICT;
"""


@step
def m004_notices() -> str:
    """What has to be said, and whether it was. A job's end is told by exactly one notice."""
    return """
CREATE TABLE notices (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('card', 'picture', 'failure', 'cancellation', 'announcement')),
    state TEXT NOT NULL CHECK (state IN ('due', 'said', 'unsayable')),
    channel INTEGER NOT NULL,
    created_at REAL NOT NULL,
    ask TEXT REFERENCES asks (id),
    job TEXT REFERENCES jobs (id),
    batch TEXT REFERENCES batches (id),
    text TEXT NOT NULL,
    first_tried_at REAL,
    said_at REAL,
    message INTEGER UNIQUE,
    CHECK ((state = 'said') = (message IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX notices_end_of_job ON notices (job) WHERE job IS NOT NULL;
CREATE UNIQUE INDEX notices_card_of_ask ON notices (ask) WHERE ask IS NOT NULL;
CREATE UNIQUE INDEX notices_card_of_batch ON notices (batch) WHERE batch IS NOT NULL AND kind = 'card';
CREATE INDEX notices_posted ON notices (said_at) WHERE state = 'said' AND kind = 'picture';
"""


@step
def m005_marks_and_events() -> str:
    """Marks are what stands on Discord, events every change that was ever seen."""
    return """
CREATE TABLE marks (
    message INTEGER NOT NULL,
    person INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    job TEXT NOT NULL REFERENCES jobs (id),
    verdict TEXT NOT NULL CHECK (verdict IN ('keep', 'reject', 'reroll')),
    words TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (message, person, emoji)
) STRICT;
CREATE INDEX marks_of_job ON marks (job, person);
CREATE TABLE verdict_events (
    id INTEGER PRIMARY KEY,
    job TEXT NOT NULL REFERENCES jobs (id),
    message INTEGER NOT NULL,
    person INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('keep', 'reject', 'reroll')),
    words TEXT NOT NULL,
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    at REAL NOT NULL
) STRICT;
CREATE INDEX verdict_events_of_job ON verdict_events (job, id);
"""


@step
def m006_verdict_now() -> str:
    """What counts. It changes in one transaction with marks and events, so that it can always be told from them."""
    return """
CREATE TABLE verdict_now (
    job TEXT NOT NULL REFERENCES jobs (id),
    person INTEGER NOT NULL,
    slug TEXT NOT NULL,
    message INTEGER NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('keep', 'reject', 'reroll')),
    words TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (job, person)
) STRICT;
CREATE INDEX verdict_now_of_slug ON verdict_now (slug, at);
"""


@step
def m007_towers() -> str:
    """What the bot knows of its towers, how long their wakes took, and what people want of them."""
    return """
CREATE TABLE towers (
    name TEXT PRIMARY KEY,
    boot TEXT NOT NULL,
    agent TEXT NOT NULL,
    shelf_digest TEXT NOT NULL,
    shelf TEXT NOT NULL,
    seen_at REAL NOT NULL
) STRICT;
CREATE TABLE wakes (
    id INTEGER PRIMARY KEY,
    tower TEXT NOT NULL,
    asked_at REAL NOT NULL,
    seconds REAL,
    rung TEXT NOT NULL
) STRICT;
CREATE INDEX wakes_of_tower ON wakes (tower, asked_at);
CREATE TABLE wishes (
    tower TEXT PRIMARY KEY,
    want TEXT NOT NULL CHECK (want IN ('wake', 'sleep')),
    person INTEGER NOT NULL,
    at REAL NOT NULL
) STRICT;
"""


@step
def m008_rota() -> str:
    """What is due when. An entry's moment is left in the transaction that says what became of it."""
    return """
CREATE TABLE rota (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    words TEXT NOT NULL,
    cron TEXT NOT NULL,
    zone TEXT NOT NULL,
    items TEXT NOT NULL,
    asker INTEGER NOT NULL,
    guild INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    created_at REAL NOT NULL,
    next_at REAL
) STRICT;
CREATE INDEX rota_next ON rota (next_at);
"""


@step
def m009_memory() -> str:
    """The few plain facts that must survive a restart."""
    return """
CREATE TABLE remembered (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
"""


@step
def m010_settled_cards() -> str:
    """A card's last edit is owed like a message is, so it is remembered when it was made; and channels speak apart."""
    return """
ALTER TABLE notices ADD COLUMN settled_at REAL;
CREATE INDEX notices_unsettled ON notices (id) WHERE kind = 'card' AND state = 'said' AND settled_at IS NULL;
CREATE INDEX notices_due_in ON notices (channel, created_at, id) WHERE state = 'due';
"""


@step
def m011_what_a_tower_has() -> str:
    """Cards and free disk as the tower last told them, for whoever asks while it sleeps."""
    return """
ALTER TABLE towers ADD COLUMN gpus TEXT NOT NULL DEFAULT '[]';
ALTER TABLE towers ADD COLUMN disk_free INTEGER NOT NULL DEFAULT 0;
"""


@step
def m012_extras() -> str:
    """Pictures, LoRAs and frames that an order takes along; jobs from before have none."""
    return """
ALTER TABLE jobs ADD COLUMN extras TEXT NOT NULL DEFAULT '{}';
"""


@step
def m013_cues() -> str:
    """Hands change cues by events. What counts now tells reactions, model, archetype; cues of jobs, what about."""
    return """
CREATE TABLE cue_edits (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    verb TEXT NOT NULL CHECK (verb IN ('add', 'accept', 'mute', 'unmute', 'retire')),
    scope TEXT NOT NULL CHECK (scope IN ('slug', 'archetype', 'model', 'everything')),
    about TEXT NOT NULL,
    phrase TEXT NOT NULL,
    negative TEXT NOT NULL,
    person INTEGER NOT NULL,
    at REAL NOT NULL,
    CHECK ((scope = 'everything') = (about = ''))
) STRICT;
CREATE INDEX cue_edits_about ON cue_edits (scope, about);
ALTER TABLE verdict_now ADD COLUMN model TEXT NOT NULL DEFAULT '';
ALTER TABLE verdict_now ADD COLUMN archetype TEXT;
ALTER TABLE verdict_now ADD COLUMN emojis TEXT NOT NULL DEFAULT '[]';
UPDATE verdict_now SET (model, archetype) = (SELECT model, archetype FROM jobs WHERE id = job),
    emojis = (SELECT json_group_array(emoji) FROM (SELECT DISTINCT emoji FROM marks AS m WHERE m.job = verdict_now.job
              AND m.person = verdict_now.person AND emoji != 'words' ORDER BY emoji));
CREATE INDEX verdict_now_unkept ON verdict_now (at) WHERE verdict != 'keep';
CREATE INDEX verdict_now_unkept_model ON verdict_now (model, at) WHERE verdict != 'keep';
CREATE INDEX verdict_now_unkept_archetype ON verdict_now (archetype, at) WHERE verdict != 'keep';
UPDATE jobs SET cues = replace(cues, '"slug":', '"about":') WHERE cues != '[]';
"""
