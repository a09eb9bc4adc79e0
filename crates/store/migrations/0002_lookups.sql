-- 0002 lookups: what pages count and list without reading every entry and every job: entries of a kind since a moment, jobs given up.
CREATE INDEX ledger_entry_kind_at ON ledger_entry (kind, at);
CREATE INDEX job_failed ON job (finished_at) WHERE state = 'failed';
