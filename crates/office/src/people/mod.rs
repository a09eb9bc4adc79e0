//! Accounts, roles, deputies, tokens, settings of a site.

use web::Routes;

use crate::state::Shared;

/// The routes of this room.
pub(crate) fn routes() -> Routes<Shared> {
    Routes::new()
}

/// The message with the name of a role.
pub(crate) const fn role_message(role: ::people::Role) -> &'static str {
    match role {
        ::people::Role::Executive => "role-executive",
        ::people::Role::Administrator => "role-administrator",
        ::people::Role::Staff => "role-staff",
        ::people::Role::Vendor => "role-vendor",
        ::people::Role::Auditor => "role-auditor",
        ::people::Role::GroupOperator => "role-group-operator",
    }
}
