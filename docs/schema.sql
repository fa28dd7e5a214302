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
    closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)), digest TEXT NOT NULL DEFAULT '', thread INTEGER, paused_at REAL, cancelled_at REAL,
    CHECK ((entry IS NULL) = (slot IS NULL)),
    UNIQUE (entry, slot)
) STRICT;

CREATE INDEX batches_to_close ON batches (created_at) WHERE entry IS NOT NULL AND closed = 0;

CREATE TABLE asks (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    batch TEXT REFERENCES batches (id),
    created_at REAL NOT NULL
, kind TEXT NOT NULL DEFAULT '' CHECK (kind IN ('', 'prompts', 'compare', 'grid')), spoiler INTEGER NOT NULL DEFAULT 0 CHECK (spoiler IN (0, 1)), ping INTEGER NOT NULL DEFAULT 0 CHECK (ping IN (0, 1))) STRICT;

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
    error_facts TEXT NOT NULL, extras TEXT NOT NULL DEFAULT '{}', parent TEXT, style TEXT, style_negative TEXT NOT NULL DEFAULT '', label TEXT NOT NULL DEFAULT '', route TEXT NOT NULL DEFAULT '', retries INTEGER NOT NULL DEFAULT 0, retried_at REAL, again TEXT,
    CHECK ((state IN ('rendered', 'failed', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK (state != 'rendering' OR (tower IS NOT NULL AND boot IS NOT NULL)),
    UNIQUE (ask, "index"),
    UNIQUE (batch, slug, "index")
) STRICT;

CREATE INDEX jobs_open ON jobs (created_at, id) WHERE state IN ('queued', 'rendering');

CREATE INDEX jobs_open_of_batch ON jobs (batch) WHERE state IN ('queued', 'rendering');

CREATE TABLE pictures (
    job TEXT PRIMARY KEY REFERENCES jobs (id),
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    receipt TEXT NOT NULL,
    seconds REAL NOT NULL,
    peak INTEGER NOT NULL,
    joules REAL,
    created_at REAL NOT NULL
, media TEXT NOT NULL DEFAULT 'image/png', poster TEXT, deleted_at REAL, deleted_by INTEGER) STRICT;

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

CREATE TABLE verdict_now (
    job TEXT NOT NULL REFERENCES jobs (id),
    person INTEGER NOT NULL,
    slug TEXT NOT NULL,
    message INTEGER NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('keep', 'reject', 'reroll')),
    words TEXT NOT NULL,
    at REAL NOT NULL, model TEXT NOT NULL DEFAULT '', archetype TEXT, emojis TEXT NOT NULL DEFAULT '[]', style TEXT,
    PRIMARY KEY (job, person)
) STRICT;

CREATE INDEX verdict_now_of_slug ON verdict_now (slug, at);

CREATE TABLE towers (
    name TEXT PRIMARY KEY,
    boot TEXT NOT NULL,
    agent TEXT NOT NULL,
    shelf_digest TEXT NOT NULL,
    shelf TEXT NOT NULL,
    seen_at REAL NOT NULL
, gpus TEXT NOT NULL DEFAULT '[]', disk_free INTEGER NOT NULL DEFAULT 0) STRICT;

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
, daily INTEGER NOT NULL DEFAULT 0, kind TEXT NOT NULL DEFAULT 'batch'
    CHECK (kind IN ('batch', 'window', 'digest', 'reminder', 'report')), since REAL NOT NULL DEFAULT 0, due_at REAL, lead REAL NOT NULL DEFAULT 0, grace REAL, scope TEXT NOT NULL DEFAULT ''
    CHECK (scope IN ('', 'my-batches', 'mine', 'batches', 'everything')), until TEXT NOT NULL DEFAULT '', paused_at REAL, wanted_at REAL, open INTEGER NOT NULL DEFAULT 0 CHECK (open IN (0, 1)), opened_at REAL, closes_at REAL) STRICT;

CREATE TABLE remembered (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE INDEX verdict_now_unkept ON verdict_now (at) WHERE verdict != 'keep';

CREATE INDEX verdict_now_unkept_model ON verdict_now (model, at) WHERE verdict != 'keep';

CREATE INDEX verdict_now_unkept_archetype ON verdict_now (archetype, at) WHERE verdict != 'keep';

CREATE INDEX jobs_of_asker ON jobs (asker, created_at);

CREATE INDEX jobs_of_slug ON jobs (slug, id);

CREATE INDEX pictures_of_file ON pictures (sha256);

CREATE INDEX pictures_of_poster ON pictures (poster) WHERE poster IS NOT NULL;

CREATE INDEX jobs_with_extras ON jobs (id) WHERE extras != '{}';

CREATE TABLE leaving (
    job TEXT PRIMARY KEY REFERENCES pictures (job)
) STRICT;

CREATE TABLE "notices" (
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
    settled_at REAL, person INTEGER,
    CHECK ((state = 'said') = (message IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX notices_end_of_job ON notices (job) WHERE job IS NOT NULL AND kind != 'repost';

CREATE INDEX notices_of_job ON notices (job) WHERE job IS NOT NULL;

CREATE UNIQUE INDEX notices_of_ask ON notices (ask, kind) WHERE ask IS NOT NULL;

CREATE INDEX notices_posted ON notices (said_at) WHERE state = 'said' AND kind IN ('picture', 'repost');

CREATE INDEX notices_unsettled ON notices (id) WHERE kind = 'card' AND state = 'said' AND settled_at IS NULL;

CREATE INDEX notices_unsettled_sheets ON notices (id) WHERE kind = 'sheet' AND state = 'said' AND settled_at IS NULL;

CREATE INDEX notices_due_in ON notices (channel, created_at, id) WHERE state = 'due';

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

CREATE INDEX verdict_now_of_kind ON verdict_now (archetype, model, at) WHERE archetype IS NOT NULL;

CREATE INDEX jobs_compared ON jobs (archetype, id) WHERE archetype IS NOT NULL AND label != '';

CREATE TABLE "cue_edits" (
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

CREATE INDEX cue_edits_about ON cue_edits (scope, about);

CREATE INDEX verdict_now_unkept_style ON verdict_now (style, at) WHERE verdict != 'keep';

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

CREATE UNIQUE INDEX jobs_tried_again ON jobs (again) WHERE again IS NOT NULL;

CREATE INDEX batches_paused ON batches (id) WHERE paused_at IS NOT NULL;

CREATE UNIQUE INDEX batches_of_thread ON batches (thread) WHERE thread IS NOT NULL;

CREATE INDEX batches_by_age ON batches (guild, created_at);

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

CREATE UNIQUE INDEX notices_of_batch ON notices (batch, kind)
    WHERE batch IS NOT NULL AND kind NOT IN ('announcement', 'sheet');

CREATE INDEX notices_with_batch ON notices (batch) WHERE batch IS NOT NULL;

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

CREATE INDEX notices_of_person ON notices (person) WHERE person IS NOT NULL;

CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;

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

