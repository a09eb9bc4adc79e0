//! A backup carries everything from either database into either, and what was damaged is refused.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::json;
use store::dump::{About, Attached, DumpError, Manifest, Target, check, dump, restore};
use store::jobs::{self, NewJob};
use store::ledger::{LedgerError, NewEntry, verify};
use store::{Blobs, Database, Ledger, Migration, StoreError, Value, outbox};
use tempfile::TempDir;
use testkit::{NOW, TestStore, on_each_database, test_ledger};

/// Tables whose names are in the wrong order, one that refers to itself, and rows that the schema itself brings.
const STEPS: &[Migration] = &[Migration {
    capability: "made_up",
    number: 1,
    name: "one",
    sql: "CREATE TABLE z_ward (id INTEGER NOT NULL PRIMARY KEY, parent INTEGER REFERENCES z_ward (id), name TEXT NOT NULL) {STRICT};
          CREATE TABLE a_bed (ward INTEGER NOT NULL REFERENCES z_ward (id), place INTEGER NOT NULL, tag BLOB, note TEXT,
              PRIMARY KEY (ward, place)) {STRICT};
          INSERT INTO z_ward (id, parent, name) VALUES (1, NULL, 'brought by the schema');",
}];

const ABOUT: About<'_> = About { program: "test", now: NOW };

/// Everything that is hard to carry: controls, quotes, other planes, limits, nothing at all.
fn fill(store: &TestStore, ledger: &Ledger) -> anyhow::Result<()> {
    let blob = store.blobs.put(b"evidence")?;
    store.blobs.put(b"")?;
    ledger.write::<_, LedgerError>(&store.database, NOW, |tx| {
        tx.append(&NewEntry { kind: "test.one", site: "main", who: "試", body: &json!({ "blob": blob.to_string() }) })
    })?;
    store.database.transaction::<_, StoreError>(|tx| {
        tx.execute("UPDATE z_ward SET name = 'renamed' WHERE id = 1", &[])?;
        let wards = [(2, Some(1)), (3, Some(2))];
        tx.insert_many(
            "z_ward",
            &["id", "parent", "name"],
            wards.map(|(id, parent): (i64, Option<i64>)| {
                vec![id.into(), parent.into(), "病棟\t\"\\\n\u{1f3e5}\u{202e}".into()]
            }),
        )?;
        let beds = (0..4_500_i64).map(|place| {
            let tag = if place % 2 == 0 {
                Value::Null
            } else {
                Value::Blob(vec![0, 255, u8::try_from(place % 256).unwrap()])
            };
            vec![3.into(), if place == 7 { i64::MIN.into() } else { place.into() }, tag, "".into()]
        });
        tx.insert_many("a_bed", &["ward", "place", "tag", "note"], beds)?;
        outbox::publish(tx, "t", "{}", NOW)?;
        jobs::enqueue(tx, &NewJob { kind: "k", payload: "{}", run_at: NOW, dedupe_key: None }, NOW).map(|_| ())
    })?;
    Ok(())
}

/// An empty database of this kind.
fn empty(backend: &str, folder: &Path) -> anyhow::Result<Option<Database>> {
    if backend == "sqlite" {
        return Ok(Some(Database::open_sqlite(&folder.join("restored.db"))?));
    }
    let Some(store) = TestStore::postgres(&[])? else { return Ok(None) };
    store.database.transaction::<_, StoreError>(|tx| {
        tx.execute("DROP SCHEMA public CASCADE", &[])?;
        tx.execute("CREATE SCHEMA public", &[])
    })?;
    Ok(Some(store.database.clone()))
}

fn files_below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    found
}

fn below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let strip = |(path, bytes): (PathBuf, Vec<u8>)| (path.strip_prefix(folder).unwrap().to_owned(), bytes);
    files_below(folder)
        .into_iter()
        .map(strip)
        .filter(|(path, _)| !path.starts_with("manifest.json") && !path.starts_with("manifest.sig"))
        .collect()
}

fn load(folder: &Path, manifest: &Manifest, database: &Database, blobs: &Blobs) -> Result<(), DumpError> {
    restore(folder, manifest, Target { database, blobs, attached: &[], steps: STEPS }, NOW)
}

#[test]
fn what_comes_out_of_one_database_comes_out_of_the_other_the_same() {
    let ledger = test_ledger().unwrap();
    on_each_database(STEPS, |store| {
        fill(store, &ledger)?;
        let first = store.folder().join("first");
        let made = dump(&store.database, &store.blobs, &ledger, &[], &first, ABOUT)?;
        assert_eq!(made.tables.iter().find(|table| table.name == "a_bed").unwrap().rows, 4_500);
        for backend in ["sqlite", "postgres"] {
            let folder = TempDir::new()?;
            let Some(database) = empty(backend, folder.path())? else { continue };
            let blobs = Blobs::directory(folder.path().join("blobs"));
            load(&first, &check(&first, &ledger.public_key())?, &database, &blobs)?;
            let found = verify(&database, &blobs, &ledger.public_key(), &[])?;
            assert!(found.is_sound() && found.entries == 1 && found.blobs == 1, "{found:?}");
            let second = folder.path().join("second");
            dump(&database, &blobs, &ledger, &[], &second, ABOUT)?;
            assert_eq!(below(&first), below(&second), "{} to {backend}", store.backend);
            // Life goes on: new rows get new numbers.
            database.transaction::<_, StoreError>(|tx| {
                outbox::publish(tx, "t", "{}", NOW)?;
                jobs::enqueue(tx, &NewJob { kind: "k", payload: "{}", run_at: NOW, dedupe_key: None }, NOW).map(|_| ())
            })?;
            ledger.write::<_, LedgerError>(&database, NOW, |tx| {
                tx.append(&NewEntry { kind: "test.two", site: "main", who: "試", body: &json!({}) })
            })?;
            let again = load(&first, &check(&first, &ledger.public_key())?, &database, &blobs);
            assert!(matches!(again, Err(DumpError::DatabaseInUse { .. })), "{again:?}");
        }
        Ok(())
    });
}

