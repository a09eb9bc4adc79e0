use std::collections::BTreeMap;

use assess::SiteKind;
use base::{Severity, UtcSeconds};
use governance::tasks::{Assignment, Due, TaskKey, Unwanted, assign, settle_tasks};
use governance::watch::{Watch, find_state, find_watch};
use testkit::{NOW, on_each_database, test_ledger};

fn steps() -> Vec<store::Migration> {
    [people::MIGRATIONS, evidence::store::MIGRATIONS, governance::MIGRATIONS].concat()
}

fn append(database: &store::Database, site: &str, kind: &str) {
    append_saying(database, site, kind, true);
}

fn append_saying(database: &store::Database, site: &str, kind: &str, review: bool) {
    let body = serde_json::json!({ "site": "ax1", "review": review });
    let entry = store::ledger::NewEntry { kind, site, who: "who", body: &body };
    let ledger = test_ledger().unwrap();
    ledger.write::<_, store::ledger::LedgerError>(database, NOW, |tx| tx.append(&entry)).unwrap();
}

#[test]
fn what_settling_and_assigning_write_counts_as_followed() {
    on_each_database(&steps(), |store| {
        let (database, ledger) = (&store.database, test_ledger()?);
        let site = evidence::store::SiteRow { id: "a".into(), name: "a".into(), kind: SiteKind::Hospital, beds: None };
        database.transaction::<_, store::StoreError>(|tx| evidence::store::put_site(tx, &site, NOW))?;
        let wanted = BTreeMap::from([(TaskKey::Fix("ACC-01".to_owned()), Severity::High)]);
        ledger.write::<_, store::ledger::LedgerError>(database, NOW, |tx| {
            settle_tasks(tx, "a", &wanted, &Unwanted::default(), NOW)
        })?;
        let task = Assignment { id: 1, owner: "佐藤", due: Due::Open, seen_owner: None, who: "admin" };
        assign(database, &ledger, "a", &task, NOW)?;
        let followed = database.read(|tx| find_watch(tx, "a", NOW))?.followed;
        assert_eq!(followed, 2);
        Ok(())
    });
}

#[test]
fn only_what_the_ledger_says_about_this_site_in_this_month_is_counted() {
    on_each_database(&steps(), |store| {
        for kind in ["assessment.made", "exception.approved", "voice.received"] {
            append(&store.database, "a_1", kind);
        }
        append(&store.database, "ax1", "assessment.made");
        // One that only follows an answer or a paper looks nothing over.
        append_saying(&store.database, "a_1", "assessment.made", false);
        let watch = store.database.read(|tx| find_watch(tx, "a_1", NOW))?;
        assert_eq!(watch, Watch { since: None, last: None, assessments: 1, followed: 1 });
        let next_month = UtcSeconds(NOW.0 + 31 * 86_400);
        assert_eq!(store.database.read(|tx| find_watch(tx, "a_1", next_month))?, Watch::default());
        Ok(())
    });
}

#[test]
fn the_state_changes_with_what_counts_and_with_nothing_else() {
    on_each_database(&steps(), |store| {
        let find = || store.database.read(|tx| find_state(tx, NOW));
        let before = find()?;
        append(&store.database, "a", "session.opened");
        assert_eq!(find()?, before);
        append(&store.database, "a", "tasks.settled");
        assert_ne!(find()?, before);
        Ok(())
    });
}
