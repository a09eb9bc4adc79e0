-- 0001 evidence: sites, evidence, refusals, struck secrets, subjects, fact keys, facts.
CREATE TABLE site (
    id         TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('hospital', 'clinic', 'pharmacy')),
    beds       INTEGER CHECK (beds >= 0),
    created_at INTEGER NOT NULL
) {STRICT};

CREATE TABLE evidence (
    id           INTEGER NOT NULL PRIMARY KEY,
    site         TEXT    NOT NULL REFERENCES site (id),
    name         TEXT    NOT NULL,
    sha256       TEXT    NOT NULL,              -- of what is stored
    original     TEXT    NOT NULL,              -- of what was handed in; differs only if secrets were struck
    size_bytes   INTEGER NOT NULL CHECK (size_bytes >= 0),
    importer     TEXT    NOT NULL,              -- empty: no importer knew the format
    received_at  INTEGER NOT NULL,
    observed_at  INTEGER NOT NULL,
    who          TEXT    NOT NULL,
    accepted     INTEGER NOT NULL,
    unused       INTEGER NOT NULL,
    refused      INTEGER NOT NULL,
    fact_count   INTEGER NOT NULL,
    facts_root   TEXT    NOT NULL,
    ledger_seq   INTEGER NOT NULL
) {STRICT};
CREATE INDEX evidence_by_original ON evidence (site, original);

CREATE TABLE evidence_refusal (
    evidence INTEGER NOT NULL REFERENCES evidence (id),
    position INTEGER NOT NULL,
    locator  TEXT    NOT NULL,
    message  TEXT    NOT NULL,
    detail   TEXT    NOT NULL,
    PRIMARY KEY (evidence, position)
) {STRICT};

CREATE TABLE evidence_struck (
    evidence INTEGER NOT NULL REFERENCES evidence (id),
    position INTEGER NOT NULL,
    what     TEXT    NOT NULL,
    locator  TEXT    NOT NULL,
    PRIMARY KEY (evidence, position)
) {STRICT};

CREATE TABLE fact_subject (
    id    INTEGER NOT NULL PRIMARY KEY,
    site  TEXT    NOT NULL REFERENCES site (id),
    kind  TEXT    NOT NULL,
    ident TEXT    NOT NULL,
    UNIQUE (site, kind, ident)
) {STRICT};

CREATE TABLE fact_key (
    id  INTEGER NOT NULL PRIMARY KEY,
    key TEXT    NOT NULL UNIQUE
) {STRICT};

CREATE TABLE fact (
    subject     INTEGER NOT NULL REFERENCES fact_subject (id),
    key         INTEGER NOT NULL REFERENCES fact_key (id),
    observed_at INTEGER NOT NULL,
    evidence    INTEGER NOT NULL REFERENCES evidence (id),
    value       TEXT    NOT NULL,
    locator     TEXT    NOT NULL,
    grade       INTEGER NOT NULL CHECK (grade BETWEEN 1 AND 3),
    PRIMARY KEY (subject, key, observed_at, evidence)
) {STRICT};
