//! Windows and directory settings, read from what an administrator can export with built-in tools.
//!
//! It must never read a translated label (only registry paths, GUIDs, SIDs and numbers) nor keep a secret an export holds.
//! Which values matter is data: `packs/facts/policy.toml` names the place of each. Start with [`importers`].

mod accounts;
mod import;
mod machines;
mod origin;

use evidence::{Deriver, Importer};

pub use accounts::KnownAccounts;
pub use machines::KnownMachines;

/// What this capability brings in, most particular first.
#[must_use]
pub fn importers() -> Vec<Box<dyn Importer>> {
    vec![
        Box::new(import::registry_policy::RegistryPolicy),
        Box::new(import::security_inf::SecurityInf),
        Box::new(import::audit_policy::AuditPolicy),
        Box::new(import::gpo_backup::GpoBackup),
        Box::new(import::directory::DirectoryExport),
    ]
}

/// Facts that follow from others.
#[must_use]
pub fn derivers() -> Vec<Box<dyn Deriver>> {
    vec![Box::new(KnownAccounts), Box::new(KnownMachines)]
}
