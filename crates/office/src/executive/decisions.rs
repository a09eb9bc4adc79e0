//! What waits for a decision, what was decided, and the form with which an administrator asks for one.

use ::store::{StoreError, Transaction};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use base::Date;
use base::plain::plain_lines;
use governance::decisions::{
    Decision, DecisionClass, DecisionError, DecisionState, MAX_OPTIONS, MAX_TEXT_CHARS, NewDecision,
};
use governance::exceptions::{Exception, ExceptionState, Exceptions};
use governance::{snapshot, store as tables};
use people::Role;
use people::account::clean_name;
use serde::Deserialize;
use web::list::{Cell, Column, List, ListQuery, Look, Total};
use web::{Form, HttpError, Page, SiteVisit, blocking, redirect};

use super::plain;
use super::waiting::{self, Waiting, class_message};
use crate::state::Shared;

#[derive(Template)]
#[template(path = "executive/decisions.html")]
struct Above<'a> {
    visit: &'a SiteVisit,
    waiting: Vec<Waiting>,
    may_ask: bool,
    classes: Vec<(&'static str, String)>,
}

impl Above<'_> {
    fn title(&self) -> String {
        self.visit.say("decision-waiting", &[("count", self.waiting.len().into())])
    }

    fn asked(&self, waiting: &Waiting) -> String {
        self.visit.say("decision-asked", &[("who", waiting.asked_by.as_str().into())])
    }

    fn is_late(&self, waiting: &Waiting) -> bool {
        waiting.until < self.visit.today()
    }
}

pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (waiting, rows) = office.database().read(|tx| {
            Ok::<_, StoreError>((waiting::list(tx, &office.installation.packs, &visit)?, decided(tx, &visit)?))
        })?;
        let may_ask = visit.is(Role::Administrator);
        let classes = DecisionClass::ALL.iter().map(|(name, class)| (*name, visit.text(class_message(*class))));
        let above = Above { visit: &visit, waiting, may_ask, classes: classes.collect() };
        let above = above.render().map_err(HttpError::internal)?;
        let list = List {
            caption: visit.text("decision-decided"),
            columns: vec![
                Column::new(visit.text("decision-what")).sort("what"),
                Column::new(visit.text("decision-class")).sort("class"),
                Column::new(visit.text("decision-outcome")).sort("outcome"),
                Column::new(visit.text("decision-remark")),
                Column::new(visit.text("decision-asked-by")),
                Column::new(visit.text("decision-decided-by")).sort("who"),
                Column::new(visit.text("decision-decided-at")).sort("when"),
            ],
            total: Total::Exactly(rows.len()),
            rows,
            filters: Vec::new(),
            can_search: true,
            empty: visit.text("decision-none-decided"),
        };
        let page = Page::new(visit.text("nav-decisions"), "decisions").help(visit.text("decision-help"));
        list.cut(&query).respond(&visit, &page, &query, &above)
    })
    .await
}

