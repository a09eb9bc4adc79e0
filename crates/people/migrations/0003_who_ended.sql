-- 0003 people: who revoked a deputyship or a token, so that the slower of two is told who was faster. Empty: before this was kept.
ALTER TABLE deputy ADD COLUMN revoked_by TEXT NOT NULL DEFAULT '';
ALTER TABLE api_token ADD COLUMN revoked_by TEXT NOT NULL DEFAULT '';
