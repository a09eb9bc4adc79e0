-- 0002 evidence: the evidence of one site and the facts of one piece of it are shown page by page.
CREATE INDEX fact_by_evidence ON fact (evidence, subject, key);
CREATE INDEX evidence_by_site ON evidence (site, id);
