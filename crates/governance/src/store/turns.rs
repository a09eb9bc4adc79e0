//! Who is about to answer an item, so that two people do not answer it at once.

use ::store::{StoreError, Transaction};
use base::{Subject, UtcSeconds};

/// Somebody who is about to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Evidence of the answer they take the place of; 0 for none.
    pub seen: i64,
    /// Who.
    pub who: String,
    /// Since when.
    pub taken_at: UtcSeconds,
}

/// The last turn of an item.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_turn(tx: &mut Transaction, site: &str, item: &str) -> Result<Option<Turn>, StoreError> {
    let sql = "SELECT seen, who, taken_at FROM answer_turn WHERE site = $1 AND item = $2";
    let row = tx.find(sql, &[site.into(), item.into()])?;
    row.map(|row| Ok(Turn { seen: row.integer(0)?, who: row.text(1)?.to_owned(), taken_at: row.at(2)? })).transpose()
}

/// Takes the turn of an item.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn take_turn(tx: &mut Transaction, site: &str, item: &str, turn: &Turn) -> Result<(), StoreError> {
    tx.execute("DELETE FROM answer_turn WHERE site = $1 AND item = $2", &[site.into(), item.into()])?;
    tx.execute(
        "INSERT INTO answer_turn (site, item, seen, who, taken_at) VALUES ($1, $2, $3, $4, $5)",
        &[site.into(), item.into(), turn.seen.into(), (&turn.who).into(), turn.taken_at.into()],
    )?;
    Ok(())
}

/// The newest evidence that says something about a subject: its number, and who handed it in.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_newest_evidence_about(
    tx: &mut Transaction,
    site: &str,
    subject: &Subject,
) -> Result<Option<(i64, String)>, StoreError> {
    let row = tx.find(
        "SELECT e.id, e.who FROM fact_subject s JOIN fact f ON f.subject = s.id JOIN evidence e ON e.id = f.evidence \
         WHERE s.site = $1 AND s.kind = $2 AND s.ident = $3 ORDER BY e.id DESC LIMIT 1",
        &[site.into(), subject.kind().name().into(), subject.id().into()],
    )?;
    row.map(|row| Ok((row.integer(0)?, row.text(1)?.to_owned()))).transpose()
}