/// Rows of what was decided, newest first.
fn decided(tx: &mut Transaction, visit: &SiteVisit) -> Result<Vec<Vec<Cell>>, StoreError> {
    let mut rows = Vec::new();
    for decision in tables::list_decisions(tx, visit.site_id())? {
        if decision.state != DecisionState::Waiting {
            rows.push((decision.decided_at, decision_row(visit, &decision)));
        }
    }
    for exception in tables::list_exceptions(tx, visit.site_id())? {
        if exception.state != ExceptionState::Requested {
            rows.push((exception.decided_at, exception_row(tx, visit, &exception)?));
        }
    }
    rows.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

fn outcome(visit: &SiteVisit, approved: bool) -> Cell {
    let (id, look) = if approved { ("decision-approved", Look::Good) } else { ("decision-refused", Look::Caution) };
    Cell::text(visit.text(id)).look(look)
}

/// Who decided, and in whose place.
pub(super) fn decider(visit: &SiteVisit, who: &str, deputy_for: &str) -> String {
    if deputy_for.is_empty() {
        return who.to_owned();
    }
    visit.say("decision-as-deputy", &[("who", who.into()), ("of", deputy_for.into())])
}

fn decision_row(visit: &SiteVisit, decision: &Decision) -> Vec<Cell> {
    let what = if decision.choice.is_empty() {
        decision.question.clone()
    } else {
        format!("{}: {}", decision.question, decision.choice)
    };
    vec![
        Cell::link(what, visit.path_of(&format!("decisions/{}", decision.id))),
        Cell::text(visit.text(class_message(decision.class))),
        outcome(visit, decision.state == DecisionState::Approved),
        Cell::text(decision.remark.as_str()),
        Cell::text(decision.asked_by.as_str()),
        Cell::text(decider(visit, &decision.decided_by, &decision.deputy_for)),
        Cell::text(decision.decided_at.map_or_else(String::new, |at| visit.minute(at))),
    ]
}

fn exception_row(tx: &mut Transaction, visit: &SiteVisit, exception: &Exception) -> Result<Vec<Cell>, StoreError> {
    let check = snapshot::find_check(tx, visit.site_id(), visit.lang, &exception.check)?;
    let (remark, deputy_for) = tables::find_ruling(tx, exception.id)?.unwrap_or_default();
    let subject = plain::subject_of(visit, check.as_ref());
    let title = visit.say("decision-exception-title", &[("subject", subject.into())]);
    Ok(vec![
        Cell::link(title, visit.path_of(&format!("decisions/exceptions/{}", exception.id))),
        Cell::text(visit.text("decision-class-exception")),
        outcome(visit, exception.state == ExceptionState::Approved),
        Cell::text(remark),
        Cell::text(exception.requested_by.as_str()),
        Cell::text(decider(visit, &exception.decided_by, &deputy_for)),
        Cell::text(exception.decided_at.map_or_else(String::new, |at| visit.minute(at))),
    ])
}

/// The form of whoever asks.
#[derive(Debug, Deserialize)]
pub(super) struct Question {
    #[serde(default)]
    class: String,
    #[serde(default)]
    question: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    options: String,
    #[serde(default)]
    due_on: String,
}

pub(super) async fn ask(
    visit: SiteVisit,
    State(office): State<Shared>,
    Form(form): Form<Question>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let class = DecisionClass::ALL.iter().find(|(name, _)| *name == form.class).map(|(_, class)| *class);
        let class = class.ok_or_else(|| HttpError::bad_request("decision-no-class", ""))?;
        let due_on: Date =
            form.due_on.trim().parse().map_err(|_| HttpError::bad_request("decision-bad-day", form.due_on.as_str()))?;
        let options = form.options.lines().map(clean_name).filter(|option| !option.is_empty()).collect();
        let new = NewDecision {
            class,
            question: plain_lines(&form.question),
            reason: plain_lines(&form.reason),
            options,
            due_on,
            asked_by: visit.who(),
        };
        exceptions(&office, &visit).ask_decision(&new).map_err(refuse)?;
        Ok(redirect(&visit.path_of("decisions")))
    })
    .await
}

/// Where decisions of this site go.
pub(super) fn exceptions<'a>(office: &'a Shared, visit: &'a SiteVisit) -> Exceptions<'a> {
    Exceptions {
        database: office.database(),
        ledger: &office.installation.ledger,
        site: visit.site_id(),
        now: visit.now,
    }
}

/// Why nothing was decided or asked, as a page. Denials have a page of their own.
pub(super) fn refuse(err: DecisionError) -> HttpError {
    match err {
        DecisionError::NoReason => HttpError::bad_request("decision-no-reason", MAX_TEXT_CHARS.to_string()),
        DecisionError::BadDay { found } => HttpError::bad_request("decision-bad-day", found.to_string()),
        DecisionError::BadOptions => HttpError::bad_request("decision-bad-options", MAX_OPTIONS.to_string()),
        DecisionError::NoChoice => HttpError::bad_request("decision-no-choice", ""),
        DecisionError::Unknown { .. } => HttpError::not_found(),
        DecisionError::Decided { by, .. } => HttpError::conflict("decision-was-decided", by),
        DecisionError::Denied { .. } => HttpError::forbidden(),
        DecisionError::Store(err) => err.into(),
        err @ (DecisionError::Exception(_) | DecisionError::Ledger(_)) => HttpError::internal(err),
    }
}
