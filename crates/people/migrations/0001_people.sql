-- 0001 people: accounts, memberships, deputies, credentials, sessions, one-time links, known devices, failed attempts, API tokens.
CREATE TABLE account (
    id            INTEGER NOT NULL PRIMARY KEY,
    login         TEXT    NOT NULL UNIQUE CHECK (login <> ''),
    name          TEXT    NOT NULL CHECK (name <> ''),
    department    TEXT    NOT NULL,
    vendor        TEXT    NOT NULL,               -- the company, for accounts of vendors; empty for others
    lang          TEXT    NOT NULL CHECK (lang IN ('ja', 'en')),
    enabled       INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    created_at    INTEGER NOT NULL,
    first_seen_at INTEGER,                        -- first sign-in
    last_seen_at  INTEGER
) {STRICT};

CREATE TABLE membership (
    account    INTEGER NOT NULL REFERENCES account (id),
    site       TEXT    NOT NULL,                  -- '*': every site of the installation (administrators of it, group operators)
    role       TEXT    NOT NULL CHECK (role IN ('executive', 'administrator', 'staff', 'vendor', 'auditor', 'group_operator')),
    granted_by TEXT    NOT NULL,
    granted_at INTEGER NOT NULL,
    PRIMARY KEY (account, site, role)
) {STRICT};

CREATE TABLE deputy (
    id           INTEGER NOT NULL PRIMARY KEY,
    account      INTEGER NOT NULL REFERENCES account (id),
    site         TEXT    NOT NULL,
    role         TEXT    NOT NULL CHECK (role IN ('executive', 'administrator')),
    starts_on    TEXT    NOT NULL,
    ends_on      TEXT    NOT NULL,                -- last day
    appointed_by TEXT    NOT NULL,
    appointed_at INTEGER NOT NULL,
    reason       TEXT    NOT NULL,
    revoked_at   INTEGER
) {STRICT};

CREATE TABLE credential (
    account       INTEGER NOT NULL PRIMARY KEY REFERENCES account (id),
    password_hash TEXT    NOT NULL,               -- argon2id, PHC string; empty: none yet
    totp_secret   TEXT    NOT NULL,               -- base32; empty: none yet
    totp_last     INTEGER NOT NULL,               -- last time step accepted: a code counts once
    changed_at    INTEGER NOT NULL
) {STRICT};

CREATE TABLE recovery_code (
    account INTEGER NOT NULL REFERENCES account (id),
    hash    TEXT    NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (account, hash)
) {STRICT};

CREATE TABLE session (
    id           INTEGER NOT NULL PRIMARY KEY,
    token_hash   TEXT    NOT NULL UNIQUE,
    account      INTEGER NOT NULL REFERENCES account (id),
    csrf         TEXT    NOT NULL,
    device       TEXT    NOT NULL,                -- what the browser calls itself, shortened
    address      TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    seen_at      INTEGER NOT NULL,
    proved_at    INTEGER NOT NULL,                -- last time the second factor was shown
    ended_at     INTEGER
) {STRICT};
CREATE INDEX session_by_account ON session (account, ended_at);

CREATE TABLE link (
    token_hash TEXT    NOT NULL PRIMARY KEY,
    purpose    TEXT    NOT NULL CHECK (purpose IN ('invite', 'reset', 'demo')),
    account    INTEGER NOT NULL REFERENCES account (id),
    made_by    TEXT    NOT NULL,
    made_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) {STRICT};

CREATE TABLE known_device (
    token_hash TEXT    NOT NULL PRIMARY KEY,
    account    INTEGER NOT NULL REFERENCES account (id),
    since      INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) {STRICT};

CREATE TABLE failed_attempt (
    id     INTEGER NOT NULL PRIMARY KEY,
    login  TEXT    NOT NULL,
    source TEXT    NOT NULL,                      -- known device or network address
    at     INTEGER NOT NULL
) {STRICT};
CREATE INDEX failed_attempt_by_login ON failed_attempt (login, source, at);

CREATE TABLE api_token (
    id         INTEGER NOT NULL PRIMARY KEY,
    token_hash TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL CHECK (name <> ''),
    account    INTEGER NOT NULL REFERENCES account (id),
    site       TEXT    NOT NULL,
    scope      TEXT    NOT NULL CHECK (scope IN ('read', 'write')),
    made_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    revoked_at INTEGER
) {STRICT};
