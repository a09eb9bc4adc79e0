//! What people say, held against evidence; exceptions; tasks.

use crate::world::{World, asset_ledger, day_from_now, secedit};

/// A world in which the evidence speaks against the asset ledger item.
fn contradicted() -> World {
    let world = World::new();
    world.write("資産台帳.csv", asset_ledger(&["A-1,受付,pc1,10.0.0.1,端末"]));
    world.import("資産台帳.csv");
    assert_eq!(world.verdict("R7-2-1"), "contradicted");
    world
}

fn request(world: &World, until: &str) -> crate::world::Ran {
    world.run(&["exception", "request", "INV-02", "--reason", "棚卸中", "--until", until, "--control", "月次の棚卸=1"])
}

#[test]
fn a_yes_against_evidence_is_refused_until_an_exception_is_approved_by_another_person() {
    let world = contradicted();
    let refused = world.run(&["claim", "answer", "R7-2-1", "yes"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("INV-02") && refused.err.contains("exception request"), "{refused:?}");
    assert_eq!(request(&world, &day_from_now(30)).code, Some(0));
    assert_eq!(world.run(&["claim", "answer", "R7-2-1", "yes"]).code, Some(1), "a request alone changes nothing");
    let own = world.run(&["exception", "approve", "1"]);
    assert_eq!(own.code, Some(3), "{own:?}");
    assert!(own.err.contains("人は承認できません"), "{own:?}");
    assert_eq!(world.run(&["exception", "approve", "1", "--who", "院長"]).code, Some(0));
    let accepted = world.run(&["claim", "answer", "R7-2-1", "yes"]);
    assert_eq!(accepted.code, Some(0), "{accepted:?}");
    assert_ne!(world.verdict("R7-2-1"), "proved");
    world.assert_sound();
}

#[test]
fn an_exception_without_an_end_in_reach_or_without_evidence_is_refused() {
    let world = contradicted();
    for until in [day_from_now(-1), day_from_now(500)] {
        let ran = request(&world, &until);
        assert_eq!(ran.code, Some(3), "{until}: {ran:?}");
        assert!(ran.err.contains("400日以内"), "{ran:?}");
    }
    let until = day_from_now(30);
    let ran =
        world.run(&["exception", "request", "INV-02", "--reason", "x", "--until", &until, "--control", "対策=99"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let ran = world.run(&["exception", "request", "NO-99", "--reason", "x", "--until", &until, "--control", "対策=1"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let ran =
        world.run(&["exception", "request", "INV-02", "--reason", "x", "--until", "いつか", "--control", "対策=1"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[test]
fn a_document_makes_an_item_attested_and_an_unknown_kind_names_the_known_ones() {
    let world = World::new();
    world.write("事業継続計画.pdf", b"%PDF-1.7 ...");
    let file = "事業継続計画.pdf";
    let ran = world.run(&["claim", "document", "bcp", file, "--by", "院長", "--issued", &day_from_now(-10)]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(world.verdict("R7-3-3"), "attested");
    let ran = world.run(&["claim", "document", "novel", file, "--by", "院長"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("bcp"), "{ran:?}");
    world.assert_sound();
}

#[test]
fn a_no_needs_a_day_and_an_item_must_exist() {
    let world = World::new();
    world.write("PC1_secedit.inf", secedit(5));
    world.import("PC1_secedit.inf");
    let ran = world.run(&["claim", "answer", "R7-2-1", "no"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("--target"), "{ran:?}");
    assert_eq!(world.run(&["claim", "answer", "R7-2-1", "no", "--target", &day_from_now(60)]).code, Some(0));
    assert_eq!(world.run(&["claim", "answer", "R7-9-9", "yes"]).code, Some(2));
}

#[test]
fn tasks_open_and_close_by_evidence_alone() {
    let world = World::new();
    let task = |world: &World| {
        let tasks = world.run(&["task", "list", "--all", "--json"]).json();
        tasks.into_iter().find(|task| task["key"] == "fix:ACC-01").unwrap()
    };
    world.write("PC1_secedit.inf", secedit(0));
    world.import("PC1_secedit.inf");
    let open = task(&world);
    assert!(open["closed_at"].is_null(), "{open}");
    let id = open["id"].to_string();
    assert_eq!(world.run(&["task", "assign", &id, "--owner", "情報係", "--due", &day_from_now(7)]).code, Some(0));
    assert_eq!(task(&world)["owner"], "情報係");
    assert_eq!(world.run(&["task", "close", &id]).code, Some(2), "there is no such command");
    world.write("PC1_secedit.inf", secedit(5));
    let evidence = world.import("PC1_secedit.inf");
    let closed = task(&world);
    assert_eq!(closed["closed_by_evidence"], evidence["evidence"], "{closed}");
}

#[test]
fn a_grave_exception_is_approved_by_an_executive_alone_and_the_ledger_says_where() {
    let world = contradicted();
    let until = day_from_now(30);
    let asked = world.run(&[
        "exception",
        "request",
        "LAP-00",
        "--reason",
        "来春",
        "--until",
        &until,
        "--control",
        "毎週の確認=1",
    ]);
    assert_eq!(asked.code, Some(0), "{asked:?}");
    let desk = world.run(&["exception", "approve", "1", "--who", "情報室"]);
    assert_eq!(desk.code, Some(3), "{desk:?}");
    assert!(desk.err.contains("経営者だけ") && desk.err.contains("--as executive"), "{desk:?}");
    let own = world.run(&["exception", "approve", "1", "--as", "executive"]);
    assert_eq!(own.code, Some(3), "{own:?}");
    let chief = world.run(&["exception", "approve", "1", "--who", "院長", "--as", "executive"]);
    assert_eq!(chief.code, Some(0), "{chief:?}");
    let database = store::Database::open_sqlite(&world.data().join("mamori.db")).unwrap();
    let entries = database.read(|tx| store::ledger::list_entries(tx, None, 50)).unwrap();
    let made = entries.iter().find(|entry| entry.kind == "decision.made").unwrap();
    assert_eq!((made.who.as_str(), &made.body["as"]), ("院長", &"executive".into()));
    assert!(made.body["reason"].as_str().unwrap().contains("on the command line"), "{made:?}");
    let unsaid = world.run(&["exception", "revoke", "1"]);
    assert_eq!(unsaid.code, Some(2), "who ends an exception says why: {unsaid:?}");
    assert_eq!(world.run(&["exception", "revoke", "1", "--why", " "]).code, Some(3));
    assert_eq!(world.run(&["exception", "revoke", "1", "--why", "不要になった"]).code, Some(0));
    let entries = database.read(|tx| store::ledger::list_entries(tx, None, 50)).unwrap();
    let revoked = entries.iter().find(|entry| entry.kind == "exception.revoked").unwrap();
    assert_eq!(revoked.body["reason"], "不要になった");
    world.assert_sound();
}
