//! Accounts, roles, deputies, tokens, settings of a site.

use web::Routes;

use crate::state::Shared;

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    Routes::new()
}
