//! What forms of this room have in common.

use ::people::admin::Actor;
use ::people::{Role, RoleSet};
use web::SiteVisit;

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

/// The visitor as the one who acts.
pub(super) fn actor<'a>(visit: &'a SiteVisit, who: &'a str) -> Actor<'a> {
    Actor { who, site: visit.site_id(), now: visit.now }
}
