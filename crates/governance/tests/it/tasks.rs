//! What is to be done.

use std::collections::BTreeMap;

use ::store::ledger::LedgerError;
use base::{Grade, Severity};
use governance::store as tables;
use governance::tasks::{Ending, Task, TaskKey, Unwanted, in_order, settle_tasks, unwanted_tasks, wanted_tasks};
use testkit::{NOW, on_each_database, test_ledger};

use crate::fixture::{Known, add_evidence, framework, migrations};

fn key(text: &str) -> TaskKey {
    text.parse().unwrap()
}

fn wanted(known: &Known) -> BTreeMap<TaskKey, Severity> {
    let framework = framework();
    let assessment = known.assess();
    let answers = [known.answer(&framework, &assessment)];
    wanted_tasks(&known.checks, &assessment, &answers, NOW.date_jst())
}

#[test]
fn who_says_no_is_reminded_once_the_target_day_is_over() {
    let answered = |target: &str| {
        let mut known = Known::new();
        let text = format!(
            "mamori_statement = 1\nkind = \"checklist_answers\"\ntitle = \"回答\"\n\n[[claim]]\nitem = \"T-4\"\nanswer = \"no\"\n\
             checked_on = 2026-11-01\ntarget_on = {target}\nby = \"佐藤\"\n"
        );
        known.hand_in(2, 0, &text);
        wanted(&known)
    };
    let today = answered("2026-11-20");
    assert!(!today.contains_key(&key("keep:T-4")) && !today.contains_key(&key("show:T-4")), "{today:?}");
    assert_eq!(answered("2026-11-19").get(&key("keep:T-4")), Some(&Severity::High));
}

#[test]
fn what_is_contradicted_is_mended_what_is_open_is_asked_and_papers_are_shown() {
    let mut known = Known::new();
    let keys = |known: &Known| wanted(known).into_keys().map(|key| key.to_string()).collect::<Vec<_>>();
    assert_eq!(keys(&known), ["ask:ACC-01", "ask:AV-01", "show:T-3", "show:T-4"]);
    known.say("policy:DC01", "policy.lockout_threshold", "0", Grade::Machine, 1);
    assert_eq!(keys(&known), ["ask:AV-01", "fix:ACC-01", "show:T-3", "show:T-4"]);
    known.say("policy:DC01", "policy.lockout_threshold", "5", Grade::Machine, 0);
    known.say("asset:A-1", "asset.av_enabled", "true", Grade::Machine, 0);
    assert_eq!(keys(&known), ["show:T-3", "show:T-4"]);
}

#[test]
fn a_task_is_opened_once_closed_by_evidence_and_reopened_as_a_new_one() {
    on_each_database(&migrations(), |store| {
        add_evidence(store, "other")?;
        let evidence = add_evidence(store, "handa")?;
        let ledger = test_ledger()?;
        let settle = |keys: &[&str]| {
            let wanted = keys.iter().map(|text| (key(text), Severity::High)).collect();
            ledger.write::<_, LedgerError>(&store.database, NOW, |tx| {
                settle_tasks(tx, "handa", &wanted, &Unwanted::default(), NOW)
            })
        };
        let list = |with_closed| store.database.read(|tx| tables::list_tasks(tx, "handa", with_closed));
        assert_eq!(settle(&["ask:A", "fix:B"])?, (2, 0));
        assert_eq!(settle(&["ask:A", "fix:B"])?, (0, 0), "not twice");
        assert_eq!(store.database.read(::store::ledger::find_size)?, 1, "nothing changed, nothing to witness");
        let due = NOW.plus_days(7).date_jst();
        let first = list(false)?[0].id;
        let assign =
            |site: &str, id| store.database.transaction(|tx| tables::assign_task(tx, site, id, "佐藤", Some(due)));
        assert!(assign("handa", first)? && !assign("other", first)? && !assign("handa", 99)?);
        assert_eq!((list(false)?[0].owner.as_str(), list(false)?[0].due_on), ("佐藤", Some(due)));
        assert_eq!(settle(&["fix:B"])?, (0, 1));
        assert_eq!(list(false)?.len(), 1);
        let closed = list(true)?.into_iter().find(|task| task.id == first).unwrap();
        assert_eq!((closed.closed_at, closed.ending), (Some(NOW), Ending::Evidence(evidence)));
        assert!(!assign("handa", first)?, "a closed task is nobody's");
        assert_eq!(settle(&["ask:A", "fix:B"])?, (1, 0));
        let again = list(false)?.into_iter().find(|task| task.key == key("ask:A")).unwrap();
        assert!(again.id != first && again.owner.is_empty(), "what came back is a new task");
        assert!(store.database.read(|tx| tables::list_tasks(tx, "other", true))?.is_empty());
        Ok(())
    });
}

#[test]
fn the_gravest_comes_first_then_mending_before_asking() {
    let task = |id, text: &str, severity, closed| Task {
        id,
        key: key(text),
        severity,
        owner: String::new(),
        due_on: None,
        opened_at: NOW,
        closed_at: closed,
        ending: Ending::Withdrawn,
    };
    let tasks = vec![
        task(1, "fix:Z", Severity::Critical, Some(NOW)),
        task(2, "show:X", Severity::Medium, None),
        task(3, "ask:A", Severity::Critical, None),
        task(4, "fix:B", Severity::Medium, None),
        task(5, "fix:C", Severity::High, None),
    ];
    let order: Vec<i64> = in_order(tasks).iter().map(|task| task.id).collect();
    assert_eq!(order, [3, 5, 4, 2, 1]);
}

