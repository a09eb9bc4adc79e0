//! The contract of the tables.

use base::{ContentHash, FactValue, Grade, Locator, Subject};
use evidence::store::{self as tables, EvidenceRow, FactRow, MIGRATIONS, SiteRow};
use evidence::{Refusal, Struck};
use testkit::{NOW, on_each_database};

use crate::fixture::{Desk, asset, dictionary};

fn evidence(id: i64, site: &str) -> EvidenceRow {
    EvidenceRow {
        id,
        site: site.to_owned(),
        name: format!("{id}.txt"),
        sha256: ContentHash::of(b"stored"),
        original: ContentHash::of(&id.to_le_bytes()),
        size_bytes: 6,
        importer: "lines".to_owned(),
        received_at: NOW,
        observed_at: NOW.plus_days(-1),
        who: "tester".to_owned(),
        accepted: 1,
        unused: 2,
        refused: 3,
        fact_count: 4,
        facts_root: ContentHash::of(b"root"),
        ledger_seq: 5,
    }
}

#[test]
fn a_site_is_added_and_brought_up_to_date() {
    on_each_database(MIGRATIONS, |store| {
        let mut site = SiteRow { id: "b".to_owned(), name: "B".to_owned(), kind: assess::SiteKind::Clinic, beds: None };
        store.database.transaction(|tx| tables::put_site(tx, &site, NOW))?;
        (site.name, site.beds) = ("B2".to_owned(), Some(19));
        store.database.transaction(|tx| tables::put_site(tx, &site, NOW))?;
        let other = SiteRow { id: "a".to_owned(), ..site.clone() };
        store.database.transaction(|tx| tables::put_site(tx, &other, NOW))?;
        assert_eq!(store.database.read(tables::list_sites)?, [other, site]);
        Ok(())
    });
}

#[test]
fn evidence_comes_back_as_it_was_added() {
    on_each_database(MIGRATIONS, |store| {
        Desk::new(store)?;
        let refusal = Refusal::new(Locator::Line(2), "refused-bad-record", "detail");
        let struck = Struck { what: "cpassword".to_owned(), locator: Locator::Line(3) };
        store.database.transaction(|tx| {
            assert_eq!(tables::next_evidence_id(tx)?, 1);
            tables::add_evidence(
                tx,
                &evidence(1, "handa"),
                std::slice::from_ref(&refusal),
                std::slice::from_ref(&struck),
            )?;
            assert_eq!(tables::next_evidence_id(tx)?, 2);
            tables::add_evidence(tx, &evidence(2, "handa"), &[refusal.clone(), refusal.clone()], &[])?;
            tables::add_evidence(tx, &evidence(3, "other"), std::slice::from_ref(&refusal), &[])
        })?;
        store.database.read(|tx| {
            assert_eq!(tables::list_evidence(tx, "handa")?, [evidence(1, "handa"), evidence(2, "handa")]);
            assert_eq!(tables::list_roots(tx)?.len(), 3);
            let original = evidence(1, "handa").original;
            assert_eq!(tables::find_by_original(tx, "handa", original)?, Some(evidence(1, "handa")));
            assert_eq!(tables::find_by_original(tx, "other", original)?, None);
            assert_eq!(tables::find_by_hash(tx, "handa", original)?, Some(evidence(1, "handa")));
            let stored = ContentHash::of(b"stored");
            assert_eq!(tables::find_by_hash(tx, "handa", stored)?, Some(evidence(2, "handa")), "the newest");
            assert_eq!(tables::find_by_hash(tx, "handa", ContentHash::of(b"?"))?, None);
            let refusals = tables::list_refusals(tx, "handa", 10)?;
            assert_eq!(refusals.len(), 3, "of this site only");
            assert_eq!(refusals[0].0, evidence(1, "handa"));
            assert_eq!(refusals[0].1, Locator::Line(2));
            assert_eq!((refusals[0].2.as_str(), refusals[0].3.as_str()), ("refused-bad-record", "detail"));
            assert_eq!(tables::list_refusals(tx, "handa", 2)?.len(), 2);
            Ok::<_, store::StoreError>(())
        })?;
        Ok(())
    });
}

