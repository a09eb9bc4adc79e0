//! Setting up an authenticator; until then nothing else is open to an account.

use ::people::store::{self as tables, Stage};
use ::people::{Account, totp};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use base::Secret;
use qrcode::{Color, EcLevel, QrCode};
use serde::Deserialize;
use web::{Form, HttpError, Page, Visit, blocking, page};

use super::browser::Browser;
use super::code::{end_former, find_step, over};
use super::flow::{self, with_status};
use super::refusal::Refusal;
use crate::state::Shared;

/// Modules of quiet around the square code.
const QUIET: usize = 4;

/// A square code as the path of a picture: numbers only.
struct Square {
    size: usize,
    path: String,
}

impl Square {
    fn of(text: &str) -> Result<Self, HttpError> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(HttpError::internal)?;
        let width = code.width();
        let mut path = String::new();
        for (index, color) in code.to_colors().into_iter().enumerate() {
            if color == Color::Dark {
                path.push_str(&format!("M{} {}h1v1h-1z", index % width + QUIET, index / width + QUIET));
            }
        }
        Ok(Self { size: width + 2 * QUIET, path })
    }
}

#[derive(Template)]
#[template(path = "sign_in/enrol.html")]
struct EnrolPage<'a> {
    visit: &'a Visit,
    wrong: Vec<String>,
    square: Square,
    grouped: String,
}

#[derive(Template)]
#[template(path = "sign_in/codes.html")]
struct CodesPage<'a> {
    visit: &'a Visit,
    codes: &'a [Secret<String>],
    login: String,
    next: &'a str,
}

/// The page with codes to print, shown once.
pub(super) fn draw_codes(
    visit: &Visit,
    account: &Account,
    codes: &[Secret<String>],
    next: &str,
) -> Result<Response, HttpError> {
    let login = account.login.as_str().to_owned();
    page(visit, &Page::new(visit.text("codes-title"), ""), &CodesPage { visit, codes, login, next })
}

fn draw(visit: &Visit, account: &Account, secret: &Secret<String>, wrong: Vec<String>) -> Result<Response, HttpError> {
    let square = Square::of(totp::address(secret, &account.login).expose())?;
    let letters: Vec<char> = secret.expose().chars().collect();
    let grouped = letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ");
    page(visit, &Page::new(visit.text("enrol-title"), ""), &EnrolPage { visit, wrong, square, grouped })
}

/// The page with the secret.
pub(super) async fn show(visit: Visit, browser: Browser, State(office): State<Shared>) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let Some((step, account)) = find_step(&office, &browser, visit.now)? else { return over(&visit) };
        match &step.stage {
            Stage::Enrol(secret) => draw(&visit, &account, secret, Vec::new()),
            Stage::Code => over(&visit),
        }
    })
    .await
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    code: String,
}

/// Keeps the authenticator once it shows the right code; every other session ends, and the codes on paper are shown.
pub(super) async fn finish(
    visit: Visit,
    browser: Browser,
    State(office): State<Shared>,
    Form(typed): Form<Typed>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let Some((step, account)) = find_step(&office, &browser, visit.now)? else { return over(&visit) };
        let Stage::Enrol(secret) = &step.stage else { return over(&visit) };
        let Some(shown) = totp::find_step(secret, &typed.code, visit.now, 0) else {
            let wrong = vec![visit.text("enrol-wrong")];
            return Ok(with_status(draw(&visit, &account, secret, wrong)?, StatusCode::UNPROCESSABLE_ENTITY));
        };
        let token = browser.step.as_deref().unwrap_or_default();
        let done = office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
            if !tables::end_step(tx, token)? {
                return Ok(None);
            }
            tables::put_totp(tx, account.id, secret, shown, visit.now)?;
            let codes = flow::renew_codes(tx, &office, account.id)?;
            end_former(tx, &visit)?;
            tables::end_sessions(tx, account.id, None, visit.now)?;
            tables::end_steps(tx, account.id)?;
            flow::record_change(tx, &account, "totp", "enrolment")?;
            let opened = flow::open_session(tx, &office, &account, &browser, "totp", visit.now)?;
            Ok(Some((codes, opened)))
        })?;
        let Some((codes, opened)) = done else { return over(&visit) };
        // The form of the page drawn now would carry the secret of a session that is over: it has none.
        let mut bare = visit;
        bare.person = None;
        opened.give(&office, &browser, draw_codes(&bare, &account, &codes, &step.next)?)
    })
    .await
}
