//! The IT desk: what to do today, and tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use base::{Clock, UtcSeconds};
use governance::exceptions::{Control, ExceptionState, Exceptions, NewException};
use people::Role;
use store::jobs::{self, NewJob};

use crate::house::{House, NOW, Person};

struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> UtcSeconds {
        UtcSeconds(self.0.load(Ordering::Relaxed))
    }
}

impl Hands {
    fn forward(&self, days: i64) {
        self.0.fetch_add(days * 86_400, Ordering::Relaxed);
    }
}

const LEDGER: &str = "管理番号,ホスト名,設置場所\nA-0001,PC-01,外来\n";

/// A house with one ledger kept by hand, assessed.
fn house() -> House {
    let house = House::empty();
    house.hand_in("minato", vec![("台帳.csv".to_owned(), LEDGER.into())]);
    house
}

fn administrator<'h>(house: &'h House, login: &str, name: &str) -> Person<'h> {
    house.person(login, name, &[("minato", Role::Administrator)])
}

/// Number of the first task on today's page.
fn first_task(person: &Person<'_>) -> i64 {
    let page = person.get("/s/minato/today").expect(200).text();
    let (_, rest) = page.split_once("href=\"/s/minato/tasks/").unwrap();
    rest.split_once('"').unwrap().0.parse().unwrap()
}

fn entries(house: &House, kind: &str) -> Vec<(String, serde_json::Value)> {
    let entries = house.office.database().read(|tx| store::ledger::list_entries(tx, None, 500)).unwrap();
    entries.into_iter().filter(|entry| entry.kind == kind).map(|entry| (entry.who, entry.body)).collect()
}

