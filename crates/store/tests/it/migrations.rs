use store::{MigrateError, Migration, migrate};
use testkit::{NOW, on_each_database};

const fn step(number: u32, sql: &'static str) -> Migration {
    Migration { capability: "sample", number, name: "sample", sql }
}

const ONE: Migration = step(1, "CREATE TABLE one (id {BIGSERIAL_PK}, name TEXT NOT NULL) {STRICT};");
const TWO: Migration =
    step(2, "CREATE TABLE two (id INTEGER PRIMARY KEY) {STRICT}; CREATE INDEX one_name ON one (name);");

#[test]
fn steps_are_applied_once_and_in_order() {
    on_each_database(&[ONE], |store| {
        assert_eq!(migrate(&store.database, &[ONE], NOW)?, 0);
        assert_eq!(migrate(&store.database, &[ONE, TWO], NOW)?, 1);
        assert_eq!(migrate(&store.database, &[ONE, TWO], NOW)?, 0);
        Ok(())
    });
}

#[test]
fn a_changed_step_a_gap_and_a_newer_database_are_refused() {
    on_each_database(&[ONE, TWO], |store| {
        let changed = step(1, "CREATE TABLE one (id {BIGSERIAL_PK}) {STRICT};");
        let result = migrate(&store.database, &[changed, TWO], NOW);
        assert!(matches!(result, Err(MigrateError::Changed { number: 1, .. })), "{result:?}");
        let result = migrate(&store.database, &[TWO], NOW);
        assert!(matches!(result, Err(MigrateError::Gap { number: 2, expected: 1, .. })), "{result:?}");
        let result = migrate(&store.database, &[ONE], NOW);
        assert!(matches!(result, Err(MigrateError::Newer { found: 2, known: 1, .. })), "{result:?}");
        Ok(())
    });
}

#[test]
fn a_step_that_fails_leaves_the_database_as_it_was() {
    on_each_database(&[ONE], |store| {
        let bad = step(3, "CREATE TABLE three (id INTEGER) {STRICT}; CREATE TABLE one (id INTEGER) {STRICT};");
        let result = migrate(&store.database, &[ONE, TWO, bad], NOW);
        assert!(matches!(result, Err(MigrateError::Step { number: 3, .. })), "{result:?}");
        assert_eq!(migrate(&store.database, &[ONE, TWO], NOW)?, 1, "step 2 was rolled back too");
        Ok(())
    });
}

#[test]
fn two_programs_that_start_at_once_apply_each_step_once() {
    on_each_database(&[], |store| {
        let applied: usize = std::thread::scope(|scope| {
            let start = || {
                let database = store.reopen().unwrap();
                scope.spawn(move || migrate(&database, &[ONE, TWO], NOW).unwrap())
            };
            [start(), start(), start()].map(|thread| thread.join().unwrap()).iter().sum()
        });
        assert_eq!(applied, 2);
        Ok(())
    });
}
