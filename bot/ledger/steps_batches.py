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

    A sheet is known by the first job it shows. The jobs of a round are those of its one ask, and each names in `again`
    the one it is drawn instead of.
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
    number INTEGER NOT NULL CHECK (number > 1),
    UNIQUE (batch, number)
) STRICT;
CREATE INDEX batch_items_of_ask ON batch_items (ask);
DROP INDEX notices_of_batch;
CREATE UNIQUE INDEX notices_of_batch ON notices (batch, kind)
    WHERE batch IS NOT NULL AND kind NOT IN ('announcement', 'sheet');
"""
