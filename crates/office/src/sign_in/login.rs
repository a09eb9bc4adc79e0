//! Login and password, and the way out.

use ::people::account::Login;
use ::people::password::{self, Password};
use ::people::store::{self as tables, Stage};
use ::people::{Account, EVERYWHERE, totp};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use store::ledger::NewEntry;
use web::list::ListQuery;
use web::{Form, HttpError, Page, Visit, blocking, page, redirect};

use super::browser::Browser;
use super::flow::{self, Begun, HASHING, Proved, with_status};
use super::refusal::Refusal;
use crate::Office;
use crate::state::Shared;

#[derive(Template)]
#[template(path = "sign_in/login.html")]
struct LoginPage<'a> {
    visit: &'a Visit,
    wrong: Vec<String>,
    login: &'a str,
    next: &'a str,
}

fn draw(visit: &Visit, login: &str, next: &str, wrong: Vec<String>) -> Result<Response, HttpError> {
    let next = if flow::is_own_path(next) { next } else { "" };
    page(visit, &Page::new(visit.text("sign-in-title"), ""), &LoginPage { visit, wrong, login, next })
}

/// The page that asks for login and password. While nobody has an account, set-up comes first.
pub(super) async fn show(visit: Visit, query: ListQuery, State(office): State<Shared>) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let next = query.filter("next").unwrap_or_default();
        if visit.session().is_some() {
            return Ok(redirect(if flow::is_own_path(next) { next } else { "/" }));
        }
        if office.settings.setup_code.is_some() && office.database().read(tables::count_accounts)? == 0 {
            return Ok(redirect("/setup"));
        }
        draw(&visit, "", next, Vec::new())
    })
    .await
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// Looks at login and password. An unknown login, a wrong password and a closed account get the same answer after the same work.
pub(super) async fn enter(
    visit: Visit,
    browser: Browser,
    State(office): State<Shared>,
    Form(typed): Form<Typed>,
) -> Result<Response, HttpError> {
    let shown: String = typed.login.chars().take(Login::MAX_CHARS).collect();
    let (from, asked, login) = (browser.clone(), office.clone(), typed.login.clone());
    let begun = blocking(move || -> Result<_, HttpError> {
        let (account, hash) = find(&asked, &login)?;
        let id = account.as_ref().map(|account| account.id);
        let begun = flow::begin(&asked, &login, id, &from, visit.now)?;
        Ok((visit, begun, account, hash))
    });
    let (visit, begun, account, hash) = begun.await?;
    let attempt = match begun {
        Begun::Go(attempt) => attempt,
        Begun::Wait(seconds) => {
            let wrong = vec![visit.say("sign-in-wait", &[("seconds", seconds.into())])];
            return Ok(with_status(draw(&visit, &shown, &typed.next, wrong)?, StatusCode::TOO_MANY_REQUESTS));
        }
    };
    let _turn = HASHING.acquire().await.map_err(HttpError::internal)?;
    blocking(move || -> Result<Response, HttpError> {
        let fits = password::is_match(&Password::typed(&typed.password), hash.as_deref());
        let step = if let (Some(account), Some(hash)) = (account.filter(|account| fits && account.enabled), hash) {
            let proved = Proved::new(attempt.clone(), account.id, hash);
            go_on(&visit, &office, &account, &proved, &typed.next)?
        } else {
            None
        };
        let Some((path, step)) = step else {
            flow::note_failure(&office, &attempt, &browser, visit.now)?;
            let wrong = vec![visit.text("sign-in-wrong")];
            return Ok(with_status(draw(&visit, &shown, &typed.next, wrong)?, StatusCode::UNPROCESSABLE_ENTITY));
        };
        browser.give_step(&office.frame, redirect(path), &step)
    })
    .await
}

/// The account of a login, and the hash of its password.
fn find(office: &Office, typed: &str) -> Result<(Option<Account>, Option<String>), HttpError> {
    let Ok(login) = Login::new(typed) else { return Ok((None, None)) };
    let found = office.database().read::<_, store::StoreError>(|tx| {
        let Some(account) = tables::find_account_by_login(tx, &login)? else { return Ok((None, None)) };
        let credential = tables::find_credential(tx, account.id)?;
        Ok((Some(account), credential.map(|credential| credential.password_hash)))
    })?;
    Ok(found)
}

/// The password was right: on to the second factor, or to setting one up. Returns the page and the token of the step; `None`
/// if the password was changed or the account closed while it was compared.
fn go_on(
    visit: &Visit,
    office: &Office,
    account: &Account,
    proved: &Proved,
    next: &str,
) -> Result<Option<(&'static str, String)>, HttpError> {
    let step = office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
        let Some(credential) = proved.accept(tx)? else { return Ok(None) };
        let (path, stage) = if credential.has_second_factor() {
            ("/login/code", Stage::Code)
        } else {
            ("/login/enrol", Stage::Enrol(totp::new_secret(&*office.frame.randomness)))
        };
        let step = flow::add_step(tx, office, account.id, stage, next, visit.now)?;
        Ok(Some((path, step)))
    })?;
    Ok(step)
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// Ends the session.
pub(super) async fn leave(
    visit: Visit,
    browser: Browser,
    State(office): State<Shared>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let Some((person, session)) = visit.person.as_ref().zip(visit.session()) else { return Ok(redirect("/login")) };
        office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
            if tables::end_session(tx, person.account.id, session.id, visit.now)? {
                let body = json!({ "ended": 1, "why": "signed_out" });
                tx.append(&NewEntry {
                    kind: "session.ended",
                    site: EVERYWHERE,
                    who: &person.account.who(),
                    body: &body,
                })?;
            }
            Ok(())
        })?;
        browser.take_session(&office.frame, redirect("/login"))
    })
    .await
}
