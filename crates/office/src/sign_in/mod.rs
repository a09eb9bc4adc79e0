//! Setting up, signing in, and one's own account.

use web::Routes;

use crate::state::Shared;

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    Routes::new()
}
