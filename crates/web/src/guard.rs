//! The guard before every route: who is there, may they, and does the request come from our own pages.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use base::Lang;
use people::store as tables;
use people::{RoleSet, SignedIn, Standing};

use crate::access::Needs;
use crate::blocking::blocking;
use crate::error::HttpError;
use crate::frame::{Frame, SiteName};
use crate::own_address::{is_from_us, own_address};
use crate::visit::{Visit, encode_segment};

/// Whether two secrets are the same, in a time that tells nothing about where they differ.
#[must_use]
pub fn is_same_secret(a: &str, b: &str) -> bool {
    !b.is_empty() && people::is_same_secret(a, b)
}

/// Lets a request pass, or says why not.
pub(crate) async fn admit(
    State((frame, needs)): State<(Arc<Frame>, Needs)>,
    mut request: Request,
    next: Next,
) -> Response {
    let asked = Asked {
        method: request.method().clone(),
        uri: request.uri().clone(),
        headers: request.headers().clone(),
        address: request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| *address),
    };
    match visit(&frame, needs, asked).await {
        Ok(visit) => {
            request.extensions_mut().insert(visit.clone());
            let mut response = next.run(request).await;
            response.extensions_mut().insert(Shown(visit));
            response
        }
        Err(refused) => refused.into_response(),
    }
}

/// The head of a request.
struct Asked {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    address: Option<SocketAddr>,
}

/// The visit, for whoever draws an error page around the answer.
#[derive(Clone)]
pub(crate) struct Shown(pub(crate) Visit);

enum Refused {
    SignIn(String),
    Error(Box<HttpError>, Option<Box<Visit>>),
}

impl From<HttpError> for Refused {
    fn from(err: HttpError) -> Self {
        Self::Error(Box::new(err), None)
    }
}

impl Refused {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn(next) => Redirect::to(&format!("/login?next={}", encode_segment(&next))).into_response(),
            Self::Error(err, visit) => {
                let mut response = err.into_response();
                if let Some(visit) = visit {
                    response.extensions_mut().insert(Shown(*visit));
                }
                response
            }
        }
    }
}

async fn visit(frame: &Arc<Frame>, needs: Needs, request: Asked) -> Result<Visit, Refused> {
    let changes = !matches!(request.method, Method::GET | Method::HEAD);
    let is_program = matches!(needs, Needs::TokenRead | Needs::TokenWrite);
    if changes && !is_program && !is_from_us(&request.headers, frame.secure) {
        return Err(HttpError::new(StatusCode::FORBIDDEN, "http-foreign-form", "").into());
    }
    let path = request.uri.path().to_owned();
    let site_id = path.strip_prefix("/s/").and_then(|rest| rest.split('/').next()).and_then(decode_segment);
    let credential =
        if is_program { bearer(&request.headers) } else { cookie(&request.headers, frame.session_cookie()) };
    let found = {
        let frame = Arc::clone(frame);
        blocking(move || look_up(&frame, credential, is_program)).await?
    };
    let (person, sites) = found;
    let today = frame.now().date_jst();
    let is_known =
        |site: &SiteName| person.as_ref().is_some_and(|person| !person.standing(&site.id, today).roles().is_empty());
    // A site is named on a page only for those who are somebody there.
    let (here, other_sites): (Vec<SiteName>, Vec<SiteName>) =
        sites.into_iter().filter(is_known).partition(|site| Some(&site.id) == site_id.as_ref());
    let site = here.into_iter().next();
    let standing = match (&person, &site) {
        (Some(person), Some(site)) => person.standing(&site.id, today),
        (Some(person), None) => person.standing(people::EVERYWHERE, today),
        (None, _) => Standing::default(),
    };
    let visit = Visit {
        now: frame.now(),
        lang: language(person.as_ref(), &request.headers),
        person: person.map(Arc::new),
        address: request
            .address
            .map_or_else(String::new, |peer| frame.proxies.client(peer.ip(), &request.headers).to_string()),
        own_address: frame.public_address.clone().or_else(|| own_address(&request.headers, frame.secure)),
        path,
        frame: Arc::clone(frame),
        site,
        other_sites,
        standing,
        is_of_site: matches!(needs, Needs::Site(_)),
    };
    check(needs, visit, &request)
}

