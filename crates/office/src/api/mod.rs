//! The same for programs: what the pages say, as JSON, and evidence handed in.
//!
//! A token counts for one site and acts for one account, whose role there decides: administrators and auditors may read,
//! administrators with a token for it may hand in evidence. Start with [`gate`] (who may) and [`document`] (what is promised).

mod body;
mod checklists;
mod document;
mod evidence;
mod gate;
mod receipts;
mod sites;
mod subjects;
mod work;

use web::{Needs, Routes};

use crate::state::Shared;

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    let read = Needs::TokenRead;
    Routes::new()
        .get("/api/v1/openapi.json", Needs::Public, document::show)
        .get("/api/v1/sites", read, sites::list)
        .get("/api/v1/sites/{site}", read, sites::show)
        .get("/api/v1/sites/{site}/checklists/{checklist}", read, checklists::show)
        .get("/api/v1/sites/{site}/checks/{check}", read, checklists::show_check)
        .get("/api/v1/sites/{site}/findings", read, checklists::list_findings)
        .get("/api/v1/sites/{site}/unknown", read, checklists::list_unknown)
        .get("/api/v1/sites/{site}/subjects/{kind}", read, subjects::list)
        .get("/api/v1/sites/{site}/subjects/{kind}/{ident}", read, subjects::show)
        .get("/api/v1/sites/{site}/evidence", read, evidence::list)
        .post("/api/v1/sites/{site}/evidence", Needs::TokenWrite, receipts::add)
        .get("/api/v1/sites/{site}/evidence/{evidence}", read, evidence::show)
        .get("/api/v1/sites/{site}/evidence/{evidence}/bytes", read, evidence::show_bytes)
        .get("/api/v1/sites/{site}/tasks", read, work::list_tasks)
        .get("/api/v1/sites/{site}/jobs", read, work::count_jobs)
        .post("/api/v1/sites/{site}/assessments", Needs::TokenWrite, work::ask_assessment)
}
