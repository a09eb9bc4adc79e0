-- 0002 snapshot: what the last assessment said, ready to be shown. Written anew by every assessment; nothing here is a source.
CREATE TABLE snapshot_part (
    site TEXT NOT NULL REFERENCES site (id),
    lang TEXT NOT NULL CHECK (lang IN ('ja', 'en')),
    part TEXT NOT NULL CHECK (part <> ''),        -- head, asks, findings, checklist/ID, item/ID/ITEM, check/ID, tasks
    body TEXT NOT NULL,                           -- JSON
    PRIMARY KEY (site, lang, part)
) {STRICT};

CREATE TABLE subject_line (
    site        TEXT    NOT NULL REFERENCES site (id),
    kind        TEXT    NOT NULL,
    ident       TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    class       TEXT    NOT NULL,
    place       TEXT    NOT NULL,
    owner       TEXT    NOT NULL,
    address     TEXT    NOT NULL,
    os          TEXT    NOT NULL,
    criticality TEXT    NOT NULL,
    in_ledger   INTEGER NOT NULL CHECK (in_ledger IN (0, 1, 2)),   -- 2: not known
    observed_at INTEGER NOT NULL,                 -- newest observation
    fact_count  INTEGER NOT NULL,
    worst       INTEGER NOT NULL CHECK (worst BETWEEN 0 AND 4),    -- 0 critical … 3 low, 4 nothing found
    findings    INTEGER NOT NULL,
    failing     TEXT    NOT NULL,                 -- ids of checks, each between blanks
    aliases     TEXT    NOT NULL,                 -- JSON list: other names of the same thing
    conclusions TEXT    NOT NULL,                 -- JSON list: what was concluded from facts
    folded      TEXT    NOT NULL,                 -- for searching
    PRIMARY KEY (site, kind, ident)
) {STRICT};
CREATE INDEX subject_line_by_name ON subject_line (site, kind, name);
CREATE INDEX subject_line_by_worst ON subject_line (site, kind, worst, name);
CREATE INDEX subject_line_by_time ON subject_line (site, kind, observed_at);
