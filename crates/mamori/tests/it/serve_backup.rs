//! mamori's own data, out and in again.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::serve::{Served, sign_in};
use crate::world::{Ran, World, asset_ledger, files_below, secedit};

/// Evidence, an exception's worth of tables, packs of its own.
fn furnished() -> World {
    let world = World::new();
    world.write("証跡/PC1_secedit.inf", secedit(5));
    world.write("証跡/資産台帳.csv", asset_ledger(&["A-1,受付,PC1,10.0.0.1,端末", "A-2,画像,PC2,10.0.0.2,端末"]));
    assert_eq!(world.run(&["import", "--yes", "証跡"]).code, Some(0));
    let pack = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/documents/documents.toml");
    world.write("data/packs/documents/documents.toml", std::fs::read(pack).unwrap());
    world
}

fn postgres() -> Option<(testkit::TestStore, String)> {
    let server = testkit::TestStore::postgres(&[]).unwrap()?;
    let sql = "SELECT current_setting('unix_socket_directories'), current_database()::text";
    let row = server.database.read::<_, store::StoreError>(|tx| tx.get(sql, &[])).unwrap();
    let url = format!("host={} user=mamori dbname={}", row.text(0).unwrap(), row.text(1).unwrap());
    server
        .database
        .transaction::<_, store::StoreError>(|tx| {
            tx.execute("DROP SCHEMA public CASCADE", &[])?;
            tx.execute("CREATE SCHEMA public", &[])
        })
        .unwrap();
    Some((server, url))
}

/// Runs the program with another data folder.
fn at(world: &World, data: &Path, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mamori"));
    command.current_dir(world.path("")).stdin(Stdio::null());
    Ran::of(command.args(["--lang", "ja", "--who", "事務長", "--data"]).arg(data).args(arguments).output().unwrap())
}

fn tables_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<_> = files_below(&folder.join("tables"))
        .into_iter()
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap()))
        .collect();
    found.sort();
    found
}

