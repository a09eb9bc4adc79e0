-- 0001 store: job queue, outbox, ledger, evidence bytes. One text for both databases; see `Migration`.

CREATE TABLE job (
    id          {BIGSERIAL_PK},
    kind        TEXT    NOT NULL CHECK (kind <> ''),
    payload     TEXT    NOT NULL,                 -- JSON
    dedupe_key  TEXT,                             -- at most one waiting or running job per kind and key
    run_at      INTEGER NOT NULL,                 -- UTC seconds; not before
    state       TEXT    NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    attempts    INTEGER NOT NULL CHECK (attempts >= 0),
    lease_owner TEXT,
    lease_until INTEGER,                          -- UTC seconds
    last_error  TEXT,
    created_at  INTEGER NOT NULL,
    finished_at INTEGER,
    CHECK ((state = 'running') = (lease_owner IS NOT NULL)),
    CHECK ((state = 'running') = (lease_until IS NOT NULL)),
    CHECK ((state IN ('done', 'failed')) = (finished_at IS NOT NULL))
) {STRICT};

CREATE INDEX job_waiting ON job (kind, run_at, id) WHERE state IN ('queued', 'running');
CREATE UNIQUE INDEX job_dedupe ON job (kind, dedupe_key) WHERE dedupe_key IS NOT NULL AND state IN ('queued', 'running');

CREATE TABLE outbox (
    id         {BIGSERIAL_PK},
    topic      TEXT    NOT NULL CHECK (topic <> ''),
    body       TEXT    NOT NULL,                  -- JSON
    created_at INTEGER NOT NULL
) {STRICT};

CREATE TABLE ledger_entry (
    seq       INTEGER PRIMARY KEY CHECK (seq >= 0),
    at        INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    canonical TEXT    NOT NULL,                   -- one line of JSON; what is hashed
    leaf      BLOB    NOT NULL
) {STRICT};

CREATE INDEX ledger_entry_kind ON ledger_entry (kind, seq);

CREATE TABLE ledger_node (
    level    INTEGER NOT NULL CHECK (level >= 1), -- 1: over two leaves
    position INTEGER NOT NULL CHECK (position >= 0),
    hash     BLOB    NOT NULL,
    PRIMARY KEY (level, position)
) {STRICT};

CREATE TABLE ledger_checkpoint (
    size INTEGER PRIMARY KEY CHECK (size >= 1),
    note TEXT    NOT NULL,                        -- signed note
    at   INTEGER NOT NULL
) {STRICT};

CREATE TABLE blob (
    hash TEXT    PRIMARY KEY,
    size INTEGER NOT NULL CHECK (size >= 0)
) {STRICT};

CREATE TABLE blob_part (
    hash     TEXT    NOT NULL REFERENCES blob (hash),
    position INTEGER NOT NULL CHECK (position >= 0),
    bytes    BLOB    NOT NULL,
    PRIMARY KEY (hash, position)
) {STRICT};
