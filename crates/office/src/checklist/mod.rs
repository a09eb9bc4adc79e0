//! Checklists, items, checks, answers, documents, exceptions, and what is unknown.

mod answer;
mod bar;
mod check_page;
mod checklist_page;
mod checklists;
mod document_form;
mod documents;
mod exception_form;
mod exception_page;
mod exceptions;
mod item_page;
mod unknown;

use people::Role;
use web::{Needs, Routes};

use crate::state::Shared;

/// Who reads what is answered.
const READERS: &[Role] = &[Role::Executive, Role::Administrator, Role::Auditor];
/// Who answers for the site.
const ANSWERERS: &[Role] = &[Role::Administrator, Role::Executive];

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    let (read, answer) = (Needs::Site(READERS), Needs::Site(ANSWERERS));
    Routes::new()
        .get("/s/{site}/checklists", read, checklists::show)
        .get("/s/{site}/checklists/{checklist}", read, checklist_page::show)
        .get("/s/{site}/checklists/{checklist}/{item}", read, item_page::show)
        .post("/s/{site}/checklists/{checklist}/{item}/answer", answer, answer::record)
        .get("/s/{site}/checks/{check}", read, check_page::show)
        .get("/s/{site}/documents", read, documents::show)
        .get("/s/{site}/documents/new", answer, document_form::show)
        .post("/s/{site}/documents/new", answer, document_form::hand_in)
        .get("/s/{site}/exceptions", read, exceptions::show)
        .get("/s/{site}/exceptions/new", answer, exception_form::show)
        .post("/s/{site}/exceptions/new", answer, exception_form::request)
        .get("/s/{site}/exceptions/{exception}", read, exception_page::show)
        .post("/s/{site}/exceptions/{exception}/revoke", answer, exception_page::revoke)
        .get("/s/{site}/unknown", read, unknown::show)
}
