//! What somebody changes about their own account.

use ::people::account::clean_name;
use ::people::password::{self, Password};
use ::people::store::{self as tables, AccountEdit, Stage};
use ::people::{EVERYWHERE, SignedIn, totp};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use base::Lang;
use serde::Deserialize;
use serde_json::json;
use store::ledger::{NewEntry, Recording};
use web::{Form, HttpError, Visit, blocking, redirect};

use super::browser::Browser;
use super::flow::{self, Attempt, Begun, HASHING, with_status};
use super::me::{draw, get_person};
use super::refusal::Refusal;
use super::{enrol, link};
use crate::Office;
use crate::state::Shared;

#[derive(Deserialize)]
pub(super) struct Edited {
    #[serde(default)]
    name: String,
    #[serde(default)]
    department: String,
    #[serde(default)]
    lang: String,
}

fn complain(visit: &Visit, office: &Office, text: String) -> Result<Response, HttpError> {
    Ok(with_status(draw(visit, office, String::new(), vec![text])?, StatusCode::UNPROCESSABLE_ENTITY))
}

/// Changes name, department and language.
pub(super) async fn change_account(
    visit: Visit,
    State(office): State<Shared>,
    Form(edited): Form<Edited>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (person, _) = get_person(&visit)?;
        let name = clean_name(&edited.name);
        if name.is_empty() {
            return complain(&visit, &office, visit.text("person-bad-name"));
        }
        office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
            let account = tables::find_account(tx, person.account.id)?.ok_or_else(HttpError::not_found)?;
            let edit = AccountEdit {
                name: name.clone(),
                department: clean_name(&edited.department),
                lang: if edited.lang == "en" { Lang::En } else { Lang::Ja },
                ..AccountEdit::of(&account)
            };
            if edit == AccountEdit::of(&account) {
                return Ok(());
            }
            tables::update_account(tx, account.id, &edit)?;
            let body = json!({ "login": account.login.as_str(), "name": edit.name, "department": edit.department });
            tx.append(&NewEntry { kind: "account.changed", site: EVERYWHERE, who: &account.who(), body: &body })?;
            Ok(())
        })?;
        Ok(redirect("/me?done=account"))
    })
    .await
}

/// Looks at the password of somebody signed in; on a wrong one, the answer that says so.
fn prove(
    visit: &Visit,
    office: &Office,
    browser: &Browser,
    person: &SignedIn,
    typed: &str,
) -> Result<Result<Attempt, Response>, HttpError> {
    let account = &person.account;
    let attempt = match flow::begin(office, account.login.as_str(), Some(account.id), browser, visit.now)? {
        Begun::Go(attempt) => attempt,
        Begun::Wait(seconds) => {
            let wrong = vec![visit.say("sign-in-wait", &[("seconds", seconds.into())])];
            let drawn = draw(visit, office, String::new(), wrong)?;
            return Ok(Err(with_status(drawn, StatusCode::TOO_MANY_REQUESTS)));
        }
    };
    let credential = office.database().read(|tx| tables::find_credential(tx, account.id))?;
    let hash = credential.map(|credential| credential.password_hash);
    if password::is_match(&Password::typed(typed), hash.as_deref()) {
        return Ok(Ok(attempt));
    }
    flow::note_failure(office, &attempt, browser, visit.now)?;
    complain(visit, office, visit.text("password-old-wrong")).map(Err)
}

