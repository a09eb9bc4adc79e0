//! The figures of the page of staff, counted once for each state of the ledger: anybody may ask for that page, as often as they like.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ::store::{StoreError, Transaction};
use base::UtcSeconds;

use super::store::{Watch, find_watch};

/// What was counted at each site.
#[derive(Debug, Default)]
pub(crate) struct Watches(Mutex<HashMap<String, Counted>>);

#[derive(Debug)]
struct Counted {
    month: UtcSeconds,
    entries: u64,
    watch: Watch,
}

impl Watches {
    /// How a site is watched; counted anew only if the ledger has grown. Whoever asks meanwhile waits for the same count.
    pub(super) fn find(&self, tx: &mut Transaction, site: &str, month: UtcSeconds) -> Result<Watch, StoreError> {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entries = ::store::ledger::find_size(tx)?;
        if let Some(known) = counted.get(site).filter(|known| (known.month, known.entries) == (month, entries)) {
            return Ok(known.watch);
        }
        let watch = find_watch(tx, site, month)?;
        counted.insert(site.to_owned(), Counted { month, entries, watch });
        Ok(watch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::{NOW, TestStore, on_each_database, test_ledger};

    #[test]
    fn what_was_counted_counts_until_the_ledger_grows() {
        on_each_database(evidence::store::MIGRATIONS, |store: &TestStore| {
            let (watches, month) = (Watches::default(), UtcSeconds(NOW.0 - 60));
            let find = || store.database.read(|tx| watches.find(tx, "minato", month));
            assert_eq!(find()?.assessments, 0);
            watches.0.lock().unwrap().get_mut("minato").unwrap().watch.assessments = 7;
            assert_eq!(find()?.assessments, 7, "counted again although nothing was written");
            test_ledger()?.write::<_, ::store::ledger::LedgerError>(&store.database, NOW, |tx| {
                let body = serde_json::json!({});
                tx.append(&::store::ledger::NewEntry { kind: "assessment.made", site: "minato", who: "w", body: &body })
            })?;
            assert_eq!(find()?.assessments, 1);
            Ok(())
        });
    }
}
