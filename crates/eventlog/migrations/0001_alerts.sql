-- 0001 event logs: what was searched, and what was found: one alert for each rule and computer, with the events behind it.
CREATE TABLE log_search (
    evidence    INTEGER NOT NULL PRIMARY KEY REFERENCES evidence (id),
    site        TEXT    NOT NULL REFERENCES site (id),
    rules       INTEGER NOT NULL CHECK (rules >= 0),      -- rules in force
    events      INTEGER NOT NULL CHECK (events >= 0),
    lost        INTEGER NOT NULL CHECK (lost >= 0),       -- places that could not be read
    searched_at INTEGER NOT NULL
) {STRICT};
CREATE INDEX log_search_by_site ON log_search (site);

CREATE TABLE alert (
    id          INTEGER NOT NULL PRIMARY KEY,
    site        TEXT    NOT NULL REFERENCES site (id),
    rule        TEXT    NOT NULL CHECK (rule <> ''),      -- id of the rule
    computer    TEXT    NOT NULL,                         -- as the events spell it, lower case; empty: they do not say
    level       TEXT    NOT NULL CHECK (level IN ('informational', 'low', 'medium', 'high', 'critical')),
    hits        INTEGER NOT NULL CHECK (hits > 0),
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('open', 'harmless', 'incident')),
    quiet_until TEXT    NOT NULL,                         -- last day on which new events of a harmless alert stay quiet; else empty
    note        TEXT    NOT NULL,                         -- why it is harmless, or to whom it was handed over
    owner       TEXT    NOT NULL,                         -- who looks into it; empty: nobody yet
    due_on      TEXT    NOT NULL,                         -- empty: no day was set
    changed_by  TEXT    NOT NULL,
    changed_at  INTEGER NOT NULL,
    UNIQUE (site, rule, computer)
) {STRICT};
CREATE INDEX alert_by_state ON alert (site, state, level);

CREATE TABLE alert_event (
    alert     INTEGER NOT NULL REFERENCES alert (id),
    evidence  INTEGER NOT NULL REFERENCES evidence (id),
    position  INTEGER NOT NULL,                           -- byte offset of the record
    at        INTEGER NOT NULL,
    what      TEXT    NOT NULL,                           -- channel and number of the event
    details   TEXT    NOT NULL,                           -- JSON list of [name, value]
    PRIMARY KEY (alert, evidence, position)
) {STRICT};
