# evidence
evidence-title = Evidence
evidence-number = Number
evidence-name = Name
evidence-format = Format
evidence-received = Received
evidence-who = Handed in by
evidence-facts = Facts read
evidence-refused = Rows refused
evidence-unrecognised = unknown format
evidence-empty = There is no evidence yet. Use Import to hand in directory exports or your asset ledger.
evidence-help = Every file that was handed in. Evidence is never deleted. Choose a name to see the facts read from it and the very bytes.
