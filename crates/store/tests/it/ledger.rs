use serde_json::json;
use store::ledger::{self, Checkpoint, Entry, Finding, LedgerError, LedgerKey, NewEntry, Place, PublicKey, tree};
use store::{Blobs, Ledger, StoreError};
use testkit::{NOW, TestStore, on_each_database, test_ledger};

/// Appends `count` entries, each naming a blob of its own, three to a transaction.
pub(crate) fn fill(store: &TestStore, ledger: &Ledger, count: u64) {
    let numbers: Vec<u64> = (0..count).collect();
    for numbers in numbers.chunks(3) {
        let hashes: Vec<String> = numbers
            .iter()
            .map(|number| store.blobs.put(format!("証跡 {number}").as_bytes()).unwrap().to_string())
            .collect();
        let append = |recording: &mut ledger::Recording<'_>| {
            for (number, hash) in numbers.iter().zip(&hashes) {
                let body = json!({"sha256": hash, "name": "監査.csv", "number": number});
                recording.append(&NewEntry { kind: "evidence.added", site: "main", who: "佐藤", body: &body })?;
            }
            Ok::<_, LedgerError>(())
        };
        ledger.write(&store.database, NOW, append).unwrap();
    }
}

fn problems(store: &TestStore, key: &PublicKey, witnessed: &[&str]) -> Vec<String> {
    let found = ledger::verify(&store.database, &store.blobs, key, witnessed).unwrap();
    found.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn proofs_from_the_tables_hold_for_every_entry_and_size() {
    on_each_database(&[], |store| {
        let ledger = test_ledger()?;
        fill(store, &ledger, 23);
        let key = ledger.public_key();
        store.database.read(|tx| {
            let note = ledger::find_checkpoint(tx)?.unwrap();
            let newest = Checkpoint::open(&note, &key).unwrap();
            assert_eq!(newest.size, 23);
            for seq in 0..23 {
                let leaf = tree::leaf_hash(ledger::find_entry(tx, seq)?.unwrap().as_bytes());
                let path = ledger::inclusion_proof(tx, seq, 23)?;
                assert!(tree::verify_inclusion(seq, 23, leaf, &path, newest.root));
            }
            for old in (3..23).step_by(3) {
                let sql = "SELECT note FROM ledger_checkpoint WHERE size = $1";
                let note = tx.get(sql, &[i64::try_from(old).unwrap().into()])?.text(0)?.to_owned();
                let earlier = Checkpoint::open(&note, &key).unwrap();
                let path = ledger::consistency_proof(tx, old, 23)?;
                assert!(tree::verify_consistency(old, 23, earlier.root, newest.root, &path));
            }
            assert!(matches!(ledger::inclusion_proof(tx, 23, 23), Err(LedgerError::Outside { .. })));
            assert_eq!(
                ledger::list_entries(tx, Some(20), 2)?.iter().map(|entry| entry.seq).collect::<Vec<_>>(),
                [19, 18]
            );
            Ok::<_, LedgerError>(())
        })?;
        assert_eq!(problems(store, &key, &[]), Vec::<String>::new());
        assert!(ledger::verify_tail(&store.database, &key)?.is_sound());
        Ok(())
    });
}

#[test]
fn writers_side_by_side_build_one_sound_ledger() {
    on_each_database(&[], |store| {
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let database = store.reopen().unwrap();
                scope.spawn(move || {
                    let ledger = test_ledger().unwrap();
                    for number in 0..10 {
                        let body = json!({"writer": writer, "number": number});
                        let entry = NewEntry { kind: "test", site: "main", who: "x", body: &body };
                        ledger.write(&database, NOW, |recording| recording.append(&entry)).unwrap();
                    }
                });
            }
        });
        let found = ledger::verify(&store.database, &store.blobs, &test_ledger()?.public_key(), &[])?;
        assert_eq!((found.entries, found.problems.len()), (40, 0), "{:?}", found.problems);
        Ok(())
    });
}

#[test]
fn nothing_is_kept_of_a_transaction_that_failed_after_appending() {
    on_each_database(&[], |store| {
        let ledger = test_ledger()?;
        fill(store, &ledger, 2);
        let entry = NewEntry { kind: "test", site: "main", who: "x", body: &json!({}) };
        let result = ledger.write(&store.database, NOW, |recording| {
            recording.append(&entry)?;
            Err::<(), LedgerError>(StoreError::Aborted.into())
        });
        assert!(result.is_err());
        let bad = NewEntry { body: &json!({"share": 0.5}), ..entry };
        let result = ledger.write(&store.database, NOW, |recording| recording.append(&bad));
        assert!(matches!(result, Err(LedgerError::Canonical(_))), "{result:?}");
        assert_eq!(store.database.read(ledger::find_size)?, 2);
        Ok(())
    });
}

