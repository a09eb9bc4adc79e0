//! Evidence down to its bytes, proofs, and the audit trail.

mod audit_entry;
mod audit_kinds;
mod audit_page;
mod bytes;
mod bytes_page;
mod download;
mod evidence_list;
mod evidence_page;

pub(crate) use download::take_bytes;

use people::Role;
use web::{Needs, Routes};

use crate::state::Shared;

/// Who may look at evidence.
const READERS: &[Role] = &[Role::Administrator, Role::Auditor];
/// Who may look at one piece: what executives are told leads there.
const LEAD: &[Role] = &[Role::Executive, Role::Administrator, Role::Auditor];

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    let (readers, lead) = (Needs::Site(READERS), Needs::Site(LEAD));
    Routes::new()
        .get("/s/{site}/evidence", readers, evidence_list::show)
        .get("/s/{site}/evidence/{number}", lead, evidence_page::show)
        .get("/s/{site}/evidence/{number}/view", lead, bytes_page::show)
        .get("/s/{site}/evidence/{number}/download", readers, download::evidence)
        .get("/s/{site}/audit", readers, audit_page::show)
        .get("/s/{site}/audit/key", readers, download::key)
        .get("/s/{site}/audit/verify_ledger.py", readers, download::tool)
        .get("/s/{site}/audit/{seq}", readers, audit_entry::show)
        .get("/s/{site}/audit/{seq}/proof", readers, download::proof)
}
