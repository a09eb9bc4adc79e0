//! API tokens: with which programs read or hand in evidence.

use std::collections::HashMap;

use ::people::account::clean_name;
use ::people::admin::{self, NewToken, TokenDays};
use ::people::store::{self as tables, ApiToken};
use ::people::{AccountId, Role, new_token};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use store::StoreError;
use web::list::ListQuery;
use web::{HttpError, Page, SiteVisit, blocking, page, redirect};

use super::fields::{Fields, Sent, administers_in_person, check_no_deputy};
use super::made::draw_token;
use crate::Office;
use crate::sign_in::check_proof;
use crate::state::Shared;

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
    let body =
        TokensPage { visit, wrong, said, lines, may_change: administers_in_person(visit, visit.site_id()), fields };
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

struct Wanted {
    name: String,
    may_write: bool,
    days: TokenDays,
}

fn read(visit: &SiteVisit, fields: &Fields) -> Result<Wanted, Vec<String>> {
    let mut wrong = Vec::new();
    let name = clean_name(fields.get("name"));
    if name.is_empty() {
        wrong.push(visit.text("token-no-name"));
    }
    let scope = fields.get("scope");
    if !["read", "write"].contains(&scope) {
        wrong.push(visit.text("token-no-scope"));
    }
    let days = fields.get("days").trim().parse::<i64>().ok().and_then(|days| TokenDays::new(days).ok());
    if days.is_none() {
        wrong.push(visit.say("token-bad-days", &[("detail", TokenDays::MAX.into())]));
    }
    match days {
        Some(days) if wrong.is_empty() => Ok(Wanted { name, may_write: scope == "write", days }),
        Some(_) | None => Err(wrong),
    }
}

/// Makes a token and shows it once. A second submission of the same form is refused: the name is taken.
pub(super) async fn make(sent: Sent) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let visit = &sent.visit;
        // A token would outlast the days of a deputy.
        check_no_deputy(visit)?;
        check_proof(visit)?;
        let wanted = match read(visit, &sent.fields) {
            Ok(wanted) => wanted,
            Err(wrong) => return draw(visit, &sent.office, &sent.fields, String::new(), wrong),
        };
        let token = new_token(&*sent.office.frame.randomness);
        let new = NewToken {
            name: &wanted.name,
            token: &token,
            account: visit.person().account.id,
            may_write: wanted.may_write,
            days: wanted.days,
        };
        let until = sent.write(|tx| Ok(admin::make_token(tx, &new, sent.actor())?))?;
        draw_token(visit, &wanted.name, token.clone(), until)
    })
    .await
}

/// Takes a token back.
pub(super) async fn revoke(sent: Sent) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (visit, id) = (&sent.visit, sent.number()?);
        let Some(why) = sent.why() else {
            let wrong = vec![visit.text("person-no-why")];
            return draw(visit, &sent.office, &sent.fields, String::new(), wrong);
        };
        sent.write(|tx| Ok(admin::end_token(tx, id, sent.actor(), &why)?))?;
        Ok(redirect(&visit.path_of("tokens?done=revoked")))
    })
    .await
}
