//! The executive's page, decisions, and reports.

use installation::work::Worker;
use store::Migration;
use web::Routes;

use crate::state::Shared;

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    Routes::new()
}

/// Steps of the schema of this room.
pub(crate) const MIGRATIONS: &[Migration] = &[];

/// Those who do the jobs of this room.
pub(crate) fn workers() -> Vec<Box<dyn Worker>> {
    Vec::new()
}
