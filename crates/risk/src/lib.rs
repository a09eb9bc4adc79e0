//! 評価: what is known to be exploited, and what its maker no longer supports.
//!
//! Intelligence comes in as files; nothing is downloaded. It must never take a product whose version is not known for safe:
//! then no fact is stated, and the check stays unknown. Start with [`importers`] and [`derivers`].

mod doors;
mod import;
mod releases;

use std::sync::Arc;

use evidence::{Deriver, Importer};

pub use doors::{Doors, DoorsError};
pub use releases::{ReleaseAliases, ReleaseAliasesError};

/// What this capability brings in, most particular first.
#[must_use]
pub fn importers() -> Vec<Box<dyn Importer>> {
    vec![Box::new(import::exploited_list::ExploitedList), Box::new(import::support_dates::SupportDates)]
}

/// Facts that follow from others.
#[must_use]
pub fn derivers(doors: &Arc<Doors>, aliases: &Arc<ReleaseAliases>) -> Vec<Box<dyn Deriver>> {
    vec![
        Box::new(doors::KnownExploited::new(Arc::clone(doors))),
        Box::new(releases::ReleaseSupport::new(Arc::clone(aliases))),
    ]
}