#[test]
fn every_change_in_the_database_is_found_and_located() {
    let changes = [
        (
            "UPDATE ledger_entry SET canonical = replace(canonical, '監査', '検査') WHERE seq = 4",
            "entry 4: the entry was edited",
        ),
        ("UPDATE ledger_entry SET at = at + 1 WHERE seq = 4", "entry 4: time or kind"),
        (
            "UPDATE ledger_entry SET leaf = (SELECT leaf FROM ledger_entry WHERE seq = 5) WHERE seq = 4",
            "entry 4: the entry was edited",
        ),
        ("DELETE FROM ledger_entry WHERE seq = 4", "entry 5: out of order: 4 expected, 5 found"),
        ("DELETE FROM ledger_entry WHERE seq = 9", "entry 9: 10 entries were signed, 9 were found"),
        ("UPDATE ledger_entry SET seq = seq + 100 WHERE seq = 9", "entry 109: out of order: 9 expected, 109 found"),
        ("DELETE FROM ledger_node WHERE level = 2 AND position = 1", "tree node 2/1: "),
        ("INSERT INTO ledger_node SELECT 9, 9, hash FROM ledger_node WHERE level = 3", "tree node 0/10: "),
        (
            "UPDATE ledger_checkpoint SET note = replace(note, '10', '11') WHERE size = 10",
            "checkpoint 10: the checkpoint is not signed",
        ),
        (
            "UPDATE ledger_checkpoint SET note = (SELECT note FROM ledger_checkpoint WHERE size = 9) WHERE size = 10",
            "checkpoint 10: ",
        ),
        ("DELETE FROM ledger_checkpoint WHERE size = 10", "entry 9: 9 entries were signed, 10 were found"),
        ("DELETE FROM ledger_checkpoint", "checkpoint 10: there is no checkpoint"),
    ];
    on_each_database(&[], |store| {
        let ledger = test_ledger()?;
        fill(store, &ledger, 10);
        for (sql, expected) in changes {
            let result: Result<(), anyhow::Error> = store.database.transaction(|tx| {
                tx.execute("DELETE FROM blob", &[])?;
                Ok(())
            });
            result?;
            let copies = [("ledger_entry", "e"), ("ledger_node", "n"), ("ledger_checkpoint", "c")];
            for (table, copy) in copies {
                store
                    .database
                    .transaction(|tx| tx.execute(&format!("CREATE TABLE {copy} AS SELECT * FROM {table}"), &[]))?;
            }
            store.database.transaction(|tx| tx.execute(sql, &[]))?;
            let found = problems(store, &ledger.public_key(), &[]);
            assert!(found.iter().any(|problem| problem.starts_with(expected)), "{sql}: {found:#?}");
            for (table, copy) in copies {
                store.database.transaction(|tx| {
                    tx.execute(&format!("DELETE FROM {table}"), &[])?;
                    tx.execute(&format!("INSERT INTO {table} SELECT * FROM {copy}"), &[])?;
                    tx.execute(&format!("DROP TABLE {copy}"), &[])
                })?;
            }
            assert_eq!(problems(store, &ledger.public_key(), &[]), Vec::<String>::new());
        }
        Ok(())
    });
}

#[test]
fn a_tail_cut_off_with_its_checkpoints_is_found_by_a_checkpoint_that_was_given_out() {
    on_each_database(&[], |store| {
        let ledger = test_ledger()?;
        fill(store, &ledger, 10);
        let given_out = store.database.read(ledger::find_checkpoint)?.unwrap();
        store.database.transaction(|tx| {
            tx.execute("DELETE FROM ledger_entry WHERE seq >= 6", &[])?;
            tx.execute("DELETE FROM ledger_checkpoint WHERE size > 6", &[])?;
            tx.execute("DELETE FROM ledger_node WHERE (position + 1) * 4 > 6 AND level = 2 OR level > 2 OR level = 1 AND position > 2", &[])
        })?;
        assert_eq!(problems(store, &ledger.public_key(), &[]), Vec::<String>::new(), "this alone can't be seen");
        let found = problems(store, &ledger.public_key(), &[&given_out]);
        assert_eq!(found, ["entry 6: 10 entries were signed, 6 were found"]);
        Ok(())
    });
}