#[test]
fn a_new_site_is_told_its_first_steps_in_order() {
    let house = House::empty();
    let sato = administrator(&house, "sato", "佐藤");
    let page = sato.get("/s/minato/today").expect(200).says("はじめにすること").text();
    let places = ["書き出しを作る", "/s/minato/import\">取り込む", "/s/minato/unknown\">", "/s/minato/checklists\">"];
    let main = &page[page.find("<main").unwrap()..];
    let places: Vec<usize> = places.iter().map(|text| main.find(text).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn at_most_seven_things_are_named_doors_to_the_outside_first() {
    let house = House::demo();
    let desk = administrator(house, "desk-demo", "佐藤");
    let page = desk.get("/s/minato/today").expect(200).text();
    let list = page.split_once("<ol class=\"todo\">").unwrap().1.split_once("</ol>").unwrap().0;
    let things: Vec<&str> = list.split("<li>").skip(1).collect();
    assert_eq!(things.len(), 7);
    assert!(things[0].contains("/s/minato/checks/EXT-") && things[0].contains("badge danger"), "{}", things[0]);
    for thing in &things {
        assert!(thing.contains("次にすること") && thing.contains("/s/minato/tasks/"), "{thing}");
        assert!(thing.contains("私がやります"), "{thing}");
    }
    for text in ["見守りを始めた日", "令和8年11月20日", "最後に届いたもの", "ほかに"] {
        assert!(page.contains(text), "{text}");
    }
    let auditor = house.person("desk-auditor", "監査", &[("minato", Role::Auditor)]);
    auditor.get("/s/minato/today").expect(200).says("次にすること").keeps_quiet_about("私がやります");
    house.person("desk-staff", "職員", &[("minato", Role::Staff)]).get("/s/minato/today").expect(403);
}

#[test]
fn whoever_takes_a_task_first_does_it() {
    let house = house();
    let (sato, ito) = (administrator(&house, "sato", "佐藤"), administrator(&house, "ito", "伊藤"));
    let id = first_task(&sato);
    let path = format!("/s/minato/tasks/{id}/take");
    for _ in 0..2 {
        assert_eq!(sato.post(&path, &[]).expect(303).location(), "/s/minato/today");
    }
    ito.post(&path, &[]).expect(409).says("佐藤");
    let assigned = entries(&house, "task.assigned");
    assert_eq!((assigned.len(), assigned[0].0.as_str()), (1, "sato（佐藤）"));
    ito.get("/s/minato/today").expect(200).says("担当: 佐藤");
    house.person("kansa", "監査", &[("minato", Role::Auditor)]).post(&path, &[]).expect(403);
}

#[test]
fn a_task_shows_why_its_history_and_what_closes_it_but_no_way_to_close_it() {
    let house = house();
    let sato = administrator(&house, "sato", "佐藤");
    let id = first_task(&sato);
    let path = format!("/s/minato/tasks/{id}");
    let fields = [("owner", "<b>業者</b>\u{202e}"), ("due_on", "R8.11.10"), ("seen_owner", "")];
    sato.post(&path, &fields).expect(303);
    let page = sato.get(&path).expect(200).says("これを完了にするには").says("/s/minato/import").says("経過");
    let page = page.says("&#60;b&#62;業者&#60;/b&#62;").says("期限を過ぎています").says("令和8年11月10日");
    let page = page.keeps_quiet_about("\u{202e}").says("sato（佐藤） が担当を").text();
    assert_eq!(page.matches("<form method=\"post\" action=\"/s/").count(), 1);
    sato.post(&path, &fields).expect(409);
    sato.get("/s/minato/tasks").expect(200).says("期限を過ぎています");
    let entry = &entries(&house, "task.assigned")[0].1;
    assert_eq!((&entry["due_on"], &entry["owner"]), (&"2026-11-10".into(), &"<b>業者</b>".into()));
}

#[test]
fn what_makes_no_sense_is_not_assigned() {
    let house = house();
    let sato = administrator(&house, "sato", "佐藤");
    let id = first_task(&sato);
    let path = format!("/s/minato/tasks/{id}");
    for day in ["きのう", "2199-12-31", "1900-01-01", "<b>"] {
        sato.post(&path, &[("owner", "佐藤"), ("due_on", day), ("seen_owner", "")]).expect(400);
    }
    sato.post(&path, &[("owner", &"長".repeat(10 << 20))]).expect(413);
    for path in ["/s/minato/tasks/999", "/s/minato/tasks/x", "/s/minato/tasks/-1"] {
        sato.get(path).expect(404);
        sato.post(path, &[("owner", "佐藤")]).expect(404);
        sato.post(&format!("{path}/take"), &[]).expect(404);
    }
    assert!(entries(&house, "task.assigned").is_empty());
}

#[test]
fn tasks_are_filtered_sorted_and_exported() {
    let house = House::demo();
    let desk = administrator(house, "desk-list", "佐藤");
    desk.get("/s/minato/tasks").expect(200).says("未完了").says("緊急");
    desk.get("/s/minato/tasks?severity=critical")
        .expect(200)
        .says("緊急")
        .keeps_quiet_about("<span class=\"badge caution\">中");
    desk.get("/s/minato/tasks?state=closed&q=%00&sort=what&page=9").expect(200);
    let answer = desk.get("/s/minato/tasks?format=csv&severity=critical").expect(200);
    let text = answer.text();
    assert!(text.contains("やること") && text.lines().count() > 1, "{text}");
    assert!(!text.contains(",低,"), "{text}");
}

#[test]
fn what_ends_grows_old_or_failed_is_named() {
    let clock = Arc::new(Hands(NOW.0.into()));
    let house = House::at(clock.clone());
    house.hand_in("minato", vec![("台帳.csv".to_owned(), LEDGER.into())]);
    let new = NewException {
        check: house.office.installation.packs.checks[0].id.clone(),
        subject: None,
        reason: "来春".to_owned(),
        requested_by: "ito".to_owned(),
        expires_on: NOW.plus_days(100).date_jst(),
        controls: vec![Control { control: "隔離".to_owned(), evidence: 1 }],
    };
    let installation = &house.office.installation;
    let office =
        Exceptions { database: &installation.database, ledger: &installation.ledger, site: "minato", now: NOW };
    let id = office.request_exception(&new, |_| true).unwrap();
    office.decide_exception(id, ExceptionState::Approved, "院長").unwrap();
    let quiet = administrator(&house, "sato", "佐藤").get("/s/minato/today").expect(200);
    quiet.keeps_quiet_about("古くなります").keeps_quiet_about("例外が 令和");
    clock.forward(90);
    let later = house.office.installation.now();
    house
        .office
        .database()
        .transaction::<_, store::StoreError>(|tx| {
            for site in ["minato", "elsewhere"] {
                let payload = format!("{{\"site\":\"{site}\"}}");
                let job = NewJob { kind: "office.report", payload: &payload, run_at: later, dedupe_key: None };
                jobs::enqueue(tx, &job, later)?;
            }
            Ok(())
        })
        .unwrap();
    for attempt in 0..20 {
        let at = UtcSeconds(later.0 + attempt * 3_600);
        while let Some(job) = jobs::claim(&installation.database, &["office.report"], "t", at, 60).unwrap() {
            installation.database.transaction(|tx| jobs::fail(tx, &job, "disk", at)).unwrap();
        }
    }
    let sato = administrator(&house, "sato2", "佐藤");
    let page = sato.get("/s/minato/today").expect(200).says("資産台帳があと 10 日で古くなります").says("失敗");
    let page = page.says("例外が 令和9年2月28日").text();
    assert_eq!(page.matches("報告書が作れませんでした").count(), 1, "{page}");
    clock.forward(11);
    administrator(&house, "sato3", "佐藤").get("/s/minato/today").expect(200).says("資産台帳は古くなり");
}

#[test]
fn what_was_looked_at_is_counted_by_the_month() {
    let hands = Arc::new(Hands(AtomicI64::new(NOW.0)));
    let house = House::at(Arc::clone(&hands) as Arc<dyn Clock>);
    house.hand_in("minato", vec![("台帳.csv".to_owned(), LEDGER.into())]);
    let count = |login: &str| {
        let page = administrator(&house, login, "佐藤").get("/s/minato/today").expect(200).text();
        let behind = page.split_once("今月、状態を確かめたもの").unwrap().1.split_once(" 件").unwrap().0.to_owned();
        behind.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap().to_owned()
    };
    assert_eq!(count("sato"), "1");
    hands.forward(31);
    assert_eq!(count("ito"), "0", "nothing came this month");
}
