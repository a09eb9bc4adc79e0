//! One installation of mamori, opened: the packs it carries, the capabilities it is made of, its data, and the work that
//! waits in it. Command line and web office both work through it.
//!
//! It must never hold a rule of its own: rules are in the capabilities and their packs. Start with [`Installation`].

pub mod claims;
mod commands;
mod opened;
mod packs;
pub mod reports;
mod settings;
pub mod work;

pub use commands::{Command, Commands, CommandsError};
pub use opened::{Installation, PROGRAM, SystemClock, SystemRandomness, make_private, migrations};
pub use packs::Packs;
pub use settings::Settings;
