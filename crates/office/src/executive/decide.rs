//! One decision: what it means, the form, and the word of who may decide.

use ::evidence::store::{EvidenceRow, find_evidence, find_grade_of_evidence};
use ::store::{StoreError, Transaction};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use base::Grade;
use base::plain::plain_lines;
use governance::decisions::{
    Capacity, Decider, Decision, DecisionError, DecisionState, Denial, Outcome, Ruling, needs_executive,
};
use governance::exceptions::{Control, Exception, ExceptionState};
use governance::{snapshot, store as tables};
use people::Role;
use people::account::clean_name;
use serde::Deserialize;
use web::visit::encode_segment;
use web::{Form, HttpError, Page, SiteVisit, blocking, redirect};

use super::decisions::{decider, exceptions, refuse};
use super::plain;
use super::waiting::{class_message, severity};
use crate::sign_in::check_proof;
use crate::state::Shared;
use crate::words::{self, may_open_evidence};

struct ControlView {
    control: String,
    evidence: String,
    /// Kind, grade and age of the evidence.
    quality: String,
    /// Empty for those who may not open evidence.
    path: String,
}

/// What is decided, whichever kind it is.
#[derive(Default)]
struct Matter {
    title: String,
    class: String,
    facts: Vec<(String, String)>,
    controls: Vec<ControlView>,
    /// Page with what the check found; empty if there is none.
    check_path: String,
    options: Vec<String>,
    waits: bool,
    needs_executive: bool,
}

#[derive(Template)]
#[template(path = "executive/decide.html")]
struct Body<'a> {
    visit: &'a SiteVisit,
    matter: &'a Matter,
    may_decide: bool,
}

#[derive(Template)]
#[template(path = "executive/denied.html")]
struct Denied<'a> {
    visit: &'a SiteVisit,
    rule: &'static str,
    text: String,
}

fn number(text: &str) -> Result<i64, HttpError> {
    text.parse().map_err(|_| HttpError::not_found())
}

fn draw(visit: &SiteVisit, matter: &Matter) -> Result<Response, HttpError> {
    let may_decide = visit.is(Role::Executive) || (!matter.needs_executive && visit.is(Role::Administrator));
    let page =
        Page::new(matter.title.as_str(), "decisions").trail(visit.text("nav-decisions"), visit.path_of("decisions"));
    web::page(visit, &page, &Body { visit, matter, may_decide })
}

pub(super) async fn show_decision(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let id = number(&id)?;
        let decision = office.database().read(|tx| tables::find_decision(tx, visit.site_id(), id))?;
        draw(&visit, &of_decision(&visit, &decision.ok_or_else(HttpError::not_found)?))
    })
    .await
}

pub(super) async fn show_exception(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let id = number(&id)?;
        let matter = office.database().read(|tx| {
            let exception = tables::find_exception(tx, visit.site_id(), id)?;
            exception.map(|exception| of_exception(tx, &office, &visit, &exception)).transpose()
        })?;
        draw(&visit, &matter.ok_or_else(HttpError::not_found)?)
    })
    .await
}

fn of_decision(visit: &SiteVisit, decision: &Decision) -> Matter {
    let mut facts = vec![
        (visit.text("decision-why"), decision.reason.clone()),
        (visit.text("decision-due"), visit.day(decision.due_on)),
        (visit.text("decision-asked-by"), format!("{} {}", decision.asked_by, visit.minute(decision.asked_at))),
    ];
    if let Some(at) = decision.decided_at {
        let approved = decision.state == DecisionState::Approved;
        let id = if approved { "decision-approved" } else { "decision-refused" };
        let who = decider(visit, &decision.decided_by, &decision.deputy_for);
        facts.push((visit.text("decision-outcome"), format!("{} {}", visit.text(id), decision.choice)));
        facts.push((visit.text("decision-decided-by"), format!("{who} {}", visit.minute(at))));
        facts.push((visit.text("decision-remark"), decision.remark.clone()));
    }
    Matter {
        title: decision.question.clone(),
        class: visit.text(class_message(decision.class)),
        facts,
        options: decision.options.clone(),
        waits: decision.state == DecisionState::Waiting,
        needs_executive: true,
        ..Matter::default()
    }
}

