-- 0004 decisions: what waits for the executive's word, and what was said; the remarks of who decided about an exception.
CREATE TABLE decision (
    id         INTEGER NOT NULL PRIMARY KEY,
    site       TEXT    NOT NULL REFERENCES site (id),
    class      TEXT    NOT NULL CHECK (class IN ('stop_service', 'ransom_policy', 'publish', 'resume', 'accept_high_risk')),
    question   TEXT    NOT NULL CHECK (question <> ''),
    reason     TEXT    NOT NULL CHECK (reason <> ''),
    options    TEXT    NOT NULL,                  -- JSON list of texts; empty: yes or no
    due_on     TEXT    NOT NULL,
    asked_by   TEXT    NOT NULL CHECK (asked_by <> ''),
    asked_at   INTEGER NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('waiting', 'approved', 'refused')),
    choice     TEXT    NOT NULL,                  -- one of the options; empty if there were none or it was refused
    remark     TEXT    NOT NULL,                  -- reason of who decided
    decided_by TEXT    NOT NULL,
    deputy_for TEXT    NOT NULL,                  -- in whose place; empty: in person
    decided_at INTEGER,
    CHECK ((state = 'waiting') = (decided_at IS NULL)),
    CHECK (state = 'waiting' OR decided_by <> asked_by)
) {STRICT};
CREATE INDEX decision_by_site ON decision (site, state);

CREATE TABLE exception_ruling (
    exception  INTEGER NOT NULL PRIMARY KEY REFERENCES exception (id),
    outcome    TEXT    NOT NULL CHECK (outcome IN ('approved', 'refused')),
    remark     TEXT    NOT NULL,
    deputy_for TEXT    NOT NULL
) {STRICT};
