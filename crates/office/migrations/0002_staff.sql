-- 0002 office_staff: which version of the contacts somebody saw when they changed them. Rows of before are version 1. No data moves.
ALTER TABLE staff_contact ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
