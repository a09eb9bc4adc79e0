//! How the office works, in plain words.

use askama::Template;
use axum::response::Response;
use base::Verdict;
use web::{HttpError, Page, Visit, page};

use crate::words::{self, Badge};

#[derive(Template)]
#[template(path = "home/help.html")]
struct Body<'a> {
    visit: &'a Visit,
    /// Each verdict, and what it means and asks for.
    verdicts: [(Badge, String); 5],
    roles: [(String, String); 6],
    keys: [(&'static str, String); 4],
}

/// The page.
pub(super) async fn show(visit: Visit) -> Result<Response, HttpError> {
    let text = |id: &str| visit.text(id);
    let body = Body {
        verdicts: Verdict::ALL.map(|verdict| (words::verdict(&visit, verdict), meaning(&visit, verdict))),
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

fn meaning(visit: &Visit, verdict: Verdict) -> String {
    visit.text(match verdict {
        Verdict::Proved => "help-proved",
        Verdict::Contradicted => "help-contradicted",
        Verdict::Attested => "help-attested",
        Verdict::Stale => "help-stale",
        Verdict::Unknown => "help-unknown",
    })
}
