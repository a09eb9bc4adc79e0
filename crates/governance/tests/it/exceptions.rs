//! Deviations somebody takes responsibility for.

use base::{Grade, Subject, Verdict};
use governance::assess_site;
use governance::exceptions::{
    ActiveExceptions, Control, ExceptionError, ExceptionState, Exceptions, MAX_DAYS, NewException,
};
use governance::store as tables;
use testkit::{NOW, TestStore, on_each_database, test_ledger};

use crate::fixture::{Known, add_evidence, migrations};

fn wanted(evidence: i64) -> NewException {
    NewException {
        check: "ACC-01".to_owned(),
        subject: Some("policy:DC01".parse().unwrap()),
        reason: "更新は来春".to_owned(),
        requested_by: "佐藤".to_owned(),
        expires_on: NOW.plus_days(30).date_jst(),
        controls: vec![Control { control: "隔離".to_owned(), evidence }],
    }
}

/// Runs `body` with an office whose site has the evidence 1, while the evidence 2 belongs to another site.
fn at_the_office(body: impl Fn(&TestStore, &Exceptions<'_>) -> anyhow::Result<()>) {
    on_each_database(&migrations(), |store| {
        assert_eq!((add_evidence(store, "handa")?, add_evidence(store, "other")?), (1, 2));
        let ledger = test_ledger()?;
        body(store, &Exceptions { database: &store.database, ledger: &ledger, site: "handa", now: NOW })
    });
}

fn request(office: &Exceptions<'_>, new: &NewException) -> Result<i64, ExceptionError> {
    office.request_exception(new, |check| check == "ACC-01")
}

#[test]
fn an_exception_counts_once_somebody_else_approved_it() {
    at_the_office(|store, office| {
        let id = request(office, &wanted(1))?;
        let covers = |subject: &str| -> anyhow::Result<bool> {
            let active = store.database.read(|tx| ActiveExceptions::load(tx, "handa", NOW))?;
            Ok(active.covers("ACC-01", &subject.parse::<Subject>()?))
        };
        assert!(!covers("policy:DC01")?, "a request counts for nothing");
        for me in ["佐藤", " 佐藤 ", "佐\u{3000}藤"] {
            let own = office.decide_exception(id, ExceptionState::Approved, me);
            assert!(matches!(own, Err(ExceptionError::OwnRequest { .. })), "{me}");
        }
        office.decide_exception(id, ExceptionState::Approved, "院長")?;
        assert!(covers("policy:DC01")? && !covers("policy:DC02")?);
        let again = office.decide_exception(id, ExceptionState::Approved, "院長");
        assert!(matches!(again, Err(ExceptionError::NotWaiting { state: ExceptionState::Approved, .. })));
        office.decide_exception(id, ExceptionState::Revoked, "佐藤")?;
        assert!(!covers("policy:DC01")?);
        let late = office.decide_exception(id, ExceptionState::Approved, "院長");
        assert!(matches!(late, Err(ExceptionError::NotWaiting { state: ExceptionState::Revoked, .. })));
        assert_eq!(store.database.read(::store::ledger::find_size)?, 3, "asked, approved, revoked");
        Ok(())
    });
}

#[test]
fn an_exception_comes_back_as_it_was_asked_for() {
    at_the_office(|store, office| {
        let mut new = wanted(1);
        new.controls.push(Control { control: "監視".to_owned(), evidence: 1 });
        let id = request(office, &new)?;
        office.decide_exception(id, ExceptionState::Approved, "院長")?;
        let found = store.database.read(|tx| tables::find_exception(tx, "handa", id))?.unwrap();
        assert_eq!((found.check, found.subject, found.reason), (new.check, new.subject, new.reason));
        assert_eq!((found.requested_by, found.requested_at, found.expires_on), (new.requested_by, NOW, new.expires_on));
        assert_eq!(
            (found.state, found.decided_by.as_str(), found.decided_at),
            (ExceptionState::Approved, "院長", Some(NOW))
        );
        assert_eq!(found.controls, new.controls);
        assert_eq!(store.database.read(|tx| tables::find_exception(tx, "other", id))?, None);
        assert_eq!(store.database.read(|tx| tables::list_exceptions(tx, "handa"))?.len(), 1);
        Ok(())
    });
}

#[test]
fn a_request_that_lacks_something_is_refused_and_leaves_no_trace() {
    at_the_office(|store, office| {
        let refused = |change: &dyn Fn(&mut NewException)| {
            let mut new = wanted(1);
            change(&mut new);
            request(office, &new).unwrap_err()
        };
        use ExceptionError as E;
        assert!(matches!(refused(&|new| new.check = "XXX-01".to_owned()), E::UnknownCheck { .. }));
        assert!(matches!(refused(&|new| new.reason = " ".to_owned()), E::NoReason));
        assert!(matches!(refused(&|new| new.requested_by = String::new()), E::NoReason));
        assert!(matches!(refused(&|new| new.controls.clear()), E::NoControl));
        assert!(matches!(refused(&|new| new.controls[0].control = " ".to_owned()), E::NoControl));
        assert!(matches!(refused(&|new| new.controls[0].evidence = 9), E::UnknownEvidence { evidence: 9 }));
        assert!(matches!(refused(&|new| new.controls[0].evidence = 2), E::UnknownEvidence { .. }), "of another site");
        let end = |days: i64| NOW.plus_days(days).date_jst();
        assert!(matches!(refused(&|new| new.expires_on = end(-1)), E::BadEnd { .. }));
        assert!(matches!(refused(&|new| new.expires_on = end(MAX_DAYS + 1)), E::BadEnd { .. }));
        assert!(matches!(office.decide_exception(9, ExceptionState::Approved, "院長"), Err(E::Unknown { id: 9 })));
        assert!(matches!(office.decide_exception(9, ExceptionState::Approved, ""), Err(E::NoReason)));
        assert!(store.database.read(|tx| tables::list_exceptions(tx, "handa"))?.is_empty());
        assert_eq!(store.database.read(::store::ledger::find_size)?, 0);
        for days in [0, MAX_DAYS] {
            request(office, &NewException { expires_on: end(days), ..wanted(1) })?;
        }
        Ok(())
    });
}

#[test]
fn an_exception_ends_with_its_last_day() {
    at_the_office(|store, office| {
        let id = request(office, &NewException { subject: None, ..wanted(1) })?;
        office.decide_exception(id, ExceptionState::Approved, "院長")?;
        let covers = |days: i64| -> anyhow::Result<bool> {
            let active = store.database.read(|tx| ActiveExceptions::load(tx, "handa", NOW.plus_days(days)))?;
            assert!(!active.covers("ACC-02", &"policy:any".parse()?), "another check");
            Ok(active.covers("ACC-01", &"policy:any".parse()?))
        };
        assert!(covers(30)?, "an exception without subject is about all of them, on its last day too");
        assert!(!covers(31)?);
        Ok(())
    });
}

#[test]
fn an_exception_for_one_subject_never_turns_into_one_for_all() {
    at_the_office(|store, office| {
        let id = request(office, &wanted(1))?;
        office.decide_exception(id, ExceptionState::Approved, "院長")?;
        store.database.transaction(|tx| tx.execute("UPDATE exception SET subject = 'nonsense'", &[]))?;
        assert!(store.database.read(|tx| ActiveExceptions::load(tx, "handa", NOW)).is_err());
        Ok(())
    });
}

#[test]
fn an_exception_excuses_the_subject_it_names_and_hides_nothing_else() {
    at_the_office(|store, office| {
        let id = office.request_exception(
            &NewException { check: "AV-01".to_owned(), subject: Some("asset:A-1".parse()?), ..wanted(1) },
            |_| true,
        )?;
        office.decide_exception(id, ExceptionState::Approved, "院長")?;
        let active = store.database.read(|tx| ActiveExceptions::load(tx, "handa", NOW))?;
        let asked = |others: &[(&str, &str)]| {
            let mut known = Known::new();
            known.say("asset:A-1", "asset.av_enabled", "false", Grade::Machine, 1);
            for (subject, value) in others {
                known.say(
                    subject,
                    if value.is_empty() { "asset.name" } else { "asset.av_enabled" },
                    value,
                    Grade::Machine,
                    1,
                );
            }
            let assessment = assess_site(&known.world, &known.checks, &active);
            let answer = assessment.find(&known.checks, "AV-01").unwrap();
            (answer.verdict().unwrap(), answer.has_exception, answer.is_finding())
        };
        assert_eq!(asked(&[]), (Verdict::Contradicted, true, false));
        assert_eq!(asked(&[("asset:A-2", "true")]), (Verdict::Contradicted, true, false));
        assert_eq!(asked(&[("asset:A-2", "false")]), (Verdict::Contradicted, false, true), "another one fails too");
        assert_eq!(asked(&[("asset:A-2", "")]), (Verdict::Unknown, false, false), "of another one nothing is known");
        Ok(())
    });
}

#[test]
fn of_two_accounts_the_logins_decide_who_is_who() {
    at_the_office(|_, office| {
        let asked = |by: &str| request(office, &NewException { requested_by: by.to_owned(), ..wanted(1) });
        for (by, who, may) in [
            ("sato（佐藤 花子）", "sato（佐藤 花子）", false),
            ("sato（佐藤 花子）", "SATO（田中 花子）", false),
            ("sato（佐藤 花子）", "ｓａｔｏ (佐藤)", false),
            ("sato（佐藤 花子）", "sato2（佐藤 花子）", true),
            ("sato（佐藤 花子）", "佐藤花子", false),
            ("佐藤花子", "sato（佐藤 花子）", false),
            ("sato（佐藤 花子）", "incho（院長）", true),
        ] {
            let id = asked(by)?;
            let decided = office.decide_exception(id, ExceptionState::Approved, who);
            assert_eq!(decided.is_ok(), may, "{by} {who} {decided:?}");
        }
        Ok(())
    });
}

#[test]
fn who_ends_an_exception_says_why_and_has_seen_how_it_stands() {
    at_the_office(|store, office| {
        let id = request(office, &wanted(1))?;
        let without = office.revoke_exception(id, Some(ExceptionState::Requested), "佐藤", " ");
        assert!(matches!(without, Err(ExceptionError::NoReason)));
        office.decide_exception(id, ExceptionState::Approved, "院長")?;
        let late = office.revoke_exception(id, Some(ExceptionState::Requested), "佐藤", "不要になった");
        assert!(matches!(late, Err(ExceptionError::NotWaiting { state: ExceptionState::Approved, .. })));
        office.revoke_exception(id, Some(ExceptionState::Approved), "佐藤", "不要になった")?;
        let found = store.database.read(|tx| tables::find_exception(tx, "handa", id))?.unwrap();
        assert_eq!((found.state, found.decided_why.as_str()), (ExceptionState::Revoked, "不要になった"));
        Ok(())
    });
}

#[test]
fn an_exception_that_is_approved_or_ended_asks_for_an_assessment_in_the_same_transaction() {
    at_the_office(|store, office| {
        let id = request(office, &wanted(1))?;
        let asked = || {
            let mut sites = Vec::new();
            ::store::outbox::drain::<::store::StoreError>(&store.database, 9, |_, message| {
                sites.push(message.body.clone());
                Ok(())
            })?;
            Ok::<_, ::store::StoreError>(sites)
        };
        assert!(asked()?.is_empty(), "what waits changes no verdict");
        office.decide_exception(id, ExceptionState::Approved, "院長")?;
        assert_eq!(asked()?, ["{\"site\":\"handa\"}"]);
        office.revoke_exception(id, None, "佐藤", "不要になった")?;
        assert_eq!(asked()?, ["{\"site\":\"handa\"}"]);
        assert!(office.revoke_exception(id, None, "佐藤", "不要になった").is_err());
        assert!(asked()?.is_empty(), "nothing was changed");
        Ok(())
    });
}
