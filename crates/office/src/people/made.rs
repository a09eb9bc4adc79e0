//! A secret that is shown once.

use askama::Template;
use axum::response::Response;
use base::UtcSeconds;
use web::{HttpError, Page, SiteVisit, page};

#[derive(Template)]
#[template(path = "people/made.html")]
struct MadePage<'a> {
    visit: &'a SiteVisit,
    text: String,
    once: String,
    label: String,
    secret: String,
    back: String,
}

/// The page with a link for somebody of this name.
pub(super) fn draw_link(
    visit: &SiteVisit,
    text: String,
    name: &str,
    token: &str,
    until: UtcSeconds,
    back: String,
) -> Result<Response, HttpError> {
    let mut once = visit.say("people-link-once", &[("name", name.into()), ("until", visit.minute(until).into())]);
    if visit.own_address.is_none() {
        once = format!("{once} {}", visit.text("people-link-behind"));
    }
    let secret = format!("{}/link/{token}", visit.own_address.as_deref().unwrap_or_default());
    let label = visit.text("people-link");
    let around = Page::new(label.clone(), "people").trail(visit.text("people-title"), visit.path_of("people"));
    page(visit, &around, &MadePage { visit, text, once, label, secret, back })
}

/// The page with an API token of this name.
pub(super) fn draw_token(
    visit: &SiteVisit,
    name: &str,
    token: String,
    until: UtcSeconds,
) -> Result<Response, HttpError> {
    let body = MadePage {
        visit,
        text: visit.say("token-was-made", &[("name", name.into())]),
        once: visit.say("token-once", &[("until", visit.minute(until).into())]),
        label: visit.text("token-secret"),
        secret: token,
        back: visit.path_of("tokens"),
    };
    let around =
        Page::new(visit.text("token-make"), "settings").trail(visit.text("token-title"), visit.path_of("tokens"));
    page(visit, &around, &body)
}
