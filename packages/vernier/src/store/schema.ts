/**
 * The tables. Truth is `events`; everything else is projected from it in the same transaction.
 *
 * Ids are composed: event id = study * 2^32 + revision, trial id = study * 2^32 + number. So each table is one B-tree in the
 * order it is read, "everything since r" and "the last one" are single seeks, and no table needs a second index for its study.
 */

/** "VRNR": how a file says that it is ours. */
export const APPLICATION_ID = 0x56_52_4e_52;

/** Of the ids; 2^21 studies of 2^32 events fit in a safe integer. */
export const SPAN = 2 ** 32;

/**
 * Migrations by number: entry i takes a database of version i to version i + 1. Released entries never change; append.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE studies (
    -- AUTOINCREMENT so that a purged study's id is never given to another.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    spec TEXT NOT NULL,
    created_at REAL NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    -- By the machine's clock: artifacts written after it are not this study's.
    deleted_wall REAL,
    attrs TEXT,
    tags TEXT,
    note TEXT
  );

  CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    body TEXT NOT NULL
  );

  CREATE TABLE trials (
    id INTEGER PRIMARY KEY,
    study INTEGER NOT NULL,
    number INTEGER NOT NULL,
    -- The codes of STATE: 1 waiting, 2 running, 3 paused, 4 complete, 5 pruned, 6 failed.
    state INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    retries INTEGER NOT NULL,
    basis,
    sampler TEXT,
    why TEXT,
    until REAL,
    bracket INTEGER,
    queued_at REAL NOT NULL,
    started_at REAL,
    finished_at REAL,
    -- Revision of the event that finished it: the order of finishing.
    finished INTEGER,
    -- The lease: who runs it, and until when (NULL: for ever).
    owner TEXT,
    expires REAL,
    -- The configuration's key, where its suggestion had one.
    key TEXT,
    params TEXT,
    metrics TEXT,
    last TEXT,
    -- What most trials have not: fixed, ranked, error, parent, checkpoint, artifacts, attrs, tags, note.
    rest TEXT
  );
  CREATE INDEX trials_state ON trials (study, state, number) WHERE deleted = 0;
  CREATE INDEX trials_lease ON trials (study, expires) WHERE expires IS NOT NULL;
  CREATE INDEX trials_key ON trials (study, key) WHERE key IS NOT NULL;

  -- Visible reports only; the hidden ones are in the log.
  CREATE TABLE reports (
    trial INTEGER NOT NULL,
    step REAL NOT NULL,
    attempt INTEGER NOT NULL,
    metrics TEXT NOT NULL,
    PRIMARY KEY (trial, step)
  ) WITHOUT ROWID;

  -- Which events are a trial's log lines.
  CREATE TABLE logs (
    trial INTEGER NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY (trial, event)
  ) WITHOUT ROWID;

  -- Which artifacts and checkpoints a study refers to.
  CREATE TABLE refs (
    hash TEXT NOT NULL,
    study INTEGER NOT NULL,
    PRIMARY KEY (hash, study)
  ) WITHOUT ROWID;
  `,
];

/** The version this release writes. */
export const VERSION = MIGRATIONS.length;
