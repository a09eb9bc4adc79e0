//! What every way in has in common: attempts, steps, sessions.

use ::people::password::{AT_ONCE, MAX_CHARS, MIN_CHARS, PasswordError};
use ::people::store::{self as tables, Credential, NewSession, Stage, Step};
use ::people::throttle::{self, Decision, Source};
use ::people::{Account, AccountId, EVERYWHERE, new_token, recovery};
use axum::http::StatusCode;
use axum::response::Response;
use base::{Secret, UtcSeconds};
use serde_json::json;
use store::ledger::{NewEntry, Recording};
use tokio::sync::Semaphore;
use web::{HttpError, Visit};

use super::browser::Browser;
use super::refusal::Refusal;
use crate::Office;

/// Who hashes a password: others wait here and not in a thread. The throttle is asked before, so that whoever tries too often
/// does not stand in the way.
pub(super) static HASHING: Semaphore = Semaphore::const_new(AT_ONCE);

/// The message about a password that breaks a rule.
pub(super) fn password_message(visit: &Visit, err: PasswordError) -> String {
    match err {
        PasswordError::TooShort => visit.say("password-too-short", &[("least", MIN_CHARS.into())]),
        PasswordError::TooLong => visit.say("password-too-long", &[("most", MAX_CHARS.into())]),
        PasswordError::IsName => visit.text("password-is-name"),
        PasswordError::TooCommon => visit.text("password-too-common"),
    }
}

/// Longest path somebody is sent to, in bytes.
const MAX_NEXT_BYTES: usize = 500;

/// Whether somebody may be sent to this path after signing in: only a path of ours.
pub(super) fn is_own_path(next: &str) -> bool {
    next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && next.len() <= MAX_NEXT_BYTES
        && next.bytes().all(|byte| byte.is_ascii_graphic())
        && !["/login", "/logout", "/link"].iter().any(|path| next.starts_with(path))
}

/// An attempt that may be looked at; it counts as failed until it is taken back.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    id: i64,
    key: String,
    source: Source,
    account: Option<AccountId>,
}

/// What becomes of an attempt.
pub(super) enum Begun {
    /// It is looked at.
    Go(Attempt),
    /// Not before so many seconds.
    Wait(i64),
}

/// Notes an attempt before it is looked at, so that many at once don't pass together.
pub(super) fn begin(
    office: &Office,
    typed: &str,
    account: Option<AccountId>,
    browser: &Browser,
    now: UtcSeconds,
) -> Result<Begun, HttpError> {
    let key = throttle::login_key(typed);
    let known: Vec<&str> = browser.known.iter().map(String::as_str).collect();
    Ok(office.database().transaction::<_, store::StoreError>(|tx| {
        // The same question for a login that nobody has.
        let device = tables::find_device(tx, account.unwrap_or(AccountId(0)), &known, now)?;
        let source = device.map_or_else(|| Source::of_address(&browser.address), Source::KnownDevice);
        let attempts = tables::list_attempts(tx, &key, &source, now)?;
        if let Decision::Wait(seconds) = throttle::decide(&attempts, now) {
            return Ok(Begun::Wait(seconds));
        }
        let id = tables::add_attempt(tx, &key, &source, now)?;
        Ok(Begun::Go(Attempt { id, key: key.clone(), source, account }))
    })?)
}

/// A password that fitted when it was compared. That takes long; what is written because of it asks [`Proved::accept`] first.
pub(super) struct Proved {
    attempt: Attempt,
    account: AccountId,
    hash: String,
}

impl Proved {
    /// `hash` is what the password was compared with.
    pub(super) const fn new(attempt: Attempt, account: AccountId, hash: String) -> Self {
        Self { attempt, account, hash }
    }

    /// Takes the attempt back and returns what the account proves itself with, if the account is still open and its password
    /// still the one compared: a link may have been used meanwhile.
    pub(super) fn accept(&self, tx: &mut Recording<'_>) -> Result<Option<Credential>, Refusal> {
        let credential = tables::find_credential_still(tx, self.account, &self.hash)?;
        if credential.is_some() {
            take_back(tx, &self.attempt)?;
        }
        Ok(credential)
    }
}

/// What is grave is done by somebody who showed the second factor within this shift.
///
/// # Errors
/// [`HttpError`] tells them to sign in again.
pub(crate) fn check_proof(visit: &Visit) -> Result<(), HttpError> {
    let is_proved = visit.session().is_some_and(|session| session.is_proved(visit.now));
    if is_proved { Ok(()) } else { Err(HttpError::new(StatusCode::FORBIDDEN, "sign-in-long-ago", "")) }
}

