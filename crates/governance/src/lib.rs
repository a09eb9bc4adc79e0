//! 説明責任: checklists answered from evidence, claims held against proof, exceptions, tasks, the report.
//!
//! It must never show an unknown as good, let a "yes" stand silently against evidence, or close a task without new evidence.
//! Start with [`assessment`] (what the facts answer), then [`answers`] (what a checklist makes of it) and [`build`] (the report).

pub mod answers;
mod asks;
pub mod assessment;
pub mod build;
mod conclusion;
pub mod decisions;
pub mod documents;
pub mod exceptions;
pub mod lines;
pub mod lists;
mod persons;
mod sentences;
pub mod snapshot;
pub mod statement;
pub mod store;
mod subject_lines;
mod task_key;
pub mod tasks;
mod tiles;
pub mod watch;
pub mod wording;

use ::store::Migration;
use evidence::Importer;

pub use answers::{ItemAnswer, SiteAnswers};
pub use assessment::{Assessment, CheckAnswer, assess_site};
pub use conclusion::Conclusion;
pub use documents::DocumentKinds;

/// Steps of the schema of this crate.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        capability: "governance",
        number: 1,
        name: "exceptions and tasks",
        sql: include_str!("../migrations/0001_governance.sql"),
    },
    Migration {
        capability: "governance",
        number: 2,
        name: "snapshot",
        sql: include_str!("../migrations/0002_snapshot.sql"),
    },
    Migration {
        capability: "governance",
        number: 3,
        name: "lists and turns",
        sql: include_str!("../migrations/0003_lists_and_turns.sql"),
    },
    Migration {
        capability: "governance",
        number: 4,
        name: "decisions",
        sql: include_str!("../migrations/0004_decisions.sql"),
    },
    Migration {
        capability: "governance",
        number: 5,
        name: "facts of lines",
        sql: include_str!("../migrations/0005_facts_of_lines.sql"),
    },
    Migration {
        capability: "governance",
        number: 6,
        name: "accounts of askers",
        sql: include_str!("../migrations/0006_askers.sql"),
    },
    Migration {
        capability: "governance",
        number: 7,
        name: "endings of tasks",
        sql: include_str!("../migrations/0007_endings.sql"),
    },
];

/// What this capability brings in.
#[must_use]
pub fn importers() -> Vec<Box<dyn Importer>> {
    vec![Box::new(statement::StatementFile)]
}
