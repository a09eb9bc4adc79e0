//! What the desk asks the database besides what the capabilities answer.

use ::store::ledger::Entry;
use ::store::{StoreError, Transaction};
use base::UtcSeconds;

/// Jobs looked through for failures.
const RECENT_JOBS: i64 = 2_000;
/// Assignments looked through for those of one task.
const RECENT_ASSIGNMENTS: i64 = 1_000;
/// Names offered.
const MOST_NAMES: i64 = 300;

/// When the first and the last evidence of a site came.
pub(super) fn find_collections(
    tx: &mut Transaction,
    site: &str,
) -> Result<(Option<UtcSeconds>, Option<UtcSeconds>), StoreError> {
    let row = tx.get("SELECT MIN(received_at), MAX(received_at) FROM evidence WHERE site = $1", &[site.into()])?;
    Ok((row.optional_at(0)?, row.optional_at(1)?))
}

/// The evidence handed in last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LastEvidence {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) who: String,
    pub(super) received_at: UtcSeconds,
}

pub(super) fn find_last_evidence(tx: &mut Transaction, site: &str) -> Result<Option<LastEvidence>, StoreError> {
    let sql = "SELECT id, name, who, received_at FROM evidence \
               WHERE id = (SELECT MAX(id) FROM evidence WHERE site = $1)";
    let row = tx.find(sql, &[site.into()])?;
    row.map(|row| {
        Ok(LastEvidence {
            id: row.integer(0)?,
            name: row.text(1)?.to_owned(),
            who: row.text(2)?.to_owned(),
            received_at: row.at(3)?,
        })
    })
    .transpose()
}

/// The newest observation of each kind of export, by the importer that read it.
pub(super) fn list_newest_observed(tx: &mut Transaction, site: &str) -> Result<Vec<(String, UtcSeconds)>, StoreError> {
    let sql = "SELECT importer, MAX(observed_at) FROM evidence WHERE site = $1 AND importer <> '' \
               GROUP BY importer ORDER BY importer";
    tx.query(sql, &[site.into()])?.iter().map(|row| Ok((row.text(0)?.to_owned(), row.at(1)?))).collect()
}

/// Jobs of a site that were given up since a moment: kind and when, newest first.
pub(super) fn list_failed_jobs(
    tx: &mut Transaction,
    site: &str,
    since: UtcSeconds,
) -> Result<Vec<(String, UtcSeconds)>, StoreError> {
    let rows = tx.query(
        "SELECT kind, payload, finished_at FROM (SELECT id, kind, payload, finished_at, state FROM job ORDER BY id DESC LIMIT $2) \
         AS recent WHERE state = 'failed' AND finished_at >= $1 ORDER BY id DESC",
        &[since.into(), RECENT_JOBS.into()],
    )?;
    let mut failed = Vec::new();
    for row in &rows {
        let payload: serde_json::Value = serde_json::from_str(row.text(1)?).unwrap_or_default();
        if payload.get("site").and_then(serde_json::Value::as_str) == Some(site) {
            failed.push((row.text(0)?.to_owned(), row.at(2)?));
        }
    }
    Ok(failed)
}

/// What the ledger says about who was to do a task, newest first.
pub(super) fn list_assignments(tx: &mut Transaction, site: &str, task: i64) -> Result<Vec<Entry>, StoreError> {
    let sql = "SELECT canonical FROM ledger_entry WHERE kind = 'task.assigned' ORDER BY seq DESC LIMIT $1";
    let mut found = Vec::new();
    for row in tx.query(sql, &[RECENT_ASSIGNMENTS.into()])? {
        let Ok(entry) = Entry::parse(row.text(0)?) else { continue };
        if entry.site == site && entry.body.get("task").and_then(serde_json::Value::as_i64) == Some(task) {
            found.push(entry);
        }
    }
    Ok(found)
}

/// Names of people who can be given something to do at a site.
pub(super) fn list_names(tx: &mut Transaction, site: &str) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT a.name FROM account a JOIN membership m ON m.account = a.id \
               WHERE m.site IN ($1, '*') AND a.enabled = 1 ORDER BY a.name LIMIT $2";
    tx.query(sql, &[site.into(), MOST_NAMES.into()])?.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use testkit::{NOW, on_each_database};

    use super::*;

    #[test]
    fn where_nothing_is_known_nothing_is_said() {
        let migrations = [evidence::store::MIGRATIONS, governance::MIGRATIONS, people::MIGRATIONS].concat();
        on_each_database(&migrations, |store| {
            store.database.read::<_, StoreError>(|tx| {
                assert_eq!(find_collections(tx, "handa")?, (None, None));
                assert_eq!(find_last_evidence(tx, "handa")?, None);
                assert_eq!(list_newest_observed(tx, "handa")?, []);
                assert_eq!(list_failed_jobs(tx, "handa", NOW)?, []);
                assert_eq!(list_assignments(tx, "handa", 1)?, []);
                assert_eq!(list_names(tx, "handa")?, [""; 0]);
                Ok(())
            })?;
            Ok(())
        });
    }
}
