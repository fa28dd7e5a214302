"""The schema's steps that came with batches as a way of working: their files, threads and pauses."""

from bot.ledger.steps import step
from bot.ledger.steps_learning import STEPS as STEPS


@step
def m023_files_of_batches() -> str:
    """A batch keeps the file it was made of, what each item said and its own thread, and can be paused.

    `digest` is the sha256 of the file's bytes, of an item that of what it asks for: whoever sends a file again is
    offered what changed. The thread has the id of the message it begins under.
    """
    return """
ALTER TABLE batches ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE batches ADD COLUMN thread INTEGER;
ALTER TABLE batches ADD COLUMN paused_at REAL;
CREATE INDEX batches_of_name ON batches (channel, name, created_at);
CREATE TABLE batch_files (
    digest TEXT PRIMARY KEY,
    text TEXT NOT NULL
) STRICT;
CREATE TABLE batch_items (
    batch TEXT NOT NULL REFERENCES batches (id),
    number INTEGER NOT NULL CHECK (number > 0),
    slug TEXT NOT NULL,
    digest TEXT NOT NULL,
    cluster TEXT,
    ask TEXT NOT NULL REFERENCES asks (id),
    PRIMARY KEY (batch, number)
) STRICT;
"""


@step
def m024_while_a_batch_renders() -> str:
    """A failure that may pass is not the end: the job waits again, and tells how often and since when.

    A batch whose rest was cancelled has no more such tries. Once it has ended, its failed jobs can be tried again by
    new ones, each of which names in `again` the one that it replaces.
    """
    return """
ALTER TABLE jobs ADD COLUMN retries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN retried_at REAL;
ALTER TABLE jobs ADD COLUMN again TEXT;
ALTER TABLE batches ADD COLUMN cancelled_at REAL;
CREATE UNIQUE INDEX jobs_tried_again ON jobs (again) WHERE again IS NOT NULL;
CREATE INDEX batches_paused ON batches (id) WHERE paused_at IS NOT NULL;
CREATE UNIQUE INDEX batches_of_thread ON batches (thread) WHERE thread IS NOT NULL;
CREATE INDEX batches_by_age ON batches (guild, created_at);
"""


@step
def m025_reviewing_a_batch() -> str:
    """A batch has a contact sheet for each page of its pictures and for each cluster, and its rejects go new rounds.

    A sheet is known by the first job it shows. Each ask of a round has one job, which names in `again` the one that it
    is drawn instead of.
    """
    return """
CREATE TABLE batch_sheets (
    batch TEXT NOT NULL REFERENCES batches (id),
    cluster INTEGER NOT NULL CHECK (cluster IN (0, 1)),
    first TEXT NOT NULL REFERENCES jobs (id),
    notice TEXT NOT NULL UNIQUE REFERENCES notices (id),
    PRIMARY KEY (batch, cluster, first)
) STRICT;
CREATE TABLE batch_rounds (
    ask TEXT PRIMARY KEY REFERENCES asks (id),
    batch TEXT NOT NULL REFERENCES batches (id),
    number INTEGER NOT NULL CHECK (number > 1)
) STRICT;
CREATE INDEX batch_rounds_of_batch ON batch_rounds (batch, number);
CREATE INDEX batch_items_of_ask ON batch_items (ask);
DROP INDEX notices_of_batch;
CREATE UNIQUE INDEX notices_of_batch ON notices (batch, kind)
    WHERE batch IS NOT NULL AND kind NOT IN ('announcement', 'sheet');
CREATE INDEX notices_with_batch ON notices (batch) WHERE batch IS NOT NULL;
"""


