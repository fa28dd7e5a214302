"""The schema's steps that came with asking in more ways: pictures from pictures, groups, threads, presets, limits."""

from bot.ledger.steps import STEPS as STEPS
from bot.ledger.steps import step


@step
def m014_more_ways_to_ask() -> str:
    """A job tells from which picture it comes, in which style, and which cell of a comparison it is.

    An ask tells what kind of group its jobs are, and how its pictures are to be posted. A picture that was deleted
    keeps its row, so that verdicts and receipts stay whole; its file is gone. While its file or its message may still
    stand, its job is `leaving`.
    """
    return """
ALTER TABLE asks ADD COLUMN kind TEXT NOT NULL DEFAULT '' CHECK (kind IN ('', 'prompts', 'compare', 'grid'));
ALTER TABLE asks ADD COLUMN spoiler INTEGER NOT NULL DEFAULT 0 CHECK (spoiler IN (0, 1));
ALTER TABLE asks ADD COLUMN ping INTEGER NOT NULL DEFAULT 0 CHECK (ping IN (0, 1));
ALTER TABLE jobs ADD COLUMN parent TEXT;
ALTER TABLE jobs ADD COLUMN style TEXT;
ALTER TABLE jobs ADD COLUMN style_negative TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN label TEXT NOT NULL DEFAULT '';
CREATE INDEX jobs_of_asker ON jobs (asker, created_at);
CREATE INDEX jobs_of_slug ON jobs (slug, id);
ALTER TABLE pictures ADD COLUMN media TEXT NOT NULL DEFAULT 'image/png';
ALTER TABLE pictures ADD COLUMN poster TEXT;
ALTER TABLE pictures ADD COLUMN deleted_at REAL;
ALTER TABLE pictures ADD COLUMN deleted_by INTEGER;
CREATE INDEX pictures_of_file ON pictures (sha256);
CREATE INDEX pictures_of_poster ON pictures (poster) WHERE poster IS NOT NULL;
CREATE INDEX jobs_with_extras ON jobs (id) WHERE extras != '{}';
CREATE TABLE leaving (
    job TEXT PRIMARY KEY REFERENCES pictures (job)
) STRICT;
"""


@step
def m015_sheets() -> str:
    """A group's contact sheet is a notice of its own kind, beside the group's card; a picture can be shown again."""
    return """
CREATE TABLE notices_anew (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('card', 'picture', 'failure', 'cancellation', 'announcement', 'sheet',
        'repost', 'version')),
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
    settled_at REAL,
    CHECK ((state = 'said') = (message IS NOT NULL))
) STRICT;
INSERT INTO notices_anew (id, kind, state, channel, created_at, ask, job, batch, text, first_tried_at, said_at, message,
    settled_at) SELECT id, kind, state, channel, created_at, ask, job, batch, text, first_tried_at, said_at, message,
    settled_at FROM notices;
DROP TABLE notices;
ALTER TABLE notices_anew RENAME TO notices;
CREATE UNIQUE INDEX notices_end_of_job ON notices (job) WHERE job IS NOT NULL AND kind != 'repost';
CREATE INDEX notices_of_job ON notices (job) WHERE job IS NOT NULL;
CREATE UNIQUE INDEX notices_of_ask ON notices (ask, kind) WHERE ask IS NOT NULL;
CREATE UNIQUE INDEX notices_of_batch ON notices (batch, kind) WHERE batch IS NOT NULL AND kind != 'announcement';
CREATE INDEX notices_posted ON notices (said_at) WHERE state = 'said' AND kind IN ('picture', 'repost');
CREATE INDEX notices_unsettled ON notices (id) WHERE kind = 'card' AND state = 'said' AND settled_at IS NULL;
CREATE INDEX notices_unsettled_sheets ON notices (id) WHERE kind = 'sheet' AND state = 'said' AND settled_at IS NULL;
CREATE INDEX notices_due_in ON notices (channel, created_at, id) WHERE state = 'due';
"""


@step
def m016_threads_and_presets() -> str:
    """Where a slug's variations gather and which of its pictures is the current one; what people saved to ask with.

    `current` is the picture that verdicts chose, `shown` the one that the channel shows as such, by `notice`. It is
    empty while nobody knows which one that is.

    Pending asks wait for the person to confirm how many pictures they make.
    """
    return """
CREATE TABLE threads (
    channel INTEGER NOT NULL,
    slug TEXT NOT NULL,
    thread INTEGER,
    current TEXT REFERENCES jobs (id),
    shown TEXT,
    notice TEXT REFERENCES notices (id),
    PRIMARY KEY (channel, slug)
) STRICT;
CREATE UNIQUE INDEX threads_by_id ON threads (thread);
CREATE INDEX threads_to_show ON threads (channel, slug) WHERE current IS NOT shown;
CREATE TABLE presets (
    name TEXT PRIMARY KEY,
    person INTEGER NOT NULL,
    fields TEXT NOT NULL,
    at REAL NOT NULL,
    removed_at REAL
) STRICT;
CREATE TABLE pending (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    person INTEGER NOT NULL,
    manner TEXT NOT NULL,
    asks TEXT NOT NULL,
    at REAL NOT NULL,
    taken_at REAL
) STRICT;
"""


@step
def m017_who_may() -> str:
    """Which roles and channels may do what, and who is shut out; none listed means that everyone may ask and review.

    An entry of the rota keeps how many pictures its owner might ask for in a day: at night nobody's roles are known.
    """
    return """
CREATE TABLE permits (
    what TEXT NOT NULL CHECK (what IN ('ask', 'review', 'administrate')),
    kind TEXT NOT NULL CHECK (kind IN ('role', 'channel')),
    id INTEGER NOT NULL,
    PRIMARY KEY (what, kind, id)
) STRICT;
CREATE TABLE blocked (
    person INTEGER PRIMARY KEY,
    moderator INTEGER NOT NULL,
    why TEXT NOT NULL,
    at REAL NOT NULL
) STRICT;
ALTER TABLE rota ADD COLUMN daily INTEGER NOT NULL DEFAULT 0;
"""


@step
def m018_finding() -> str:
    """What people look for is found by person, model and verdict; how long a picture takes, by those rendered alike.

    A gallery's buttons name a search. Of whom data were deleted is kept: what stood before then never counts again.
    """
    return """
CREATE INDEX jobs_of_person ON jobs (asker, id);
CREATE INDEX jobs_of_model ON jobs (model, id);
CREATE INDEX jobs_rendered ON jobs (model, width, height, steps, ended_at) WHERE state = 'rendered';
CREATE INDEX verdict_now_of_verdict ON verdict_now (verdict, job);
CREATE INDEX verdict_now_of_person ON verdict_now (person, job);
CREATE INDEX verdict_events_of_person ON verdict_events (person, id);
CREATE INDEX marks_of_person ON marks (person, job);
CREATE TABLE searches (
    id TEXT PRIMARY KEY,
    wanted TEXT NOT NULL
) STRICT;
CREATE TABLE erasures (
    person INTEGER PRIMARY KEY,
    asked_at REAL NOT NULL,
    done_at REAL
) STRICT;
CREATE INDEX erasures_open ON erasures (asked_at) WHERE done_at IS NULL;
CREATE TABLE loads (
    id INTEGER PRIMARY KEY,
    tower TEXT NOT NULL,
    model TEXT NOT NULL,
    seconds REAL NOT NULL
) STRICT;
CREATE INDEX loads_of_model ON loads (tower, model, id);
CREATE INDEX notices_versions ON notices (channel, text) WHERE kind = 'version';
"""
