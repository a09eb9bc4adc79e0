-- 0002 people: sign-ins on their way (password shown, second factor not yet), who changed an account last, settings of a site.
CREATE TABLE sign_in_step (
    token_hash  TEXT    NOT NULL PRIMARY KEY,
    account     INTEGER NOT NULL REFERENCES account (id),
    stage       TEXT    NOT NULL CHECK (stage IN ('code', 'enrol')),
    totp_secret TEXT    NOT NULL,                 -- the secret offered; empty while a code of the present one is asked for
    next        TEXT    NOT NULL,                 -- where to go afterwards; a path of ours
    expires_at  INTEGER NOT NULL
) {STRICT};

CREATE TABLE account_change (
    account INTEGER NOT NULL PRIMARY KEY REFERENCES account (id),
    version INTEGER NOT NULL,                     -- counts the changes, so that two who change at once are told
    who     TEXT    NOT NULL,
    at      INTEGER NOT NULL
) {STRICT};

CREATE TABLE site_setting (
    site  TEXT NOT NULL,
    key   TEXT NOT NULL CHECK (key <> ''),
    value TEXT NOT NULL,
    PRIMARY KEY (site, key)
) {STRICT};

CREATE INDEX failed_attempt_by_source ON failed_attempt (source, at);
CREATE INDEX failed_attempt_by_time ON failed_attempt (at);
CREATE INDEX membership_by_site ON membership (site, role);
