//! The menu, per role.

use ::people::{Role, RoleSet};
use web::{NavEntry, NavGroup};

const LEAD: RoleSet = RoleSet::of(&[Role::Executive, Role::Administrator, Role::Auditor]);
const DESK: RoleSet = RoleSet::of(&[Role::Administrator, Role::Auditor]);
const ADMIN: RoleSet = RoleSet::of(&[Role::Administrator]);
const INSIDE: RoleSet = RoleSet::of(&[Role::Executive, Role::Administrator, Role::Auditor, Role::Staff]);

const fn entry(id: &'static str, label: &'static str, path: &'static str, roles: RoleSet) -> NavEntry {
    NavEntry { id, label, path, roles }
}

/// The menu of a site.
pub const NAVIGATION: &[NavGroup] = &[
    NavGroup {
        label: "nav-group-overview",
        entries: &[
            entry("executive", "nav-executive", "executive", LEAD),
            entry("today", "nav-today", "today", DESK),
            entry("alerts", "nav-alerts", "alerts", LEAD),
            entry("decisions", "nav-decisions", "decisions", LEAD),
            entry("reports", "nav-reports", "reports", LEAD),
            entry("staff", "nav-staff", "staff", INSIDE),
            entry("vendor", "nav-vendor", "vendor", RoleSet::of(&[Role::Vendor])),
            entry("group", "nav-group", "group", RoleSet::of(&[Role::GroupOperator])),
        ],
    },
    NavGroup {
        label: "nav-group-answers",
        entries: &[
            entry("checklists", "nav-checklists", "checklists", LEAD),
            entry("unknown", "nav-unknown", "unknown", LEAD),
            entry("exceptions", "nav-exceptions", "exceptions", LEAD),
            entry("tasks", "nav-tasks", "tasks", DESK),
        ],
    },
    NavGroup {
        label: "nav-group-evidence",
        entries: &[
            entry("import", "nav-import", "import", ADMIN),
            entry("assets", "nav-assets", "subjects/asset", DESK),
            entry("connections", "nav-connections", "subjects/connection", DESK),
            entry("accounts", "nav-accounts", "subjects/account", DESK),
            entry("policies", "nav-policies", "subjects/policy", DESK),
            entry("vendors", "nav-vendors", "subjects/vendor", DESK),
            entry("documents", "nav-documents", "documents", LEAD),
            entry("evidence", "nav-evidence", "evidence", DESK),
            entry("audit", "nav-audit", "audit", DESK),
        ],
    },
    NavGroup {
        label: "nav-group-house",
        entries: &[
            entry("notices", "nav-notices", "notices", ADMIN),
            entry("voices", "nav-voices", "voices", LEAD),
            entry("adoption", "nav-adoption", "adoption", LEAD),
            entry("people", "nav-people", "people", DESK),
            entry("settings", "nav-settings", "settings", DESK),
        ],
    },
];
