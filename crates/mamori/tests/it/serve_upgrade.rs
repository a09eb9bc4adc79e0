//! What the program before this one kept is opened by this one.

use base::Lang;
use evidence::store::SiteRow;
use evidence::{Gathered, Intake, receive::Mode};
use installation::Packs;
use store::ledger::{Ledger, LedgerKey};
use store::{Blobs, Database, Migration, StoreError, migrate};
use testkit::NOW;

use crate::serve::{Served, sign_in};
use crate::world::{World, secedit};

/// The first step of a capability: all there was before the office.
fn first(steps: &[Migration]) -> Migration {
    *steps.iter().find(|step| step.number == 1).unwrap()
}

/// A data directory as it was before there was an office, with a piece of evidence in it.
fn before_the_office(world: &World) {
    let data = world.data();
    std::fs::create_dir_all(&data).unwrap();
    let database = Database::open_sqlite(&data.join("mamori.db")).unwrap();
    migrate(&database, &[first(evidence::store::MIGRATIONS), first(governance::MIGRATIONS)], NOW).unwrap();
    let ledger = Ledger::new(LedgerKey::create(&data.join("ledger-key.pem"), "mamori.local", &[3; 32]).unwrap());
    let blobs = Blobs::directory(data.join("blobs"));
    let packs = Packs::load(None).unwrap();
    let site =
        SiteRow {
            id: "main".to_owned(), name: "前の院".to_owned(), kind: assess::SiteKind::Hospital, beds: Some(99)
        };
    database.transaction::<_, StoreError>(|tx| evidence::store::put_site(tx, &site, NOW)).unwrap();
    let registry = packs.registry();
    let intake = Intake {
        database: &database,
        blobs: &blobs,
        ledger: &ledger,
        registry: &registry,
        dictionary: &packs.dictionary,
        site: "main",
        who: "前の人",
    };
    let files = vec![("PC1_secedit.inf".to_owned(), secedit(0))];
    let gathered = Gathered::from_files(files, evidence::Limits::default());
    for item in gathered.items() {
        let bytes = gathered.read(item).unwrap();
        intake.receive(&gathered.source(item, &bytes, NOW), Mode::Apply).unwrap();
    }
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name IN ('account', 'snapshot_part')";
    assert_eq!(database.read::<_, StoreError>(|tx| tx.get(tables, &[])?.integer(0)).unwrap(), 0);
}

#[test]
fn data_from_before_the_office_opens_and_has_pages_after_one_assessment() {
    let world = World::new();
    before_the_office(&world);
    let office = Served::start(&world, &["--plain-http"]);
    office.wait_for("/metrics", |text| text.contains("mamori_assessment_age_seconds{site=\"main\"}"));
    let database = Database::open_sqlite(&world.data().join("mamori.db")).unwrap();
    let head = database.read(|tx| governance::snapshot::find_head(tx, "main", Lang::Ja)).unwrap().unwrap();
    assert_eq!(head.site.name, "前の院");
    assert!(!head.checklists.is_empty());
    let cookie = format!("mamori={}", sign_in(&world, &database, &[]));
    let (status, text) = office.get("/s/main/evidence", &cookie);
    assert!(status == 200 && text.contains("PC1_secedit.inf") && text.contains("前の院"), "{status} {text}");
    assert_eq!(office.end(), Some(0));
    world.assert_sound();
}

#[test]
fn a_backup_from_before_the_office_is_restored_and_brought_up_to_date() {
    let old = World::new();
    before_the_office(&old);
    // Made as the program of that time would have: without the steps that came later.
    let database = Database::open_sqlite(&old.data().join("mamori.db")).unwrap();
    let ledger = Ledger::new(LedgerKey::load(&old.data().join("ledger-key.pem"), "mamori.local").unwrap());
    let blobs = Blobs::directory(old.data().join("blobs"));
    let about = store::dump::About { program: "mamori 0.0.9", now: NOW };
    store::dump::dump(&database, &blobs, &ledger, &[], &old.path("控え"), about).unwrap();
    let new = World::new();
    let (backup, key) = (old.path("控え"), old.data().join("ledger-key.pem"));
    let ran = new.run(&["restore-self", backup.to_str().unwrap(), "--key", key.to_str().unwrap(), "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.json()[0]["sound"], true, "{ran:?}");
    let office = Served::start(&new, &["--plain-http"]);
    office.wait_for("/metrics", |text| text.contains("mamori_assessment_age_seconds{site=\"main\"}"));
    assert_eq!(office.end(), Some(0));
}
