//! One hash over what was refused or struck of a piece of evidence, so that its entry in the ledger witnesses it.

use base::ContentHash;

use crate::importer::{Refusal, Struck};

/// The hash over the rows of a table, in order: the texts of a row as a JSON list, a row to a line.
#[must_use]
pub fn hash_rows(rows: &[Vec<String>]) -> ContentHash {
    let lines: Vec<String> = rows.iter().map(|row| format!("{}\n", serde_json::json!(row))).collect();
    ContentHash::of(lines.concat().as_bytes())
}

/// [`hash_rows`] over refusals: place, message, detail.
#[must_use]
pub fn hash_refusals(refusals: &[Refusal]) -> ContentHash {
    let row = |one: &Refusal| vec![one.locator.to_string(), one.message.to_owned(), one.detail.clone()];
    hash_rows(&refusals.iter().map(row).collect::<Vec<_>>())
}

/// [`hash_rows`] over secrets that were struck: what, place.
#[must_use]
pub fn hash_struck(struck: &[Struck]) -> ContentHash {
    let row = |one: &Struck| vec![one.what.clone(), one.locator.to_string()];
    hash_rows(&struck.iter().map(row).collect::<Vec<_>>())
}
