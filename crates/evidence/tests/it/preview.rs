//! The differences a ledger would make.

use evidence::ReceiptState;
use evidence::preview::Preview;
use evidence::receive::Mode;
use evidence::store::MIGRATIONS;
use testkit::on_each_database;

use crate::fixture::{Desk, asset};

const FIRST: &str = "LEDGER\nasset:a asset.name A\nasset:a asset.in_ledger true\nasset:b asset.name B\n\
                     asset:b asset.in_ledger true\nasset:c asset.name C\nasset:c asset.in_ledger true\n";
const SECOND: &str = "LEDGER\nasset:a asset.name A\nasset:a asset.in_ledger true\nasset:b asset.name B2\n\
                      asset:b asset.os Linux\nasset:b asset.in_ledger true\nasset:d asset.name D\n";

fn preview(desk: &Desk<'_>, text: &str) -> anyhow::Result<Preview> {
    let receipt = desk.receive_as("handa", "ledger.txt", text, None, Mode::PreviewLedgers)?;
    let ReceiptState::Previewed(preview) = receipt.state else { anyhow::bail!("{:?}", receipt.state) };
    assert_eq!(receipt.evidence, None);
    Ok(preview)
}

#[test]
fn a_preview_counts_what_is_new_changed_missing_and_the_same() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        let before = preview(&desk, FIRST)?;
        assert_eq!((before.added.len(), before.changed.len(), before.same), (3, 0, 0));
        assert_eq!((desk.evidence_count(), desk.ledger_size()), (0, 0), "a preview changes nothing");
        desk.receive_as("handa", "ledger.txt", FIRST, None, Mode::Apply)?;
        desk.receive("scan.txt", "LINES\nasset:seen asset.open_ports 22")?;
        let found = preview(&desk, SECOND)?;
        assert_eq!(found.added, [asset("d")]);
        assert_eq!(found.missing, [asset("c")], "what only a scan saw is not missing from the ledger");
        assert_eq!(found.same, 1);
        let changed: Vec<(&str, Option<&str>, &str)> = found
            .changed
            .iter()
            .map(|change| (change.key.as_str(), change.before.as_deref(), change.after.as_str()))
            .collect();
        assert_eq!(changed, [("asset.name", Some("B"), "B2"), ("asset.os", None, "Linux")]);
        Ok(())
    });
}

#[test]
fn what_needs_no_preview_is_applied_at_once() {
    on_each_database(MIGRATIONS, |store| {
        let desk = Desk::new(store)?;
        let receipt = desk.receive_as("handa", "a.txt", "LINES\nasset:a asset.name A", None, Mode::PreviewLedgers)?;
        assert_eq!(receipt.state, ReceiptState::Applied);
        Ok(())
    });
}
