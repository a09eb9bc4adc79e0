-- 0001 office_staff: whom to call, notices with their versions and receipts, voices, and how often an address may send something.
CREATE TABLE staff_contact (
    site        TEXT    NOT NULL PRIMARY KEY REFERENCES site (id),
    contact     TEXT    NOT NULL,                 -- whom to call, one per line; empty: nobody was named yet
    departments TEXT    NOT NULL,                 -- one per line; empty: the usual ones
    changed_by  TEXT    NOT NULL,
    changed_at  INTEGER NOT NULL
) {STRICT};

CREATE TABLE notice (
    id           INTEGER NOT NULL PRIMARY KEY,
    site         TEXT    NOT NULL REFERENCES site (id),
    withdrawn_by TEXT    NOT NULL,                -- empty: it was not
    withdrawn_at INTEGER,
    CHECK ((withdrawn_by = '') = (withdrawn_at IS NULL))
) {STRICT};
CREATE INDEX notice_by_site ON notice (site);

CREATE TABLE notice_version (
    notice     INTEGER NOT NULL REFERENCES notice (id),
    number     INTEGER NOT NULL CHECK (number >= 1),
    title      TEXT    NOT NULL CHECK (title <> ''),
    body       TEXT    NOT NULL CHECK (body <> ''),
    audience   TEXT    NOT NULL CHECK (audience IN ('all', 'staff', 'vendors')),
    starts_on  TEXT    NOT NULL,
    ends_on    TEXT    NOT NULL,                  -- last day
    written_by TEXT    NOT NULL,
    written_at INTEGER NOT NULL,
    PRIMARY KEY (notice, number)
) {STRICT};

-- A person with an account who said that they have read one version.
CREATE TABLE notice_receipt (
    notice  INTEGER NOT NULL REFERENCES notice (id),
    version INTEGER NOT NULL,
    account INTEGER NOT NULL REFERENCES account (id),
    read_at INTEGER NOT NULL,
    PRIMARY KEY (notice, version, account)
) {STRICT};

-- People without an account: how many of a department said so, nobody by name.
CREATE TABLE notice_department (
    notice     INTEGER NOT NULL REFERENCES notice (id),
    version    INTEGER NOT NULL,
    department TEXT    NOT NULL,
    people     INTEGER NOT NULL CHECK (people >= 1),
    PRIMARY KEY (notice, version, department)
) {STRICT};

CREATE TABLE voice (
    id           INTEGER NOT NULL PRIMARY KEY,
    site         TEXT    NOT NULL REFERENCES site (id),
    receipt_hash TEXT    NOT NULL UNIQUE,
    origin       TEXT    NOT NULL CHECK (origin IN ('staff', 'vendor')),
    account      INTEGER,                         -- of a vendor; staff need none
    department   TEXT    NOT NULL,                -- or the company
    body         TEXT    NOT NULL CHECK (body <> ''),
    sender_name  TEXT    NOT NULL,
    sender_phone TEXT    NOT NULL,
    made_at      INTEGER NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('new', 'answered', 'closed')),
    answer       TEXT    NOT NULL,
    answered_by  TEXT    NOT NULL,
    answered_at  INTEGER,
    CHECK ((state = 'new') = (answered_at IS NULL))
) {STRICT};
CREATE INDEX voice_by_site ON voice (site, state, made_at);

-- What an address has sent lately, by a hash; rows older than an hour are thrown away.
CREATE TABLE staff_throttle (
    source TEXT    NOT NULL,
    kind   TEXT    NOT NULL,
    at     INTEGER NOT NULL
) {STRICT};
CREATE INDEX staff_throttle_by_source ON staff_throttle (source, kind, at);
