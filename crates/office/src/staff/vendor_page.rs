//! What a vendor sees: notices for vendors, what is expected of them, and their own voices. Nothing of anybody else.

use askama::Template;
use assess::{Audience, Framework};
use axum::extract::State;
use axum::response::Response;
use governance::answers::current_framework;
use serde::Deserialize;
use web::{Form, HttpError, Page, SiteVisit, blocking, page, redirect};

use super::staff_page::{ShownNotice, list_shown};
use super::store::{self as tables, NewVoice, Origin, Voice};
use super::voice_form::{keep, receipt_of, state_label};
use super::{check_text, lines};
use crate::state::Shared;

/// One of the vendor's own voices.
struct OwnVoice {
    made: String,
    state: String,
    said: Vec<String>,
    answer: Vec<String>,
}

/// What is expected, under one heading.
struct Expectation {
    section: String,
    items: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "staff/vendor_page.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    notices: Vec<ShownNotice>,
    contacts: Vec<String>,
    voices: Vec<OwnVoice>,
    checklist: String,
    expectations: Vec<Expectation>,
    once: String,
}

pub(super) async fn show(visit: SiteVisit, State(office): State<Shared>) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let account = visit.person().account.id.0;
        let (contact, voices, notices) = office.database().read(|tx| {
            let contact = tables::find_contact(tx, visit.site_id())?;
            let voices = tables::list_of_account(tx, visit.site_id(), account)?;
            Ok::<_, store::StoreError>((contact, voices, list_shown(tx, &visit, visit.site_id(), true, Some(account))?))
        })?;
        let framework = current_framework(&office.installation.packs.frameworks, Audience::Vendor, visit.now);
        let body = Body {
            visit: &visit,
            notices,
            contacts: lines(&contact.contact),
            voices: voices.iter().map(|voice| own_voice(&visit, voice)).collect(),
            checklist: framework.map_or_else(String::new, |framework| framework.title.get(visit.lang).to_owned()),
            expectations: framework.map(|framework| expectations(&visit, framework)).unwrap_or_default(),
            once: ::people::new_token(&*office.frame.randomness),
        };
        page(&visit, &Page::new(visit.text("vendor-title"), "vendor").help(visit.text("vendor-help")), &body)
    })
    .await
}

fn own_voice(visit: &SiteVisit, voice: &Voice) -> OwnVoice {
    OwnVoice {
        made: visit.minute(voice.made_at),
        state: state_label(visit, voice.state),
        said: lines(&voice.body),
        answer: lines(&voice.answer),
    }
}

fn expectations(visit: &SiteVisit, framework: &Framework) -> Vec<Expectation> {
    let mut found: Vec<Expectation> = Vec::new();
    for item in &framework.items {
        let section = item.section.get(visit.lang);
        let line = (item.number.clone(), item.text.get(visit.lang).to_owned());
        match found.last_mut().filter(|last| last.section == section) {
            Some(last) => last.items.push(line),
            None => found.push(Expectation { section: section.to_owned(), items: vec![line] }),
        }
    }
    found
}

#[derive(Deserialize)]
pub(super) struct Sent {
    once: String,
    body: String,
}

/// Keeps a voice of a vendor.
pub(super) async fn send(
    visit: SiteVisit,
    State(office): State<Shared>,
    Form(sent): Form<Sent>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let account = &visit.person().account;
        let company = if account.vendor.is_empty() { &account.name } else { &account.vendor };
        let (receipt, body) = (receipt_of(&sent.once)?, check_text(&sent.body)?);
        let new = NewVoice {
            site: visit.site_id(),
            receipt: &receipt,
            origin: Origin::Vendor,
            account: Some(account.id.0),
            department: company,
            body: &body,
            sender_name: &account.name,
            sender_phone: "",
        };
        keep(&office, &visit, &new, &visit.who())?;
        Ok(redirect(&visit.path_of("vendor")))
    })
    .await
}
