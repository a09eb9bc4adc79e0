//! `mamori exception`: deviations somebody takes responsibility for.

use anyhow::Result;
use governance::decisions::{Capacity, Decider, DecisionError, Denial, Outcome as Word, Ruling};
use governance::exceptions::{Control, ExceptionError, Exceptions, MAX_DAYS, NewException};
use serde_json::json;

use super::{Context, job, parse_day, settle_site};
use crate::cli::{ApproveAs, ExceptionCommand};
use crate::output::{self, Mistake, Outcome};
use installation::Installation;

pub(crate) fn run(context: Context<'_>, command: &ExceptionCommand) -> Result<Outcome> {
    let installation = context.open()?;
    let site = settle_site(&installation, &context.who(), &context.global.site, None)?.id;
    let who = context.who();
    let office = Exceptions {
        database: &installation.database,
        ledger: &installation.ledger,
        site: &site,
        now: installation.now(),
    };
    let decided = match command {
        ExceptionCommand::Request { check, subject, reason, until, controls } => {
            let new = NewException {
                check: check.clone(),
                subject: subject.as_ref().map(|subject| subject.parse()).transpose()?,
                reason: reason.clone(),
                requested_by: who,
                expires_on: parse_day(&installation, until)?,
                controls: controls
                    .iter()
                    .map(|control| parse_control(&installation, control))
                    .collect::<Result<_>>()?,
            };
            let known = |id: &str| installation.packs.checks.iter().any(|check| check.id == id);
            office.request_exception(&new, known).map(|id| ("exception-requested", id))
        }
        ExceptionCommand::Approve { id, capacity } => match approve(&installation, &office, *id, *capacity, &who) {
            Ok(()) => Ok(("exception-approved", *id)),
            Err(DecisionError::Exception(err)) => Err(err),
            Err(err) => return refuse_decision(&installation, err),
        },
        ExceptionCommand::Revoke { id, why } => {
            office.revoke_exception(*id, None, &who, why).map(|()| ("exception-revoked", *id))
        }
        ExceptionCommand::List => return list(&installation, &context, &site),
    };
    let (message, id) = match decided {
        Ok(decided) => decided,
        Err(err) => return refuse(&installation, err),
    };
    if context.global.json {
        output::json(&json!({ "exception": id, "message": installation.say(message, &[("id", id.into())]) }));
    } else {
        output::line(&installation.say(message, &[("id", id.into())]));
    }
    // An exception changes verdicts, so the tasks are settled anew.
    job::work(&installation)?;
    Ok(Outcome::Done)
}

/// Approves in the capacity that was given. Where nobody signs in, nobody can be held to it: the ledger says that it was said on
/// the command line.
fn approve(
    installation: &Installation,
    office: &Exceptions<'_>,
    id: i64,
    capacity: ApproveAs,
    who: &str,
) -> Result<(), DecisionError> {
    let capacity = match capacity {
        ApproveAs::Executive => Capacity::Executive,
        ApproveAs::Administrator => Capacity::Administrator,
    };
    let remark = installation.say("exception-on-command-line", &[]);
    let ruling = Ruling { outcome: Word::Approve, choice: String::new(), remark };
    let checks = &installation.packs.checks;
    let severity = |id: &str| checks.iter().find(|check| check.id == id).map(|check| check.severity);
    office.rule_on_exception(&Decider { who, capacity }, id, &ruling, severity)
}

fn refuse_decision(installation: &Installation, err: DecisionError) -> Result<Outcome> {
    let id = match &err {
        DecisionError::Denied { rule: Denial::ExecutiveOnly } => "exception-executive-only",
        DecisionError::Denied { rule: Denial::OwnRequest } => "exception-own-request",
        DecisionError::Unknown { .. } => "exception-unknown",
        DecisionError::Decided { .. } => "exception-not-waiting",
        DecisionError::Denied { rule: Denial::NotYours }
        | DecisionError::NoReason
        | DecisionError::BadDay { .. }
        | DecisionError::BadOptions
        | DecisionError::NoChoice
        | DecisionError::Exception(_)
        | DecisionError::Ledger(_)
        | DecisionError::Store(_) => return Err(err.into()),
    };
    output::note(&installation.say(id, &[("detail", err.to_string().into())]));
    Ok(Outcome::Refused)
}

fn refuse(installation: &Installation, err: ExceptionError) -> Result<Outcome> {
    let id = match &err {
        ExceptionError::UnknownCheck { .. } => "exception-unknown-check",
        ExceptionError::NoReason => "exception-no-reason",
        ExceptionError::NoControl => "exception-no-control",
        ExceptionError::UnknownEvidence { .. } => "exception-unknown-evidence",
        ExceptionError::BadEnd { .. } => "exception-bad-end",
        ExceptionError::OwnRequest { .. } => "exception-own-request",
        ExceptionError::Unknown { .. } => "exception-unknown",
        ExceptionError::NotWaiting { .. } => "exception-not-waiting",
        ExceptionError::Ledger(_) | ExceptionError::Store(_) => return Err(err.into()),
    };
    output::note(&installation.say(id, &[("detail", err.to_string().into()), ("most", MAX_DAYS.into())]));
    Ok(Outcome::Refused)
}

/// `対策=12` → the control and the number of its evidence.
fn parse_control(installation: &Installation, text: &str) -> Result<Control> {
    let parsed = text.rsplit_once('=').and_then(|(control, evidence)| {
        Some(Control {
            control: control.trim().to_owned(),
            evidence: evidence.trim().trim_start_matches('#').parse().ok()?,
        })
    });
    match parsed {
        Some(control) => Ok(control),
        None => Err(Mistake(installation.say("exception-bad-control", &[("detail", text.into())])).into()),
    }
}

fn list(installation: &Installation, context: &Context<'_>, site: &str) -> Result<Outcome> {
    for exception in installation.database.read(|tx| governance::store::list_exceptions(tx, site))? {
        let subject = exception.subject.as_ref().map(ToString::to_string);
        if context.global.json {
            output::json(&json!({
                "id": exception.id,
                "check": exception.check,
                "subject": subject,
                "reason": exception.reason,
                "requested_by": exception.requested_by,
                "expires_on": exception.expires_on.to_string(),
                "state": exception.state.name(),
                "decided_by": exception.decided_by,
                "controls": exception.controls.iter().map(|control| json!({ "control": control.control, "evidence": control.evidence })).collect::<Vec<_>>(),
            }));
        } else {
            let subject = subject.unwrap_or_default();
            output::line(&format!(
                "#{} {} {} {subject} 〜{} {}",
                exception.id,
                exception.state.name(),
                exception.check,
                exception.expires_on,
                exception.reason
            ));
        }
    }
    Ok(Outcome::Done)
}