#[test]
fn evidence_that_is_missing_or_changed_is_found_and_unnamed_evidence_is_only_noted() {
    on_each_database(&[], |store| {
        let ledger = test_ledger()?;
        fill(store, &ledger, 3);
        let extra = store.blobs.put(b"nobody names me")?;
        let found = ledger::verify(&store.database, &store.blobs, &ledger.public_key(), &[])?;
        assert!(found.is_sound());
        assert_eq!((found.blobs, found.unnamed_blobs), (3, vec![extra]));
        let empty = Blobs::directory(store.folder().join("none"));
        let found = ledger::verify(&store.database, &empty, &ledger.public_key(), &[])?;
        assert_eq!(found.problems.len(), 3);
        assert!(found.problems.iter().all(|problem| matches!(problem.finding, Finding::BlobMissing { .. })));
        assert!(matches!(found.problems[0].place, Place::Blob(_)));
        Ok(())
    });
}

#[test]
fn a_ledger_is_not_continued_with_another_key_or_after_a_cut() {
    on_each_database(&[], |store| {
        fill(store, &test_ledger()?, 4);
        let entry = NewEntry { kind: "test", site: "main", who: "x", body: &json!({}) };
        let other = Ledger::new(LedgerKey::from_seed("test/ledger", &[8; 32])?);
        let result = other.write(&store.database, NOW, |recording| recording.append(&entry));
        assert!(matches!(result, Err(LedgerError::NotOurs { .. })), "{result:?}");
        store.database.transaction(|tx| tx.execute("DELETE FROM ledger_entry WHERE seq = 3", &[]))?;
        let result = test_ledger()?.write(&store.database, NOW, |recording| recording.append(&entry));
        assert!(matches!(result, Err(LedgerError::NotOurs { .. })), "{result:?}");
        assert!(!ledger::verify_tail(&store.database, &test_ledger()?.public_key())?.is_sound());
        Ok(())
    });
}

#[test]
fn a_key_survives_its_file_and_a_file_others_may_read_is_refused() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("ledger.pem");
    let made = LedgerKey::create(&path, "test/ledger", &[7; 32]).unwrap();
    assert!(LedgerKey::create(&path, "test/ledger", &[8; 32]).is_err(), "an existing key is never overwritten");
    let public = LedgerKey::load(&path, "test/ledger").unwrap().public();
    assert_eq!(public, made.public());
    assert_eq!(public.to_string().parse::<PublicKey>().unwrap(), public);
    assert!(LedgerKey::from_seed("has space", &[7; 32]).is_err());
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    assert!(LedgerKey::load(&path, "test/ledger").is_err());
}

#[test]
fn entries_survive_reading() {
    let entry = Entry {
        seq: 0,
        at: NOW,
        kind: "a.b".into(),
        site: "main".into(),
        who: "x".into(),
        body: json!({"z": [], "a": {}}),
    };
    assert_eq!(Entry::parse(&entry.canonical().unwrap()).unwrap(), entry);
}

#[test]
fn entries_are_counted_and_found_by_their_site_kind_and_time() {
    on_each_database(&[], |store| {
        let ledger = test_ledger()?;
        for (site, kind, task) in [
            ("a_1", "task.assigned", 1),
            ("a_1", "task.assigned", 12),
            ("ax1", "task.assigned", 1),
            ("a_1", "tasks.settled", 1),
        ] {
            ledger.write::<_, LedgerError>(&store.database, NOW, |tx| {
                let body = json!({ "task": task, "site": "ax1" });
                tx.append(&NewEntry { kind, site, who: "who", body: &body })
            })?;
        }
        store.database.read::<_, StoreError>(|tx| {
            assert_eq!(ledger::count_entries(tx, "a_1", &["task.assigned", "tasks.settled"], NOW)?, 3);
            assert_eq!(ledger::count_entries(tx, "ax1", &["task.assigned"], NOW)?, 1);
            assert_eq!(ledger::count_entries(tx, "a_1", &["task.assigned"], base::UtcSeconds(NOW.0 + 1))?, 0);
            let about = |tx: &mut _, task| ledger::list_entries_about(tx, "a_1", "task.assigned", ("task", task));
            assert_eq!(about(tx, 1)?.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [0]);
            assert_eq!(about(tx, 2)?, []);
            assert_eq!(ledger::find_newest(tx, &["task.assigned"])?, Some(2));
            assert_eq!(ledger::find_newest(tx, &["nothing.done"])?, None);
            Ok(())
        })?;
        Ok(())
    });
}