fn of_exception(
    tx: &mut Transaction,
    office: &Shared,
    visit: &SiteVisit,
    exception: &Exception,
) -> Result<Matter, StoreError> {
    let check = snapshot::find_check(tx, visit.site_id(), visit.lang, &exception.check)?;
    let mut facts = Vec::new();
    if let Some(check) = &check {
        facts.push((visit.text("decision-fails"), check.title.clone()));
        let verdict = words::verdict_if_any(visit, check.verdict).text;
        let counts = check.counts;
        let arguments = [("verdict", verdict.into()), ("fails", counts.fails.into()), ("all", counts.asked().into())];
        facts.push((visit.text("decision-now"), visit.say("decision-now-count", &arguments)));
        facts.push((visit.text("decision-patients"), check.why.clone()));
    }
    if let Some(subject) = &exception.subject {
        let line = tables::find_subject_line(tx, visit.site_id(), subject)?;
        let name = line.map_or_else(|| subject.to_string(), |line| line.name);
        facts.push((visit.text("decision-subject"), name));
    }
    facts.push((visit.text("decision-why"), exception.reason.clone()));
    facts.push((visit.text("decision-last-day"), visit.day(exception.expires_on)));
    let asked = format!("{} {}", exception.requested_by, visit.minute(exception.requested_at));
    facts.push((visit.text("decision-asked-by"), asked));
    if let Some(at) = exception.decided_at {
        let (remark, deputy_for) = tables::find_ruling(tx, exception.id)?.unwrap_or_default();
        let approved = exception.state == ExceptionState::Approved;
        let id = if approved { "decision-approved" } else { "decision-refused" };
        let who = decider(visit, &exception.decided_by, &deputy_for);
        facts.push((visit.text("decision-outcome"), visit.text(id)));
        facts.push((visit.text("decision-decided-by"), format!("{who} {}", visit.minute(at))));
        facts.push((visit.text("decision-remark"), remark));
    }
    let grave = needs_executive(severity(&office.installation.packs, &exception.check));
    let subject = plain::subject_of(visit, check.as_ref());
    let class = if grave { "decision-class-accept-high-risk" } else { "decision-class-accept-risk" };
    Ok(Matter {
        title: visit.say("decision-exception-title", &[("subject", subject.into())]),
        class: visit.text(class),
        facts,
        controls: controls(tx, office, visit, exception)?,
        check_path: visit.path_of(&format!("checks/{}", encode_segment(&exception.check))),
        options: Vec::new(),
        waits: exception.state == ExceptionState::Requested,
        needs_executive: grave,
    })
}

fn controls(
    tx: &mut Transaction,
    office: &Shared,
    visit: &SiteVisit,
    exception: &Exception,
) -> Result<Vec<ControlView>, StoreError> {
    let may_open = may_open_evidence(visit);
    let mut views = Vec::new();
    for Control { control, evidence: id } in &exception.controls {
        let row = find_evidence(tx, visit.site_id(), *id)?;
        let grade = find_grade_of_evidence(tx, *id)?;
        views.push(ControlView {
            control: control.clone(),
            evidence: format!("#{id} {}", row.as_ref().map_or("", |row| row.name.as_str())),
            path: if may_open { visit.path_of(&format!("evidence/{id}")) } else { String::new() },
            quality: row.map_or_else(String::new, |row| quality(office, visit, &row, grade)),
        });
    }
    Ok(views)
}

/// What kind of evidence stands behind a control, how strong and how old it is: a decision rests on it.
fn quality(office: &Shared, visit: &SiteVisit, row: &EvidenceRow, grade: Option<Grade>) -> String {
    let days = visit.today().days_since(row.observed_at.date_jst());
    let grade_text = grade.map_or_else(|| visit.text("evidence-no-grade"), |grade| words::grade(visit, grade));
    let format = words::format(office, visit, &row.importer);
    let arguments = [("format", format.into()), ("grade", grade_text.into()), ("days", days.into())];
    let quality = visit.say("decision-evidence-quality", &arguments);
    // Of a GPO backup or a signed document nobody says that it is written by hand.
    let importer = office.installation.registry.iter().find(|one| one.id() == row.importer);
    match importer.is_some_and(::evidence::Importer::wants_preview) {
        true => format!("{quality} — {}", visit.text("decision-by-hand")),
        false => quality,
    }
}

