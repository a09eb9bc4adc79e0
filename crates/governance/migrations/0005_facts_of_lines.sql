-- 0005 facts of lines: the facts that the lists of accounts and vendors show, under their keys; by what other things may name a thing, and
-- what it names itself. Lines are derived data: no data moves, the next assessment of a site writes them anew. Until then its lists say of
-- these facts that they are not known, and its pages name nothing related.
ALTER TABLE subject_line ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';       -- JSON: value by key
ALTER TABLE subject_line ADD COLUMN marks TEXT NOT NULL DEFAULT '';         -- each between line feeds, folded
ALTER TABLE subject_line ADD COLUMN names TEXT NOT NULL DEFAULT '';         -- the same
UPDATE subject_line SET os = '', criticality = '' WHERE kind IN ('account', 'vendor');
