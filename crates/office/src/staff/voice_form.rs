//! What troubles somebody at work: written down without an account, answered under a receipt number.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use base::ContentHash;
use serde::Deserialize;
use serde_json::json;
use store::ledger::NewEntry;
use web::visit::encode_segment;
use web::{Form, HttpError, Page, Visit, blocking, page, redirect};

use super::read_receipt::too_often;
use super::store::{self as tables, NewVoice, Origin, Throttle, Voice, VoiceState};
use super::{ANYBODY, Department, MAX_TEXT_CHARS, check_text, departments, find_site, lines};
use crate::Office;
use crate::state::Shared;

/// Voices of one address within an hour.
const VOICES: Throttle = Throttle { kind: "voice", most: 10 };

#[derive(Template)]
#[template(path = "staff/voice_form.html")]
struct FormBody<'a> {
    visit: &'a Visit,
    path: String,
    departments: Vec<Department>,
    once: String,
    most: usize,
    hint: String,
}

#[derive(Template)]
#[template(path = "staff/voice_receipt.html")]
struct ReceiptBody<'a> {
    visit: &'a Visit,
    receipt: String,
    state: String,
    made: String,
    said: Vec<String>,
    answer: Vec<String>,
    answered: String,
}

/// The empty form.
pub(super) async fn show(
    visit: Visit,
    Path(site): Path<String>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let site = find_site(&office, &site)?;
        let contact = office.database().read(|tx| tables::find_contact(tx, &site.id))?;
        let base = format!("/staff/{}", encode_segment(&site.id));
        let body = FormBody {
            visit: &visit,
            path: format!("{base}/voice"),
            departments: departments(&visit, &office, &contact),
            once: ::people::new_token(&*office.frame.randomness),
            most: MAX_TEXT_CHARS,
            hint: visit.say("voice-form-body-hint", &[("count", MAX_TEXT_CHARS.into())]),
        };
        let title = visit.say("staff-title", &[("site", site.name.as_str().into())]);
        page(&visit, &Page::new(visit.text("voice-form-title"), "staff").trail(title, base), &body)
    })
    .await
}

#[derive(Deserialize)]
pub(super) struct Sent {
    once: String,
    department: String,
    body: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    phone: String,
}

/// Keeps a voice. The same form sent twice is one voice.
pub(super) async fn send(
    visit: Visit,
    Path(site): Path<String>,
    State(office): State<Shared>,
    Form(sent): Form<Sent>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let site = find_site(&office, &site)?;
        let contact = office.database().read(|tx| tables::find_contact(tx, &site.id))?;
        if !departments(&visit, &office, &contact).iter().any(|one| one.value == sent.department) {
            return Err(HttpError::bad_request("staff-department-unknown", ""));
        }
        let receipt = receipt_of(&sent.once)?;
        let body = check_text(&sent.body)?;
        let new = NewVoice {
            site: &site.id,
            receipt: &receipt,
            origin: Origin::Staff,
            account: None,
            department: &sent.department,
            body: &body,
            sender_name: &::people::account::clean_name(&sent.name),
            sender_phone: &::people::account::clean_name(&sent.phone),
        };
        keep(&office, &visit, &new, ANYBODY)?;
        Ok(redirect(&format!("/staff/{}/voice/{receipt}", encode_segment(&site.id))))
    })
    .await
}

/// Keeps a voice unless it is there already; what it says does not go into the ledger.
pub(super) fn keep(office: &Office, visit: &Visit, new: &NewVoice<'_>, who: &str) -> Result<(), HttpError> {
    office.installation.ledger.write(office.database(), visit.now, |tx| {
        if tables::find_by_receipt(tx, new.site, new.receipt)?.is_some() {
            return Ok(());
        }
        if !tables::may_send(tx, VOICES, new.site, (&office.address_key, &visit.address), visit.now)? {
            return Err(too_often());
        }
        let id = tables::add_voice(tx, new, visit.now)?;
        let body = json!({ "id": id, "origin": new.origin.name(), "department": new.department });
        tx.append(&NewEntry { kind: "voice.received", site: new.site, who, body: &body })?;
        Ok(())
    })
}

/// Letters and digits that nobody mistakes for each other.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The receipt of a form: 16 letters and digits that follow from the number the form was given, which nobody else knows.
///
/// # Errors
/// [`HttpError`] if the form carries no such number.
pub(super) fn receipt_of(once: &str) -> Result<String, HttpError> {
    if !(40..=64).contains(&once.len()) || !once.is_ascii() {
        return Err(HttpError::bad_request("http-bad-form", ""));
    }
    let hash = ContentHash::of(format!("receipt {once}").as_bytes());
    let letters = hash.as_bytes().iter().take(16).filter_map(|byte| ALPHABET.get(usize::from(byte % 32)));
    let mut receipt = String::with_capacity(19);
    for (index, letter) in letters.enumerate() {
        if index > 0 && index % 4 == 0 {
            receipt.push('-');
        }
        receipt.push(char::from(*letter));
    }
    Ok(receipt)
}

/// What became of a voice, for whoever knows its receipt.
pub(super) async fn show_receipt(
    visit: Visit,
    Path((site, receipt)): Path<(String, String)>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let site = find_site(&office, &site)?;
        let receipt = receipt.trim().to_ascii_uppercase();
        let voice = office.database().read(|tx| tables::find_by_receipt(tx, &site.id, &receipt))?;
        let voice = voice.ok_or_else(HttpError::not_found)?;
        let body = ReceiptBody {
            visit: &visit,
            receipt,
            state: state_label(&visit, voice.state),
            made: visit.minute(voice.made_at),
            said: lines(&voice.body),
            answer: lines(&voice.answer),
            answered: answered(&visit, &voice),
        };
        let title = visit.say("staff-title", &[("site", site.name.as_str().into())]);
        let around = Page::new(visit.text("voice-receipt-title"), "staff");
        page(&visit, &around.trail(title, format!("/staff/{}", encode_segment(&site.id))), &body)
    })
    .await
}

/// When it was answered; empty if it was not.
fn answered(visit: &Visit, voice: &Voice) -> String {
    voice.answered_at.map_or_else(String::new, |at| visit.minute(at))
}

/// What became of a voice, as people say it.
pub(super) fn state_label(visit: &Visit, state: VoiceState) -> String {
    match state {
        VoiceState::New => visit.text("voice-state-new"),
        VoiceState::Answered => visit.text("voice-state-answered"),
        VoiceState::Closed => visit.text("voice-state-closed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_follows_from_the_form_and_is_easy_to_copy() {
        let once = "a".repeat(43);
        let receipt = receipt_of(&once).unwrap();
        assert_eq!(receipt, receipt_of(&once).unwrap());
        assert_eq!(receipt.len(), 19);
        assert!(receipt.chars().all(|c| c == '-' || ALPHABET.contains(&u8::try_from(c).unwrap())));
        assert_ne!(receipt, receipt_of(&"b".repeat(43)).unwrap());
    }

    #[test]
    fn a_form_without_its_number_is_refused() {
        for once in ["", "1", &"a".repeat(39), &"a".repeat(65), &"あ".repeat(14)] {
            assert!(receipt_of(once).is_err(), "{once}");
        }
    }
}
