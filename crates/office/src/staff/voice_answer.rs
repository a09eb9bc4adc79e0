//! One voice, and the answer to it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use people::Role;
use serde::Deserialize;
use serde_json::json;
use store::ledger::NewEntry;
use web::{Form, HttpError, Page, SiteVisit, blocking, page, redirect};

use super::store::{self as tables, Voice, VoiceState};
use super::voice_form::state_label;
use super::voice_list::{origin_label, sender};
use super::{ANSWERERS, check_text, lines, parse_number};
use crate::state::Shared;

#[derive(Template)]
#[template(path = "staff/voice.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    voice: &'a Voice,
    path: String,
    state: String,
    origin: String,
    department: String,
    made: String,
    said: Vec<String>,
    answer: Vec<String>,
    answered: String,
    can_answer: bool,
    can_black_out: bool,
}

/// One voice.
pub(super) async fn show(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let id = parse_number(&id)?;
        let voice = office.database().read(|tx| tables::find_voice(tx, visit.site_id(), id))?;
        let voice = voice.ok_or_else(HttpError::not_found)?;
        let answered = voice.answered_at.map_or_else(String::new, |at| {
            let arguments = [("who", voice.answered_by.as_str().into()), ("time", visit.minute(at).into())];
            visit.say("voice-answered-by", &arguments)
        });
        let body = Body {
            visit: &visit,
            path: visit.path_of(&format!("voices/{id}")),
            state: state_label(&visit, voice.state),
            origin: origin_label(&visit, voice.origin),
            department: sender(&visit, &office, &voice),
            made: visit.minute(voice.made_at),
            said: lines(&voice.body),
            answer: lines(&voice.answer),
            answered,
            can_answer: ANSWERERS.iter().any(|role| visit.is(*role)),
            can_black_out: visit.is(Role::Administrator),
            voice: &voice,
        };
        let title = visit.say("voice-one", &[("number", id.into())]);
        let around = Page::new(title, "voices").trail(visit.text("voice-title"), visit.path_of("voices"));
        page(&visit, &around, &body)
    })
    .await
}

#[derive(Deserialize)]
pub(super) struct Sent {
    /// The state the page showed.
    before: String,
    state: String,
    answer: String,
}

/// Answers or closes a voice; who looked at an older state is told who was faster.
pub(super) async fn answer(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
    Form(sent): Form<Sent>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (id, text) = (parse_number(&id)?, check_text(&sent.answer)?);
        let state = VoiceState::find(&sent.state).filter(|state| *state != VoiceState::New);
        let state = state.ok_or_else(|| HttpError::bad_request("http-bad-form", ""))?;
        let (who, site) = (visit.who(), visit.site_id());
        office.installation.ledger.write(office.database(), visit.now, |tx| {
            let voice = tables::find_voice(tx, site, id)?.ok_or_else(HttpError::not_found)?;
            if voice.state == state && voice.answer == text && voice.answered_by == who {
                return Ok(());
            }
            if voice.state.name() != sent.before || voice.state == VoiceState::Closed {
                return Err(HttpError::conflict("voice-faster", voice.answered_by));
            }
            tables::answer_voice(tx, id, state, &text, &who, visit.now)?;
            let kind = if state == VoiceState::Closed { "voice.closed" } else { "voice.answered" };
            let body = json!({ "id": id, "department": voice.department });
            tx.append(&NewEntry { kind, site, who: &who, body: &body })?;
            Ok::<_, HttpError>(())
        })?;
        Ok(redirect(&visit.path_of(&format!("voices/{id}"))))
    })
    .await
}