_KINDS_OF_THE_ROTA = """
ALTER TABLE rota ADD COLUMN kind TEXT NOT NULL DEFAULT 'batch'
    CHECK (kind IN ('batch', 'window', 'digest', 'reminder', 'report'));
ALTER TABLE rota ADD COLUMN since REAL NOT NULL DEFAULT 0;
ALTER TABLE rota ADD COLUMN due_at REAL;
ALTER TABLE rota ADD COLUMN lead REAL NOT NULL DEFAULT 0;
ALTER TABLE rota ADD COLUMN grace REAL;
ALTER TABLE rota ADD COLUMN scope TEXT NOT NULL DEFAULT ''
    CHECK (scope IN ('', 'my-batches', 'mine', 'batches', 'everything'));
ALTER TABLE rota ADD COLUMN until TEXT NOT NULL DEFAULT '';
ALTER TABLE rota ADD COLUMN paused_at REAL;
ALTER TABLE rota ADD COLUMN wanted_at REAL;
ALTER TABLE rota ADD COLUMN open INTEGER NOT NULL DEFAULT 0 CHECK (open IN (0, 1));
ALTER TABLE rota ADD COLUMN opened_at REAL;
ALTER TABLE rota ADD COLUMN closes_at REAL;
UPDATE rota SET since = created_at, due_at = next_at;
DROP INDEX rota_next;
CREATE INDEX rota_due ON rota (due_at) WHERE paused_at IS NULL;
CREATE INDEX rota_wanted ON rota (wanted_at) WHERE wanted_at IS NOT NULL;
CREATE INDEX rota_opened ON rota (opened_at) WHERE opened_at IS NOT NULL;
CREATE INDEX rota_windows ON rota (scope, asker) WHERE kind = 'window' AND paused_at IS NULL;
CREATE TABLE rota_slots (
    entry TEXT NOT NULL REFERENCES rota (id) ON DELETE CASCADE,
    at REAL NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('served', 'late', 'missed', 'refused', 'nothing')),
    told_at REAL NOT NULL,
    PRIMARY KEY (entry, at)
) STRICT;
CREATE TABLE rota_drafts (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    person INTEGER NOT NULL,
    entry TEXT NOT NULL,
    at REAL NOT NULL,
    taken_at REAL
) STRICT;
CREATE TABLE enclosures (
    notice TEXT PRIMARY KEY REFERENCES notices (id),
    kind TEXT NOT NULL CHECK (kind IN ('best', 'chart')),
    facts TEXT NOT NULL,
    drawn TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX enclosures_to_draw ON enclosures (notice) WHERE drawn = '';
ALTER TABLE notices ADD COLUMN person INTEGER;
CREATE INDEX notices_of_person ON notices (person) WHERE person IS NOT NULL;
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;
"""


@step
def m026_kinds_of_the_rota() -> str:
    """An entry of the rota is of a kind, can be paused, announced ahead and wanted at once; a window opens and closes.

    `due_at` is when it has to be looked at: its next moment, or before that, when the moment is to be announced. Each
    moment that was served or missed is kept, so that it does not come again when the clock is set back. What is to be
    scheduled waits as a draft until the person has seen when that will be. An announcement can enclose a picture that
    is drawn when it is said; `drawn` is what it shows, and it is drawn anew when that is empty. `notices.person` is
    whose entry an announcement is about.
    """
    return _KINDS_OF_THE_ROTA


@step
def m027_waiting_batches() -> str:
    """A file waits for its sender to say whether all of it is meant, or what changed since it was sent before.

    `beside` are the pictures that came along, by name, `changed` the places of what changed. What a slug was asked
    for last is found by its items.
    """
    return """
CREATE TABLE waiting_batches (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    person INTEGER NOT NULL,
    guild INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    beside TEXT NOT NULL,
    changed TEXT NOT NULL,
    at REAL NOT NULL,
    taken_at REAL
) STRICT;
CREATE INDEX batch_items_of_slug ON batch_items (slug);
"""


@step
def m028_found_files() -> str:
    """What was found in a watched folder is dealt with once, by its content and that of the pictures it names.

    What is offered keeps its text and those pictures, for whoever presses the notice's button.
    """
    return """
CREATE TABLE found_files (
    id TEXT PRIMARY KEY,
    channel INTEGER NOT NULL,
    digest TEXT NOT NULL,
    name TEXT NOT NULL,
    person INTEGER NOT NULL,
    at REAL NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('taken', 'offered', 'refused')),
    text TEXT NOT NULL DEFAULT '',
    beside TEXT NOT NULL DEFAULT '{}',
    notice TEXT REFERENCES notices (id),
    UNIQUE (channel, digest)
) STRICT;
CREATE UNIQUE INDEX found_files_of_notice ON found_files (notice) WHERE notice IS NOT NULL;
CREATE INDEX found_files_kept ON found_files (at) WHERE text != '' OR beside != '{}';
"""
