//! What a handler is given: who is there, where, and in which language.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base::{Date, Lang, UtcSeconds};
use i18n::Argument;
use people::{Role, Session, SignedIn, Standing};

use crate::error::HttpError;
use crate::frame::{Frame, SiteName};

/// One request that was admitted.
#[derive(Clone)]
pub struct Visit {
    /// When it came.
    pub now: UtcSeconds,
    /// Language of the answer.
    pub lang: Lang,
    /// Who; `None` on public pages without an account.
    pub person: Option<Arc<SignedIn>>,
    /// The path, for marking the page one is on.
    pub path: String,
    /// The network address it came from; behind a trusted proxy that of the browser.
    pub address: String,
    /// Address of the office as others type it, without a path; `None` if nobody knows it for sure.
    pub own_address: Option<String>,
    /// What all pages share.
    pub frame: Arc<Frame>,
    pub(crate) site: Option<SiteName>,
    pub(crate) other_sites: Vec<SiteName>,
    pub(crate) standing: Standing,
    /// Whether a role at the site of the path was asked for.
    pub(crate) is_of_site: bool,
}

impl Visit {
    /// A message of the catalogue in the language of this visit.
    #[must_use]
    pub fn say(&self, id: &str, arguments: &[(&str, Argument)]) -> String {
        i18n::message(self.lang, id, arguments)
    }

    /// A message without variables.
    #[must_use]
    pub fn text(&self, id: &str) -> String {
        i18n::message(self.lang, id, &[])
    }

    /// A day as this reader writes it: 和暦 and 西暦, or ISO.
    #[must_use]
    pub fn day(&self, day: Date) -> String {
        match self.lang {
            Lang::Ja => format!("{}（{day}）", day.wareki()),
            Lang::En => day.to_string(),
        }
    }

    /// A moment, to the minute, in Japanese time.
    #[must_use]
    pub fn minute(&self, at: UtcSeconds) -> String {
        at.minute_jst()
    }

    /// Today, in Japan.
    #[must_use]
    pub fn today(&self) -> Date {
        self.now.date_jst()
    }

    /// The session, unless nobody is signed in.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        self.person.as_ref()?.session.as_ref()
    }

    /// The secret that the forms of this session carry; empty if nobody is signed in.
    #[must_use]
    pub fn csrf(&self) -> &str {
        self.session().map_or("", |session| session.csrf.as_str())
    }
}

/// A visit to a page of a site by somebody whose role admits them there: only the guard makes one.
#[derive(Clone)]
pub struct SiteVisit {
    visit: Visit,
    site: SiteName,
    person: Arc<SignedIn>,
}

impl Deref for SiteVisit {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl SiteVisit {
    /// Identifier of the site.
    #[must_use]
    pub fn site_id(&self) -> &str {
        &self.site.id
    }

    /// Name of the site.
    #[must_use]
    pub fn site_name(&self) -> &str {
        &self.site.name
    }

    /// Who is there.
    #[must_use]
    pub fn person(&self) -> &SignedIn {
        &self.person
    }

    /// How the ledger names who is there.
    #[must_use]
    pub fn who(&self) -> String {
        self.person.account.who()
    }

    /// What they may do here.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.visit.standing
    }

    /// Whether they hold a role here, in person or as deputy.
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.visit.standing.roles().has(role)
    }

    /// Path of a page of this site.
    #[must_use]
    pub fn path_of(&self, below: &str) -> String {
        format!("/s/{}/{below}", encode_segment(&self.site.id))
    }
}

/// A text as one segment of a path or one value of a query.
#[must_use]
pub fn encode_segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| HttpError::internal("a route without a guard"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SiteVisit {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let visit = Visit::from_request_parts(parts, state).await?;
        match (visit.site.clone(), visit.person.clone()) {
            (Some(site), Some(person)) if visit.is_of_site => Ok(Self { visit, site, person }),
            _ => Err(HttpError::internal("a page of a site whose route names no site")),
        }
    }
}
