//! Style, script and font: ours, in the program, never from elsewhere.

use std::sync::{Arc, OnceLock};

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use base::ContentHash;

use crate::error::HttpError;
use crate::frame::Frame;

const STYLE: &str = include_str!("../assets/office.css");
const PRINT: &str = include_str!("../assets/print.css");
const SCRIPT: &str = include_str!("../assets/office.js");
const ICON: &str = include_str!("../assets/icon.svg");

/// Part of the address of every asset, so that a browser may keep it for good: it changes with what it names.
pub(crate) fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let all = [STYLE, PRINT, SCRIPT, ICON].concat();
        ContentHash::of(all.as_bytes()).to_string().chars().take(12).collect()
    })
}

pub(crate) async fn serve(State(frame): State<Arc<Frame>>, Path(file): Path<String>) -> Response {
    let (kind, body) = match file.as_str() {
        "office.css" => ("text/css; charset=utf-8", STYLE.as_bytes()),
        "print.css" => ("text/css; charset=utf-8", PRINT.as_bytes()),
        "office.js" => ("text/javascript; charset=utf-8", SCRIPT.as_bytes()),
        "icon.svg" => ("image/svg+xml", ICON.as_bytes()),
        "font.ttf" => match frame.font {
            Some(font) => ("font/ttf", font),
            None => return HttpError::not_found().into_response(),
        },
        _ => return HttpError::not_found().into_response(),
    };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=2592000")];
    (StatusCode::OK, headers, body).into_response()
}
