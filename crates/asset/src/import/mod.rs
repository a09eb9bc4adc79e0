//! The importers of this capability, one file each.

pub(crate) mod cell;
pub(crate) mod columns;
pub(crate) mod ledger_sheet;
pub(crate) mod network_scan;