#[derive(Deserialize)]
pub(super) struct Passwords {
    #[serde(default)]
    old: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

/// Changes the password; every other session ends.
pub(super) async fn change_password(
    visit: Visit,
    browser: Browser,
    State(office): State<Shared>,
    Form(typed): Form<Passwords>,
) -> Result<Response, HttpError> {
    let _turn = HASHING.acquire().await.map_err(HttpError::internal)?;
    blocking(move || -> Result<Response, HttpError> {
        let (person, session) = get_person(&visit)?;
        let attempt = match prove(&visit, &office, &browser, person, &typed.old)? {
            Ok(attempt) => attempt,
            Err(answer) => return Ok(answer),
        };
        let chosen = link::choose(&visit, &person.account, &typed.new, &typed.again);
        let hash = match &chosen {
            Ok(chosen) => password::hash(chosen, &*office.frame.randomness).map_err(HttpError::internal)?,
            Err(_) => String::new(),
        };
        let id = person.account.id;
        office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
            flow::take_back(tx, &attempt)?;
            if chosen.is_err() {
                return Ok(());
            }
            tables::put_password(tx, id, &hash, visit.now)?;
            tables::end_sessions(tx, id, Some(session.id), visit.now)?;
            tables::end_steps(tx, id)?;
            tables::close_links(tx, id, visit.now)?;
            flow::record_change(tx, &person.account, "password", "me")
        })?;
        match chosen {
            Ok(_) => Ok(redirect("/me?done=password")),
            Err(wrong) => {
                Ok(with_status(draw(&visit, &office, String::new(), wrong)?, StatusCode::UNPROCESSABLE_ENTITY))
            }
        }
    })
    .await
}

#[derive(Deserialize)]
pub(super) struct Proof {
    #[serde(default)]
    old: String,
}

/// Begins with a new authenticator; the old one counts until the new one has shown a code.
pub(super) async fn change_totp(
    visit: Visit,
    browser: Browser,
    State(office): State<Shared>,
    Form(typed): Form<Proof>,
) -> Result<Response, HttpError> {
    let _turn = HASHING.acquire().await.map_err(HttpError::internal)?;
    blocking(move || -> Result<Response, HttpError> {
        let (person, _) = get_person(&visit)?;
        let attempt = match prove(&visit, &office, &browser, person, &typed.old)? {
            Ok(attempt) => attempt,
            Err(answer) => return Ok(answer),
        };
        let step = office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
            flow::take_back(tx, &attempt)?;
            let stage = Stage::Enrol(totp::new_secret(&*office.frame.randomness));
            flow::add_step(tx, &office, person.account.id, stage, "/me", visit.now)
        })?;
        browser.give_step(&office.frame, redirect("/login/enrol"), &step)
    })
    .await
}

/// Makes new codes on paper; the old ones end.
pub(super) async fn make_codes(
    visit: Visit,
    browser: Browser,
    State(office): State<Shared>,
    Form(typed): Form<Proof>,
) -> Result<Response, HttpError> {
    let _turn = HASHING.acquire().await.map_err(HttpError::internal)?;
    blocking(move || -> Result<Response, HttpError> {
        let (person, _) = get_person(&visit)?;
        let attempt = match prove(&visit, &office, &browser, person, &typed.old)? {
            Ok(attempt) => attempt,
            Err(answer) => return Ok(answer),
        };
        let codes = office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
            flow::take_back(tx, &attempt)?;
            flow::record_change(tx, &person.account, "recovery_codes", "me")?;
            flow::renew_codes(tx, &office, person.account.id)
        })?;
        enrol::draw_codes(&visit, &person.account, &codes, "/me")
    })
    .await
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    id: i64,
}

/// Ends one of one's own sessions.
pub(super) async fn end_session(
    visit: Visit,
    State(office): State<Shared>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (person, _) = get_person(&visit)?;
        office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
            let ended = tables::end_session(tx, person.account.id, chosen.id, visit.now)?;
            record_end(tx, person, u64::from(ended))
        })?;
        Ok(redirect("/me?done=sessions"))
    })
    .await
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// Ends all of one's own sessions but this one.
pub(super) async fn end_other_sessions(
    visit: Visit,
    State(office): State<Shared>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (person, session) = get_person(&visit)?;
        office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
            let ended = tables::end_sessions(tx, person.account.id, Some(session.id), visit.now)?;
            record_end(tx, person, ended)
        })?;
        Ok(redirect("/me?done=sessions"))
    })
    .await
}

fn record_end(tx: &mut Recording<'_>, person: &SignedIn, ended: u64) -> Result<(), Refusal> {
    if ended > 0 {
        let body = json!({ "ended": ended, "why": "own_wish" });
        tx.append(&NewEntry { kind: "session.ended", site: EVERYWHERE, who: &person.account.who(), body: &body })?;
    }
    Ok(())
}
