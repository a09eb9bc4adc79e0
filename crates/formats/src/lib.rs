//! Bytes in, values out: every file format mamori reads, from registry.pol to Excel.
//!
//! It must never do I/O, trust a size or count that a file states about itself, or panic. Every parser has limits and keeps
//! what was readable: a bad row, entry or sheet costs only itself and is reported with its place. Start with [`table`] for
//! ledgers, [`nmap`] for network scans, [`archive`] for zip files, [`evtx`] for event logs,
//! [`event`] for the same events as text, [`syslog`] for what devices send.

pub mod archive;
pub mod audit_csv;
mod delimited;
pub mod directory_csv;
pub mod endoflife;
pub mod event;
pub mod evtx;
pub mod gpo_backup;
pub mod inf;
pub mod kev;
pub mod nmap;
pub mod redaction;
pub mod registry_policy;
pub mod scalar;
pub mod secret;
pub mod statement;
pub mod syslog;
pub mod table;
pub mod text;
