//! Handing in evidence: upload, preview, progress, result.

use store::Migration;
use web::Routes;

use crate::state::Shared;

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    Routes::new()
}

/// Steps of the schema of this room.
pub(crate) const MIGRATIONS: &[Migration] = &[];
