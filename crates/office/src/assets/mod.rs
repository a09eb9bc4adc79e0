//! Every known thing: lists, and one page each.

use web::Routes;

use crate::state::Shared;

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    Routes::new()
}
