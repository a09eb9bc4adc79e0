//! What somebody changes about their own account.

use ::people::account::clean_name;
use ::people::admin::{self, Actor, Details};
use ::people::password::{self, Password};
use ::people::store::{self as tables, Stage};
use ::people::{EVERYWHERE, Session, SignedIn, totp};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use base::Lang;
use serde::Deserialize;
use serde_json::json;
use store::ledger::{NewEntry, Recording};
use web::{Form, HttpError, Visit, blocking, redirect};

use super::browser::Browser;
use super::flow::{self, Attempt, Begun, HASHING, Proved, with_status};
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

fn complain(visit: &Visit, office: &Office, wrong: Vec<String>) -> Result<Response, HttpError> {
    Ok(with_status(draw(visit, office, String::new(), wrong)?, StatusCode::UNPROCESSABLE_ENTITY))
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
            return complain(&visit, &office, vec![visit.text("person-bad-name")]);
        }
        let department = clean_name(&edited.department);
        let lang = if edited.lang == "en" { Lang::En } else { Lang::Ja };
        let who = person.account.who();
        office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
            let account = tables::find_account(tx, person.account.id)?.ok_or_else(HttpError::not_found)?;
            let actor = Actor { who: &who, site: EVERYWHERE, now: visit.now };
            admin::change_details(tx, &account, &Details { name: &name, department: &department, lang }, actor)?;
            Ok(())
        })?;
        Ok(redirect("/me?done=account"))
    })
    .await
}

/// Somebody signed in who has just typed their password.
struct Changing<'a> {
    visit: &'a Visit,
    office: &'a Office,
    browser: &'a Browser,
    person: &'a SignedIn,
    session: &'a Session,
    proved: Proved,
}

impl Changing<'_> {
    /// Writes a change, if password and session still count: a link may have been used while the password was compared.
    fn write<T>(&self, mut change: impl FnMut(&mut Recording<'_>) -> Result<T, Refusal>) -> Result<T, HttpError> {
        let (office, now) = (self.office, self.visit.now);
        let written = office.installation.ledger.write::<_, Refusal>(office.database(), now, |tx| {
            let is_open =
                tables::list_sessions(tx, self.person.account.id, now)?.iter().any(|one| one.id == self.session.id);
            if !is_open || self.proved.accept(tx)?.is_none() {
                return Err(HttpError::new(StatusCode::UNAUTHORIZED, "http-signed-out", "").into());
            }
            change(tx)
        })?;
        Ok(written)
    }
}

/// Compares the present password, as slow as a sign-in, and goes on with `change` if it fits.
async fn with_password(
    visit: Visit,
    browser: Browser,
    office: Shared,
    typed: String,
    change: impl FnOnce(&Changing<'_>) -> Result<Response, HttpError> + Send + 'static,
) -> Result<Response, HttpError> {
    let (seen, from, asked) = (visit.clone(), browser.clone(), office.clone());
    let begun = blocking(move || -> Result<Result<(Attempt, String), Response>, HttpError> {
        let account = &get_person(&seen)?.0.account;
        let credential = asked.database().read(|tx| tables::find_credential(tx, account.id))?;
        let hash = credential.map(|credential| credential.password_hash).unwrap_or_default();
        match flow::begin(&asked, account.login.as_str(), Some(account.id), &from, seen.now)? {
            Begun::Go(attempt) => Ok(Ok((attempt, hash))),
            Begun::Wait(seconds) => {
                let wrong = vec![seen.say("sign-in-wait", &[("seconds", seconds.into())])];
                let drawn = draw(&seen, &asked, String::new(), wrong)?;
                Ok(Err(with_status(drawn, StatusCode::TOO_MANY_REQUESTS)))
            }
        }
    });
    let (attempt, hash) = match begun.await? {
        Ok(begun) => begun,
        Err(refused) => return Ok(refused),
    };
    let _turn = HASHING.acquire().await.map_err(HttpError::internal)?;
    blocking(move || -> Result<Response, HttpError> {
        let (person, session) = get_person(&visit)?;
        let account = &person.account;
        if !password::is_match(&Password::typed(&typed), Some(&hash)) {
            flow::note_failure(&office, &attempt, &browser, visit.now)?;
            return complain(&visit, &office, vec![visit.text("password-old-wrong")]);
        }
        let proved = Proved::new(attempt, account.id, hash);
        change(&Changing { visit: &visit, office: &office, browser: &browser, person, session, proved })
    })
    .await
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
    with_password(visit, browser, office, typed.old, move |changing| {
        let (visit, office, account) = (changing.visit, changing.office, &changing.person.account);
        let chosen = match link::choose(visit, account, &typed.new, &typed.again) {
            Ok(chosen) => chosen,
            Err(wrong) => {
                changing.write(|_| Ok(()))?;
                return complain(visit, office, wrong);
            }
        };
        let hash = password::hash(&chosen, &*office.frame.randomness).map_err(HttpError::internal)?;
        changing.write(|tx| {
            tables::put_password(tx, account.id, &hash, visit.now)?;
            tables::end_sessions(tx, account.id, Some(changing.session.id), visit.now)?;
            tables::end_steps(tx, account.id)?;
            tables::close_links(tx, account.id, visit.now)?;
            tables::revoke_tokens_of(tx, account.id, &account.who(), visit.now)?;
            flow::record_change(tx, account, "password", "me")
        })?;
        Ok(redirect("/me?done=password"))
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
    with_password(visit, browser, office, typed.old, |changing| {
        let (office, account) = (changing.office, changing.person.account.id);
        let step = changing.write(|tx| {
            let stage = Stage::Enrol(totp::new_secret(&*office.frame.randomness));
            flow::add_step(tx, office, account, stage, "/me", changing.visit.now)
        })?;
        changing.browser.give_step(&office.frame, redirect("/login/enrol"), &step)
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
    with_password(visit, browser, office, typed.old, |changing| {
        let account = &changing.person.account;
        let codes = changing.write(|tx| {
            flow::record_change(tx, account, "recovery_codes", "me")?;
            flow::renew_codes(tx, changing.office, account.id)
        })?;
        enrol::draw_codes(changing.visit, account, &codes, "/me")
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