fn look_up(
    frame: &Frame,
    credential: Option<String>,
    is_program: bool,
) -> Result<(Option<SignedIn>, Vec<SiteName>), HttpError> {
    let now = frame.now();
    let person = match credential {
        Some(token) if is_program => frame.database.read(|tx| tables::find_by_api_token(tx, &token, now))?,
        Some(token) => frame.database.read(|tx| tables::find_signed_in(tx, &token, now))?,
        None => None,
    };
    if let Some(session) =
        person.as_ref().and_then(|person| person.session.as_ref()).filter(|one| tables::is_due(one, now))
    {
        frame.database.transaction(|tx| tables::touch_session(tx, session.id, now))?;
    }
    if let Some(grant) = person.as_ref().and_then(|person| person.token.as_ref())
        && frame.database.read(|tx| tables::is_token_due(tx, grant.id, now))?
    {
        frame.database.transaction(|tx| tables::touch_api_token(tx, grant.id, now))?;
    }
    let sites = if person.is_some() { frame.sites.list()? } else { Vec::new() };
    Ok((person, sites))
}

/// The rule itself: what a route needs against what the visitor holds.
fn check(needs: Needs, visit: Visit, request: &Asked) -> Result<Visit, Refused> {
    match needs {
        Needs::Public => Ok(visit),
        Needs::TokenRead | Needs::TokenWrite => check_token(needs, visit),
        Needs::SignedIn => check_signed_in(visit, request),
        Needs::Site(roles) => check_site(RoleSet::of(roles), check_signed_in(visit, request)?),
    }
}

fn refuse(err: HttpError, visit: Visit) -> Refused {
    Refused::Error(Box::new(err), Some(Box::new(visit)))
}

fn check_signed_in(visit: Visit, request: &Asked) -> Result<Visit, Refused> {
    if visit.person.is_some() {
        return Ok(visit);
    }
    if request.method == Method::GET {
        let query = request.uri.path_and_query().map_or("/", |whole| whole.as_str());
        return Err(Refused::SignIn(query.to_owned()));
    }
    Err(refuse(HttpError::new(StatusCode::UNAUTHORIZED, "http-signed-out", ""), visit))
}

fn check_site(needed: RoleSet, visit: Visit) -> Result<Visit, Refused> {
    let roles = visit.standing.roles();
    // Whoever is nobody at a site does not learn whether it exists.
    if roles.is_empty() || visit.site.is_none() {
        return Err(refuse(HttpError::not_found(), visit));
    }
    if roles.has_any(needed) {
        return Ok(visit);
    }
    let login = visit.person.as_ref().map(|person| person.account.login.as_str().to_owned());
    tracing::warn!(login, path = visit.path, "refused: the role does not allow this");
    Err(refuse(HttpError::forbidden(), visit))
}

fn check_token(needs: Needs, visit: Visit) -> Result<Visit, Refused> {
    let Some(person) = &visit.person else {
        return Err(HttpError::new(StatusCode::UNAUTHORIZED, "http-no-token", "").into());
    };
    let may_write = person.token.as_ref().is_some_and(|token| token.may_write);
    if needs == Needs::TokenWrite && !may_write {
        return Err(HttpError::forbidden().into());
    }
    Ok(visit)
}

/// The value of a cookie.
#[must_use]
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    pairs
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(|token| token.trim().to_owned())
}

/// The reader's choice: the account's, else what the browser asks for first, else Japanese.
pub(crate) fn language(person: Option<&SignedIn>, headers: &HeaderMap) -> Lang {
    if let Some(person) = person {
        return person.account.lang;
    }
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepted.trim_start().to_ascii_lowercase().starts_with("en") { Lang::En } else { Lang::Ja }
}

/// `%E3%81%82` → `あ`; `None` if it is no text.
#[must_use]
pub fn decode_segment(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let found = headers(&[("cookie", "xmamori=1; mamori=2")]);
        assert_eq!(cookie(&found, "mamori").as_deref(), Some("2"));
        assert_eq!(cookie(&found, "mamo"), None);
    }

    #[test]
    fn a_segment_that_is_no_text_is_refused() {
        assert_eq!(decode_segment("%E3%81%82-1").as_deref(), Some("あ-1"));
        for bad in ["%", "%4", "%zz", "%ff"] {
            assert_eq!(decode_segment(bad), None, "{bad}");
        }
    }
}
