//! The importers of this capability, one file each.

pub(crate) mod audit_policy;
pub(crate) mod directory;
pub(crate) mod gpo_backup;
pub(crate) mod registry_policy;
pub(crate) mod security_inf;
