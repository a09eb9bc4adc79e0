//! One installation of mamori, opened: the packs it carries, the capabilities it is made of, its data, and the work that
//! waits in it. Command line and web office both work through it.
//!
//! It must never hold a rule about evidence or verdicts: those are in the capabilities and their packs. What it does hold is what
//! several of them together need: in [`claims`] what is not taken as an answer, in [`work`] what is assessed when, in
//! [`Installation::publish`] which of two assessments stands. Start with [`Installation`].
//!
//! Errors that somebody decides by are enums ([`claims::ClaimError`], [`work::JobFailure`], and those of the crates below); opening an
//! installation, loading packs and writing reports end in `anyhow`, because their errors are only ever shown.

pub mod claims;
mod commands;
#[cfg(test)]
mod fixture;
mod opened;
mod packs;
pub mod reports;
mod search_logs;
mod settings;
mod witnessed;
pub mod work;

pub use commands::{Command, Commands, CommandsError};
pub use opened::{Installation, PROGRAM, SystemClock, SystemRandomness, make_private, migrations};
pub use packs::Packs;
pub use settings::Settings;
