//! Evidence down to its bytes, proofs, and the audit trail.
