-- 0001 report: reports asked for, those that were made, and their files.
CREATE TABLE report_asked (
    id       INTEGER NOT NULL PRIMARY KEY,
    site     TEXT    NOT NULL REFERENCES site (id),
    job      INTEGER NOT NULL,                    -- the job that makes it
    asked_by TEXT    NOT NULL CHECK (asked_by <> ''),
    asked_at INTEGER NOT NULL
) {STRICT};
CREATE INDEX report_asked_by_site ON report_asked (site, id);

CREATE TABLE report_made (
    id      INTEGER NOT NULL PRIMARY KEY REFERENCES report_asked (id),
    made_at INTEGER NOT NULL,
    remarks TEXT    NOT NULL                      -- JSON list: what could not be made
) {STRICT};

CREATE TABLE report_file (
    report     INTEGER NOT NULL REFERENCES report_made (id),
    name       TEXT    NOT NULL CHECK (name <> ''),
    sha256     TEXT    NOT NULL,
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
    PRIMARY KEY (report, name)
) {STRICT};
