//! The second factor of somebody who has one.

use ::people::store::{self as tables, Stage, Step};
use ::people::{Account, EVERYWHERE, recovery, totp};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use base::UtcSeconds;
use serde::Deserialize;
use serde_json::json;
use store::ledger::{NewEntry, Recording};
use web::{Form, HttpError, Page, Visit, blocking, page, redirect};

use super::browser::Browser;
use super::flow::{self, Begun, Opened, with_status};
use super::refusal::Refusal;
use crate::Office;
use crate::state::Shared;

#[derive(Template)]
#[template(path = "sign_in/code.html")]
struct CodePage<'a> {
    visit: &'a Visit,
    wrong: Vec<String>,
    is_over: bool,
}

/// The sign-in took too long or is finished: begin again.
pub(super) fn over(visit: &Visit) -> Result<Response, HttpError> {
    let body = CodePage { visit, wrong: Vec::new(), is_over: true };
    Ok(with_status(page(visit, &Page::new(visit.text("sign-in-title"), ""), &body)?, StatusCode::GONE))
}

/// The sign-in on its way in this browser, with its account.
pub(super) fn find_step(
    office: &Office,
    browser: &Browser,
    now: UtcSeconds,
) -> Result<Option<(Step, Account)>, HttpError> {
    let Some(token) = &browser.step else { return Ok(None) };
    let found = office.database().read::<_, store::StoreError>(|tx| {
        let Some(step) = tables::find_step(tx, token, now)? else { return Ok(None) };
        let account = tables::find_account(tx, step.account)?.filter(|account| account.enabled);
        Ok(account.map(|account| (step, account)))
    })?;
    Ok(found)
}

/// The page that asks for a code.
pub(super) async fn show(visit: Visit, browser: Browser, State(office): State<Shared>) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        match find_step(&office, &browser, visit.now)? {
            Some((Step { stage: Stage::Code, .. }, _)) => draw(&visit, Vec::new()),
            Some(_) | None => over(&visit),
        }
    })
    .await
}

fn draw(visit: &Visit, wrong: Vec<String>) -> Result<Response, HttpError> {
    let body = CodePage { visit, wrong, is_over: false };
    page(visit, &Page::new(visit.text("code-title"), ""), &body)
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    code: String,
}

/// Looks at the code; it counts once.
pub(super) async fn enter(
    visit: Visit,
    browser: Browser,
    State(office): State<Shared>,
    Form(typed): Form<Typed>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let Some((step, account)) =
            find_step(&office, &browser, visit.now)?.filter(|(step, _)| step.stage == Stage::Code)
        else {
            return over(&visit);
        };
        let attempt = match flow::begin(&office, account.login.as_str(), Some(account.id), &browser, visit.now)? {
            Begun::Go(attempt) => attempt,
            Begun::Wait(seconds) => {
                let wrong = vec![visit.say("sign-in-wait", &[("seconds", seconds.into())])];
                return Ok(with_status(draw(&visit, wrong)?, StatusCode::TOO_MANY_REQUESTS));
            }
        };
        let opened = office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
            let token = browser.step.as_deref().unwrap_or_default();
            if tables::find_step(tx, token, visit.now)?.is_none() {
                return Ok(None);
            }
            let Some(through) = prove(tx, &account, &typed.code, visit.now)? else { return Ok(None) };
            tables::end_step(tx, token)?;
            flow::forget_failures(tx, &attempt)?;
            end_former(tx, &visit)?;
            flow::open_session(tx, &office, &account, &browser, through, visit.now).map(Some)
        })?;
        match opened {
            Some(opened) => finish(&office, &browser, &opened, &step.next),
            None => {
                flow::note_failure(&office, &attempt, &browser, visit.now)?;
                let credential = office.database().read(|tx| tables::find_credential(tx, account.id))?;
                let is_behind = credential.is_some_and(|credential| {
                    totp::is_clock_behind(&credential.totp_secret, &typed.code, visit.now, credential.totp_last)
                });
                let wrong = vec![visit.text(if is_behind { "code-clock" } else { "code-wrong" })];
                Ok(with_status(draw(&visit, wrong)?, StatusCode::UNPROCESSABLE_ENTITY))
            }
        }
    })
    .await
}

fn finish(office: &Office, browser: &Browser, opened: &Opened, next: &str) -> Result<Response, HttpError> {
    opened.give(office, browser, redirect(next))
}

/// Which second factor this code is; `None` if it is none or was used before.
fn prove(
    tx: &mut Recording<'_>,
    account: &Account,
    code: &str,
    now: UtcSeconds,
) -> Result<Option<&'static str>, Refusal> {
    if recovery::is_shaped_like_one(code) {
        let hash = recovery::hash(account.id, code);
        if !tables::use_recovery_code(tx, account.id, hash, now)? {
            return Ok(None);
        }
        let left = tables::count_recovery_codes(tx, account.id)?;
        let body = json!({ "login": account.login.as_str(), "left": left });
        tx.append(&NewEntry {
            kind: "account.recovery_code_used",
            site: EVERYWHERE,
            who: &account.who(),
            body: &body,
        })?;
        return Ok(Some("recovery_code"));
    }
    let Some(credential) = tables::find_credential(tx, account.id)? else { return Ok(None) };
    let Some(step) = totp::find_step(&credential.totp_secret, code, now, credential.totp_last) else { return Ok(None) };
    Ok(tables::accept_totp(tx, account.id, step)?.then_some("totp"))
}

/// Ends the session this browser had before.
pub(super) fn end_former(tx: &mut Recording<'_>, visit: &Visit) -> Result<(), Refusal> {
    if let Some((person, session)) = visit.person.as_ref().zip(visit.session()) {
        tables::end_session(tx, person.account.id, session.id, visit.now)?;
    }
    Ok(())
}