#[test]
fn what_was_contradicted_is_not_mended_because_its_evidence_grew_old() {
    let mut known = Known::new();
    known.say("policy:DC01", "policy.lockout_threshold", "0", Grade::Machine, 4_000);
    let held = unwanted_tasks(&known.checks, &known.assess()).held;
    assert!(held.contains(&key("fix:ACC-01")), "{held:?}");
    known.say("policy:DC01", "policy.lockout_threshold", "5", Grade::Machine, 0);
    assert!(!unwanted_tasks(&known.checks, &known.assess()).held.contains(&key("fix:ACC-01")));
    on_each_database(&migrations(), |store| {
        add_evidence(store, "handa")?;
        let ledger = test_ledger()?;
        let settle = |wanted: &[&str], held: &[&str]| {
            let wanted = wanted.iter().map(|text| (key(text), Severity::High)).collect();
            let held = Unwanted { held: held.iter().map(|text| key(text)).collect(), ..Unwanted::default() };
            ledger.write::<_, LedgerError>(&store.database, NOW, |tx| settle_tasks(tx, "handa", &wanted, &held, NOW))
        };
        assert_eq!(settle(&["fix:A"], &[])?, (1, 0));
        assert_eq!(settle(&[], &["fix:A", "fix:B"])?, (0, 0), "what is held stays open and opens nothing");
        assert_eq!(settle(&[], &[])?, (0, 1));
        Ok(())
    });
}

#[test]
fn a_task_that_is_excused_says_by_which_exception_and_comes_back_after_its_end() {
    use governance::exceptions::{Control, ExceptionState, NewException};
    on_each_database(&migrations(), |store| {
        let evidence = add_evidence(store, "handa")?;
        let ledger = test_ledger()?;
        let settle = |wanted: &[&str], unwanted: &Unwanted| {
            let wanted = wanted.iter().map(|text| (key(text), Severity::High)).collect();
            ledger.write::<_, LedgerError>(&store.database, NOW, |tx| settle_tasks(tx, "handa", &wanted, unwanted, NOW))
        };
        settle(&["fix:A", "ask:B"], &Unwanted::default())?;
        let id = store.database.transaction(|tx| {
            let new = NewException {
                check: "A".to_owned(),
                subject: None,
                reason: "更新まで".to_owned(),
                requested_by: "佐藤".to_owned(),
                expires_on: NOW.plus_days(90).date_jst(),
                controls: vec![Control { control: "見回り".to_owned(), evidence }],
            };
            let id = tables::add_exception(tx, "handa", &new, NOW)?;
            tables::decide_exception(tx, id, ExceptionState::Approved, ("院長", ""), NOW)?;
            Ok::<_, ::store::StoreError>(id)
        })?;
        let unwanted =
            Unwanted { excused: [key("fix:A")].into(), withdrawn: [key("ask:B")].into(), ..Unwanted::default() };
        assert_eq!(settle(&[], &unwanted)?, (0, 2));
        let endings: Vec<Ending> =
            store.database.read(|tx| tables::list_tasks(tx, "handa", true))?.iter().map(|task| task.ending).collect();
        assert_eq!(endings, [Ending::Withdrawn, Ending::Exception(id)]);
        assert_eq!(settle(&["fix:A"], &Unwanted::default())?, (1, 0), "it comes back");
        Ok(())
    });
}

#[test]
fn an_assignment_is_witnessed_and_the_second_to_take_a_task_is_told_who_was_faster() {
    use governance::tasks::{AssignError, Assignment, Due, assign};
    on_each_database(&migrations(), |store| {
        add_evidence(store, "handa")?;
        let ledger = test_ledger()?;
        let wanted = [(key("fix:A"), Severity::High)].into();
        ledger.write::<_, LedgerError>(&store.database, NOW, |tx| {
            settle_tasks(tx, "handa", &wanted, &Default::default(), NOW)
        })?;
        let take = |owner, seen_owner, due| {
            let assignment = Assignment { id: 1, owner, due, seen_owner, who: owner };
            assign(&store.database, &ledger, "handa", &assignment, NOW)
        };
        let day = NOW.date_jst();
        take("佐藤", Some(""), Due::On(day))?;
        let late = take("伊藤", Some(""), Due::Keep);
        assert!(matches!(late, Err(AssignError::Changed { owner, .. }) if owner == "佐藤"));
        take("伊藤", None, Due::Keep)?;
        let task = store.database.read(|tx| governance::store::find_task(tx, "handa", 1))?.unwrap();
        assert_eq!((task.owner.as_str(), task.due_on), ("伊藤", Some(day)));
        let entries = store.database.read(|tx| ::store::ledger::list_entries(tx, None, 1))?;
        assert_eq!((entries[0].kind.as_str(), &entries[0].body["owner_before"]), ("task.assigned", &"佐藤".into()));
        let assignment = Assignment { id: 9, owner: "佐藤", due: Due::Open, seen_owner: None, who: "佐藤" };
        let unknown = assign(&store.database, &ledger, "handa", &assignment, NOW);
        assert!(matches!(unknown, Err(AssignError::Unknown { id: 9 })));
        Ok(())
    });
}
