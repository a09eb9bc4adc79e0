//! Every observation of a thing, newest first, with what it took the place of.

use std::collections::HashMap;

use base::{FactValue, Locator, Subject};
use evidence::store::{self as evidence_tables, FactRow};
use governance::lines::show_value;
use store::{StoreError, Transaction};
use web::SiteVisit;
use web::list::{Cell, Column, List, ListQuery, Look, Total};

use crate::state::Office;
use crate::words::{self, plain};

/// One observation.
pub(super) struct Observation {
    pub(super) key: String,
    pub(super) fact: FactRow,
    /// The value that was observed before it, if there was another one.
    pub(super) before: Option<String>,
}

/// Reads every observation of these names of one thing, newest first.
pub(super) fn load(tx: &mut Transaction, site: &str, subjects: &[Subject]) -> Result<Vec<Observation>, StoreError> {
    let mut all = Vec::new();
    for subject in subjects {
        // Ordered by key, and oldest first within each.
        let mut last: Option<(String, String)> = None;
        for (key, fact) in evidence_tables::list_history(tx, site, subject)? {
            let before = last.filter(|(of, value)| *of == key && *value != fact.value).map(|(_, value)| value);
            last = Some((key.clone(), fact.value.clone()));
            all.push(Observation { key, fact, before });
        }
    }
    all.sort_by(|a, b| {
        (b.fact.observed_at, b.fact.evidence, &a.key).cmp(&(a.fact.observed_at, a.fact.evidence, &b.key))
    });
    Ok(all)
}

/// The observations as a list.
pub(super) fn list(
    visit: &SiteVisit,
    office: &Office,
    observations: &[Observation],
    names: &HashMap<i64, String>,
    query: &ListQuery,
) -> List {
    let window = query.window();
    let shown = observations.iter().skip(window.offset).take(window.limit);
    let titles = ["assets-observed", "assets-fact", "assets-value", "assets-before", "assets-grade", "assets-source"];
    List {
        caption: visit.text("assets-history"),
        columns: titles.iter().map(|id| Column::new(visit.text(id))).collect(),
        rows: shown.map(|one| cells(visit, office, one, names)).collect(),
        total: Total::Exactly(observations.len()),
        filters: Vec::new(),
        can_search: false,
        empty: visit.text("assets-history-empty"),
    }
}

fn cells(visit: &SiteVisit, office: &Office, one: &Observation, names: &HashMap<i64, String>) -> Vec<Cell> {
    let definition = office.installation.packs.dictionary.find(&one.key);
    let show = |text: &str| {
        let value = definition.and_then(|found| Some((found, FactValue::parse(found.fact_type, text).ok()?)));
        plain(&value.map_or_else(|| text.to_owned(), |(found, value)| show_value(found, &value, visit.lang)))
    };
    let label = definition.map_or_else(|| one.key.clone(), |found| found.label.get(visit.lang).to_owned());
    let before = match &one.before {
        Some(before) => Cell::text(show(before)),
        None => Cell::text(visit.text("assets-before-nothing")),
    };
    let locator: Locator = one.fact.locator.parse().unwrap_or(Locator::Whole);
    let file = names.get(&one.fact.evidence).map_or_else(String::new, |name| plain(name));
    let source = visit.say(
        "assets-source-at",
        &[
            ("number", one.fact.evidence.to_string().into()),
            ("file", file.into()),
            ("place", words::place(visit, &locator).into()),
        ],
    );
    let source = match words::bytes_path(visit, one.fact.evidence, &locator) {
        Some(href) => Cell::link(source, href),
        None => Cell::text(source),
    };
    vec![
        Cell::text(visit.minute(one.fact.observed_at)),
        Cell::text(label),
        Cell::text(show(&one.fact.value)),
        before.look(Look::Plain),
        Cell::text(words::grade(visit, one.fact.grade)),
        source,
    ]
}
