//! The demonstration with its office.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use base::{ContentHash, UtcSeconds};
use serde_json::Value;
use store::{Database, StoreError};

use crate::world::World;

/// Who a link is for, and until when.
fn find_link(database: &Database, token: &str) -> (String, i64) {
    let sql = "SELECT login, expires_at FROM link JOIN account ON account.id = link.account
               WHERE purpose = 'demo' AND token_hash = $1";
    let hash = ContentHash::of(token.as_bytes());
    let row = database.read::<_, StoreError>(|tx| tx.get(sql, &[hash.into()])).unwrap();
    (row.text(0).unwrap().to_owned(), row.integer(1).unwrap())
}

#[test]
fn the_demo_opens_an_office_with_a_link_for_each_person_that_ends_with_it() {
    let world = World::new();
    let out = world.path("見本");
    let mut command = world.command(&["demo", "--json", "--out", out.to_str().unwrap()]);
    let mut child = command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let report = next();
    assert_eq!(report["planted"], report["found"]);
    let office = next();
    let url = office["url"].as_str().unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    assert_eq!(ureq::get(&format!("{url}/health")).call().unwrap().status().as_u16(), 200);
    let people = office["people"].as_array().unwrap();
    let roles: Vec<&str> = people.iter().map(|person| person["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["executive", "administrator", "auditor", "staff", "vendor", "group_operator"]);
    let database = Database::open_sqlite(&out.join("data/mamori.db")).unwrap();
    let made_at = "SELECT max(made_at) FROM link";
    let now = database.read::<_, StoreError>(|tx| tx.get(made_at, &[])?.at(0)).unwrap();
    let links: Vec<&str> = people.iter().map(|person| person["link"].as_str().unwrap()).collect();
    for (person, link) in people.iter().zip(&links) {
        let (login, until) = find_link(&database, link.rsplit('/').next().unwrap());
        assert_eq!(person["login"], login.as_str());
        assert!(UtcSeconds(until) > now);
    }
    let head = database.read(|tx| governance::snapshot::find_head(tx, "minato", base::Lang::Ja)).unwrap();
    assert!(head.is_some(), "there is something to look at");
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let after = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    for link in links {
        let (_, until) = find_link(&database, link.rsplit('/').next().unwrap());
        assert!(until <= i64::try_from(after).unwrap(), "{until} {after}");
    }
}

#[test]
fn the_office_of_the_demo_is_for_this_machine_alone() {
    let world = World::new();
    let ran = world.run(&["demo", "--json", "--listen", "0.0.0.0:0", "--out", world.path("見本").to_str().unwrap()]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("127.0.0.1"), "{ran:?}");
}
