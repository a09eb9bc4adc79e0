//! Links that open once: an invitation, a new start, the way into the demo.

use ::people::link::Purpose;
use ::people::password::{self, Password};
use ::people::store::{self as tables, Link, Stage};
use ::people::{Account, totp};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use web::visit::encode_segment;
use web::{Form, HttpError, Page, Visit, blocking, page, redirect};

use super::browser::Browser;
use super::code::end_former;
use super::flow::{self, HASHING, with_status};
use super::refusal::Refusal;
use crate::Office;
use crate::state::Shared;

#[derive(Template)]
#[template(path = "sign_in/link.html")]
struct LinkPage<'a> {
    visit: &'a Visit,
    wrong: Vec<String>,
    name: String,
    login: String,
    token: String,
    until: String,
}

#[derive(Template)]
#[template(path = "sign_in/link_over.html")]
struct OverPage<'a> {
    visit: &'a Visit,
}

fn over(visit: &Visit) -> Result<Response, HttpError> {
    let drawn = page(visit, &Page::new(visit.text("link-title"), ""), &OverPage { visit })?;
    Ok(with_status(drawn, StatusCode::GONE))
}

fn find(office: &Office, token: &str, visit: &Visit) -> Result<Option<(Link, Account)>, HttpError> {
    let found = office.database().read::<_, store::StoreError>(|tx| {
        let Some(link) = tables::find_link(tx, token, visit.now)? else { return Ok(None) };
        // They open without a password: what a demonstration left behind opens nothing later.
        if link.purpose == Purpose::Demo && !office.settings.demo {
            return Ok(None);
        }
        let account = tables::find_account(tx, link.account)?.filter(|account| account.enabled);
        Ok(account.map(|account| (link, account)))
    })?;
    Ok(found)
}

fn draw(visit: &Visit, token: &str, found: &(Link, Account), wrong: Vec<String>) -> Result<Response, HttpError> {
    let (link, account) = found;
    let body = LinkPage {
        visit,
        wrong,
        name: account.name.clone(),
        login: account.login.as_str().to_owned(),
        token: encode_segment(token),
        until: visit.minute(link.expires_at),
    };
    page(visit, &Page::new(visit.text("link-title"), ""), &body)
}

#[derive(Template)]
#[template(path = "sign_in/link_demo.html")]
struct DemoPage<'a> {
    visit: &'a Visit,
    name: String,
    token: String,
}

/// The page that asks for a new password, or the door of the demo. Looking at it changes nothing: programs look at links too.
pub(super) async fn show(
    visit: Visit,
    State(office): State<Shared>,
    Path(token): Path<String>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let Some(found) = find(&office, &token, &visit)? else { return over(&visit) };
        match found.0.purpose {
            Purpose::Invite | Purpose::Reset => draw(&visit, &token, &found, Vec::new()),
            Purpose::Demo => {
                let body = DemoPage { visit: &visit, name: found.1.name.clone(), token: encode_segment(&token) };
                page(&visit, &Page::new(visit.text("link-demo-title"), ""), &body)
            }
        }
    })
    .await
}

/// The links of the demo open as often as somebody likes, for as long as it runs.
fn enter_demo(visit: &Visit, office: &Office, browser: &Browser, account: &Account) -> Result<Response, HttpError> {
    let opened = office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
        end_former(tx, visit)?;
        flow::open_session(tx, office, account, browser, "demo", visit.now)
    })?;
    opened.give(office, browser, redirect("/"))
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

/// Signs in to the demo, or sets the password; what there was before ends, and an authenticator is set up next.
pub(super) async fn set_password(
    visit: Visit,
    browser: Browser,
    State(office): State<Shared>,
    Path(token): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, HttpError> {
    let (seen, asked, shown, from) = (visit.clone(), office.clone(), token.clone(), browser.clone());
    let begun = blocking(move || -> Result<Result<_, Response>, HttpError> {
        let Some(found) = find(&asked, &shown, &seen)? else { return Ok(Err(over(&seen)?)) };
        if found.0.purpose == Purpose::Demo {
            return Ok(Err(enter_demo(&seen, &asked, &from, &found.1)?));
        }
        match choose(&seen, &found.1, &typed.new, &typed.again) {
            Ok(chosen) => Ok(Ok((found, chosen))),
            Err(wrong) => {
                let drawn = draw(&seen, &shown, &found, wrong)?;
                Ok(Err(with_status(drawn, StatusCode::UNPROCESSABLE_ENTITY)))
            }
        }
    });
    let (found, chosen) = match begun.await? {
        Ok(begun) => begun,
        Err(refused) => return Ok(refused),
    };
    // Only whoever has a link and a password that may be one gets as far as this.
    let _turn = HASHING.acquire().await.map_err(HttpError::internal)?;
    blocking(move || -> Result<Response, HttpError> {
        let hash = password::hash(&chosen, &*office.frame.randomness).map_err(HttpError::internal)?;
        match start_anew(&office, &visit, &token, &found, &hash)? {
            Some(step) => browser.give_step(&office.frame, redirect("/login/enrol"), &step),
            None => over(&visit),
        }
    })
    .await
}

/// A new password typed twice, or what is wrong with it.
pub(super) fn choose(visit: &Visit, account: &Account, new: &str, again: &str) -> Result<Password, Vec<String>> {
    let chosen = Password::choose(new, &[account.login.as_str(), &account.name]);
    let chosen = chosen.map_err(|err| vec![flow::password_message(visit, err)])?;
    if chosen == Password::typed(again) { Ok(chosen) } else { Err(vec![visit.text("password-not-same")]) }
}

fn start_anew(
    office: &Office,
    visit: &Visit,
    token: &str,
    (link, account): &(Link, Account),
    hash: &str,
) -> Result<Option<String>, HttpError> {
    let now = visit.now;
    let step = office.installation.ledger.write::<_, Refusal>(office.database(), now, |tx| {
        if !tables::use_link(tx, token, now)? {
            return Ok(None);
        }
        tables::put_password(tx, account.id, hash, now)?;
        tables::remove_second_factor(tx, account.id, now)?;
        tables::end_sessions(tx, account.id, None, now)?;
        tables::end_steps(tx, account.id)?;
        tables::forget_devices(tx, account.id)?;
        tables::revoke_tokens_of(tx, account.id, &account.who(), now)?;
        flow::record_change(tx, account, "password", link.purpose.name())?;
        let stage = Stage::Enrol(totp::new_secret(&*office.frame.randomness));
        flow::add_step(tx, office, account.id, stage, "/", now).map(Some)
    })?;
    Ok(step)
}