#[test]
fn numbers_of_subjects_and_keys_stay() {
    on_each_database(MIGRATIONS, |store| {
        let dictionary = dictionary();
        Desk::new(store)?;
        let (a, b, c) = (asset("a"), asset("b"), asset("c"));
        let number = |site: &str, subjects: &[Subject]| {
            store.database.transaction(|tx| tables::number_subjects(tx, site, subjects))
        };
        let first = number("handa", &[a.clone(), b.clone()])?;
        assert_eq!(number("handa", &[b.clone(), c.clone(), a.clone()])?[..], [first[1], first[1] + 1, first[0]]);
        let elsewhere = number("other", std::slice::from_ref(&a))?;
        assert!(!first.contains(&elsewhere[0]), "the same thing at another site is another subject");
        let listed = store.database.read(|tx| tables::list_subjects(tx, "handa"))?;
        assert_eq!(listed, [(first[0], a), (first[1], b), (first[1] + 1, c)]);
        let keys = store.database.transaction(|tx| tables::number_keys(tx, &dictionary))?;
        assert_eq!(keys, store.database.transaction(|tx| tables::number_keys(tx, &dictionary))?);
        let listed = store.database.read(|tx| tables::list_keys(tx, &dictionary))?;
        for definition in &dictionary {
            assert_eq!(listed.get(&keys[definition.id.index()]), Some(&definition.id));
        }
        Ok(())
    });
}

#[test]
fn facts_are_handed_over_by_subject_and_key_oldest_first() {
    on_each_database(MIGRATIONS, |store| {
        let dictionary = dictionary();
        Desk::new(store)?;
        let key = dictionary.find("asset.name").unwrap().id;
        let (subject, number) = store.database.transaction(|tx| {
            for id in [1, 2] {
                tables::add_evidence(tx, &evidence(id, "handa"), &[], &[])?;
            }
            let subject = tables::number_subjects(tx, "handa", &[asset("a")])?[0];
            let number = tables::number_keys(tx, &dictionary)?[key.index()];
            let fact = |evidence, days, value: &str| FactRow {
                subject,
                key: number,
                observed_at: NOW.plus_days(days),
                evidence,
                value: value.to_owned(),
                locator: "line:7".to_owned(),
                grade: Grade::Document,
            };
            tables::add_facts(tx, &mut [fact(1, 0, "new"), fact(2, -1, "old")].into_iter())?;
            Ok::<_, store::StoreError>((subject, number))
        })?;
        store.database.read(|tx| {
            let mut values = Vec::new();
            tables::each_fact(tx, "handa", |fact| {
                assert_eq!((fact.subject, fact.key, fact.grade), (subject, number, Grade::Document));
                values.push(fact.value);
                Ok(())
            })?;
            assert_eq!(values, ["old", "new"]);
            tables::each_fact(tx, "other", |fact| panic!("{fact:?}"))?;
            assert_eq!(tables::find_locator(tx, subject, number, 1)?, Some(Locator::Line(7)));
            assert_eq!(tables::find_locator(tx, subject, number, 9)?, None);
            let places = tables::list_locators(tx, "handa")?;
            assert_eq!((places.len(), places[&(subject, number, 2)].as_str()), (2, "line:7"));
            assert!(tables::list_locators(tx, "other")?.is_empty());
            let history = tables::list_history(tx, "handa", &asset("a"))?;
            let told: Vec<&str> = history.iter().map(|(_, row)| row.value.as_str()).collect();
            assert_eq!((told, history[0].0.as_str()), (vec!["old", "new"], "asset.name"));
            let mut named = 0;
            tables::each_named_fact(tx, |_, fact| {
                assert_eq!((fact.subject_kind, fact.subject_id, fact.key), ("asset", "a", "asset.name"));
                assert_eq!(fact.locator, "line:7");
                named += 1;
                Ok(())
            })?;
            assert_eq!(named, 2);
            Ok::<_, store::StoreError>(())
        })?;
        Ok(())
    });
}

#[test]
fn a_value_that_no_longer_fits_the_dictionary_counts_as_not_known() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        desk.receive("a.txt", "LINES\nasset:a asset.in_ledger true\nasset:a asset.name A")?;
        let sql = "UPDATE fact SET value = 'maybe' WHERE value = 'true'";
        store.database.transaction(|tx| tx.execute(sql, &[]))?;
        let world = desk.world();
        let (index, _) = world.of_kind(base::SubjectKind::Asset).next().unwrap();
        assert!(world.find(index, "asset.in_ledger").is_none());
        assert_eq!(world.find(index, "asset.name").unwrap().value, FactValue::Text("A".to_owned()));
        Ok(())
    });
}
