//! Disk full, database gone, wrong configuration, and two processes on one PostgreSQL.

use std::path::Path;
use std::process::Command;

use crate::world::{Ran, World, secedit};

#[test]
fn an_unknown_key_of_the_configuration_is_refused_with_its_name() {
    let world = World::new();
    world.write("mamori.toml", "colour = 1\n");
    let ran = world.run(&["config", "check"]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(ran.err.contains("colour") && ran.err.contains("設定ファイル"), "{ran:?}");
}

#[test]
fn wrong_usage_ends_with_two() {
    let world = World::new();
    assert_eq!(world.run(&["import"]).code, Some(2));
    assert_eq!(world.run(&["無い"]).code, Some(2));
}

#[test]
fn a_database_that_does_not_answer_is_said_with_what_to_do_and_without_the_password() {
    let world = World::new();
    world.write("PC1_secedit.inf", secedit(5));
    let url = "postgres://mamori:himitsu-no-ji@127.0.0.1:1/mamori";
    let ran = world.run(&["--database", url, "import", "--yes", "PC1_secedit.inf"]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(ran.err.contains("データベースにつながりません"), "{ran:?}");
    assert!(!ran.err.contains("himitsu-no-ji") && !ran.out.contains("himitsu-no-ji"), "{ran:?}");
}

#[test]
fn a_database_file_that_is_none_is_said_to_be_damaged() {
    let world = World::new();
    world.write("data/mamori.db", "これはデータベースではありません。".repeat(100));
    world.write("PC1_secedit.inf", secedit(5));
    let ran = world.run(&["import", "--yes", "PC1_secedit.inf"]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(ran.err.contains("壊れています"), "{ran:?}");
}

/// A small disk of a test's own, taken away when dropped.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn mount(path: &'a Path) -> Option<Self> {
        std::fs::create_dir_all(path).unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m", "none"]).arg(path).output();
        mount.is_ok_and(|output| output.status.success()).then_some(Self(path))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn a_full_disk_is_said_and_what_was_acknowledged_stays() {
    let world = World::new();
    let data = world.data();
    let Some(_disk) = SmallDisk::mount(&data) else {
        eprintln!("SKIPPED: no small disk can be mounted here");
        return;
    };
    for number in 0_u32..30 {
        let bytes: Vec<u8> = (number * 1_000_000..number * 1_000_000 + 50_000).flat_map(u32::to_le_bytes).collect();
        world.write(&format!("山/{number:02}.bin"), bytes);
    }
    let ran = world.run(&["import", "--yes", "--json", "山"]);
    assert_eq!(ran.code, Some(4), "{ran:?}");
    assert!(ran.err.contains("ディスクの空きがありません"), "{}", ran.err);
    let acknowledged = ran.json();
    assert!(!acknowledged.is_empty() && acknowledged.len() < 30);
    for answer in &acknowledged {
        let hash = answer["sha256"].as_str().unwrap();
        assert!(data.join("blobs").join(&hash[..2]).join(&hash[2..]).exists(), "{answer}");
    }
    let verified = world.run(&["ledger", "verify", "--json"]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
    assert!(verified.json()[0]["blobs"].as_u64().unwrap() >= u64::try_from(acknowledged.len()).unwrap());
}

#[test]
fn two_processes_on_one_postgresql_do_no_job_twice() {
    const SITES: usize = 6;
    let Some(server) = testkit::TestStore::postgres(&[]).unwrap() else { return };
    let sql = "SELECT current_setting('unix_socket_directories'), current_database()::text";
    let row = server.database.read::<_, store::StoreError>(|tx| tx.get(sql, &[])).unwrap();
    let url = format!("host={} user=mamori dbname={}", row.text(0).unwrap(), row.text(1).unwrap());
    let world = World::new();
    world.write("PC1_secedit.inf", secedit(5));
    let first = world.run(&["--database", &url, "import", "--yes", "PC1_secedit.inf"]);
    assert_eq!(first.code, Some(0), "{first:?}");
    let names: Vec<String> = (0..SITES).map(|number| format!("site{number}")).collect();
    server
        .database
        .transaction::<_, store::StoreError>(|tx| {
            for id in &names {
                let site = evidence::store::SiteRow {
                    id: id.clone(),
                    name: id.clone(),
                    kind: assess::SiteKind::Clinic,
                    beds: None,
                };
                evidence::store::put_site(tx, &site, testkit::NOW)?;
                let body = serde_json::json!({ "site": id }).to_string();
                store::outbox::publish(tx, evidence::receive::RECEIVED_TOPIC, &body, testkit::NOW)?;
            }
            Ok(())
        })
        .unwrap();
    let running: Vec<_> = (0..2).map(|_| world.start(&["--database", &url, "job", "run", "--json"])).collect();
    let mut done = 0;
    for child in running {
        let ran = Ran::of(child.wait_with_output().unwrap());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        done += ran.json()[0]["done"].as_u64().unwrap();
    }
    assert_eq!(done, u64::try_from(SITES).unwrap());
    let entries = server.database.read(|tx| store::ledger::list_entries(tx, None, 1_000)).unwrap();
    for id in &names {
        let made = entries.iter().filter(|entry| entry.kind == "assessment.made" && entry.site == *id).count();
        assert_eq!(made, 1, "{id}");
    }
    let verified = world.run(&["--database", &url, "ledger", "verify", "--json"]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
}
