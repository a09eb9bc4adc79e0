//! Items by verdict: a bar, and the numbers behind it with their denominator.

use askama::Template;
use report::model::{Standing, VerdictCounts};
use web::{HttpError, Visit};

use crate::words::{self, Badge};

#[derive(Template)]
#[template(path = "checklist/bar.html")]
struct Bar<'a> {
    visit: &'a Visit,
    title: &'a str,
    /// Markup of the bar.
    bar: String,
    numbers: Vec<(Badge, String)>,
    not_applicable: usize,
    total: usize,
}

/// The bar of the checklist `title` and its table, as markup.
pub(super) fn draw(visit: &Visit, title: &str, counts: &VerdictCounts) -> Result<String, HttpError> {
    let total = counts.total();
    let bar = words::bar::draw(counts, "")?;
    let of = |count: usize| visit.say("checklist-of", &[("count", count.into()), ("total", total.into())]);
    let numbers = Standing::ALL.map(|standing| (words::standing(visit, standing), of(counts.get(standing))));
    let bar = Bar { visit, title, bar, numbers: numbers.into(), not_applicable: counts.not_applicable, total };
    bar.render().map_err(HttpError::internal)
}
