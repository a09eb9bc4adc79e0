//! The ledger from outside: proofs, exports, and what happens after damage.

use std::process::Command;

use crate::world::{Ran, World, day_from_now, files_below, secedit};

fn with_entries() -> World {
    let world = World::new();
    for number in 0..3 {
        world.write(&format!("設定/PC{number}_secedit.inf"), secedit(number));
    }
    assert_eq!(world.run(&["import", "--yes", "設定"]).code, Some(0));
    world
}

/// Changes one byte that follows `text` in a file.
fn damage(path: &std::path::Path, text: &[u8]) {
    let mut bytes = std::fs::read(path).unwrap();
    let place = bytes.windows(text.len()).position(|window| window == text).unwrap() + text.len();
    bytes[place] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn an_export_is_sound_for_both_verifiers_and_damage_is_found_by_both() {
    let world = with_entries();
    let export = world.path("写し");
    let folder = export.to_str().unwrap();
    assert_eq!(world.run(&["ledger", "export", folder]).code, Some(0));
    let tool = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/verify_ledger.py");
    let python = || Command::new("python3").arg(tool).arg(folder).output();
    let has_python = python().is_ok();
    if !has_python {
        eprintln!("SKIPPED: no python3");
    }
    let both = |expected: i32| {
        let ran = world.run(&["ledger", "verify", "--export", folder, "--json"]);
        assert_eq!(ran.code, Some(expected), "{ran:?}");
        if has_python {
            let ran = Ran::of(python().unwrap());
            assert_eq!(ran.code, Some(expected), "{ran:?}");
        }
    };
    both(0);
    let blob = files_below(&export.join("blobs")).remove(0);
    let bytes = std::fs::read(&blob).unwrap();
    std::fs::write(&blob, b"x").unwrap();
    both(1);
    std::fs::write(&blob, bytes).unwrap();
    both(0);
    damage(&export.join("entries.jsonl"), b"\"at\":1");
    both(1);
}

#[test]
fn a_checkpoint_and_a_proof_can_be_printed() {
    let world = with_entries();
    let checkpoint = world.run(&["ledger", "checkpoint"]);
    assert_eq!(checkpoint.code, Some(0), "{checkpoint:?}");
    assert!(checkpoint.out.starts_with("mamori.local\n") && checkpoint.out.contains('\u{2014}'), "{checkpoint:?}");
    let proof = world.run(&["ledger", "prove", "0"]);
    assert_eq!(proof.json()[0]["seq"], 0, "{proof:?}");
    let outside = world.run(&["ledger", "prove", "9999"]);
    assert!(matches!(outside.code, Some(2..=4)) && !outside.err.is_empty(), "{outside:?}");
}

#[test]
fn an_export_does_not_write_over_a_folder_in_use() {
    let world = with_entries();
    world.write("写し/大事.txt", b"x");
    let ran = world.run(&["ledger", "export", world.path("写し").to_str().unwrap()]);
    assert!(matches!(ran.code, Some(2..=4)), "{ran:?}");
    assert_eq!(files_below(&world.path("写し")).len(), 1);
}

#[test]
fn a_damaged_end_stops_writing_and_names_the_next_step() {
    let world = with_entries();
    damage_newest_entry(&world);
    let before = std::fs::read(world.data().join("mamori.db")).unwrap();
    world.write("新しい_secedit.inf", secedit(9));
    let ran = world.run(&["import", "--yes", "新しい_secedit.inf"]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(ran.err.contains("書き込みを止めました") && ran.err.contains("mamori ledger verify"), "{ran:?}");
    let found = world.run(&["ledger", "verify", "--json"]);
    assert_eq!(found.code, Some(1), "{found:?}");
    assert!(!found.json()[0]["problems"].as_array().unwrap().is_empty());
    assert_eq!(std::fs::read(world.data().join("mamori.db")).unwrap(), before);
}

/// Edits an entry the way somebody with the database would.
fn damage_newest_entry(world: &World) {
    let database = store::Database::open_sqlite(&world.data().join("mamori.db")).unwrap();
    let sql = "UPDATE ledger_entry SET canonical = replace(canonical, '\"who\":\"', '\"who\":\"x') WHERE seq = (SELECT max(seq) FROM ledger_entry)";
    let changed = database.transaction::<_, store::StoreError>(|tx| tx.execute(sql, &[])).unwrap();
    assert_eq!(changed, 1);
}

#[test]
fn evidence_and_facts_that_no_longer_say_what_the_ledger_says_are_found() {
    let changes = [
        "UPDATE fact SET value = value || '1' WHERE rowid = (SELECT min(rowid) FROM fact)",
        "DELETE FROM fact WHERE rowid = (SELECT min(rowid) FROM fact)",
        "UPDATE evidence SET who = 'nobody' WHERE id = 2",
        "UPDATE evidence SET observed_at = observed_at + 1 WHERE id = 2",
    ];
    for change in changes {
        let world = with_entries();
        let database = store::Database::open_sqlite(&world.data().join("mamori.db")).unwrap();
        database.transaction::<_, store::StoreError>(|tx| tx.execute(change, &[])).unwrap();
        drop(database);
        let found = world.run(&["ledger", "verify", "--json"]);
        assert_eq!(found.code, Some(1), "{change}: {found:?}");
    }
}

/// A house with an exception that was approved, and the database for whoever has got hold of it.
fn with_exception() -> World {
    let world = with_entries();
    let until = day_from_now(30);
    let ran = world.run(&[
        "exception",
        "request",
        "ACC-01",
        "--reason",
        "更新待ち",
        "--until",
        &until,
        "--control",
        "毎日見る=1",
    ]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = world.run(&["exception", "approve", "1", "--as", "executive", "--who", "院長"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(world.run(&["ledger", "verify"]).code, Some(0));
    world
}

#[test]
fn tables_that_no_longer_say_what_the_ledger_says_are_named_with_row_and_entry() {
    let account = "INSERT INTO account (id, login, name, department, vendor, lang, enabled, created_at) \
                   VALUES (90, 'eve', 'Eve', '', '', 'ja', 1, 1)";
    let member = "INSERT INTO membership (account, site, role, granted_by, granted_at) \
                  VALUES (90, '*', 'administrator', 'x', 1)";
    let decision = "INSERT INTO decision (id, site, class, question, reason, options, due_on, asked_by, asked_at, state, \
                    choice, remark, decided_by, deputy_for) \
                    VALUES (1, 'main', 'publish', 'q', 'r', '[]', '2027-01-31', 'x', 1, 'waiting', '', '', '', '')";
    let changes: [(&[&str], &str); 12] = [
        (&["DELETE FROM exception_ruling", "DELETE FROM exception_control", "DELETE FROM exception"], "exception の 1"),
        (&["UPDATE exception SET reason = 'x'"], "reason"),
        (&["UPDATE exception SET requested_by = 'x'"], "requested_by"),
        (&["UPDATE exception SET decided_by = 'x'"], "decided_by"),
        (&["UPDATE exception_control SET control = 'x'"], "exception_control の 1/1"),
        (&["UPDATE exception_control SET evidence = 2"], "evidence"),
        (&["UPDATE exception_ruling SET remark = 'x'"], "exception_ruling の 1"),
        (&[decision], "decision の 1"),
        (&[account, member], "membership の eve/*/administrator"),
        (&["UPDATE site SET kind = 'clinic'"], "site の main"),
        (&["UPDATE site SET beds = 19"], "beds"),
        (
            &["INSERT INTO evidence_struck (evidence, position, what, locator) VALUES (1, 1, 'x', '')"],
            "evidence_struck の 1",
        ),
    ];
    let world = with_exception();
    let sound = std::fs::read(world.data().join("mamori.db")).unwrap();
    for (change, named) in changes {
        for file in ["mamori.db-wal", "mamori.db-shm"] {
            let _gone = std::fs::remove_file(world.data().join(file));
        }
        std::fs::write(world.data().join("mamori.db"), &sound).unwrap();
        let database = store::Database::open_sqlite(&world.data().join("mamori.db")).unwrap();
        database
            .transaction::<_, store::StoreError>(|tx| {
                change.iter().try_for_each(|sql| tx.execute(sql, &[]).map(|rows| assert!(rows > 0, "{sql}")))
            })
            .unwrap();
        drop(database);
        let found = world.run(&["ledger", "verify"]);
        assert!(found.code == Some(1) && found.out.contains(named), "{change:?}: {found:?}");
    }
}

#[test]
fn time_that_ran_backwards_is_a_remark_and_the_doctor_names_the_clock() {
    let world = with_entries();
    let sound = world.run(&["ledger", "verify", "--json"]);
    assert_eq!(sound.json()[0]["remarks"].as_array().unwrap().len(), 0, "{sound:?}");
    let database = store::Database::open_sqlite(&world.data().join("mamori.db")).unwrap();
    let ledger = store::Ledger::new(
        store::ledger::LedgerKey::load(&world.data().join("ledger-key.pem"), "mamori.local").unwrap(),
    );
    let body = serde_json::json!({});
    ledger
        .write::<_, store::ledger::LedgerError>(&database, base::UtcSeconds(1_795_000_000), |tx| {
            tx.append(&store::ledger::NewEntry { kind: "test.made", site: "main", who: "x", body: &body }).map(|_| ())
        })
        .unwrap();
    drop(database);
    let found = world.run(&["ledger", "verify", "--json"]);
    assert_eq!((found.code, found.json()[0]["remarks"].as_array().unwrap().len()), (Some(0), 1), "{found:?}");
    let doctor = world.run(&["doctor"]);
    assert!(doctor.out.contains("サーバーの時計が戻りました"), "{doctor:?}");
}

#[test]
fn an_export_of_an_earlier_time_is_found_by_whoever_noted_a_later_checkpoint() {
    let world = with_entries();
    let early = world.path("前の写し");
    let folder = early.to_str().unwrap();
    assert_eq!(world.run(&["ledger", "export", folder]).code, Some(0));
    let own = world.write("同じ時.txt", world.run(&["ledger", "checkpoint"]).out);
    world.write("新しい_secedit.inf", secedit(9));
    world.import("新しい_secedit.inf");
    let later = world.write("後の時.txt", world.run(&["ledger", "checkpoint"]).out);
    let verify = |witness: &std::path::Path| {
        world.run(&["ledger", "verify", "--export", folder, "--witnessed", witness.to_str().unwrap()])
    };
    assert_eq!(verify(&own).code, Some(0));
    let found = verify(&later);
    assert_eq!(found.code, Some(1), "{found:?}");
}
