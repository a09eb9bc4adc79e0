//! Decisions that are the executive's.

use base::Severity;
use governance::decisions::{
    Capacity, Decider, DecisionClass, DecisionError, DecisionState, Denial, NewDecision, Outcome, Ruling,
};
use governance::exceptions::{Control, ExceptionState, Exceptions, NewException};
use governance::store as tables;
use serde_json::Value;
use testkit::{NOW, TestStore, on_each_database, test_ledger};

use crate::fixture::{add_evidence, migrations};

fn at_the_office(body: impl Fn(&TestStore, &Exceptions<'_>) -> anyhow::Result<()>) {
    on_each_database(&migrations(), |store| {
        add_evidence(store, "handa")?;
        let ledger = test_ledger()?;
        body(store, &Exceptions { database: &store.database, ledger: &ledger, site: "handa", now: NOW })
    });
}

fn decider(who: &str, capacity: Capacity) -> Decider<'_> {
    Decider { who, capacity }
}

fn deputy() -> Capacity {
    Capacity::Deputy { of: "incho（院長）".to_owned() }
}

fn yes() -> Ruling {
    Ruling { outcome: Outcome::Approve, choice: String::new(), remark: "了解".to_owned() }
}

fn ask(office: &Exceptions<'_>, options: &[&str]) -> Result<i64, DecisionError> {
    office.ask_decision(&NewDecision {
        class: DecisionClass::StopService,
        question: "外部の回線を止めるか".to_owned(),
        reason: "不審な通信".to_owned(),
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        due_on: NOW.plus_days(1).date_jst(),
        asked_by: "sato（佐藤）".to_owned(),
    })
}

fn request(office: &Exceptions<'_>) -> i64 {
    let new = NewException {
        check: "AV-01".to_owned(),
        subject: None,
        reason: "更新は来春".to_owned(),
        requested_by: "sato（佐藤）".to_owned(),
        expires_on: NOW.plus_days(30).date_jst(),
        controls: vec![Control { control: "隔離".to_owned(), evidence: 1 }],
    };
    office.request_exception(&new, |_| true).unwrap()
}

/// Kind, who and body of the newest entry.
fn newest(store: &TestStore) -> (String, String, Value) {
    let entries = store.database.read(|tx| ::store::ledger::list_entries(tx, None, 1)).unwrap();
    let entry = &entries[0];
    (entry.kind.clone(), entry.who.clone(), entry.body.clone())
}

#[test]
fn an_attempt_that_is_nobodys_business_is_denied_and_recorded() {
    at_the_office(|store, office| {
        let id = ask(office, &[])?;
        for (who, capacity, rule) in [
            ("ito（伊藤）", Capacity::Administrator, Denial::ExecutiveOnly),
            ("gyosha（業者）", Capacity::Other, Denial::ExecutiveOnly),
            ("sato（佐藤）", Capacity::Executive, Denial::OwnRequest),
        ] {
            let denied = office.decide(&decider(who, capacity), id, &yes());
            assert!(matches!(denied, Err(DecisionError::Denied { rule: found }) if found == rule), "{who} {denied:?}");
            let (kind, by, body) = newest(store);
            assert_eq!((kind.as_str(), by.as_str()), ("decision.denied", who));
            assert_eq!((&body["decision"], &body["rule"]), (&id.into(), &rule.name().into()));
        }
        let found = store.database.read(|tx| tables::find_decision(tx, "handa", id))?.unwrap();
        assert_eq!(found.state, DecisionState::Waiting);
        Ok(())
    });
}

#[test]
fn a_deputy_decides_and_the_ledger_says_in_whose_place() {
    at_the_office(|store, office| {
        let id = ask(office, &[])?;
        office.decide(&decider("fuku（副院長）", deputy()), id, &yes())?;
        let (kind, who, body) = newest(store);
        assert_eq!((kind.as_str(), who.as_str()), ("decision.made", "fuku（副院長）"));
        assert_eq!((&body["as"], &body["deputy_for"]), (&"deputy".into(), &"incho（院長）".into()));
        Ok(())
    });
}

#[test]
fn the_second_to_decide_is_told_who_was_faster() {
    at_the_office(|_, office| {
        let id = ask(office, &[])?;
        office.decide(&decider("incho（院長）", Capacity::Executive), id, &yes())?;
        let late = office.decide(&decider("fuku（副院長）", deputy()), id, &yes());
        assert!(matches!(late, Err(DecisionError::Decided { by, .. }) if by == "incho（院長）"));
        let exception = request(office);
        let severity = |_: &str| Some(Severity::Critical);
        office.rule_on_exception(&decider("incho（院長）", Capacity::Executive), exception, &yes(), severity)?;
        let late = office.rule_on_exception(&decider("fuku（副院長）", deputy()), exception, &yes(), severity);
        assert!(matches!(late, Err(DecisionError::Decided { by, .. }) if by == "incho（院長）"));
        Ok(())
    });
}

