//! Windows event logs: from files to what the detection rules find in them.
//!
//! It must never lose an event without saying so, hold a whole log in memory, or answer differently because more threads
//! worked on it. Start with [`rules`] (what is looked for), [`files`] (where), [`scan`] (finding it), [`timeline`] (showing it).

pub mod alerts;
pub mod bench;
pub mod correlated;
mod detector;
pub mod event;
pub mod files;
mod import;
mod kinds;
pub mod rules;
pub mod scan;
pub mod timeline;
mod view;
mod worker;

pub use detector::Detector;
pub use import::EventLogFile;
