//! Every voice of a site, and how fast they are answered.

use axum::extract::State;
use axum::response::Response;
use base::UtcSeconds;
use web::list::{Cell, Column, Filter, List, ListQuery, Look, Total};
use web::{HttpError, Page, SiteVisit, blocking};

use super::department_label;
use super::store::{self as tables, Origin, Voice, VoiceState};
use super::voice_form::state_label;
use crate::Office;
use crate::state::Shared;

/// Characters of a voice that the list shows.
const SHOWN_CHARS: usize = 60;

#[derive(askama::Template)]
#[template(path = "staff/voices_above.html")]
struct Above {
    sentences: Vec<String>,
}

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let voices = office.database().read(|tx| tables::list_voices(tx, visit.site_id()))?;
        let above = Above { sentences: figures(&visit, &voices) };
        let above = askama::Template::render(&above).map_err(HttpError::internal)?;
        let wanted = query.filter("state").and_then(VoiceState::find);
        let rows: Vec<Vec<Cell>> = voices
            .iter()
            .filter(|voice| wanted.is_none_or(|state| voice.state == state))
            .map(|voice| cells(&visit, &office, voice))
            .collect();
        let mut options = vec![(String::new(), visit.text("voice-state-all"))];
        options.extend(VoiceState::ALL.map(|(name, state)| (name.to_owned(), state_label(&visit, state))));
        let list = List {
            caption: visit.text("voice-title"),
            columns: vec![
                Column::new(visit.text("voice-number")).sort("number").number(),
                Column::new(visit.text("voice-body")),
                Column::new(visit.text("voice-state")).sort("state"),
                Column::new(visit.text("voice-origin")).sort("origin"),
                Column::new(visit.text("voice-department")).sort("department"),
                Column::new(visit.text("voice-made")).sort("made"),
                Column::new(visit.text("voice-days")).sort("days").number(),
            ],
            total: Total::Exactly(rows.len()),
            rows,
            filters: vec![Filter { name: "state", label: visit.text("voice-state"), options }],
            can_search: true,
            empty: visit.text("voice-empty"),
        };
        let around = Page::new(visit.text("voice-title"), "voices").help(visit.text("voice-help"));
        list.cut(&query).respond(&visit, &around, &query, &above)
    })
    .await
}

fn cells(visit: &SiteVisit, office: &Office, voice: &Voice) -> Vec<Cell> {
    let look = match voice.state {
        VoiceState::New => Look::Danger,
        VoiceState::Answered => Look::Caution,
        VoiceState::Closed => Look::Good,
    };
    let short: String = voice.body.replace('\n', " ").chars().take(SHOWN_CHARS).collect();
    let end = voice.answered_at.unwrap_or(visit.now);
    vec![
        Cell::text(voice.id.to_string()),
        Cell::link(short, visit.path_of(&format!("voices/{}", voice.id))),
        Cell::text(state_label(visit, voice.state)).look(look),
        Cell::text(origin_label(visit, voice.origin)),
        Cell::text(sender(visit, office, voice)),
        Cell::text(visit.minute(voice.made_at)),
        Cell::text(end.days_since(voice.made_at).max(0).to_string()),
    ]
}

/// The department that raised a voice, or the company.
pub(super) fn sender(visit: &SiteVisit, office: &Office, voice: &Voice) -> String {
    match voice.origin {
        Origin::Staff => department_label(visit, office, &voice.department),
        Origin::Vendor => voice.department.clone(),
    }
}

/// Who raised a voice, as people call it.
pub(super) fn origin_label(visit: &SiteVisit, origin: Origin) -> String {
    match origin {
        Origin::Staff => visit.text("voice-origin-staff"),
        Origin::Vendor => visit.text("voice-origin-vendor"),
    }
}

/// How many were answered, how long it took, and how long the oldest waits; each with what it was counted from.
fn figures(visit: &SiteVisit, voices: &[Voice]) -> Vec<String> {
    let mut took: Vec<i64> = voices.iter().filter_map(|voice| Some(voice.answered_at?.0 - voice.made_at.0)).collect();
    took.sort_unstable();
    let arguments = [("answered", took.len().into()), ("all", voices.len().into())];
    let mut sentences = vec![visit.say("voice-figure-answered", &arguments)];
    if let Some(median) = median(&took) {
        let arguments = [("time", duration(visit, median).into()), ("count", took.len().into())];
        sentences.push(visit.say("voice-figure-median", &arguments));
    }
    let open: Vec<UtcSeconds> =
        voices.iter().filter(|voice| voice.state == VoiceState::New).map(|voice| voice.made_at).collect();
    if let Some(oldest) = open.iter().min() {
        let arguments = [("time", duration(visit, visit.now.0 - oldest.0).into()), ("count", open.len().into())];
        sentences.push(visit.say("voice-figure-open", &arguments));
    }
    sentences
}

/// The middle of a sorted list; of an even number the earlier of the two in the middle.
fn median(sorted: &[i64]) -> Option<i64> {
    sorted.get(sorted.len().checked_sub(1)? / 2).copied()
}

fn duration(visit: &SiteVisit, seconds: i64) -> String {
    let hours = seconds.max(0) / 3_600;
    if hours < 48 {
        visit.say("voice-hours", &[("count", hours.into())])
    } else {
        visit.say("voice-days-count", &[("count", (hours / 24).into())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_nothing_is_not_known() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[7]), Some(7));
        assert_eq!(median(&[1, 2, 9, 10]), Some(2));
    }
}
