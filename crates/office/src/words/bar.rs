//! The one bar of verdicts: how much of a checklist is proved, contradicted, not done yet, attested, stale and unknown.

use askama::Template;
use base::Verdict;
use report::model::{Standing, VerdictCounts};
use web::{HttpError, Visit};

use super::standing;

/// Width of the drawing, in its own units.
const WIDTH: usize = 1_000;

/// A stretch of the bar.
struct Segment {
    class: &'static str,
    x: usize,
    width: usize,
}

#[derive(Template)]
#[template(path = "words/bar.html")]
struct Drawing<'a> {
    segments: Vec<Segment>,
    /// What the bar says, for those who can't see it; empty where a table beside it says the same.
    label: &'a str,
}

/// The bar as markup; `label` says the same in words and is empty where a table beside the bar does.
///
/// # Errors
/// [`HttpError`] if the template fails: a defect.
pub(crate) fn draw(counts: &VerdictCounts, label: &str) -> Result<String, HttpError> {
    Drawing { segments: segments(counts), label }.render().map_err(HttpError::internal)
}

/// Every standing with its class and its word, in the order of the bar.
pub(crate) fn legend(visit: &Visit) -> Vec<(&'static str, String)> {
    Standing::ALL.map(|one| (class(one), standing(visit, one).text)).to_vec()
}

/// The numbers behind a bar in words: 証明 12, 矛盾 3, …
pub(crate) fn says(visit: &Visit, counts: &VerdictCounts) -> String {
    let parts = Standing::ALL.map(|one| format!("{} {}", standing(visit, one).text, counts.get(one)));
    parts.join(&visit.text("value-separator"))
}

fn segments(counts: &VerdictCounts) -> Vec<Segment> {
    let total = counts.total().max(1);
    let (mut seen, mut x) = (0, 0);
    let mut segments = Vec::new();
    for standing in Standing::ALL {
        seen += counts.get(standing);
        let end = seen * WIDTH / total;
        if end > x {
            segments.push(Segment { class: class(standing), x, width: end - x });
        }
        x = end;
    }
    segments
}

const fn class(standing: Standing) -> &'static str {
    match standing {
        Standing::NotYet => "seg-not-yet",
        Standing::Is(Verdict::Proved) => "seg-good",
        Standing::Is(Verdict::Contradicted) => "seg-danger",
        Standing::Is(Verdict::Attested) => "seg-caution",
        Standing::Is(Verdict::Stale) => "seg-stale",
        Standing::Is(Verdict::Unknown) => "seg-unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_all_its_parts() {
        let counts = VerdictCounts { proved: 1, contradicted: 1, unknown: 1, ..VerdictCounts::default() };
        assert_eq!(segments(&counts).iter().map(|part| part.width).sum::<usize>(), WIDTH);
        assert!(segments(&VerdictCounts::default()).is_empty());
    }
}
