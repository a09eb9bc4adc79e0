//! What forms of this room have in common.

use ::people::admin::Actor;
use ::people::{AccountId, EVERYWHERE, Role, RoleSet};
use axum::extract::{FromRequest, FromRequestParts as _, Path, Request};
use axum::http::StatusCode;
use store::ledger::Recording;
use web::{Form, HttpError, SiteVisit};

use crate::Office;
use crate::sign_in::Refusal;
use crate::state::Shared;

/// Longest reason, in characters.
const MAX_WHY_CHARS: usize = 500;

/// The fields of a form, some of which may occur several times.
#[derive(Debug, Clone)]
pub(super) struct Fields(pub(super) Vec<(String, String)>);

impl Fields {
    /// The value of a field; empty if it is not there.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value.as_str())
    }

    /// A reason: trimmed, on one line, not too long; empty if there is none.
    pub(super) fn why(&self) -> String {
        self.get("why").trim().chars().filter(|c| !c.is_control()).take(MAX_WHY_CHARS).collect()
    }

    /// The version of the account that the page showed.
    pub(super) fn version(&self) -> i64 {
        self.get("version").parse().unwrap_or(-1)
    }

    /// The roles ticked under this name; what names no role counts as not ticked.
    pub(super) fn roles(&self, name: &str) -> RoleSet {
        let ticked = self.0.iter().filter(|(found, _)| found == name);
        ticked.filter_map(|(_, value)| value.parse::<Role>().ok()).fold(RoleSet::NONE, RoleSet::with)
    }
}

/// A form that somebody sent who may: who they are, what it is about, what it says.
pub(super) struct Sent {
    pub(super) visit: SiteVisit,
    pub(super) office: Shared,
    pub(super) fields: Fields,
    /// What is in the path behind the site; empty if nothing is.
    about: String,
    /// How the ledger names the sender.
    who: String,
}

impl FromRequest<Shared> for Sent {
    type Rejection = HttpError;

    async fn from_request(request: Request, office: &Shared) -> Result<Self, HttpError> {
        let (mut parts, body) = request.into_parts();
        let visit = SiteVisit::from_request_parts(&mut parts, office).await?;
        let path = Path::<Vec<(String, String)>>::from_request_parts(&mut parts, office).await;
        let Path(path) = path.map_err(|_| HttpError::not_found())?;
        let about = path.into_iter().nth(1).map(|(_, value)| value).unwrap_or_default();
        let Form(fields) = Form::from_request(Request::from_parts(parts, body), office).await?;
        Ok(Self { who: visit.who(), visit, office: office.clone(), fields: Fields(fields), about })
    }
}

impl Sent {
    /// The number in the path.
    ///
    /// # Errors
    /// [`HttpError`] if it is none: nothing has it.
    pub(super) fn number(&self) -> Result<i64, HttpError> {
        number(&self.about)
    }

    /// The account in the path.
    ///
    /// # Errors
    /// As [`Sent::number`].
    pub(super) fn account(&self) -> Result<AccountId, HttpError> {
        self.number().map(AccountId)
    }

    /// The reason given; `None` if there is none.
    pub(super) fn why(&self) -> Option<String> {
        Some(self.fields.why()).filter(|why| !why.is_empty())
    }

    /// The sender as the one who acts.
    pub(super) fn actor(&self) -> Actor<'_> {
        Actor { who: &self.who, site: self.visit.site_id(), now: self.visit.now }
    }

    /// Changes something, with its entries in the ledger.
    ///
    /// # Errors
    /// Why nothing was changed.
    pub(super) fn write<T>(
        &self,
        change: impl FnMut(&mut Recording<'_>) -> Result<T, Refusal>,
    ) -> Result<T, HttpError> {
        let office: &Office = &self.office;
        Ok(office.installation.ledger.write(office.database(), self.visit.now, change)?)
    }
}

/// The number in a path; nothing has a number that is none.
pub(super) fn number(text: &str) -> Result<i64, HttpError> {
    text.parse().map_err(|_| HttpError::not_found())
}

/// A role as a box to tick.
pub(super) struct Tick {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) is_on: bool,
}

/// Boxes for these roles.
pub(super) fn ticks(visit: &SiteVisit, roles: RoleSet, ticked: RoleSet) -> Vec<Tick> {
    roles
        .iter()
        .map(|role| Tick { name: role.name(), label: visit.text(super::role_message(role)), is_on: ticked.has(role) })
        .collect()
}

/// Names of roles, as they are read.
pub(super) fn names(visit: &SiteVisit, roles: RoleSet) -> String {
    roles.iter().map(|role| visit.text(super::role_message(role))).collect::<Vec<_>>().join("・")
}

/// The roles given at one site.
pub(super) const AT_SITE: RoleSet =
    RoleSet::of(&[Role::Executive, Role::Administrator, Role::Staff, Role::Vendor, Role::Auditor, Role::GroupOperator]);

/// The roles given at every site at once, by those who administer every site.
pub(super) const AT_EVERY_SITE: RoleSet = RoleSet::of(&[Role::Administrator, Role::GroupOperator]);

/// Whether the visitor administers this site (or every one), also as a deputy.
pub(super) fn administers(visit: &SiteVisit, site: &str) -> bool {
    visit.person().standing(site, visit.today()).roles().has(Role::Administrator)
}

/// Whether the visitor administers this site (or every one) themself: a deputy looks after the house, but who is who in it is
/// not theirs to change, for that would outlast them.
pub(super) fn administers_in_person(visit: &SiteVisit, site: &str) -> bool {
    visit.person().standing(site, visit.today()).own.has(Role::Administrator)
}

/// Whether the visitor may make somebody an executive of this site, or do what amounts to it: the desk of a site would choose
/// its own judge.
pub(super) fn makes_executives(visit: &SiteVisit, site: &str) -> bool {
    visit.person().standing(site, visit.today()).own.has(Role::Executive) || administers_in_person(visit, EVERYWHERE)
}

/// Refuses deputies what is for the administrator alone.
///
/// # Errors
/// [`HttpError`] if the visitor administers only as a deputy.
pub(super) fn check_no_deputy(visit: &SiteVisit) -> Result<(), HttpError> {
    if administers_in_person(visit, visit.site_id()) {
        return Ok(());
    }
    Err(HttpError::new(StatusCode::FORBIDDEN, "people-not-as-deputy", ""))
}
