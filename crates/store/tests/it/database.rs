use store::{Database, Migration, StoreError, Value};
use testkit::on_each_database;

const STEPS: &[Migration] = &[Migration {
    capability: "sample",
    number: 1,
    name: "sample",
    sql: "CREATE TABLE sample (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, bytes BLOB, flag INTEGER CHECK (flag IN (0, 1))) {STRICT};",
}];
const COLUMNS: &[&str] = &["id", "name", "bytes", "flag"];

#[test]
fn every_value_comes_back_as_it_went_in() {
    on_each_database(STEPS, |store| {
        let text = "電子カルテ\t\n\r\\N \\ 'x' \u{1}";
        store.database.transaction(|tx| {
            let row = |id: i64, name: &str| vec![id.into(), name.into(), Value::Blob(vec![0, 255, 92, 9]), true.into()];
            tx.execute("INSERT INTO sample (id, name, bytes, flag) VALUES ($1, $2, $3, $4)", &row(i64::MIN, text))?;
            tx.insert_many(
                "sample",
                COLUMNS,
                [row(i64::MAX, &format!("{text}2")), vec![3.into(), "".into(), Value::Null, Value::Null]],
            )?;
            Ok::<_, StoreError>(())
        })?;
        let rows = store.database.read(|tx| tx.query("SELECT id, name, bytes, flag FROM sample ORDER BY id", &[]))?;
        assert_eq!(
            rows[0].values(),
            [i64::MIN.into(), text.into(), Value::Blob(vec![0, 255, 92, 9]), Value::Integer(1)]
        );
        assert_eq!(rows[1].values(), [3.into(), "".into(), Value::Null, Value::Null]);
        assert_eq!(rows[2].text(1)?, format!("{text}2"));
        assert_eq!(rows[2].blob(2)?, [0, 255, 92, 9]);
        Ok(())
    });
}

#[test]
fn a_failed_transaction_keeps_nothing_even_if_the_failure_is_swallowed() {
    on_each_database(STEPS, |store| {
        let insert = "INSERT INTO sample (id, name) VALUES ($1, $2)";
        let result = store.database.transaction(|tx| {
            tx.execute(insert, &[1.into(), "a".into()])?;
            let again = tx.execute(insert, &[1.into(), "b".into()]);
            assert!(matches!(again, Err(StoreError::Constraint { .. })), "{again:?}");
            Ok::<_, StoreError>(())
        });
        assert!(matches!(result, Err(StoreError::Aborted)), "{result:?}");
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            store.database.transaction(|tx| -> Result<(), StoreError> {
                tx.execute(insert, &[2.into(), "c".into()])?;
                panic!("on purpose");
            })
        }));
        assert!(panicked.is_err());
        assert_eq!(count(store), 0);
        Ok(())
    });
}

fn count(store: &testkit::TestStore) -> i64 {
    store.database.read(|tx| tx.get("SELECT count(*) FROM sample", &[])?.integer(0)).unwrap()
}

#[test]
fn a_reader_can_not_write_and_a_text_with_nul_is_refused() {
    on_each_database(STEPS, |store| {
        let insert = "INSERT INTO sample (id, name) VALUES ($1, $2)";
        let result = store.database.read(|tx| tx.execute(insert, &[1.into(), "a".into()]));
        assert!(matches!(result, Err(StoreError::ReadOnly { .. })), "{result:?}");
        let result = store.database.transaction(|tx| tx.execute(insert, &[1.into(), "a\0".into()]));
        assert!(matches!(result, Err(StoreError::NulCharacter)), "{result:?}");
        Ok(())
    });
}

