//! The tables of alerts, on every database.

use base::{ContentHash, UtcSeconds};
use detect::rule::Level;
use eventlog::alerts::store::{self as tables, OpenAlerts, SearchCounts};
use eventlog::alerts::{AlertEvent, AlertState, Found, Ruling, Searched};
use evidence::store::{EvidenceRow, SiteRow, add_evidence, put_site};
use store::{StoreError, Transaction};
use testkit::{NOW, on_each_database};

const SITE: &str = "minato";

fn hand_in(tx: &mut Transaction, id: i64) -> Result<(), StoreError> {
    let hash = ContentHash::of(&id.to_le_bytes());
    let row = EvidenceRow {
        id,
        site: SITE.to_owned(),
        name: format!("{id}.evtx"),
        sha256: hash,
        original: hash,
        size_bytes: 1,
        importer: "event_log".to_owned(),
        received_at: NOW,
        observed_at: NOW,
        who: "test".to_owned(),
        accepted: 1,
        unused: 0,
        refused: 0,
        fact_count: 0,
        facts_root: hash,
        ledger_seq: id,
    };
    add_evidence(tx, &row, &[], &[])
}

/// One hit of rule `r` on a computer, so many seconds after `NOW`.
fn found(evidence: i64, computer: &str, second: i64) -> Searched {
    let at = UtcSeconds(NOW.0 + second);
    let details = vec![("名前".to_owned(), "<値>\u{1f600}".to_owned())];
    let event = AlertEvent { evidence, position: 4_608, at, what: "Security 1102".to_owned(), details };
    let found = Found {
        rule: "r".to_owned(),
        computer: computer.to_owned(),
        level: Level::High,
        hits: 1,
        first_at: at,
        last_at: at,
        events: vec![event],
    };
    Searched { rules: 7, events: 10, lost: 1, found: vec![found] }
}

#[test]
fn a_log_is_searched_once_and_joins_what_is_known() {
    let steps = [evidence::store::MIGRATIONS, tables::MIGRATIONS].concat();
    on_each_database(&steps, |store| {
        store.database.transaction::<_, StoreError>(|tx| {
            let kind = assess::SiteKind::Hospital;
            put_site(tx, &SiteRow { id: SITE.to_owned(), name: "院".to_owned(), kind, beds: None }, NOW)?;
            (1..=3).try_for_each(|id| hand_in(tx, id))?;
            assert_eq!(tables::list_unsearched(tx, SITE, "event_log", 0, 10)?, [1, 2, 3]);
            assert!(tables::add_search(tx, SITE, 1, &found(1, "pc1", 0), NOW)?);
            assert!(!tables::add_search(tx, SITE, 1, &found(1, "pc1", 0), NOW)?, "once");
            assert!(tables::add_search(tx, SITE, 2, &found(2, "pc1", -50), NOW)?);
            assert!(tables::add_search(tx, SITE, 3, &found(3, "", 9), NOW)?);
            assert!(tables::list_unsearched(tx, SITE, "event_log", 0, 10)?.is_empty());
            assert_eq!(tables::count_searches(tx, SITE)?, SearchCounts { logs: 3, events: 30, lost: 3 });
            assert_eq!(tables::count_open(tx, SITE)?, OpenAlerts { all: 2, grave: 2 });
            let alerts = tables::list_alerts(tx, SITE)?;
            let told: Vec<_> = alerts.iter().map(|alert| (alert.computer.as_str(), alert.hits)).collect();
            assert_eq!(told, [("", 1), ("pc1", 2)], "the newest of one level first");
            assert_eq!((alerts[1].first_at.0, alerts[1].last_at), (NOW.0 - 50, NOW));
            let events = tables::list_events(tx, alerts[1].id, 10)?;
            assert_eq!(events.iter().map(|event| event.evidence).collect::<Vec<_>>(), [1, 2]);
            assert_eq!(events[0].details[0].1, "<値>\u{1f600}");
            assert!(tables::find_alert(tx, "other", alerts[1].id)?.is_none(), "of another site");
            Ok(())
        })?;
        Ok(())
    });
}

#[test]
fn a_ruling_and_an_owner_are_kept() {
    let steps = [evidence::store::MIGRATIONS, tables::MIGRATIONS].concat();
    on_each_database(&steps, |store| {
        store.database.transaction::<_, StoreError>(|tx| {
            let kind = assess::SiteKind::Clinic;
            put_site(tx, &SiteRow { id: SITE.to_owned(), name: "院".to_owned(), kind, beds: None }, NOW)?;
            hand_in(tx, 1)?;
            tables::add_search(tx, SITE, 1, &found(1, "pc1", 0), NOW)?;
            let (until, due) = (NOW.date_jst().plus_days(30), NOW.date_jst().plus_days(3));
            tables::assign(tx, 1, "佐藤", Some(due), "sato", NOW)?;
            tables::rule_on(tx, 1, &Ruling::Harmless { why: "保守".to_owned(), until }, "sato", NOW)?;
            let alert = tables::find_alert(tx, SITE, 1)?.unwrap();
            assert_eq!((alert.state, alert.quiet_until, alert.due_on), (AlertState::Harmless, Some(until), Some(due)));
            assert_eq!(
                (alert.owner.as_str(), alert.note.as_str(), alert.changed_by.as_str()),
                ("佐藤", "保守", "sato")
            );
            assert_eq!(tables::count_open(tx, SITE)?, OpenAlerts::default());
            tables::rule_on(tx, 1, &Ruling::Again { why: "また起きた".to_owned() }, "sato", NOW)?;
            let alert = tables::find_alert(tx, SITE, 1)?.unwrap();
            assert_eq!((alert.state, alert.quiet_until), (AlertState::Open, None));
            Ok(())
        })?;
        Ok(())
    });
}
