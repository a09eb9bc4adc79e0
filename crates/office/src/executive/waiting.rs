//! What waits for a decision: exceptions asked for, and everything else.

use ::store::{StoreError, Transaction};
use base::{Date, Severity};
use governance::decisions::{DecisionClass, DecisionState, needs_executive};
use governance::exceptions::ExceptionState;
use governance::{snapshot, store as tables};
use installation::Packs;
use web::SiteVisit;

use super::plain;

/// One thing that waits, in plain words.
pub(crate) struct Waiting {
    /// Page with the form.
    pub(crate) path: String,
    /// What is decided.
    pub(crate) title: String,
    /// Kind of the decision.
    pub(crate) class: String,
    /// Who asked.
    pub(crate) asked_by: String,
    /// Until when it is to be decided, or last day of the exception.
    pub(crate) until: Date,
    /// That day in words.
    pub(crate) until_text: String,
    /// Whether only the executive or the deputy decides.
    pub(crate) needs_executive: bool,
}

/// The message with the name of a class.
pub(super) const fn class_message(class: DecisionClass) -> &'static str {
    match class {
        DecisionClass::StopService => "decision-class-stop-service",
        DecisionClass::RansomPolicy => "decision-class-ransom-policy",
        DecisionClass::Publish => "decision-class-publish",
        DecisionClass::Resume => "decision-class-resume",
        DecisionClass::AcceptHighRisk => "decision-class-accept-high-risk",
    }
}

/// How much a check matters, by the packs: pages say the same as the rule that decides.
pub(super) fn severity(packs: &Packs, check: &str) -> Option<Severity> {
    packs.checks.iter().find(|one| one.id == check).map(|check| check.severity)
}

/// What waits at the site, soonest day first.
pub(crate) fn list(tx: &mut Transaction, packs: &Packs, visit: &SiteVisit) -> Result<Vec<Waiting>, StoreError> {
    let mut waiting = Vec::new();
    let short_day = |day| plain::short_day(visit.lang, day);
    for decision in tables::list_decisions(tx, visit.site_id())? {
        if decision.state == DecisionState::Waiting {
            waiting.push(Waiting {
                path: visit.path_of(&format!("decisions/{}", decision.id)),
                title: decision.question,
                class: visit.text(class_message(decision.class)),
                asked_by: decision.asked_by,
                until: decision.due_on,
                until_text: visit.say("decision-until", &[("day", short_day(decision.due_on).into())]),
                needs_executive: true,
            });
        }
    }
    for exception in tables::list_exceptions(tx, visit.site_id())? {
        if exception.state != ExceptionState::Requested {
            continue;
        }
        let check = snapshot::find_check(tx, visit.site_id(), visit.lang, &exception.check)?;
        let grave = needs_executive(severity(packs, &exception.check));
        let class = if grave { "decision-class-accept-high-risk" } else { "decision-class-accept-risk" };
        let subject = plain::subject_of(visit, check.as_ref());
        waiting.push(Waiting {
            path: visit.path_of(&format!("decisions/exceptions/{}", exception.id)),
            title: visit.say("decision-exception-title", &[("subject", subject.into())]),
            class: visit.text(class),
            asked_by: exception.requested_by,
            until: exception.expires_on,
            until_text: visit.say("decision-exception-until", &[("day", short_day(exception.expires_on).into())]),
            needs_executive: grave,
        });
    }
    waiting.sort_by(|a, b| (a.until, &a.path).cmp(&(b.until, &b.path)));
    Ok(waiting)
}
