//! Items by verdict: a bar, and the numbers behind it with their denominator.

use askama::Template;
use base::Verdict;
use report::model::VerdictCounts;
use web::{HttpError, Visit};

use crate::assets::words::{self, Badge};

/// Width of the drawing.
const WIDTH: usize = 1_000;

struct Part {
    left: usize,
    width: usize,
    class: &'static str,
}

#[derive(Template)]
#[template(path = "checklist/bar.html")]
struct Bar<'a> {
    visit: &'a Visit,
    title: &'a str,
    parts: Vec<Part>,
    numbers: Vec<(Badge, String)>,
    not_applicable: usize,
    total: usize,
}

/// The bar of the checklist `title` and its table, as markup.
pub(super) fn draw(visit: &Visit, title: &str, counts: &VerdictCounts) -> Result<String, HttpError> {
    let total = counts.total();
    let (mut parts, mut seen) = (Vec::new(), 0);
    for verdict in Verdict::ALL {
        let left = seen * WIDTH / total.max(1);
        seen += counts.get(verdict);
        let width = seen * WIDTH / total.max(1) - left;
        if width > 0 {
            parts.push(Part { left, width, class: class(verdict) });
        }
    }
    let of = |count: usize| visit.say("checklist-of", &[("count", count.into()), ("total", total.into())]);
    let numbers = Verdict::ALL.map(|verdict| (words::verdict(visit, verdict), of(counts.get(verdict))));
    let bar = Bar { visit, title, parts, numbers: numbers.into(), not_applicable: counts.not_applicable, total };
    bar.render().map_err(HttpError::internal)
}

const fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Proved => "seg-good",
        Verdict::Contradicted => "seg-danger",
        Verdict::Attested => "seg-caution",
        Verdict::Stale => "seg-stale",
        Verdict::Unknown => "seg-unknown",
    }
}
