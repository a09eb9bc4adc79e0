-- 0001 office_import: what was handed in together, and what became of each file.
CREATE TABLE import_batch (
    id           INTEGER NOT NULL PRIMARY KEY,
    site         TEXT    NOT NULL REFERENCES site (id),
    who          TEXT    NOT NULL,
    started_at   INTEGER NOT NULL,
    heartbeat_at INTEGER NOT NULL,              -- while files are received; an old one means that the node went away
    finished_at  INTEGER,
    files        INTEGER NOT NULL CHECK (files >= 0),
    trouble      TEXT    NOT NULL,              -- message id of what stopped it; empty: nothing
    verdicts     TEXT    NOT NULL               -- JSON: the verdict of every item before
) {STRICT};
CREATE INDEX import_batch_by_site ON import_batch (site, id);

CREATE TABLE import_item (
    batch       INTEGER NOT NULL REFERENCES import_batch (id),
    position    INTEGER NOT NULL CHECK (position >= 1),
    name        TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('applied', 'known', 'unrecognised', 'unreadable', 'previewed', 'refused')),
    importer    TEXT    NOT NULL,
    evidence    INTEGER REFERENCES evidence (id),
    sha256      TEXT    NOT NULL,               -- of the bytes without secrets; empty if nothing was kept
    original    TEXT    NOT NULL,               -- of the bytes handed in; empty if they were not read
    received_at INTEGER NOT NULL,
    modified_at INTEGER,
    accepted    INTEGER NOT NULL,
    facts       INTEGER NOT NULL,
    refused     INTEGER NOT NULL,
    refusals    TEXT    NOT NULL,               -- JSON: the first of them
    struck      TEXT    NOT NULL,               -- JSON
    preview     TEXT    NOT NULL,               -- JSON: numbers, and the first differences of each sort; empty if there is none
    differences TEXT    NOT NULL,               -- JSON: all of them
    decision    TEXT    NOT NULL CHECK (decision IN ('', 'applied', 'discarded')),
    decided_by  TEXT    NOT NULL,
    decided_at  INTEGER,
    CHECK ((decision = '') = (decided_at IS NULL)),
    CHECK (decision = '' OR state = 'previewed'),
    PRIMARY KEY (batch, position)
) {STRICT};
