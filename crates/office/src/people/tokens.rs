//! API tokens: with which programs read or hand in evidence.

use std::collections::HashMap;

use ::people::account::clean_name;
use ::people::store::{self as tables, ApiToken, NewApiToken};
use ::people::{AccountId, Role, new_token};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use store::StoreError;
use web::list::ListQuery;
use web::{Form, HttpError, Page, SiteVisit, blocking, page, redirect};

use super::fields::{Fields, actor};
use super::person::number;
use super::person_add::MadePage;
use crate::Office;
use crate::sign_in::Refusal;
use crate::state::Shared;

/// A token lasts at most so many days.
const MAX_DAYS: i64 = 365;

struct Line {
    id: i64,
    name: String,
    scope: String,
    account: String,
    made: String,
    until: String,
    used: String,
    state: String,
    may_revoke: bool,
}

#[derive(Template)]
#[template(path = "people/tokens.html")]
struct TokensPage<'a> {
    visit: &'a SiteVisit,
    wrong: Vec<String>,
    said: String,
    lines: Vec<Line>,
    may_change: bool,
    fields: &'a Fields,
}

/// The page.
pub(super) async fn show(
    visit: SiteVisit,
    query: ListQuery,
    State(office): State<Shared>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let said = if query.filter("done").is_some() { visit.text("token-done-revoked") } else { String::new() };
        draw(&visit, &office, &Fields(Vec::new()), said, Vec::new())
    })
    .await
}

fn draw(
    visit: &SiteVisit,
    office: &Office,
    fields: &Fields,
    said: String,
    wrong: Vec<String>,
) -> Result<Response, HttpError> {
    let (tokens, names) = office.database().read::<_, StoreError>(|tx| {
        let tokens = tables::list_api_tokens(tx, visit.site_id())?;
        let mut names: HashMap<AccountId, String> = HashMap::new();
        for token in &tokens {
            if !names.contains_key(&token.account) {
                let account = tables::find_account(tx, token.account)?;
                names.extend(account.map(|account| (account.id, account.who())));
            }
        }
        Ok((tokens, names))
    })?;
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let name_of = |id: AccountId| names.get(&id).cloned().unwrap_or_default();
    let lines = tokens.iter().map(|token| line(visit, token, name_of(token.account))).collect();
    let body = TokensPage { visit, wrong, said, lines, may_change: visit.is(Role::Administrator), fields };
    let around = Page::new(visit.text("token-title"), "settings").help(visit.text("token-help"));
    let mut response = page(visit, &around, &body)?;
    *response.status_mut() = status;
    Ok(response)
}

fn line(visit: &SiteVisit, token: &ApiToken, account: String) -> Line {
    let is_over = token.expires_at <= visit.now;
    let state = match (token.revoked_at, is_over) {
        (Some(_), _) => "token-revoked",
        (None, true) => "token-over",
        (None, false) => "token-valid",
    };
    Line {
        id: token.id,
        name: token.name.clone(),
        scope: visit.text(if token.may_write { "token-scope-write" } else { "token-scope-read" }),
        account,
        made: visit.minute(token.made_at),
        until: visit.minute(token.expires_at),
        used: token.used_at.map_or_else(|| visit.text("token-unused"), |at| visit.minute(at)),
        state: visit.text(state),
        may_revoke: visit.is(Role::Administrator) && token.revoked_at.is_none() && !is_over,
    }
}

/// Makes a token and shows it once. A second submission of the same form is refused: the name is taken.
pub(super) async fn make(
    visit: SiteVisit,
    State(office): State<Shared>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let fields = Fields(fields);
        let name = clean_name(fields.get("name"));
        let days = fields.get("days").trim().parse::<i64>().ok().filter(|days| (1..=MAX_DAYS).contains(days));
        let scope = fields.get("scope");
        let mut wrong = Vec::new();
        if name.is_empty() {
            wrong.push(visit.text("token-no-name"));
        }
        if !["read", "write"].contains(&scope) {
            wrong.push(visit.text("token-no-scope"));
        }
        let Some(days) = days.filter(|_| wrong.is_empty()) else {
            wrong.extend(days.is_none().then(|| visit.say("token-bad-days", &[("detail", MAX_DAYS.into())])));
            return draw(&visit, &office, &fields, String::new(), wrong);
        };
        let token = new_token(&*office.frame.randomness);
        let new = NewApiToken {
            name: &name,
            token: &token,
            account: visit.person().account.id,
            site: visit.site_id(),
            may_write: scope == "write",
            expires_at: visit.now.plus_days(days),
        };
        let who = visit.who();
        office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
            let present = tables::list_api_tokens(tx, visit.site_id())?;
            let counts = |token: &ApiToken| token.revoked_at.is_none() && token.expires_at > visit.now;
            if present.iter().any(|token| token.name == name && counts(token)) {
                return Err(HttpError::conflict("token-name-taken", name.as_str()).into());
            }
            let id = tables::add_api_token(tx, &new, visit.now)?;
            let body = json!({ "number": id, "name": name, "scope": scope, "until": new.expires_at.rfc3339() });
            actor(&visit, &who).record(tx, "api_token.made", &body)?;
            Ok(())
        })?;
        let body = MadePage {
            visit: &visit,
            text: visit.say("token-was-made", &[("name", name.as_str().into())]),
            once: visit.say("token-once", &[("until", visit.minute(new.expires_at).into())]),
            secret: token.clone(),
            back: visit.path_of("tokens"),
        };
        let around =
            Page::new(visit.text("token-make"), "settings").trail(visit.text("token-title"), visit.path_of("tokens"));
        page(&visit, &around, &body)
    })
    .await
}

/// Takes a token back.
pub(super) async fn revoke(
    visit: SiteVisit,
    State(office): State<Shared>,
    Path((_, token)): Path<(String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (fields, id, who) = (Fields(fields), number(&token)?, visit.who());
        let why = fields.why();
        if why.is_empty() {
            return draw(&visit, &office, &fields, String::new(), vec![visit.text("person-no-why")]);
        }
        office.installation.ledger.write::<_, Refusal>(office.database(), visit.now, |tx| {
            if !tables::revoke_api_token(tx, visit.site_id(), id, visit.now)? {
                return Err(HttpError::conflict("token-gone", "").into());
            }
            actor(&visit, &who).record(tx, "api_token.revoked", &json!({ "number": id, "why": why }))?;
            Ok(())
        })?;
        Ok(redirect(&visit.path_of("tokens?done=revoked")))
    })
    .await
}