#[test]
fn many_rows_go_in_and_are_read_one_by_one() {
    on_each_database(STEPS, |store| {
        let rows = |range: std::ops::Range<i64>| {
            range.map(|id| vec![id.into(), format!("name {id}").into(), Value::Null, (id % 2).into()])
        };
        let added = store.database.transaction(|tx| tx.insert_many("sample", COLUMNS, rows(0..20_000)))?;
        assert_eq!(added, 20_000);
        let added = store.database.transaction(|tx| tx.insert_missing("sample", COLUMNS, rows(15_000..25_000)))?;
        assert_eq!(added, 5_000);
        let mut sum = 0;
        store.database.read(|tx| {
            tx.query_each("SELECT id FROM sample WHERE flag = $1 ORDER BY id", &[1.into()], |row| {
                sum += row.integer(0)?;
                Ok::<_, StoreError>(())
            })
        })?;
        assert_eq!(sum, (0..25_000).filter(|id| id % 2 == 1).sum::<i64>());
        let stopped =
            store.database.read(|tx| tx.query_each("SELECT id FROM sample", &[], |_| Err(StoreError::Aborted)));
        assert!(stopped.is_err());
        assert_eq!(count(store), 25_000, "a reader that stopped early leaves a usable connection");
        Ok(())
    });
}

#[test]
fn what_was_read_in_a_transaction_is_still_true_when_it_writes() {
    on_each_database(STEPS, |store| {
        store.database.transaction(|tx| tx.execute("INSERT INTO sample (id, name) VALUES (0, 'counter')", &[]))?;
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let database = store.reopen().unwrap();
                scope.spawn(move || {
                    for _ in 0..25 {
                        database.transaction(add_one).unwrap();
                    }
                });
            }
        });
        assert_eq!(count(store), 101);
        Ok(())
    });
}

fn add_one(tx: &mut store::Transaction) -> Result<(), StoreError> {
    let next = tx.get("SELECT max(id) FROM sample", &[])?.integer(0)? + 1;
    tx.execute("INSERT INTO sample (id, name) VALUES ($1, $2)", &[next.into(), format!("n{next}").into()])?;
    Ok(())
}

#[test]
fn both_databases_sort_texts_by_their_bytes() {
    on_each_database(STEPS, |store| {
        let names = ["b", "B", "a", "あ", "_", "é"];
        let rows = (1_i64..).zip(names).map(|(id, name)| vec![id.into(), name.into(), Value::Null, Value::Null]);
        store.database.transaction(|tx| tx.insert_many("sample", COLUMNS, rows.clone()))?;
        let rows = store.database.read(|tx| tx.query("SELECT name FROM sample ORDER BY name", &[]))?;
        let sorted: Vec<&str> = rows.iter().map(|row| row.text(0).unwrap()).collect();
        assert_eq!(sorted, ["B", "_", "a", "b", "é", "あ"]);
        Ok(())
    });
}

/// As many threads as there are connections would otherwise wait for each other for ever.
#[cfg(debug_assertions)]
#[test]
fn a_transaction_inside_another_is_refused_where_tests_see_it() {
    on_each_database(STEPS, |store| {
        let nested = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            store.database.read(|_| store.database.read(|tx| tx.query("SELECT 1", &[])))
        }));
        assert!(nested.is_err());
        assert_eq!(count(store), 0, "and the next one goes on");
        Ok(())
    });
}

/// SQLite's locks on the file belong to the process: opening and closing the file by other means would drop them, and the next
/// program to end would take the journal of this one away.
#[cfg(target_os = "linux")]
#[test]
fn a_second_connection_of_this_process_keeps_the_locks_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mamori.db");
    let first = Database::open_sqlite(&path).unwrap();
    let run = |database: &Database, sql: &str| database.transaction(|tx| tx.execute(sql, &[])).unwrap();
    run(&first, "CREATE TABLE sample (id INTEGER PRIMARY KEY)");
    assert!(is_locked(&path), "an open database is locked");
    let second = Database::open_sqlite(&path).unwrap();
    run(&second, "INSERT INTO sample (id) VALUES (1)");
    assert!(is_locked(&path));
    drop(second);
    assert!(is_locked(&path), "the first still has it open");
    drop(first);
    assert!(!is_locked(&path));
}

/// Whether this process holds a lock on the file.
#[cfg(target_os = "linux")]
fn is_locked(path: &std::path::Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let inode = format!(":{} ", std::fs::metadata(path).unwrap().ino());
    let process = format!(" {} ", std::process::id());
    let locks = std::fs::read_to_string("/proc/locks").unwrap();
    locks.lines().any(|line| line.contains(&inode) && line.contains(&process))
}