#[test]
fn a_choice_must_be_one_of_the_options_and_a_refusal_needs_a_reason() {
    at_the_office(|_, office| {
        let id = ask(office, &["全部止める", "一部止める"])?;
        let executive = || decider("incho（院長）", Capacity::Executive);
        assert!(matches!(office.decide(&executive(), id, &yes()), Err(DecisionError::NoChoice)));
        let bare = Ruling { outcome: Outcome::Refuse, choice: String::new(), remark: " ".to_owned() };
        assert!(matches!(office.decide(&executive(), id, &bare), Err(DecisionError::NoReason)));
        office.decide(&executive(), id, &Ruling { choice: "一部止める".to_owned(), ..yes() })?;
        assert!(matches!(office.decide(&executive(), 99, &yes()), Err(DecisionError::Unknown { id: 99 })));
        assert!(matches!(ask(office, &["同じ", "同じ"]), Err(DecisionError::BadOptions)));
        Ok(())
    });
}

#[test]
fn a_grave_exception_needs_the_executive_and_a_light_one_an_administrator_who_did_not_ask() {
    at_the_office(|store, office| {
        let id = request(office);
        let grave = |_: &str| Some(Severity::High);
        let denied = office.rule_on_exception(&decider("ito（伊藤）", Capacity::Administrator), id, &yes(), grave);
        assert!(matches!(denied, Err(DecisionError::Denied { rule: Denial::ExecutiveOnly })));
        assert_eq!(newest(store).2["class"], "accept_high_risk");
        let light = |_: &str| Some(Severity::Medium);
        let own = office.rule_on_exception(&decider("sato（佐藤）", Capacity::Administrator), id, &yes(), light);
        assert!(matches!(own, Err(DecisionError::Denied { rule: Denial::OwnRequest })));
        let other = office.rule_on_exception(&decider("yoso（よそ）", Capacity::Other), id, &yes(), light);
        assert!(matches!(other, Err(DecisionError::Denied { rule: Denial::NotYours })));
        office.rule_on_exception(&decider("ito（伊藤）", Capacity::Administrator), id, &yes(), light)?;
        let found = store.database.read(|tx| tables::find_exception(tx, "handa", id))?.unwrap();
        assert_eq!((found.state, found.decided_by.as_str()), (ExceptionState::Approved, "ito（伊藤）"));
        Ok(())
    });
}

#[test]
fn what_waits_is_counted_until_it_is_decided() {
    at_the_office(|store, office| {
        let (decision, exception) = (ask(office, &[])?, request(office));
        assert_eq!(ask(office, &[])?, decision, "a second click asks nothing new");
        let waiting = || store.database.read(|tx| tables::count_waiting(tx, "handa")).unwrap();
        assert_eq!(waiting(), 2);
        let executive = || decider("incho（院長）", Capacity::Executive);
        let no = Ruling { outcome: Outcome::Refuse, choice: String::new(), remark: "先に直す".to_owned() };
        office.rule_on_exception(&executive(), exception, &no, |_| None)?;
        office.decide(&executive(), decision, &no)?;
        assert_eq!(waiting(), 0);
        let ruling = store.database.read(|tx| tables::find_ruling(tx, exception))?;
        assert_eq!(ruling, Some(("先に直す".to_owned(), String::new())));
        Ok(())
    });
}

/// Makes an account; whoever `made_by` names gave it a link.
fn account(store: &TestStore, login: &str, made_by: &str) {
    let edit = people::store::AccountEdit {
        name: "名前".to_owned(),
        department: String::new(),
        vendor: String::new(),
        lang: base::Lang::Ja,
        enabled: true,
    };
    store
        .database
        .transaction::<_, ::store::StoreError>(|tx| {
            let login = people::account::Login::new(login).unwrap();
            let account = people::store::add_account(tx, &login, &edit, NOW)?;
            let purpose = people::link::Purpose::Invite;
            let new = people::store::NewLink { token: login.as_str(), purpose, account, made_by };
            people::store::add_link(tx, &new, NOW)
        })
        .unwrap();
}

#[test]
fn nobody_decides_their_own_request_under_another_name_or_through_another_person() {
    at_the_office(|store, office| {
        for (login, made_by) in
            [("sato", "ito（伊藤）"), ("ni", "sato（旧姓）"), ("ito", "admin（別）"), ("jimu", "ito（伊藤）")]
        {
            account(store, login, made_by);
        }
        let deputy_of = |who: &str| Capacity::Deputy { of: who.to_owned() };
        let light = |_: &str| Some(Severity::Medium);
        let id = request(office);
        for (who, capacity) in [
            ("sato（改名）", Capacity::Executive),
            ("SATO（（）", Capacity::Administrator),
            ("jimu（事務長）", deputy_of("sato（改名）")),
            ("ni（二つ目）", Capacity::Administrator),
        ] {
            let own = office.rule_on_exception(&decider(who, capacity), id, &yes(), light);
            assert!(matches!(own, Err(DecisionError::Denied { rule: Denial::OwnRequest })), "{who}");
        }
        let decision = ask(office, &[])?;
        let own = office.decide(&decider("jimu（事務長）", deputy_of("sato（佐藤）")), decision, &yes());
        assert!(matches!(own, Err(DecisionError::Denied { rule: Denial::OwnRequest })));
        office.decide(&decider("jimu（事務長）", deputy_of("ito（伊藤）")), decision, &yes())?;
        office.rule_on_exception(&decider("ito（佐藤）", Capacity::Administrator), id, &yes(), light)?;
        Ok(())
    });
}
