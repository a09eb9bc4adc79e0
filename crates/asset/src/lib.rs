//! 特定: what is connected here, and does the ledger know it?
//!
//! Reads ledgers kept by hand and scans made by machines, decides which rows mean the same thing, and says what is missing from
//! the ledger. It must never treat an address that did not answer as a thing that exists. Start with [`import`], then [`identity`].

pub mod identity;
pub mod import;
mod reconcile;

use std::sync::Arc;

use assess::Wording;
use evidence::{Deriver, Importer};

pub use import::columns::{Columns, ColumnsError};
pub use reconcile::LedgerAgainstReality;

/// What this capability brings in: importers, most particular first.
#[must_use]
pub fn importers(columns: &Arc<Columns>, wording: &Arc<Wording>) -> Vec<Box<dyn Importer>> {
    vec![
        Box::new(import::network_scan::NetworkScan),
        Box::new(import::ledger_sheet::LedgerSheet::new(Arc::clone(columns), Arc::clone(wording))),
    ]
}

/// Facts that follow from others.
#[must_use]
pub fn derivers() -> Vec<Box<dyn Deriver>> {
    vec![Box::new(LedgerAgainstReality)]
}