#[test]
fn a_hospital_moves_from_one_file_to_postgresql_and_back() {
    let world = furnished();
    let made = world.run(&["backup-self", "控え1", "--with-key", "--json"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let Some((_server, url)) = postgres() else { return };
    let middle = world.path("中間");
    let restored = at(&world, &middle, &["--database", &url, "restore-self", "控え1", "--json"]);
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert_eq!(restored.json()[0]["sound"], true, "{restored:?}");
    assert!(!middle.join("mamori.db").exists() && !middle.join("blobs").exists());
    assert_eq!(at(&world, &middle, &["--database", &url, "backup-self", "控え2", "--with-key"]).code, Some(0));
    assert_eq!(tables_of(&world.path("控え1")), tables_of(&world.path("控え2")));
    let last = world.path("終点");
    let restored = at(&world, &last, &["restore-self", "控え2", "--json"]);
    assert_eq!(restored.json()[0]["sound"], true, "{restored:?}");
    assert!(last.join("packs/documents/documents.toml").exists());
    let before = world.run(&["claim", "list", "--json"]);
    assert_eq!(at(&world, &last, &["claim", "list", "--json"]).out, before.out);
    // Life goes on in both.
    world.write("PC2_secedit.inf", secedit(6));
    for arguments in [vec!["import", "--yes", "PC2_secedit.inf"], vec!["ledger", "verify"]] {
        assert_eq!(at(&world, &last, &arguments).code, Some(0));
        let there = at(&world, &middle, &[&["--database", &url], arguments.as_slice()].concat());
        assert_eq!(there.code, Some(0), "{there:?}");
    }
    let again = at(&world, &world.path("もう一つ"), &["--database", &url, "restore-self", "控え1"]);
    assert_eq!(again.code, Some(3), "{again:?}");
    assert!(again.err.contains("空のデータベース"), "{again:?}");
}

#[test]
fn without_the_key_in_it_a_backup_needs_the_key_from_elsewhere() {
    let world = furnished();
    assert_eq!(world.run(&["backup-self", "控え"]).code, Some(0));
    assert!(!files_below(&world.path("控え")).iter().any(|path| path.to_string_lossy().contains(".pem")));
    let new = world.path("新");
    let refused = at(&world, &new, &["restore-self", "控え"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.err.contains("--key"), "{refused:?}");
    assert!(!new.exists());
    let restored = at(&world, &new, &["restore-self", "控え", "--key", "data/ledger-key.pem", "--json"]);
    assert_eq!(restored.json()[0]["sound"], true, "{restored:?}");
    let other = World::new();
    other.write("x_secedit.inf", secedit(1));
    other.import("x_secedit.inf");
    let key = other.data().join("ledger-key.pem");
    let refused = at(&world, &world.path("別"), &["restore-self", "控え", "--key", key.to_str().unwrap()]);
    assert_eq!(refused.code, Some(3), "{refused:?}");
}

#[test]
fn nothing_is_written_over() {
    let world = furnished();
    assert_eq!(world.run(&["backup-self", "控え", "--with-key"]).code, Some(0));
    let again = world.run(&["backup-self", "控え", "--with-key"]);
    assert_eq!(again.code, Some(3), "{again:?}");
    let before = std::fs::read(world.data().join("mamori.db")).unwrap();
    let onto = world.run(&["restore-self", "控え"]);
    assert_eq!(onto.code, Some(3), "{onto:?}");
    assert!(onto.err.contains("空ではありません"), "{onto:?}");
    assert_eq!(std::fs::read(world.data().join("mamori.db")).unwrap(), before);
}

#[test]
fn a_damaged_backup_is_refused_by_the_name_of_the_file_and_leaves_nothing_behind() {
    let world = furnished();
    assert_eq!(world.run(&["backup-self", "控え", "--with-key"]).code, Some(0));
    let new = world.path("新");
    for name in ["tables/fact.jsonl", "manifest.json"] {
        let path = world.path("控え").join(name);
        let bytes = std::fs::read(&path).unwrap();
        let mut changed = bytes.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        for damage in [Some(changed), Some(bytes[..bytes.len() - 1].to_vec()), None] {
            match &damage {
                Some(damage) => std::fs::write(&path, damage).unwrap(),
                None => std::fs::remove_file(&path).unwrap(),
            }
            let refused = at(&world, &new, &["restore-self", "控え"]);
            assert_eq!(refused.code, Some(3), "{refused:?}");
            assert!(refused.err.contains(name), "{refused:?}");
            assert!(!new.exists());
        }
        std::fs::write(&path, bytes).unwrap();
    }
    assert_eq!(at(&world, &new, &["restore-self", "控え"]).code, Some(0));
}

#[test]
fn a_backup_that_was_killed_has_no_manifest_or_is_whole() {
    let world = furnished();
    for round in 0..12_u64 {
        let name = format!("控え{round}");
        let mut child = world.start(&["backup-self", &name, "--with-key"]);
        std::thread::sleep(Duration::from_millis(round * 12));
        let _ = child.kill();
        child.wait().unwrap();
        let whole = world.path(&name).join("manifest.json").exists();
        let restored = at(&world, &world.path(&format!("新{round}")), &["restore-self", &name]);
        assert_eq!(restored.code == Some(0), whole, "{restored:?}");
    }
}

#[test]
fn a_backup_of_an_office_in_use_holds_people_and_goes_on_elsewhere() {
    let world = furnished();
    let database = store::Database::open_sqlite(&world.data().join("mamori.db")).unwrap();
    let office = Served::start(&world, &[]);
    let cookie = format!("__Host-mamori={}", sign_in(&world, &database, &[]));
    assert_eq!(world.run(&["backup-self", "控え", "--with-key"]).code, Some(0));
    assert_eq!(office.get("/s/main/evidence", &cookie).0, 200);
    let authority = office.says("ca_sha256").to_owned();
    assert_eq!(office.end(), Some(0));
    std::fs::rename(world.data(), world.path("失われたもの")).unwrap();
    assert_eq!(world.run(&["restore-self", "控え"]).code, Some(0));
    let office = Served::start(&world, &[]);
    assert_eq!(office.says("ca_sha256"), authority, "the machines of the hospital trust it already");
    assert_eq!(office.get("/s/main/evidence", &cookie).0, 303, "sessions of before have ended");
    let database = store::Database::open_sqlite(&world.data().join("mamori.db")).unwrap();
    let people = database.read(|tx| people::store::list_members(tx, "main")).unwrap();
    assert_eq!(people.len(), 1, "and whoever had an account has it again");
    world.assert_sound();
}
