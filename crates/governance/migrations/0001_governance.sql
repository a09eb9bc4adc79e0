-- 0001 governance: exceptions with their compensating controls, tasks.
CREATE TABLE exception (
    id           INTEGER NOT NULL PRIMARY KEY,
    site         TEXT    NOT NULL REFERENCES site (id),
    check_id     TEXT    NOT NULL,
    subject      TEXT    NOT NULL,                -- empty: the whole check
    reason       TEXT    NOT NULL CHECK (reason <> ''),
    requested_by TEXT    NOT NULL CHECK (requested_by <> ''),
    requested_at INTEGER NOT NULL,
    expires_on   TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('requested', 'approved', 'revoked')),
    decided_by   TEXT    NOT NULL,
    decided_at   INTEGER,
    CHECK (state <> 'approved' OR decided_by <> requested_by)
) {STRICT};
CREATE INDEX exception_by_site ON exception (site, check_id);

CREATE TABLE exception_control (
    exception INTEGER NOT NULL REFERENCES exception (id),
    position  INTEGER NOT NULL,
    control   TEXT    NOT NULL CHECK (control <> ''),
    evidence  INTEGER NOT NULL REFERENCES evidence (id),
    PRIMARY KEY (exception, position)
) {STRICT};

CREATE TABLE task (
    id        INTEGER NOT NULL PRIMARY KEY,
    site      TEXT    NOT NULL REFERENCES site (id),
    key       TEXT    NOT NULL,                   -- fix:CHECK, ask:CHECK, show:ITEM
    severity  TEXT    NOT NULL,
    owner     TEXT    NOT NULL,
    due_on    TEXT    NOT NULL,                   -- empty: none
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    closed_by INTEGER NOT NULL                    -- newest evidence when it was closed; 0 while open
) {STRICT};
CREATE INDEX task_by_site ON task (site, key);
