//! The figures of the page of staff, counted once for each state of the ledger: anybody may ask for that page, as often as they like.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ::store::{Database, StoreError};
use base::UtcSeconds;
use governance::watch::{Watch, find_state, find_watch};

/// What was counted at each site.
#[derive(Debug, Default)]
pub(crate) struct Watches(Mutex<HashMap<String, Arc<Mutex<Counted>>>>);

/// The last count of a site, and the state of the ledger it was made in.
#[derive(Debug, Default)]
struct Counted {
    state: Option<(UtcSeconds, Option<u64>)>,
    watch: Watch,
}

impl Watches {
    /// How a site is watched; counted anew only if something was written that counts. Whoever asks about the same site meanwhile waits
    /// for the same count, and waits without a connection. Never call it within a read.
    pub(super) fn find(&self, database: &Database, site: &str, now: UtcSeconds) -> Result<Watch, StoreError> {
        let counted = self.of_site(site);
        let mut counted = counted.lock().unwrap_or_else(PoisonError::into_inner);
        database.read(|tx| {
            let state = find_state(tx, now)?;
            if counted.state != Some(state) {
                *counted = Counted { watch: find_watch(tx, site, now)?, state: Some(state) };
            }
            Ok(counted.watch)
        })
    }

    fn of_site(&self, site: &str) -> Arc<Mutex<Counted>> {
        let mut sites = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sites.entry(site.to_owned()).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use ::store::ledger::{LedgerError, NewEntry};
    use testkit::{NOW, TestStore, on_each_database, test_ledger};

    use super::*;

    fn append(store: &TestStore, kind: &str) {
        let body = serde_json::json!({ "review": true });
        let entry = NewEntry { kind, site: "minato", who: "w", body: &body };
        test_ledger().unwrap().write::<_, LedgerError>(&store.database, NOW, |tx| tx.append(&entry)).unwrap();
    }

    #[test]
    fn what_was_counted_counts_until_something_is_written_that_counts() {
        on_each_database(evidence::store::MIGRATIONS, |store: &TestStore| {
            let watches = Watches::default();
            let find = || watches.find(&store.database, "minato", NOW);
            assert_eq!(find()?.assessments, 0);
            watches.of_site("minato").lock().unwrap().watch.assessments = 7;
            append(store, "session.opened");
            assert_eq!(find()?.assessments, 7, "counted again although nothing that counts was written");
            append(store, "assessment.made");
            assert_eq!(find()?.assessments, 1);
            Ok(())
        });
    }

    #[test]
    fn whoever_waits_for_a_count_holds_no_connection() {
        on_each_database(evidence::store::MIGRATIONS, |store: &TestStore| {
            let watches = Watches::default();
            let counting = watches.of_site("minato");
            let counting = counting.lock().unwrap();
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| watches.find(&store.database, "minato", NOW).unwrap());
                }
                // More wait than there are connections; another site, and any other reading, goes on all the same.
                while Arc::strong_count(&watches.of_site("minato")) < 11 {
                    std::thread::yield_now();
                }
                assert_eq!(watches.find(&store.database, "hikari", NOW).unwrap(), Watch::default());
                drop(counting);
            });
            Ok(())
        });
    }
}
