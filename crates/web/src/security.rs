//! What every answer carries, and the page around every error.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use base::Lang;
use tower_http::compression::CompressionLayer;

use crate::access::Needs;
use crate::error::HttpError;
use crate::frame::Frame;
use crate::guard::{self, Shown};
use crate::layout;

/// No request is waited for longer; long work is a job.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Only our own files, no script or style inside pages, nobody frames us, forms go only to us.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'";

const HEADERS: [(HeaderName, &str); 8] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
];

/// Puts the frame around all routes.
pub(crate) fn wrap<S: Clone + Send + Sync + 'static>(router: Router<S>, frame: &Arc<Frame>) -> Router<S> {
    router
        .route("/static/{file}", axum::routing::get(crate::assets::serve).with_state(Arc::clone(frame)))
        .fallback(any(not_found).layer(from_fn_with_state((Arc::clone(frame), Needs::Public), guard::admit)))
        .method_not_allowed_fallback(|| async { HttpError::new(StatusCode::METHOD_NOT_ALLOWED, "http-not-found", "") })
        .layer(from_fn_with_state(TIMEOUT, within))
        .layer(from_fn_with_state(Arc::clone(frame), finish))
        .layer(CompressionLayer::new().compress_when(is_ours_and_text))
}

async fn not_found() -> HttpError {
    HttpError::not_found()
}

/// Waits for an answer no longer than `limit`. What the handler began goes on where it may block, and may still be written: the page
/// must not say that nothing was changed.
async fn within(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => HttpError::new(StatusCode::SERVICE_UNAVAILABLE, "http-too-slow", "").into_response(),
    }
}

/// Only style and script are compressed: a page holds the secret of the session beside what a visitor chose, and its compressed
/// length would tell about it; a font or a workbook is packed already and would only cost time.
fn is_ours_and_text(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.starts_with("text/css") || kind.starts_with("text/javascript")
}

/// The methods by which requests are counted. What a stranger makes up is one more, not one each.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}

/// Draws the page of an error, sets the headers, counts, and logs one line without query, body or cookie.
async fn finish(State(frame): State<Arc<Frame>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = known_method(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or("(none)", MatchedPath::as_str).to_owned();
    let is_api = request.uri().path().starts_with("/api/");
    let lang = guard::language(None, request.headers());
    let mut response = next.run(request).await;
    let visit = response.extensions_mut().remove::<Shown>().map(|Shown(visit)| visit);
    if let Some(err) = response.extensions_mut().remove::<HttpError>() {
        response = if is_api { layout::error_json(&err) } else { layout::error_page(&err, visit.as_ref(), lang) };
    }
    for (name, value) in HEADERS {
        if !frame.secure && name == header::STRICT_TRANSPORT_SECURITY {
            continue;
        }
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    // What a page says is this person's alone.
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    let took = began.elapsed();
    frame.metrics.count(method, &route, response.status().as_u16(), took);
    // On public pages nobody's name is noted: a voice without a name must stay without one.
    let is_public = !route.starts_with("/s/") && !is_api;
    let login = visit
        .as_ref()
        .filter(|_| !is_public)
        .and_then(|visit| visit.person.as_ref())
        .map(|person| person.account.login.as_str());
    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(method, route, status = response.status().as_u16(), took_ms, login, "request");
    response
}

impl HttpError {
    /// The text for a reader of this language.
    pub(crate) fn text(&self, lang: Lang) -> String {
        i18n::message(lang, self.message, &[("detail", self.detail.as_str().into())])
    }
}

/// A plain answer for those who can't be drawn a page.
pub(crate) fn plain(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use tower::ServiceExt as _;

    use super::*;

    fn answer(limit: Duration) -> Response {
        let slow = axum::routing::get(|| async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            "done"
        });
        let router = Router::<()>::new().route("/slow", slow).layer(from_fn_with_state(limit, within));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let request = Request::builder().uri("/slow").body(Body::empty()).unwrap();
        runtime.block_on(async { router.oneshot(request).await.unwrap() })
    }

    #[test]
    fn what_takes_too_long_is_an_error_with_a_page() {
        let response = answer(Duration::ZERO);
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        let err = response.extensions().get::<HttpError>().unwrap();
        for lang in [Lang::Ja, Lang::En] {
            let said = err.text(lang);
            assert!(!said.contains("何も変更されていません") && !said.contains("Nothing was changed"), "{said}");
        }
        assert_eq!(answer(Duration::from_secs(60)).status(), StatusCode::OK);
    }
}
