//! One alert: what it means, what to do first, the events behind it, and a person's word.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use base::{Date, Locator};
use eventlog::alerts::store as tables;
use eventlog::alerts::{Alert, AlertEvent, AlertState, MAX_QUIET_DAYS, Ruling, RulingError, check_ruling};
use people::Role;
use serde::Deserialize;
use serde_json::json;
use store::ledger::NewEntry;
use web::visit::encode_segment;
use web::{Form, HttpError, Page, SiteVisit, blocking, page, redirect};

use super::words;
use crate::staff::parse_number;
use crate::state::Shared;
use crate::words::{Badge, plain};

/// Events shown.
const SHOWN: usize = 100;
/// Longest reason or name, in characters.
const MAX_CHARS: usize = 500;

struct EventRow {
    at: String,
    what: String,
    details: Vec<(String, String)>,
    href: String,
}

#[derive(Template)]
#[template(path = "alerts/alert.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    alert: &'a Alert,
    path: String,
    level: Badge,
    state: Badge,
    /// Heading and text of what is known about the rule.
    facts: Vec<(String, String)>,
    first_action: String,
    more: Option<String>,
    events: Vec<EventRow>,
    /// Whether this person may decide.
    is_desk: bool,
    until: String,
    last_day: String,
    today: String,
}

/// One alert.
pub(super) async fn show(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let id = parse_number(&id)?;
        let found = office.database().read(|tx| {
            let Some(alert) = tables::find_alert(tx, visit.site_id(), id)? else { return Ok(None) };
            let events = tables::list_events(tx, id, SHOWN)?;
            Ok::<_, store::StoreError>(Some((alert, events)))
        })?;
        let (alert, events) = found.ok_or_else(HttpError::not_found)?;
        let explanation = words::explanation(&office, &alert.rule);
        let today = visit.today();
        let shown = events.len() as u64;
        let body = Body {
            path: visit.path_of(&format!("alerts/{id}")),
            level: words::level(&visit, alert.level),
            state: words::state(&visit, alert.state),
            facts: facts(&visit, &alert, explanation),
            first_action: explanation.map_or_else(String::new, |known| known.first_action.get(visit.lang).to_owned()),
            more: (shown < alert.hits)
                .then(|| visit.say("alert-more", &[("shown", shown.into()), ("all", alert.hits.into())])),
            events: events.iter().map(|event| event_row(&visit, event)).collect(),
            is_desk: visit.is(Role::Administrator),
            until: today.plus_days(30).to_string(),
            last_day: today.plus_days(MAX_QUIET_DAYS).to_string(),
            today: today.to_string(),
            alert: &alert,
            visit: &visit,
        };
        let title = words::title(&office, visit.lang, &alert.rule);
        let around = Page::new(title, "alerts").trail(visit.text("alert-title"), visit.path_of("alerts"));
        page(&visit, &around, &body)
    })
    .await
}

fn facts(visit: &SiteVisit, alert: &Alert, explanation: Option<&detect::pack::Explanation>) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut say = |label: &str, text: String| {
        if !text.is_empty() {
            facts.push((visit.text(label), text));
        }
    };
    say(
        "alert-meaning",
        explanation.map_or_else(|| visit.text("alert-rule-gone"), |known| known.meaning.get(visit.lang).to_owned()),
    );
    say("alert-computer", words::computer(visit, alert));
    say("alert-hits", alert.hits.to_string());
    say("alert-span", format!("{} – {}", visit.minute(alert.first_at), visit.minute(alert.last_at)));
    say("alert-owner", plain(&alert.owner));
    say("alert-due", alert.due_on.map_or_else(String::new, |due| visit.day(due)));
    say("alert-note", plain(&alert.note));
    say("alert-quiet-until", alert.quiet_until.map_or_else(String::new, |until| visit.day(until)));
    if !alert.changed_by.is_empty() {
        say("alert-changed", format!("{} {}", plain(&alert.changed_by), visit.minute(alert.changed_at)));
    }
    if let Some(known) = explanation {
        say("alert-source", format!("{} ({})", known.source, known.edition));
    }
    facts
}

fn event_row(visit: &SiteVisit, event: &AlertEvent) -> EventRow {
    let at = Locator::Byte(event.position).to_string();
    EventRow {
        at: visit.minute(event.at),
        what: plain(&event.what),
        details: event.details.clone(),
        href: visit.path_of(&format!("evidence/{}/view?at={}", event.evidence, encode_segment(&at))),
    }
}

