//! What becomes of a file.

use std::collections::HashMap;

use base::{ContentHash, Grade, Locator};
use evidence::facts_root::{NamedFact, facts_root};
use evidence::receive::Mode;
use evidence::store::{self as tables, MIGRATIONS};
use evidence::{Receipt, ReceiptState, ReceiveError, Staged};
use store::ledger::LedgerError;
use testkit::{NOW, on_each_database};

use crate::fixture::{Desk, asset};

#[test]
fn a_file_is_applied_once_and_known_afterwards() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        let text = "LINES\nasset:a asset.name カルテ\nnonsense\n";
        let receipt = desk.receive("a.txt", text)?;
        assert_eq!(receipt.state, ReceiptState::Applied);
        assert_eq!((receipt.accepted, receipt.unused, receipt.facts), (1, 1, 1));
        assert_eq!(store.blobs.read(receipt.sha256)?, text.as_bytes());
        let again = desk.receive("renamed.txt", text)?;
        assert_eq!((again.state, again.evidence), (ReceiptState::Known, receipt.evidence));
        assert_eq!((desk.evidence_count(), desk.ledger_size()), (1, 1), "the second time nothing was changed");
        let elsewhere = desk.receive_as("other", "a.txt", text, None, Mode::Apply)?;
        assert_eq!(elsewhere.state, ReceiptState::Applied, "another site has not seen it");
        Ok(())
    });
}

#[test]
fn the_same_bytes_of_a_later_day_are_a_new_observation() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        let on = |days: i64| {
            let at = Some(NOW.plus_days(days));
            desk.receive_as("handa", "a.txt", "LINES\nasset:a asset.name A", at, Mode::Apply)
        };
        assert_eq!(on(-9)?.state, ReceiptState::Applied);
        assert_eq!(on(-9)?.state, ReceiptState::Known);
        assert_eq!(on(-10)?.state, ReceiptState::Known, "an older copy says nothing new");
        assert_eq!(on(-1)?.state, ReceiptState::Applied);
        assert_eq!(on(-1)?.state, ReceiptState::Known);
        Ok(())
    });
}

#[test]
fn a_full_preview_changes_nothing_whatever_the_file_is() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        for text in ["LINES\nasset:a asset.name A", "LEDGER\nasset:a asset.name A", "LINES\nbroken", "unknown"] {
            let receipt = desk.receive_as("handa", "a.txt", text, None, Mode::PreviewAll)?;
            assert_eq!((receipt.evidence, store.blobs.contains(receipt.sha256)?), (None, false), "{text}");
        }
        assert_eq!((desk.evidence_count(), desk.ledger_size()), (0, 0));
        Ok(())
    });
}

#[test]
fn a_file_nobody_recognises_keeps_no_secret_either() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        let receipt = desk.receive("x.txt", "ELSE\nsecret hunter2")?;
        assert_eq!((receipt.state, receipt.struck.len()), (ReceiptState::Unrecognised, 1));
        assert_eq!(store.blobs.read(receipt.sha256)?, b"ELSE\nsecret");
        Ok(())
    });
}

#[test]
fn an_unknown_format_is_kept_without_facts() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        let receipt = desk.receive("x.bin", "something else")?;
        assert_eq!((receipt.state, receipt.importer, receipt.facts), (ReceiptState::Unrecognised, "", 0));
        assert_eq!(store.blobs.read(receipt.sha256)?, b"something else");
        Ok(())
    });
}

#[test]
fn a_file_unreadable_half_way_says_nothing() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        let receipt = desk.receive("a.txt", "LINES\nasset:a asset.name A\nbroken\n")?;
        assert!(matches!(&receipt.state, ReceiptState::Unreadable(err) if err.locator == Locator::Line(3)));
        assert_eq!((receipt.facts, receipt.accepted), (0, 0));
        assert_eq!(receipt.refusals[0].message, "unreadable-table");
        let subjects = store.database.read(|tx| tables::list_subjects(tx, "handa"))?;
        assert_eq!(subjects, [], "not even that something exists");
        Ok(())
    });
}

