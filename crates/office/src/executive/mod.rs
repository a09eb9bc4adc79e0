//! The executive's page, decisions, and reports.

mod decide;
mod decisions;
mod first_page;
pub(crate) mod plain;
mod reports;
mod store;
mod waiting;
mod worker;

use ::store::Migration;
use installation::work::Worker;
use people::Role;
use web::{Needs, Routes};

use crate::state::Shared;

/// Who may look.
const SEE: &[Role] = &[Role::Executive, Role::Administrator, Role::Auditor];
const READERS: Needs = Needs::Site(SEE);
/// Who may ask for a decision.
const ASKERS: Needs = Needs::Site(&[Role::Administrator]);
/// Who may have a report made.
const MAKERS: Needs = Needs::Site(&[Role::Executive, Role::Administrator]);
/// Whose attempt to decide is heard: everybody's, so that the attempt is recorded, and those who may look are told why not.
const HEARD: Needs =
    Needs::Site(&[Role::Executive, Role::Administrator, Role::Auditor, Role::Staff, Role::Vendor, Role::GroupOperator]);

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    Routes::new()
        .get("/s/{site}/executive", READERS, first_page::show)
        .get("/s/{site}/decisions", READERS, decisions::show)
        .post("/s/{site}/decisions", ASKERS, decisions::ask)
        .get("/s/{site}/decisions/{id}", READERS, decide::show_decision)
        .post("/s/{site}/decisions/{id}", HEARD, decide::decide)
        .get("/s/{site}/decisions/exceptions/{id}", READERS, decide::show_exception)
        .post("/s/{site}/decisions/exceptions/{id}", HEARD, decide::decide_exception)
        .get("/s/{site}/reports", READERS, reports::show)
        .post("/s/{site}/reports", MAKERS, reports::make)
        .get("/s/{site}/reports/{id}/{file}", READERS, reports::download)
}

/// Steps of the schema of this room.
pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    capability: "office_reports",
    number: 1,
    name: "reports",
    sql: include_str!("../../migrations/0001_report.sql"),
}];

/// Those who do the jobs of this room.
pub(crate) fn workers() -> Vec<Box<dyn Worker>> {
    vec![Box::new(worker::MakeReport)]
}
