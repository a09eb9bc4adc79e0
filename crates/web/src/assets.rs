//! Style, script and font: ours, in the program, never from elsewhere.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::error::HttpError;

const STYLE: &str = include_str!("../assets/office.css");
const PRINT: &str = include_str!("../assets/print.css");
const SCRIPT: &str = include_str!("../assets/office.js");
const ICON: &str = include_str!("../assets/icon.svg");

/// Part of the address of every asset, so that a browser may keep it for good.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(crate) async fn serve(Path(file): Path<String>) -> Response {
    let (kind, body) = match file.as_str() {
        "office.css" => ("text/css; charset=utf-8", STYLE),
        "print.css" => ("text/css; charset=utf-8", PRINT),
        "office.js" => ("text/javascript; charset=utf-8", SCRIPT),
        "icon.svg" => ("image/svg+xml", ICON),
        _ => return HttpError::not_found().into_response(),
    };
    (StatusCode::OK, [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=3600")], body)
        .into_response()
}
