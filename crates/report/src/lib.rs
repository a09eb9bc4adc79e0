//! The accountability report (説明責任レポート): one model, rendered as HTML, PDF, Excel and JSON.
//!
//! It must never decide anything: verdicts, counts and texts arrive ready in [`model::Report`], and it must never show
//! an unknown or stale item as good. It does no I/O. Start with [`model`], then [`html`].

mod annex;
mod as_text;
mod form;
pub mod html;
pub mod json;
mod labels;
mod markup;
pub mod model;
mod page_one;
pub mod pdf;
mod svg;
mod tile;
mod wording;
pub mod xlsx;

pub use model::Report;
pub use page_one::limit as page_one_limit;

impl Report {
    /// Whether evidence, or somebody's own "no", speaks against anything.
    #[must_use]
    pub fn is_contradicted(&self) -> bool {
        let mut items = self.frameworks.iter().flat_map(|framework| &framework.items);
        !self.findings.is_empty() || items.any(|item| item.verdict == base::Verdict::Contradicted)
    }
}
