//! Who works here: people and their roles, deputies, API tokens, how far the use has spread, and settings of the site.

mod adoption;
mod deputies;
mod fields;
mod made;
mod people_list;
mod person;
mod person_add;
mod person_changes;
mod settings;
mod tokens;

use ::people::Role;
use web::{Needs, Routes};

use crate::state::Shared;

/// Who changes.
const ADMIN: &[Role] = &[Role::Administrator];
/// Who looks at people, tokens and settings.
const DESK: &[Role] = &[Role::Administrator, Role::Auditor];
/// Who looks at deputies and at how far the use has spread.
const LEAD: &[Role] = &[Role::Executive, Role::Administrator, Role::Auditor];
/// Whose roles have deputies.
const APPOINTS: &[Role] = &[Role::Executive, Role::Administrator];

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    Routes::new()
        .get("/s/{site}/people", Needs::Site(DESK), people_list::show)
        .post("/s/{site}/people", Needs::Site(ADMIN), person_add::add)
        .get("/s/{site}/people/new", Needs::Site(ADMIN), person_add::show)
        .get("/s/{site}/people/{account}", Needs::Site(DESK), person::show)
        .post("/s/{site}/people/{account}/roles", Needs::Site(ADMIN), person_changes::change_roles)
        .post("/s/{site}/people/{account}/details", Needs::Site(ADMIN), person_changes::change_details)
        .post("/s/{site}/people/{account}/enabled", Needs::Site(ADMIN), person_changes::change_enabled)
        .post("/s/{site}/people/{account}/link", Needs::Site(ADMIN), person_changes::make_link)
        .post("/s/{site}/people/{account}/sessions", Needs::Site(ADMIN), person_changes::end_sessions)
        .get("/s/{site}/deputies", Needs::Site(LEAD), deputies::show)
        .post("/s/{site}/deputies", Needs::Site(APPOINTS), deputies::appoint)
        .post("/s/{site}/deputies/{deputy}/revoke", Needs::Site(APPOINTS), deputies::revoke)
        .get("/s/{site}/tokens", Needs::Site(DESK), tokens::show)
        .post("/s/{site}/tokens", Needs::Site(ADMIN), tokens::make)
        .post("/s/{site}/tokens/{token}/revoke", Needs::Site(ADMIN), tokens::revoke)
        .get("/s/{site}/adoption", Needs::Site(LEAD), adoption::show)
        .get("/s/{site}/settings", Needs::Site(DESK), settings::show)
        .post("/s/{site}/settings", Needs::Site(ADMIN), settings::change)
}

/// The message with the name of a role.
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
