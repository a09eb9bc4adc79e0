//! Which site a token may see, and what a request asks for.

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use people::Role;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use web::{HttpError, SiteName, Visit};

use crate::Office;

/// Most rows of one answer.
const MAX_ROWS: u32 = 500;
/// Rows of one answer if nothing is said.
const USUAL_ROWS: u32 = 100;

/// What a program wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// See.
    Read,
    /// Hand something in.
    Write,
}

/// The site of the path, if the token is for it and the account's role there allows this.
///
/// # Errors
/// 404 for every site the token is not for, 403 for a role that may not.
pub(super) fn admit(office: &Office, visit: &Visit, site: &str, access: Access) -> Result<SiteName, HttpError> {
    let person = visit.person.as_ref().ok_or_else(HttpError::not_found)?;
    if person.token.as_ref().is_none_or(|token| token.site != site) {
        return Err(HttpError::not_found());
    }
    let roles = person.standing(site, visit.today()).roles();
    let may = match access {
        Access::Read => roles.has(Role::Administrator) || roles.has(Role::Auditor),
        Access::Write => roles.has(Role::Administrator),
    };
    if !may {
        return Err(HttpError::forbidden());
    }
    office.frame.sites.find(site)?.ok_or_else(HttpError::not_found)
}

/// Whose token it is, as the ledger names people, and which: what a program does is not done by the person.
///
/// # Errors
/// Of the database.
pub(super) fn who(office: &Office, visit: &Visit) -> Result<String, HttpError> {
    let Some(person) = &visit.person else { return Ok(String::new()) };
    let Some(grant) = &person.token else { return Ok(person.account.who()) };
    let tokens = office.database().read(|tx| people::store::list_api_tokens(tx, &grant.site))?;
    let name = tokens.iter().find(|token| token.id == grant.id).map_or("", |token| token.name.as_str());
    Ok(format!("{} [API: {name}]", person.account.who()))
}

/// The parts of a path; one that is no text names nothing.
#[derive(Debug, Clone)]
pub(super) struct Segments<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Segments<T> {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let found = Path::<T>::from_request_parts(parts, state).await;
        found.map(|Path(segments)| Self(segments)).map_err(|_| HttpError::not_found())
    }
}

/// The query of an address; one that can't be read is refused as such.
#[derive(Debug, Clone)]
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let found = Query::<T>::from_request_parts(parts, state).await;
        let Query(asked) = found.map_err(|err| bad_query(&err.body_text()))?;
        Ok(Self(asked))
    }
}

/// A query that makes no sense.
pub(super) fn bad_query(detail: &str) -> HttpError {
    HttpError::bad_request("api-bad-query", detail.chars().take(200).collect::<String>())
}

/// Which rows are wanted.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Rows {
    /// Rows after this one: the `next` of the answer before; none for the first.
    #[param(minimum = 0)]
    #[serde(default)]
    after: Option<u64>,
    /// Rows at most.
    #[param(minimum = 1, maximum = 500)]
    #[serde(default)]
    limit: Option<u32>,
}

impl Rows {
    /// The place after which rows are wanted, and how many.
    ///
    /// # Errors
    /// 400 if there should be none or too many of them.
    pub(super) fn window(self) -> Result<(i64, usize), HttpError> {
        let limit = self.limit.unwrap_or(USUAL_ROWS);
        if !(1..=MAX_ROWS).contains(&limit) {
            return Err(bad_query("limit is not within 1..=500"));
        }
        let after = i64::try_from(self.after.unwrap_or(0)).map_err(|_| bad_query("after is too large"))?;
        Ok((after, usize::try_from(limit).unwrap_or(usize::MAX)))
    }

    /// Of rows that stand in memory, those that are wanted, and the place after the last of them if more follow.
    ///
    /// # Errors
    /// As [`Rows::window`].
    pub(super) fn cut<T>(self, rows: Vec<T>) -> Result<(Vec<T>, Option<i64>), HttpError> {
        let (after, limit) = self.window()?;
        let offset = usize::try_from(after).unwrap_or(usize::MAX);
        let more = rows.len() > offset.saturating_add(limit);
        let next = more.then(|| after.saturating_add(i64::try_from(limit).unwrap_or(i64::MAX)));
        Ok((rows.into_iter().skip(offset).take(limit).collect(), next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_handed_out_once() {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let (rows, next) = Rows { after, limit: Some(2) }.cut(vec![1, 2, 3, 4, 5]).unwrap();
            seen.extend(rows);
            let Some(next) = next else { break };
            after = u64::try_from(next).ok();
        }
        assert_eq!(seen, [1, 2, 3, 4, 5]);
        assert_eq!(Rows { after: Some(u64::from(u32::MAX)), limit: None }.cut(vec![1]).unwrap(), (vec![], None));
    }

    #[test]
    fn the_most_rows_are_taken_and_one_more_is_not() {
        assert!(Rows { after: None, limit: Some(500) }.window().is_ok());
        for limit in [0, 501] {
            assert!(Rows { after: None, limit: Some(limit) }.window().is_err());
        }
        assert!(Rows { after: Some(u64::MAX), limit: None }.window().is_err());
    }
}
