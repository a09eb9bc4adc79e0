//! The same for programs.

use web::Routes;

use crate::state::Shared;

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    Routes::new()
}
