-- 0003 lists and turns: indexes in the very order of the lists, who is about to answer an item, why an exception was revoked.
DROP INDEX subject_line_by_name;
DROP INDEX subject_line_by_worst;
DROP INDEX subject_line_by_time;
CREATE INDEX subject_line_by_name ON subject_line (site, kind, name, ident);
CREATE INDEX subject_line_by_worst ON subject_line (site, kind, worst, name, ident);
CREATE INDEX subject_line_by_time ON subject_line (site, kind, observed_at, ident);

CREATE TABLE answer_turn (
    site     TEXT    NOT NULL REFERENCES site (id),
    item     TEXT    NOT NULL,
    seen     INTEGER NOT NULL,                    -- evidence of the answer it takes the place of; 0: none
    who      TEXT    NOT NULL CHECK (who <> ''),
    taken_at INTEGER NOT NULL,
    PRIMARY KEY (site, item)
) {STRICT};

ALTER TABLE exception ADD COLUMN decided_why TEXT NOT NULL DEFAULT '';
