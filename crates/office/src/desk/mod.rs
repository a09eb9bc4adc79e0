//! The IT desk: what to do today, and tasks.

mod task;
mod tasks;
mod today;
mod words;

use people::Role;
use web::{Needs, Routes};

use crate::state::Shared;

/// Who may look.
const READERS: Needs = Needs::Site(&[Role::Administrator, Role::Auditor]);
/// Who may look at one task: what executives are told leads there.
const LEAD: Needs = Needs::Site(&[Role::Executive, Role::Administrator, Role::Auditor]);
/// Who may say who does what.
const ASSIGNERS: Needs = Needs::Site(&[Role::Administrator]);

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    Routes::new()
        .get("/s/{site}/today", READERS, today::show)
        .get("/s/{site}/tasks", READERS, tasks::show)
        .get("/s/{site}/tasks/{id}", LEAD, task::show)
        .post("/s/{site}/tasks/{id}", ASSIGNERS, task::assign)
        .post("/s/{site}/tasks/{id}/take", ASSIGNERS, task::take)
}