#[derive(Deserialize)]
pub(super) struct Taken {
    owner: String,
    due_on: String,
}

/// Says who looks into an alert until when.
pub(super) async fn take(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
    Form(sent): Form<Taken>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (id, owner) = (parse_number(&id)?, people::account::clean_name(&sent.owner));
        let due_on = match sent.due_on.trim() {
            "" => None,
            text => Some(text.parse::<Date>().map_err(|_| HttpError::bad_request("alert-bad-day", ""))?),
        };
        let (who, site) = (visit.who(), visit.site_id());
        office.installation.ledger.write(office.database(), visit.now, |tx| {
            let alert = tables::find_alert(tx, site, id)?.ok_or_else(HttpError::not_found)?;
            if (alert.owner.as_str(), alert.due_on) == (owner.as_str(), due_on) {
                return Ok(());
            }
            tables::assign(tx, id, &owner, due_on, &who, visit.now)?;
            let body = json!({ "alert": id, "owner": owner, "due_on": due_on.map(|day| day.to_string()) });
            tx.append(&NewEntry { kind: "alert.assigned", site, who: &who, body: &body })?;
            Ok::<_, HttpError>(())
        })?;
        Ok(redirect(&visit.path_of(&format!("alerts/{id}"))))
    })
    .await
}

#[derive(Deserialize)]
pub(super) struct Ruled {
    /// The state the page showed.
    before: String,
    /// How many hits it showed.
    hits: u64,
    state: String,
    why: String,
    #[serde(default)]
    until: String,
}

impl Ruled {
    fn ruling(&self) -> Result<Ruling, HttpError> {
        let why = plain(self.why.trim());
        if why.chars().count() > MAX_CHARS {
            return Err(HttpError::bad_request("staff-text-too-long", MAX_CHARS.to_string()));
        }
        match AlertState::find(&self.state) {
            Some(AlertState::Harmless) => {
                let until = self.until.trim().parse().map_err(|_| HttpError::bad_request("alert-bad-day", ""))?;
                Ok(Ruling::Harmless { why, until })
            }
            Some(AlertState::Incident) => Ok(Ruling::Incident { why }),
            Some(AlertState::Open) => Ok(Ruling::Again { why }),
            None => Err(HttpError::bad_request("http-bad-form", "")),
        }
    }
}

/// Writes a person's word down; who looked at an older state is told who was faster.
pub(super) async fn rule(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
    Form(sent): Form<Ruled>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (id, ruling) = (parse_number(&id)?, sent.ruling()?);
        check_ruling(&ruling, visit.today()).map_err(|err| match err {
            RulingError::NoReason => HttpError::bad_request("alert-no-reason", ""),
            RulingError::Until => HttpError::bad_request("alert-bad-until", MAX_QUIET_DAYS.to_string()),
        })?;
        let (who, site) = (visit.who(), visit.site_id());
        office.installation.ledger.write(office.database(), visit.now, |tx| {
            let alert = tables::find_alert(tx, site, id)?.ok_or_else(HttpError::not_found)?;
            if alert.state == ruling.state() && alert.note == ruling.why() && alert.changed_by == who {
                return Ok(());
            }
            if alert.state.name() != sent.before {
                return Err(HttpError::conflict("alert-faster", alert.changed_by));
            }
            // Nobody's word covers events that came while it was written.
            if alert.hits != sent.hits {
                return Err(HttpError::conflict("alert-grown", ""));
            }
            let until = match &ruling {
                Ruling::Harmless { until, .. } => until.to_string(),
                Ruling::Incident { .. } | Ruling::Again { .. } => String::new(),
            };
            tables::rule_on(tx, id, &ruling, &who, visit.now)?;
            let body = json!({
                "alert": id,
                "rule": alert.rule,
                "computer": alert.computer,
                "state": ruling.state().name(),
                "why": ruling.why(),
                "until": until,
            });
            tx.append(&NewEntry { kind: "alert.ruled", site, who: &who, body: &body })?;
            Ok::<_, HttpError>(())
        })?;
        Ok(redirect(&visit.path_of(&format!("alerts/{id}"))))
    })
    .await
}
