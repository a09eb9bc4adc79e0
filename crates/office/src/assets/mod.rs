//! Every known thing: lists, and one page each.

mod history;
mod subject_list;
mod subject_page;

use people::Role;
use web::{Needs, Routes};

use crate::state::Shared;

/// Who may look through the lists.
const READERS: &[Role] = &[Role::Administrator, Role::Auditor];
/// Who may look at single things: what executives are told leads there.
const LEAD: &[Role] = &[Role::Executive, Role::Administrator, Role::Auditor];

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    Routes::new().get("/s/{site}/subjects/{kind}", Needs::Site(READERS), subject_list::show).get(
        "/s/{site}/subjects/{kind}/{ident}",
        Needs::Site(LEAD),
        subject_page::show,
    )
}