#[test]
fn refusals_keep_their_places() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        let receipt = desk.receive("a.txt", "LINES\nasset:a asset.name A\nrefuse\n")?;
        assert_eq!(receipt.state, ReceiptState::Applied);
        assert_eq!(receipt.refusals[0].locator, Locator::Line(3));
        assert_eq!(receipt.refusals[0].detail, "a b", "control characters are not repeated");
        let kept = store.database.read(|tx| tables::list_refusals(tx, "handa", 10))?;
        assert_eq!((kept[0].1.clone(), kept[0].2.as_str()), (Locator::Line(3), "refused-bad-record"));
        Ok(())
    });
}

#[test]
fn a_secret_is_struck_before_anything_is_stored() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        let text = "LINES\nsecret hunter2\nasset:a asset.name A";
        let receipt = desk.receive("a.txt", text)?;
        assert_eq!(receipt.struck[0].locator, Locator::Line(2));
        assert_eq!(store.blobs.read(receipt.sha256)?, b"LINES\nsecret\nasset:a asset.name A");
        assert!(!store.blobs.contains(ContentHash::of(text.as_bytes()))?, "the original bytes are nowhere");
        let row = store.database.read(|tx| tables::list_evidence(tx, "handa"))?.remove(0);
        assert_eq!((row.sha256, row.original), (receipt.sha256, ContentHash::of(text.as_bytes())));
        assert_eq!(desk.receive("a.txt", text)?.state, ReceiptState::Known, "by the hash of the original");
        Ok(())
    });
}

#[test]
fn a_clock_in_the_future_is_not_believed() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        let observed = |name: &str, lead: i64| -> anyhow::Result<_> {
            let text = format!("LINES\nasset:{name} asset.name A");
            let at = Some(base::UtcSeconds(NOW.plus_days(1).0 + lead));
            let receipt = desk.receive_as("handa", name, &text, at, Mode::Apply)?;
            let row = store.database.read(|tx| tables::find_by_hash(tx, "handa", receipt.sha256))?.unwrap();
            Ok((row.observed_at, receipt.refusals.len()))
        };
        assert_eq!(observed("a", 0)?, (NOW.plus_days(1), 0));
        assert_eq!(observed("b", 1)?, (NOW, 1), "one second more is not believed");
        Ok(())
    });
}

#[test]
fn an_importer_with_an_undefined_key_changes_nothing() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        let refused = desk.receive("a.txt", "LINES\nasset:a asset.name A\nasset:a asset.colour red");
        assert!(matches!(refused, Err(ReceiveError::Importer { stated, .. }) if stated == "asset.colour"));
        let wrong_kind = desk.receive("a.txt", "LINES\nvendor:a asset.name A");
        assert!(matches!(wrong_kind, Err(ReceiveError::Importer { .. })), "a key of another kind of subject");
        assert_eq!((desk.evidence_count(), desk.ledger_size()), (0, 0));
        Ok(())
    });
}

#[test]
fn lists_of_one_key_are_joined_and_of_two_values_that_differ_none_stands() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        let text = "LINES\nasset:a asset.name first\nasset:a asset.name second\nasset:a asset.ip 1\nasset:a asset.ip 2\n\
                    asset:a asset.open_ports 80\nasset:a asset.open_ports 22|80\n";
        let receipt = desk.receive("a.txt", text)?;
        assert_eq!((receipt.facts, receipt.refusals.len()), (2, 1));
        assert_eq!(
            (receipt.refusals[0].message, receipt.refusals[0].locator.to_string().as_str()),
            ("refused-conflict", "line:3")
        );
        let history = store.database.read(|tx| tables::list_history(tx, "handa", &asset("a")))?;
        let values: Vec<(&str, &str)> = history.iter().map(|(key, row)| (key.as_str(), row.value.as_str())).collect();
        assert_eq!(values, [("asset.ip", "1\n2"), ("asset.open_ports", "22\n80")]);
        Ok(())
    });
}

