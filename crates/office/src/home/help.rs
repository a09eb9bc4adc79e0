//! How the office works, in plain words.

use askama::Template;
use axum::response::Response;
use base::Verdict;
use report::model::Standing;
use web::{HttpError, Page, Visit, page};

use crate::words::{self, Badge};

#[derive(Template)]
#[template(path = "home/help.html")]
struct Body<'a> {
    visit: &'a Visit,
    /// Each verdict, and what it means and asks for.
    verdicts: [(Badge, String); 6],
    roles: [(String, String); 6],
    keys: [(&'static str, String); 4],
}

/// The page.
pub(super) async fn show(visit: Visit) -> Result<Response, HttpError> {
    let text = |id: &str| visit.text(id);
    let body = Body {
        verdicts: Standing::ALL.map(|one| (words::standing(&visit, one), meaning(&visit, one))),
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

fn meaning(visit: &Visit, standing: Standing) -> String {
    visit.text(match standing {
        Standing::NotYet => "help-not-yet",
        Standing::Is(Verdict::Proved) => "help-proved",
        Standing::Is(Verdict::Contradicted) => "help-contradicted",
        Standing::Is(Verdict::Attested) => "help-attested",
        Standing::Is(Verdict::Stale) => "help-stale",
        Standing::Is(Verdict::Unknown) => "help-unknown",
    })
}
