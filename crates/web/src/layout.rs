//! The page around a page.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use base::Lang;
use people::Role;

use crate::assets::version;
use crate::error::HttpError;
use crate::frame::SiteName;
use crate::security;
use crate::visit::{Visit, encode_segment};

/// What a page is, besides its body.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Title, of the tab and the heading.
    pub title: String,
    /// Name of its navigation entry; empty if it has none.
    pub active: &'static str,
    /// Help text of the page; empty for none.
    pub help: String,
    /// Way back: label and path, outermost first.
    pub trail: Vec<(String, String)>,
    /// Without script, the page loads itself anew after so many seconds; 0: never. For pages on which people wait.
    pub refresh_s: u32,
}

impl Page {
    /// A page with a title, under a navigation entry.
    #[must_use]
    pub fn new(title: impl Into<String>, active: &'static str) -> Self {
        Self { title: title.into(), active, ..Self::default() }
    }

    /// With a help text.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = text.into();
        self
    }

    /// With a way back.
    #[must_use]
    pub fn trail(mut self, label: impl Into<String>, path: impl Into<String>) -> Self {
        self.trail.push((label.into(), path.into()));
        self
    }

    /// Loaded anew while people wait.
    #[must_use]
    pub const fn refresh(mut self, seconds: u32) -> Self {
        self.refresh_s = seconds;
        self
    }
}

struct Entry {
    label: String,
    path: String,
    current: bool,
}

struct Group {
    label: String,
    entries: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "layout.html")]
struct Layout<'a> {
    page: &'a Page,
    body: &'a str,
    lang: &'static str,
    version: &'static str,
    groups: Vec<Group>,
    site: Option<(String, String)>,
    others: Vec<(String, String)>,
    person: Option<(String, String)>,
    csrf: &'a str,
    printed: String,
    texts: Lang,
    can_search: bool,
}

impl Layout<'_> {
    fn text(&self, id: &str) -> String {
        i18n::message(self.texts, id, &[])
    }
}

/// A page with its frame.
///
/// # Errors
/// [`HttpError`] if a template fails: a defect.
pub fn page(visit: &Visit, page: &Page, body: &impl Template) -> Result<Response, HttpError> {
    let body = body.render().map_err(HttpError::internal)?;
    draw(StatusCode::OK, Some(visit), visit.lang, page, &body)
}

fn draw(status: StatusCode, visit: Option<&Visit>, lang: Lang, page: &Page, body: &str) -> Result<Response, HttpError> {
    let layout = Layout {
        page,
        body,

        lang: if lang == Lang::Ja { "ja" } else { "en" },
        version: version(),
        groups: visit.map(|visit| navigation(visit, page.active)).unwrap_or_default(),
        site: visit.and_then(|visit| visit.site.as_ref()).map(named_path),
        others: visit.map(|visit| visit.other_sites.iter().map(named_path).collect()).unwrap_or_default(),
        person: visit.and_then(person),
        csrf: visit.map_or("", Visit::csrf),
        printed: visit.map(|visit| visit.minute(visit.now)).unwrap_or_default(),
        texts: lang,
        can_search: visit.is_some_and(|visit| {
            let roles = visit.standing.roles();
            visit.site.is_some()
                && [Role::Administrator, Role::Executive, Role::Auditor].iter().any(|role| roles.has(*role))
        }),
    };
    let html = layout.render().map_err(HttpError::internal)?;
    Ok((status, Html(html)).into_response())
}

fn named_path(site: &SiteName) -> (String, String) {
    (site.name.clone(), format!("/s/{}/", encode_segment(&site.id)))
}

/// Name of who is signed in, and their roles here.
fn person(visit: &Visit) -> Option<(String, String)> {
    let person = visit.person.as_ref()?;
    let role = |role: Role| visit.text(role_message(role));
    let mut roles: Vec<String> = visit.standing.own.iter().map(role).collect();
    let deputies = visit.standing.deputy.iter().map(|held| visit.say("role-as-deputy", &[("role", role(held).into())]));
    roles.extend(deputies);
    Some((person.account.name.clone(), roles.join("・")))
}

/// The message with the name of a role.
#[must_use]
pub(crate) const fn role_message(role: Role) -> &'static str {
    match role {
        Role::Executive => "role-executive",
        Role::Administrator => "role-administrator",
        Role::Staff => "role-staff",
        Role::Vendor => "role-vendor",
        Role::Auditor => "role-auditor",
        Role::GroupOperator => "role-group-operator",
    }
}

fn navigation(visit: &Visit, active: &str) -> Vec<Group> {
    let Some(site) = &visit.site else { return Vec::new() };
    let roles = visit.standing.roles();
    let mut groups = Vec::new();
    for group in visit.frame.navigation {
        let entries: Vec<Entry> = group
            .entries
            .iter()
            .filter(|entry| roles.has_any(entry.roles))
            .map(|entry| Entry {
                label: visit.text(entry.label),
                path: format!("/s/{}/{}", encode_segment(&site.id), entry.path),
                current: entry.id == active,
            })
            .collect();
        if !entries.is_empty() {
            groups.push(Group { label: visit.text(group.label), entries });
        }
    }
    groups
}

/// To another page after something was done: a reload of that page does not do it again.
#[must_use]
pub fn redirect(path: &str) -> Response {
    Redirect::to(path).into_response()
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorBody<'a> {
    text: &'a str,
    back: &'a str,
}

/// The page around an error; `lang` counts where nobody is known.
pub(crate) fn error_page(err: &HttpError, visit: Option<&Visit>, lang: Lang) -> Response {
    let lang = visit.map_or(lang, |visit| visit.lang);
    let text = err.text(lang);
    let back = i18n::message(lang, "http-back", &[]);
    let body = ErrorBody { text: &text, back: &back }.render().unwrap_or_default();
    let title = i18n::message(lang, "http-title", &[]);
    let drawn = draw(err.status, visit, lang, &Page::new(title, ""), &body);
    drawn.unwrap_or_else(|_| security::plain(err.status, text))
}

pub(crate) fn error_json(err: &HttpError) -> Response {
    let body = serde_json::json!({ "error": err.message, "message": err.text(Lang::En) });
    (err.status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
