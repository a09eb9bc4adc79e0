//! Pages for staff, vendors and group operators; notices and voices.
//!
//! The pages for staff need no account, so nothing internal may stand on them: no asset, no finding, no verdict. A vendor sees
//! what is meant for vendors and its own voices, a group operator figures per site. Start with [`staff_page`].

mod group_page;
mod notice_edit;
mod notice_list;
mod notice_readers;
mod read_receipt;
mod staff_page;
pub(crate) mod store;
mod vendor_page;
mod voice_answer;
mod voice_black_out;
mod voice_form;
mod voice_list;
mod watches;

use ::people::Role;
use ::store::Migration;
use base::plain::plain_lines;
use web::{HttpError, Needs, Routes, SiteName, Visit};

pub(crate) use notice_edit::NoticeForm;
pub(crate) use watches::Watches;

use crate::Office;
use crate::state::Shared;

/// Everybody of the house.
const INSIDE: &[Role] = &[Role::Executive, Role::Administrator, Role::Auditor, Role::Staff];
/// Whoever may be told something.
const READERS: &[Role] = &[Role::Executive, Role::Administrator, Role::Auditor, Role::Staff, Role::Vendor];
const ADMIN: &[Role] = &[Role::Administrator];
const LEAD: &[Role] = &[Role::Executive, Role::Administrator, Role::Auditor];
const ANSWERERS: &[Role] = &[Role::Executive, Role::Administrator];
const VENDOR: &[Role] = &[Role::Vendor];
const GROUP: &[Role] = &[Role::GroupOperator];

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    Routes::new()
        .get("/staff", Needs::Public, staff_page::choose)
        .get("/staff/{site}", Needs::Public, staff_page::show_public)
        .post("/staff/{site}/read", Needs::Public, read_receipt::confirm)
        .get("/staff/{site}/voice", Needs::Public, voice_form::show)
        .post("/staff/{site}/voice", Needs::Public, voice_form::send)
        .get("/staff/{site}/voice/{receipt}", Needs::Public, voice_form::show_receipt)
        .get("/s/{site}/staff", Needs::Site(INSIDE), staff_page::show)
        .get("/s/{site}/notices", Needs::Site(ADMIN), notice_list::show)
        .post("/s/{site}/notices", Needs::Site(ADMIN), notice_edit::add)
        .get("/s/{site}/notices/{notice}", Needs::Site(ADMIN), notice_edit::show)
        .post("/s/{site}/notices/{notice}", Needs::Site(ADMIN), notice_edit::change)
        .post("/s/{site}/notices/{notice}/withdraw", Needs::Site(ADMIN), notice_edit::withdraw)
        .get("/s/{site}/notices/{notice}/readers", Needs::Site(ADMIN), notice_readers::show)
        .post("/s/{site}/notices/{notice}/read", Needs::Site(READERS), read_receipt::mark)
        .post("/s/{site}/contact", Needs::Site(ADMIN), notice_list::change_contact)
        .get("/s/{site}/vendor", Needs::Site(VENDOR), vendor_page::show)
        .post("/s/{site}/vendor/voice", Needs::Site(VENDOR), vendor_page::send)
        .get("/s/{site}/voices", Needs::Site(LEAD), voice_list::show)
        .post("/s/{site}/voices/{voice}/black-out", Needs::Site(ADMIN), voice_black_out::black_out)
        .get("/s/{site}/voices/{voice}", Needs::Site(LEAD), voice_answer::show)
        .post("/s/{site}/voices/{voice}", Needs::Site(ANSWERERS), voice_answer::answer)
        .get("/s/{site}/group", Needs::Site(GROUP), group_page::show)
}

/// Steps of the schema of this room.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        capability: "office_staff",
        number: 1,
        name: "contact, notices, voices",
        sql: include_str!("../../migrations/0001_staff.sql"),
    },
    Migration {
        capability: "office_staff",
        number: 2,
        name: "version of the contact",
        sql: include_str!("../../migrations/0002_staff.sql"),
    },
];

/// Who the ledger says did something that needs no account.
const ANYBODY: &str = "staff";

/// Most characters of a long text: the body of a notice, a voice, an answer.
const MAX_TEXT_CHARS: usize = 2_000;

/// The site a public page names.
fn find_site(office: &Office, id: &str) -> Result<SiteName, HttpError> {
    office.frame.sites.find(id)?.ok_or_else(HttpError::not_found)
}

/// A number in a path; what is none names nothing.
pub(crate) fn parse_number(text: &str) -> Result<i64, HttpError> {
    text.parse().map_err(|_| HttpError::not_found())
}

/// Cleans a text that must be there and must not be longer than [`MAX_TEXT_CHARS`].
fn check_text(text: &str) -> Result<String, HttpError> {
    let text = plain_lines(text);
    match text.chars().count() {
        0 => Err(HttpError::bad_request("staff-text-missing", "")),
        1..=MAX_TEXT_CHARS => Ok(text),
        _ => Err(HttpError::bad_request("staff-text-too-long", MAX_TEXT_CHARS.to_string())),
    }
}

/// The lines of a text, for paragraphs.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(ToOwned::to_owned).collect()
}

/// A department to choose: what is stored, and what people read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Department {
    value: String,
    label: String,
}

/// The departments somebody can choose from: those the site named, else the usual ones.
fn departments(visit: &Visit, office: &Office, contact: &store::Contact) -> Vec<Department> {
    let usual = &office.installation.packs.departments;
    let named = lines(&contact.departments);
    if named.is_empty() {
        let usual = usual.iter().map(|one| (one.id.clone(), one.label.get(visit.lang).to_owned()));
        return usual.map(|(value, label)| Department { value, label }).collect();
    }
    let value = |label: &String| usual.find(label).map_or_else(|| label.clone(), |one| one.id.clone());
    named.into_iter().map(|label| Department { value: value(&label), label }).collect()
}

/// A department as it was stored, as people read it.
fn department_label(visit: &Visit, office: &Office, stored: &str) -> String {
    let usual = office.installation.packs.departments.find(stored);
    usual.map_or_else(|| stored.to_owned(), |one| one.label.get(visit.lang).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_lines_and_loses_what_turns_them_around() {
        assert_eq!(plain_lines(" あ\u{202e}い \r\n\r\nう\u{7} "), "あい\n\nう");
    }
}
