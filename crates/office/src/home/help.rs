//! How the office works, in plain words.

use askama::Template;
use axum::response::Response;
use web::{HttpError, Page, Visit, page};

#[derive(Template)]
#[template(path = "home/help.html")]
struct Body<'a> {
    visit: &'a Visit,
    /// Class of the badge, name, meaning, what to do.
    verdicts: [(&'static str, String, String); 5],
    roles: [(String, String); 6],
    keys: [(&'static str, String); 4],
}

/// The page.
pub(super) async fn show(visit: Visit) -> Result<Response, HttpError> {
    let text = |id: &str| visit.text(id);
    let body = Body {
        verdicts: [
            ("good", text("verdict-proved"), text("help-proved")),
            ("danger", text("verdict-contradicted"), text("help-contradicted")),
            ("caution", text("verdict-attested"), text("help-attested")),
            ("unknown", text("verdict-stale"), text("help-stale")),
            ("unknown", text("verdict-unknown"), text("help-unknown")),
        ],
        roles: [
            (text("role-executive"), text("help-executive")),
            (text("role-administrator"), text("help-administrator")),
            (text("role-staff"), text("help-staff")),
            (text("role-vendor"), text("help-vendor")),
            (text("role-auditor"), text("help-auditor")),
            (text("role-group-operator"), text("help-group-operator")),
        ],
        keys: [
            ("Ctrl + K", text("help-key-search")),
            ("Tab", text("help-key-tab")),
            ("Enter", text("help-key-enter")),
            ("Ctrl + P", text("help-key-print")),
        ],
        visit: &visit,
    };
    page(&visit, &Page::new(visit.text("help-title"), "help"), &body)
}