#[test]
fn the_root_over_the_facts_can_be_recomputed_from_the_table() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        desk.receive("a.txt", "LINES\nasset:a asset.name A\nasset:b asset.open_ports 22\nat 2026-11-01")?;
        desk.receive("b.txt", "LINES\nasset:a asset.name B\ngrade machine")?;
        desk.receive("c.bin", "no facts at all")?;
        let recompute = || {
            let mut leaves: HashMap<i64, Vec<ContentHash>> = HashMap::new();
            store.database.read(|tx| {
                leaves.clear();
                tables::each_named_fact(tx, |evidence, fact| {
                    leaves.entry(evidence).or_default().push(fact.leaf());
                    Ok(())
                })
            })?;
            let rows = store.database.read(tables::list_roots)?;
            let sound = |row: &tables::EvidenceRow| {
                facts_root(leaves.get(&row.id).cloned().unwrap_or_default()) == row.facts_root
            };
            anyhow::Ok(rows.iter().map(sound).collect::<Vec<bool>>())
        };
        assert_eq!(recompute()?, [true, true, true]);
        let sql = "UPDATE fact SET value = 'C' WHERE evidence = 2";
        store.database.transaction(|tx| tx.execute(sql, &[]))?;
        assert_eq!(recompute()?, [true, false, true], "an edited fact shows in its own evidence");
        Ok(())
    });
}

#[test]
fn every_part_of_a_fact_is_in_its_hash() {
    let fact = NamedFact {
        subject_kind: "asset",
        subject_id: "a",
        key: "asset.name",
        value: "v",
        locator: "line:1",
        grade: Grade::Machine,
        observed_at: NOW,
    };
    let others = [
        NamedFact { subject_kind: "vendor", ..fact },
        NamedFact { subject_id: "b", ..fact },
        NamedFact { key: "asset.os", ..fact },
        NamedFact { value: "w", ..fact },
        NamedFact { locator: "line:2", ..fact },
        NamedFact { grade: Grade::Stated, ..fact },
        NamedFact { observed_at: NOW.plus_days(1), ..fact },
        // Moving a character from one part to the next is another fact.
        NamedFact { subject_id: "aa", key: "sset.name", ..fact },
    ];
    for other in others {
        assert_ne!(other.leaf(), fact.leaf(), "{other:?}");
        assert_ne!(facts_root(vec![other.leaf()]), facts_root(vec![fact.leaf()]));
    }
    let (a, b) = (fact.leaf(), others[0].leaf());
    assert_eq!(facts_root(vec![a, b]), facts_root(vec![b, a]), "the order of rows does not matter");
    assert_ne!(facts_root(vec![a, b]), facts_root(vec![a]));
}

#[test]
fn a_staged_file_is_recorded_with_the_original_hash_and_what_was_struck() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        let text = "LEDGER\nasset:a asset.name A\nsecret hunter2";
        let source = desk.source("a.txt", text);
        let receipt = desk.intake("handa").receive(&source, Mode::PreviewLedgers)?;
        assert!(matches!(receipt.state, ReceiptState::Previewed(_)), "{receipt:?}");
        let redaction = desk.intake("handa").take_secrets_out(&source).unwrap().unwrap();
        assert!(!String::from_utf8_lossy(&redaction.bytes).contains("hunter2"));
        let staged = Staged { original: ContentHash::of(text.as_bytes()), struck: redaction.struck };
        let kept = String::from_utf8(redaction.bytes).unwrap();
        let apply = |refuse: bool| {
            let within = |receipt: &Receipt| {
                assert!(receipt.evidence.is_some());
                if refuse { Err(ReceiveError::Ledger(LedgerError::NotOurs { source: None })) } else { Ok(()) }
            };
            desk.intake("handa").apply_staged(
                &desk.source("a.txt", &kept),
                &staged,
                |_| Ok(()),
                |_, receipt| within(receipt),
            )
        };
        assert!(apply(true).is_err());
        assert_eq!((desk.evidence_count(), desk.ledger_size()), (0, 0), "what is refused leaves nothing");
        let applied = apply(false)?;
        assert_eq!((applied.state, applied.struck.len()), (ReceiptState::Applied, 1));
        let row = store.database.read(|tx| tables::find_by_hash(tx, "handa", staged.original))?.unwrap();
        assert_eq!((row.sha256, row.original), (ContentHash::of(kept.as_bytes()), ContentHash::of(text.as_bytes())));
        let again = desk.intake("handa").receive(&source, Mode::PreviewLedgers)?;
        assert_eq!(again.state, ReceiptState::Known, "the original handed in again is recognised");
        Ok(())
    });
}

