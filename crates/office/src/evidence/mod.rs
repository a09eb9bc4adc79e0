//! Evidence down to its bytes, proofs, and the audit trail.

mod evidence_list;
pub(crate) mod words;

use people::Role;
use web::{Needs, Routes};

use crate::state::Shared;

/// Who may look at evidence.
const READERS: &[Role] = &[Role::Administrator, Role::Auditor];

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    Routes::new().get("/s/{site}/evidence", Needs::Site(READERS), evidence_list::show)
}
