//! Handing in evidence: upload, preview, progress, result.

mod assessed;
mod batch_page;
mod decide;
mod differences;
mod groups;
mod hand_in;
mod item_page;
mod receiving;
mod store;
mod waiting;
mod words;

pub(crate) use words::not_received;

use ::store::Migration;
use people::Role;
use web::{Needs, Routes};

use crate::state::Shared;

/// Who hands in, and decides about ledgers.
const KEEPERS: &[Role] = &[Role::Administrator];

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    let keepers = Needs::Site(KEEPERS);
    Routes::new()
        .get("/s/{site}/import", keepers, hand_in::show)
        .post("/s/{site}/import", keepers, hand_in::take)
        .get("/s/{site}/import/waiting", keepers, waiting::show)
        .post("/s/{site}/import/waiting", keepers, waiting::apply)
        .get("/s/{site}/import/{batch}", keepers, batch_page::show)
        .get("/s/{site}/import/{batch}/{file}", keepers, item_page::show)
        .post("/s/{site}/import/{batch}/{file}/apply", keepers, decide::apply)
        .post("/s/{site}/import/{batch}/{file}/discard", keepers, decide::discard)
}

/// Steps of the schema of this room.
pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    capability: "office_import",
    number: 1,
    name: "what was handed in together",
    sql: include_str!("../../migrations/0001_import.sql"),
}];