/// The attempt failed. When it is the one after which somebody has to wait, the ledger hears of it.
pub(super) fn note_failure(
    office: &Office,
    attempt: &Attempt,
    browser: &Browser,
    now: UtcSeconds,
) -> Result<(), HttpError> {
    let (attempts, account) = office.database().read::<_, store::StoreError>(|tx| {
        let account = match attempt.account {
            Some(id) => tables::find_account(tx, id)?,
            None => None,
        };
        Ok((tables::list_attempts(tx, &attempt.key, &attempt.source, now)?, account))
    })?;
    // What was typed is not written: people type passwords into the wrong field.
    let login = account.map(|account| account.login.as_str().to_owned());
    tracing::warn!(login, address = browser.address, "a sign-in failed");
    if !throttle::is_threshold(&attempts, now) {
        return Ok(());
    }
    office.installation.ledger.write::<_, Refusal>(office.database(), now, |tx| {
        let body = json!({ "login": login, "address": browser.address, "failures": attempts.of_source.len() });
        tx.append(&NewEntry { kind: "session.refused", site: EVERYWHERE, who: "mamori", body: &body })?;
        Ok(())
    })?;
    Ok(())
}

/// The attempt did not fail, but nobody is signed in yet.
pub(super) fn take_back(tx: &mut Recording<'_>, attempt: &Attempt) -> Result<(), Refusal> {
    Ok(tables::remove_attempt(tx, attempt.id)?)
}

/// Somebody signed in: earlier slips from here are forgotten.
pub(super) fn forget_failures(tx: &mut Recording<'_>, attempt: &Attempt) -> Result<(), Refusal> {
    Ok(tables::clear_attempts(tx, &attempt.key, &attempt.source)?)
}

/// Begins a step; returns its token.
pub(super) fn add_step(
    tx: &mut Recording<'_>,
    office: &Office,
    account: AccountId,
    stage: Stage,
    next: &str,
    now: UtcSeconds,
) -> Result<String, Refusal> {
    let token = new_token(&*office.frame.randomness);
    let next = if is_own_path(next) { next } else { "/" };
    tables::add_step(tx, &token, &Step { account, stage, next: next.to_owned() }, now)?;
    Ok(token)
}

/// What a browser is given when a session opens.
pub(super) struct Opened {
    session: String,
    devices: String,
}

impl Opened {
    /// The answer with the cookies.
    pub(super) fn give(&self, office: &Office, browser: &Browser, response: Response) -> Result<Response, HttpError> {
        browser.give_session(&office.frame, response, &self.session, &self.devices)
    }
}

/// Opens a session with a token nobody has seen before, and makes the browser known to the account.
pub(super) fn open_session(
    tx: &mut Recording<'_>,
    office: &Office,
    account: &Account,
    browser: &Browser,
    through: &str,
    now: UtcSeconds,
) -> Result<Opened, Refusal> {
    let randomness = &*office.frame.randomness;
    let (session, csrf) = (new_token(randomness), new_token(randomness));
    let new = NewSession {
        account: account.id,
        token: &session,
        csrf: &csrf,
        device: &browser.device,
        address: &browser.address,
    };
    tables::add_session(tx, &new, now)?;
    let known: Vec<&str> = browser.known.iter().map(String::as_str).collect();
    let device = tables::find_device(tx, account.id, &known, now)?;
    let devices = match device {
        Some(device) => {
            tables::touch_device(tx, device, now)?;
            browser.known.join(".")
        }
        None => {
            let token = new_token(randomness);
            tables::add_device(tx, account.id, &token, now)?;
            browser.with_token(&token)
        }
    };
    let body = json!({ "address": browser.address, "known_device": device.is_some(), "through": through });
    tx.append(&NewEntry { kind: "session.opened", site: EVERYWHERE, who: &account.who(), body: &body })?;
    Ok(Opened { session, devices })
}

/// Puts new codes on paper in the place of the old ones.
pub(super) fn renew_codes(
    tx: &mut Recording<'_>,
    office: &Office,
    account: AccountId,
) -> Result<Vec<Secret<String>>, Refusal> {
    let codes = recovery::new_codes(&*office.frame.randomness);
    let hashes: Vec<_> = codes.iter().map(|code| recovery::hash(account, code.expose())).collect();
    tables::replace_recovery_codes(tx, account, &hashes)?;
    Ok(codes)
}

/// Writes into the ledger which credential of an account changed.
pub(super) fn record_change(
    tx: &mut Recording<'_>,
    account: &Account,
    what: &str,
    through: &str,
) -> Result<(), Refusal> {
    let body = json!({ "login": account.login.as_str(), "what": what, "through": through });
    tx.append(&NewEntry { kind: "account.credentials_changed", site: EVERYWHERE, who: &account.who(), body: &body })?;
    Ok(())
}

/// An answer that says what to mend.
pub(super) fn with_status(mut response: Response, status: StatusCode) -> Response {
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_followed() {
        for path in ["/", "/s/minato/today?page=2", "/me"] {
            assert!(is_own_path(path), "{path}");
        }
        for path in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "evil",
            "/\n/evil",
            "/login?next=/",
            "\\\\evil",
            "/s/港",
            "/a b",
        ] {
            assert!(!is_own_path(path), "{path}");
        }
    }
}
