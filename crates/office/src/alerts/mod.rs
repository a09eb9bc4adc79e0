//! What the rules found in the event logs: one page for each alert, a person's word on it, and what to tell the staff.
//!
//! Nothing here searches: that is a job. A page never says that all is well, only what was looked at. Start with [`alert_list`].

mod alert_list;
mod alert_page;
mod digest;
mod rule_list;
mod words;

use ::people::Role;
use web::{Needs, Routes};

use crate::state::Shared;

const ADMIN: &[Role] = &[Role::Administrator];
const LEAD: &[Role] = &[Role::Executive, Role::Administrator, Role::Auditor];

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    Routes::new()
        .get("/s/{site}/alerts", Needs::Site(LEAD), alert_list::show)
        .get("/s/{site}/alerts/rules", Needs::Site(LEAD), rule_list::show)
        .get("/s/{site}/alerts/digest", Needs::Site(ADMIN), digest::show)
        .get("/s/{site}/alerts/{alert}", Needs::Site(LEAD), alert_page::show)
        .post("/s/{site}/alerts/{alert}/take", Needs::Site(ADMIN), alert_page::take)
        .post("/s/{site}/alerts/{alert}/ruling", Needs::Site(ADMIN), alert_page::rule)
}
