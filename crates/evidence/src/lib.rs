//! Evidence in, facts out: intake of files, the importers' registry, provenance of every fact.
//!
//! Nothing here knows a checklist. It must never keep a secret that an export carries, never apply half a file, and never
//! acknowledge what is not on the disk. Start with [`importer`] (what an importer is), then [`mod@gather`] (files, folders and
//! archives → sources) and [`receive`] (one source → evidence and facts).

pub mod facts_root;
pub mod gather;
pub mod importer;
pub mod preview;
mod reading;
pub mod receive;
mod recognise;
pub mod set_aside;
pub mod store;
pub mod world;

pub use gather::{Gathered, Limits, gather};
pub use importer::{FactSink, Importer, NewFact, ReadError, Redaction, Refusal, Source, Struck};
pub use receive::{Intake, Receipt, ReceiptState, ReceiveError, Staged};
pub use recognise::Registry;
pub use world::{Deriver, World};