#[test]
fn a_changed_cut_off_or_missing_file_is_named() {
    let ledger = test_ledger().unwrap();
    let store = TestStore::sqlite(STEPS).unwrap();
    fill(&store, &ledger).unwrap();
    let folder = store.folder().join("backup");
    dump(&store.database, &store.blobs, &ledger, &[], &folder, ABOUT).unwrap();
    let key = ledger.public_key();
    for (path, bytes) in files_below(&folder) {
        let name = path.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
        let mut changed = bytes.clone();
        match changed.last_mut() {
            Some(last) => *last ^= 1,
            None => changed.push(b'x'),
        }
        let longer = [bytes.as_slice(), b"\n"].concat();
        let shorter = bytes.split_last().map_or_else(Vec::new, |(_, rest)| rest.to_vec());
        for other in [changed, longer, shorter].into_iter().filter(|other| *other != bytes) {
            std::fs::write(&path, &other).unwrap();
            match check(&folder, &key) {
                Err(DumpError::Altered { path: found }) => {
                    assert!(found == name || name == "manifest.sig", "{found}, {name}")
                }
                Ok(_) if name == "manifest.sig" && other.trim_ascii() == bytes.trim_ascii() => {}
                other => panic!("{name}: {other:?}"),
            }
        }
        std::fs::remove_file(&path).unwrap();
        match check(&folder, &key) {
            Err(DumpError::Missing { path: found }) => assert_eq!(found, name),
            other => panic!("{name}: {other:?}"),
        }
        std::fs::write(&path, &bytes).unwrap();
    }
    check(&folder, &key).unwrap();
}

#[test]
fn a_backup_of_another_key_or_another_ledger_is_refused() {
    use store::ledger::LedgerKey;
    let ledger = test_ledger().unwrap();
    let store = TestStore::sqlite(STEPS).unwrap();
    let folder = store.folder().join("backup");
    dump(&store.database, &store.blobs, &ledger, &[], &folder, ABOUT).unwrap();
    let other = LedgerKey::from_seed("test/ledger", &[8; 32]).unwrap().public();
    assert!(matches!(check(&folder, &other), Err(DumpError::Signature)));
    let other = LedgerKey::from_seed("another", &[7; 32]).unwrap().public();
    assert!(matches!(check(&folder, &other), Err(DumpError::OtherLedger { .. })));
}

#[test]
fn a_schema_this_program_does_not_know_is_refused_before_anything_is_made() {
    let ledger = test_ledger().unwrap();
    let store = TestStore::sqlite(STEPS).unwrap();
    let folder = store.folder().join("backup");
    let manifest = dump(&store.database, &store.blobs, &ledger, &[], &folder, ABOUT).unwrap();
    let database = Database::open_sqlite(&store.folder().join("new.db")).unwrap();
    let target = Target { database: &database, blobs: &store.blobs, attached: &[], steps: &[] };
    let refused = restore(&folder, &manifest, target, NOW);
    assert!(
        matches!(&refused, Err(DumpError::Schema { capability, number: 1 }) if capability == "made_up"),
        "{refused:?}"
    );
    let tables = "SELECT count(*) FROM sqlite_schema";
    assert_eq!(database.read::<_, StoreError>(|tx| tx.get(tables, &[])?.integer(0)).unwrap(), 0);
}

#[test]
fn files_outside_the_database_come_along_and_a_folder_in_use_is_left_alone() {
    let ledger = test_ledger().unwrap();
    let store = TestStore::sqlite(&[]).unwrap();
    let packs = store.folder().join("packs");
    std::fs::create_dir_all(packs.join("checks")).unwrap();
    std::fs::write(packs.join("checks/自院.toml"), "x").unwrap();
    let single = store.folder().join("one.txt");
    std::fs::write(&single, "y").unwrap();
    let attached = [
        Attached { name: "packs", path: &packs },
        Attached { name: "one.txt", path: &single },
        Attached { name: "none", path: &store.folder().join("none") },
    ];
    let folder = store.folder().join("backup");
    let manifest = dump(&store.database, &store.blobs, &ledger, &attached, &folder, ABOUT).unwrap();
    let again = dump(&store.database, &store.blobs, &ledger, &attached, &folder, ABOUT);
    assert!(matches!(again, Err(DumpError::NotEmpty { .. })), "{again:?}");
    let new = TempDir::new().unwrap();
    let database = Database::open_sqlite(&new.path().join("new.db")).unwrap();
    let (packs, single) = (new.path().join("packs"), new.path().join("two.txt"));
    let attached = [Attached { name: "packs", path: &packs }, Attached { name: "one.txt", path: &single }];
    let target = Target { database: &database, blobs: &store.blobs, attached: &attached, steps: &[] };
    restore(&folder, &manifest, target, NOW).unwrap();
    assert_eq!(std::fs::read(packs.join("checks/自院.toml")).unwrap(), b"x");
    assert_eq!(std::fs::read(single).unwrap(), b"y");
}
