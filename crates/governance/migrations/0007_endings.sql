-- 0007 endings: a task that ended because an exception was approved says by which. Rows of before keep saying that evidence closed them.
ALTER TABLE task ADD COLUMN closed_exception INTEGER NOT NULL DEFAULT 0;    -- 0: none