#[test]
fn whatever_importer_reads_a_file_the_passwords_in_it_go_first() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        for (text, stored) in [
            ("LINES\nasset:a asset.name PW:Kinen2024", "LINES\nasset:a asset.name PW:***"),
            ("host,パスワード\nnas,Kinen2024\n", "host,パスワード\nnas,***\n"),
            ("ELSE\nsecret hunter2\nnet user a Kinen2024 /add", "ELSE\nsecret\nnet user a *** /add"),
        ] {
            let receipt = desk.receive("x.txt", text)?;
            assert_eq!(String::from_utf8(store.blobs.read(receipt.sha256)?)?, stored);
            assert!(!receipt.struck.is_empty());
        }
        let name = desk.world();
        assert!(!format!("{name:?}").contains("Kinen2024"), "nor in the facts");
        Ok(())
    });
}

#[test]
fn a_workbook_with_passwords_that_cannot_be_taken_out_is_not_stored_at_all() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        let head = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice();
        let bytes = [head, &[0; 600], &wide("パスワード"), &[4, 0, 1], &wide("Kinen2024"), &[0; 8]].concat();
        for mode in [Mode::Apply, Mode::PreviewLedgers, Mode::PreviewAll] {
            let receipt = desk.receive_bytes("old.xls", &bytes, mode)?;
            assert!(
                matches!(&receipt.state, ReceiptState::Unreadable(err) if err.message == "unreadable-secrets-inside")
            );
            assert_eq!(
                (receipt.evidence, receipt.refusals.len(), store.blobs.contains(receipt.sha256)?),
                (None, 1, false)
            );
            assert!(!format!("{receipt:?}").contains("Kinen2024"));
        }
        assert_eq!((desk.evidence_count(), desk.ledger_size()), (0, 0));
        let harmless = [head, &[0; 600], &wide("設置場所"), &[4, 0, 1]].concat();
        assert!(desk.receive_bytes("old.xls", &harmless, Mode::Apply)?.evidence.is_some());
        Ok(())
    });
}

#[test]
fn what_a_staged_file_would_change_is_compared_again_before_it_is_applied() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        let text = "LEDGER\nasset:a asset.name A";
        let first = desk.intake("handa").receive(&desk.source("a.txt", text), Mode::PreviewLedgers)?;
        let ReceiptState::Previewed(shown) = first.state else { panic!("{first:?}") };
        desk.receive("b.txt", "LEDGER\nasset:a asset.name B")?;
        let staged = Staged { original: ContentHash::of(text.as_bytes()), struck: Vec::new() };
        let mut now = None;
        let applied = desk.intake("handa").apply_staged(
            &desk.source("a.txt", text),
            &staged,
            |preview| {
                now = Some(preview.clone());
                if *preview == shown { Ok(()) } else { Err(anyhow::anyhow!("not what was agreed to")) }
            },
            |_, _| Ok(()),
        );
        assert_eq!(applied.unwrap_err().to_string(), "not what was agreed to");
        assert_eq!((shown.added.len(), now.map(|now| now.changed.len())), (1, Some(1)));
        assert_eq!(desk.evidence_count(), 1);
        Ok(())
    });
}

#[test]
fn files_that_belong_together_are_all_there_or_none_is() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        let (paper, statement) = ("a paper nobody reads", "LINES\nasset:a asset.name A");
        let hand_in = |statement: &str, refuse: bool| {
            let files = [("paper.pdf", paper), ("paper.txt", statement)];
            let files = files.map(|(name, text)| (&desk.registry, desk.source(name, text)));
            desk.intake("handa").receive_together(&files, |_| if refuse { anyhow::bail!("no") } else { Ok(()) })
        };
        assert!(hand_in(statement, true).is_err());
        // An importer that states what nobody has defined is found before the first of them is recorded.
        assert!(hand_in("LINES\nasset:a asset.nonsense A", false).is_err());
        assert_eq!((desk.evidence_count(), desk.ledger_size()), (0, 0));
        let states = |receipts: Vec<Receipt>| receipts.into_iter().map(|one| one.state).collect::<Vec<_>>();
        let first = states(hand_in(statement, false)?);
        assert_eq!(first, [ReceiptState::Unrecognised, ReceiptState::Applied]);
        assert_eq!(states(hand_in(statement, false)?), [ReceiptState::Known, ReceiptState::Known], "again is harmless");
        assert_eq!((desk.evidence_count(), desk.ledger_size()), (2, 2));
        Ok(())
    });
}
