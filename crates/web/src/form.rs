//! Forms: small, and only from our own pages.

use axum::RequestExt as _;
use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::HttpError;
use crate::guard::is_same_secret;
use crate::visit::Visit;

/// Largest form, in bytes.
pub const MAX_FORM_BYTES: usize = 256 * 1024;

/// The fields of a form of ours. The form of somebody signed in carries the secret of the session in the field `csrf`.
///
/// A list of pairs (`Form<Vec<(String, String)>>`) takes fields that occur several times.
#[derive(Debug, Clone)]
pub struct Form<T>(pub T);

#[derive(Deserialize)]
struct Secret {
    #[serde(default)]
    csrf: String,
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = HttpError;

    async fn from_request(mut request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let visit = request.extract_parts::<Visit>().await?;
        let kind = request.headers().get(header::CONTENT_TYPE);
        if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded")) {
            return Err(HttpError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "http-bad-form", ""));
        }
        let too_large = |_| HttpError::new(StatusCode::PAYLOAD_TOO_LARGE, "http-too-large", "256 KB");
        let bytes = to_bytes(request.into_body(), MAX_FORM_BYTES).await.map_err(too_large)?;
        let bad = |_| HttpError::bad_request("http-bad-form", "");
        let secret: Secret = serde_urlencoded::from_bytes(&bytes).map_err(bad)?;
        if visit.session().is_some() && !is_same_secret(&secret.csrf, visit.csrf()) {
            return Err(HttpError::new(StatusCode::FORBIDDEN, "http-stale-form", ""));
        }
        Ok(Self(serde_urlencoded::from_bytes(&bytes).map_err(bad)?))
    }
}
