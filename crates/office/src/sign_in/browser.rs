//! What a browser brings, and the cookies it is given.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use web::guard::cookie;
use web::{Frame, HttpError, Visit};

/// Cookie of browsers that have signed in before: one token for each account that did so here.
const fn device_cookie(frame: &Frame) -> &'static str {
    if frame.secure { "__Host-mamori-device" } else { "mamori-device" }
}
/// Most accounts that know one browser.
const MAX_DEVICE_TOKENS: usize = 8;
const DEVICE_COOKIE_S: i64 = ::people::store::DEVICE_DAYS * 86_400;

/// What a browser brings besides what it asks for.
#[derive(Debug, Clone)]
pub(super) struct Browser {
    /// What it calls itself.
    pub(super) device: String,
    /// Where it is.
    pub(super) address: String,
    /// Its tokens of earlier sign-ins.
    pub(super) known: Vec<String>,
    /// Its token of a sign-in on its way.
    pub(super) step: Option<String>,
    is_secure: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Browser {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let visit = Visit::from_request_parts(parts, state).await?;
        let headers = &parts.headers;
        let known = cookie(headers, device_cookie(&visit.frame)).unwrap_or_default();
        let device = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Self {
            device: device.to_owned(),
            address: visit.address.clone(),
            known: known
                .split('.')
                .filter(|token| !token.is_empty())
                .take(MAX_DEVICE_TOKENS)
                .map(ToOwned::to_owned)
                .collect(),
            step: cookie(headers, step_cookie(&visit.frame)),
            is_secure: visit.frame.secure,
        })
    }
}

const fn step_cookie(frame: &Frame) -> &'static str {
    if frame.secure { "__Host-mamori-step" } else { "mamori-step" }
}

impl Browser {
    /// The tokens it holds, with a new one.
    pub(super) fn with_token(&self, token: &str) -> String {
        let kept = self.known.iter().map(String::as_str).take(MAX_DEVICE_TOKENS - 1);
        std::iter::once(token).chain(kept).collect::<Vec<_>>().join(".")
    }

    fn set(&self, response: &mut Response, name: &str, value: &str, lasts_s: Option<i64>) -> Result<(), HttpError> {
        let lasts = lasts_s.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
        let secure = if self.is_secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{lasts}{secure}");
        let value = HeaderValue::from_str(&text).map_err(HttpError::internal)?;
        response.headers_mut().append(header::SET_COOKIE, value);
        Ok(())
    }

    /// Gives the browser the token of a session, and takes that of the step; a known browser learns its token again.
    pub(super) fn give_session(
        &self,
        frame: &Frame,
        mut response: Response,
        session: &str,
        devices: &str,
    ) -> Result<Response, HttpError> {
        self.set(&mut response, frame.session_cookie(), session, None)?;
        self.set(&mut response, step_cookie(frame), "", Some(0))?;
        self.set(&mut response, device_cookie(frame), devices, Some(DEVICE_COOKIE_S))?;
        Ok(response)
    }

    /// Gives the browser the token of a sign-in on its way.
    pub(super) fn give_step(&self, frame: &Frame, mut response: Response, step: &str) -> Result<Response, HttpError> {
        self.set(&mut response, step_cookie(frame), step, Some(::people::store::STEP_S))?;
        Ok(response)
    }

    /// Takes the token of the session.
    pub(super) fn take_session(&self, frame: &Frame, mut response: Response) -> Result<Response, HttpError> {
        self.set(&mut response, frame.session_cookie(), "", Some(0))?;
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn browser(known: &[&str], is_secure: bool) -> Browser {
        Browser {
            device: String::new(),
            address: String::new(),
            known: known.iter().map(|token| (*token).to_owned()).collect(),
            step: None,
            is_secure,
        }
    }

    #[test]
    fn a_cookie_is_out_of_reach_for_scripts_and_travels_over_https_only() {
        for (is_secure, expected) in [
            (true, "a=b; Path=/; HttpOnly; SameSite=Lax; Max-Age=9; Secure"),
            (false, "a=b; Path=/; HttpOnly; SameSite=Lax; Max-Age=9"),
        ] {
            let mut response = Response::default();
            browser(&[], is_secure).set(&mut response, "a", "b", Some(9)).unwrap();
            assert_eq!(response.headers()[header::SET_COOKIE], expected);
        }
    }

    #[test]
    fn a_browser_shared_by_many_is_known_to_the_last_eight() {
        let tokens = ["1", "2", "3", "4", "5", "6", "7", "8"];
        assert_eq!(browser(&tokens, true).with_token("new"), "new.1.2.3.4.5.6.7");
        assert_eq!(browser(&[], true).with_token("new"), "new");
    }
}
