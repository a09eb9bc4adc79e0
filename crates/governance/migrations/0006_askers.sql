-- 0006 governance: the account of who asked, if it was one. A name may be changed; who asked stays who they are. Empty: asked before
-- this was kept, or by a name on the command line that no account has.
ALTER TABLE exception ADD COLUMN asked_account INTEGER;
ALTER TABLE decision ADD COLUMN asked_account INTEGER;
