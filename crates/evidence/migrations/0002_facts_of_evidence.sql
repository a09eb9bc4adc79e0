-- 0002 evidence: the facts of one piece of evidence are shown page by page.
CREATE INDEX fact_by_evidence ON fact (evidence, subject, key);