/// The form of who decides.
#[derive(Debug, Deserialize)]
pub(super) struct Word {
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    choice: String,
    #[serde(default)]
    remark: String,
}

impl Word {
    fn ruling(&self) -> Option<Ruling> {
        let outcome = [Outcome::Approve, Outcome::Refuse].into_iter().find(|one| one.name() == self.outcome)?;
        let choice = if outcome == Outcome::Approve { clean_name(&self.choice) } else { String::new() };
        Some(Ruling { outcome, choice, remark: plain_lines(&self.remark) })
    }
}

/// As what this person decides here today.
fn capacity(tx: &mut Transaction, visit: &SiteVisit) -> Result<Capacity, StoreError> {
    let standing = visit.standing();
    if standing.own.has(Role::Executive) {
        return Ok(Capacity::Executive);
    }
    let (site, today) = (visit.site_id(), visit.today());
    let deputies = people::store::list_deputies(tx, Some(visit.person().account.id))?;
    let deputy = deputies.into_iter().map(|(_, deputy)| deputy).find(|deputy| {
        let here = deputy.site == site || deputy.site == people::EVERYWHERE;
        here && deputy.role == Role::Executive && deputy.is_active(today)
    });
    Ok(match deputy {
        Some(deputy) => Capacity::Deputy { of: deputy.appointed_by },
        None if visit.is(Role::Administrator) => Capacity::Administrator,
        None => Capacity::Other,
    })
}

enum Matters {
    Decision,
    Exception,
}

pub(super) async fn decide(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
    Form(word): Form<Word>,
) -> Result<Response, HttpError> {
    blocking(move || answer(&office, &visit, &id, &word, &Matters::Decision)).await
}

pub(super) async fn decide_exception(
    visit: SiteVisit,
    Path((_, id)): Path<(String, String)>,
    State(office): State<Shared>,
    Form(word): Form<Word>,
) -> Result<Response, HttpError> {
    blocking(move || answer(&office, &visit, &id, &word, &Matters::Exception)).await
}

fn answer(office: &Shared, visit: &SiteVisit, id: &str, word: &Word, matters: &Matters) -> Result<Response, HttpError> {
    let id = number(id)?;
    check_proof(visit)?;
    // Whoever may not decide is told so, whatever else is missing.
    let unsaid = || Ruling { outcome: Outcome::Refuse, choice: String::new(), remark: String::new() };
    let ruling = word.ruling();
    let (who, capacity) = (visit.who(), office.database().read(|tx| capacity(tx, visit))?);
    let decider = Decider { who: &who, capacity };
    let said = ruling.clone().unwrap_or_else(unsaid);
    let done = match matters {
        Matters::Decision => exceptions(office, visit).decide(&decider, id, &said),
        Matters::Exception => {
            let severity = |check: &str| severity(&office.installation.packs, check);
            exceptions(office, visit).rule_on_exception(&decider, id, &said, severity)
        }
    };
    match done {
        Ok(()) => {}
        // Who can't look at what waits does not learn that it is there either. The attempt stands in the ledger.
        Err(DecisionError::Denied { .. }) if !super::SEE.iter().any(|role| visit.is(*role)) => {
            return Err(HttpError::not_found());
        }
        Err(DecisionError::Denied { rule }) => return denied(visit, rule),
        Err(DecisionError::NoReason) if ruling.is_none() => {
            return Err(HttpError::bad_request("decision-no-outcome", ""));
        }
        Err(err) => return Err(refuse(err)),
    }
    Ok(redirect(&visit.path_of("decisions")))
}

fn denied(visit: &SiteVisit, rule: Denial) -> Result<Response, HttpError> {
    let text = visit.text(match rule {
        Denial::ExecutiveOnly => "decision-denied-executive-only",
        Denial::NotYours => "decision-denied-not-yours",
        Denial::OwnRequest => "decision-denied-own-request",
    });
    let page = Page::new(visit.text("decision-denied"), "decisions");
    let mut response = web::page(visit, &page, &Denied { visit, rule: rule.name(), text })?;
    *response.status_mut() = StatusCode::FORBIDDEN;
    Ok(response)
}
