//! The executive's page, decisions, and reports.

use base::{Severity, UtcSeconds};
use governance::exceptions::{Control, Exceptions, NewException};
use people::Role;
use people::session::Deputy;
use serde_json::Value;

use crate::house::{House, NOW, Person};

/// A house with one piece of evidence, number 1, and an assessment.
fn house() -> House {
    let house = House::empty();
    house.hand_in("minato", vec![("メモ.txt".to_owned(), "遮断の記録".into())]);
    house
}

fn executive(house: &House) -> Person<'_> {
    house.person("incho", "院長", &[("minato", Role::Executive)])
}

fn administrator(house: &House) -> Person<'_> {
    house.person("sato", "佐藤", &[("minato", Role::Administrator)])
}

fn check_of(house: &House, severity: Severity) -> String {
    let mut checks = house.office.installation.packs.checks.iter();
    checks.find(|check| check.severity == severity).unwrap().id.clone()
}

/// Asks for an exception in the name of `who`.
fn request(house: &House, severity: Severity, who: &str) -> i64 {
    let new = NewException {
        check: check_of(house, severity),
        subject: None,
        reason: "更新は<b>来春</b>".to_owned(),
        requested_by: who.to_owned(),
        expires_on: NOW.plus_days(30).date_jst(),
        controls: vec![Control { control: "回線を切り離している".to_owned(), evidence: 1 }],
    };
    let installation = &house.office.installation;
    let office =
        Exceptions { database: &installation.database, ledger: &installation.ledger, site: "minato", now: NOW };
    office.request_exception(&new, |_| true).unwrap()
}

/// Makes somebody the executive's deputy from today for so many days.
fn appoint(house: &House, person: &Person<'_>, first: UtcSeconds, last: UtcSeconds) {
    let deputy = Deputy {
        id: 0,
        site: "minato".to_owned(),
        role: Role::Executive,
        starts_on: first.date_jst(),
        ends_on: last.date_jst(),
        appointed_by: "incho（院長）".to_owned(),
    };
    let database = house.office.database();
    database.transaction(|tx| people::store::add_deputy(tx, person.id, &deputy, "出張", NOW)).unwrap();
}

/// Kind, who and body of every entry of this kind, newest first.
fn entries(house: &House, kind: &str) -> Vec<(String, Value)> {
    let entries = house.office.database().read(|tx| store::ledger::list_entries(tx, None, 500)).unwrap();
    entries.into_iter().filter(|entry| entry.kind == kind).map(|entry| (entry.who, entry.body)).collect()
}

fn approve(person: &Person<'_>, path: &str) -> crate::house::Answer {
    person.post(path, &[("outcome", "approved"), ("remark", "了解")])
}

/// The text between the tags of the page's own part.
fn visible(page: &str) -> String {
    let start = page.find("<main").unwrap();
    let end = page.find("</main>").unwrap();
    let mut text = String::new();
    let mut inside = false;
    for letter in page[start..end].chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    text
}

#[test]
fn before_the_first_assessment_the_page_says_what_to_do() {
    let house = House::empty();
    executive(&house).get("/s/minato/executive").expect(200).says("まだ判定がありません").says("/s/minato/today");
}

#[test]
fn the_page_of_a_demo_hospital_has_no_jargon_and_is_read_in_minutes() {
    let house = House::demo();
    for (site, lang) in [("minato", "ja"), ("sakuragawa", "ja"), ("minato", "en")] {
        let login = format!("exec-{site}-{lang}");
        let person = house.person(&login, "院長", &[(site, Role::Executive)]);
        if lang == "en" {
            let edit = people::store::AccountEdit {
                name: "CEO".to_owned(),
                department: String::new(),
                vendor: String::new(),
                lang: base::Lang::En,
                enabled: true,
            };
            house.office.database().transaction(|tx| people::store::update_account(tx, person.id, &edit)).unwrap();
        }
        let page = person.get(&format!("/s/{site}/executive")).expect(200).text();
        let text = visible(&page);
        for word in ["CVE-", "LDAP", "NTLM", "SMB", "LLMNR", "Kerberos", "⟦"] {
            assert!(!text.contains(word), "{word} in {text}");
        }
        let mut running = 0;
        for part in page.split("data-running>").skip(1) {
            let end =
                part.find("</ul>").into_iter().chain(part.find("</ol>")).chain(part.find("</div>")).min().unwrap();
            let part = format!("<main>{}</main>", &part[..end]);
            running += visible(&part).chars().filter(|c| !c.is_whitespace()).count();
        }
        let most = if lang == "ja" { 900 } else { 2_500 };
        assert!((100..=most).contains(&running), "{site} {lang}: {running}\n{text}");
        assert_eq!(page.matches("<li class=\"tile ").count(), 5);
    }
}

#[test]
fn the_page_shows_eighteen_items_with_who_vouches_and_every_denominator() {
    let house = House::demo();
    let person = house.person("exec-items", "院長", &[("minato", Role::Executive)]);
    let page = person.get("/s/minato/executive").expect(200).text();
    assert_eq!(page.matches("/checklists/executive-18/").count(), 18);
    assert!(page.contains("確かめた人") && page.contains(" 現在"));
    assert!(page.contains("<svg class=\"bar\"") && page.contains(" / "));
    assert!(!page.contains("1日より前の内容"));
}

#[test]
fn an_old_page_says_that_it_is_old() {
    struct Later(std::sync::atomic::AtomicI64);
    impl base::Clock for Later {
        fn now(&self) -> UtcSeconds {
            UtcSeconds(self.0.load(std::sync::atomic::Ordering::Relaxed))
        }
    }
    let clock = std::sync::Arc::new(Later(NOW.0.into()));
    let house = House::at(clock.clone());
    house.hand_in("minato", vec![("メモ.txt".to_owned(), "x".into())]);
    clock.0.fetch_add(26 * 3_600, std::sync::atomic::Ordering::Relaxed);
    let incho = executive(&house);
    incho.get("/s/minato/executive").expect(200).keeps_quiet_about("1日より前の内容");
    clock.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    incho.get("/s/minato/executive").expect(200).says("1日より前の内容");
}

#[test]
fn an_administrator_who_accepts_a_high_risk_is_denied_and_the_attempt_is_recorded() {
    let house = house();
    let sato = administrator(&house);
    let id = request(&house, Severity::Critical, "ito（伊藤）");
    let path = format!("/s/minato/decisions/exceptions/{id}");
    approve(&sato, &path).expect(403).says("data-rule=\"executive_only\"").says("記録に残りました");
    let denied = entries(&house, "decision.denied");
    assert_eq!((denied.len(), denied[0].0.as_str()), (1, "sato（佐藤）"));
    assert_eq!((&denied[0].1["exception"], &denied[0].1["class"]), (&id.into(), &"accept_high_risk".into()));
    assert!(entries(&house, "decision.made").is_empty() && entries(&house, "exception.approved").is_empty());
    sato.get("/s/minato/decisions").expect(200).says("決裁待ち 1件");
}

#[test]
fn whoever_may_not_decide_is_denied_whatever_their_role() {
    let house = house();
    let id = request(&house, Severity::Medium, "ito（伊藤）");
    let path = format!("/s/minato/decisions/exceptions/{id}");
    for (name, role) in [("auditor", Role::Auditor), ("staff", Role::Staff), ("vendor", Role::Vendor)] {
        let person = house.person(&format!("the-{name}"), name, &[("minato", role)]);
        match role {
            Role::Auditor => approve(&person, &path).expect(403).says("data-rule=\"not_yours\""),
            // Whether there is such a request is not theirs to know.
            _ => approve(&person, &path).expect(404).keeps_quiet_about("data-rule"),
        };
    }
    assert_eq!(entries(&house, "decision.denied").len(), 3);
}

#[test]
fn a_deputy_decides_and_the_ledger_says_in_whose_place() {
    let house = house();
    let fuku = house.person("fuku", "副院長", &[("minato", Role::Staff)]);
    appoint(&house, &fuku, NOW, NOW.plus_days(3));
    let id = request(&house, Severity::Critical, "ito（伊藤）");
    let path = format!("/s/minato/decisions/exceptions/{id}");
    fuku.get(&path).expect(200).says("承認する").says("更新は&#60;b&#62;来春");
    let answer = approve(&fuku, &path).expect(303);
    assert_eq!(answer.location(), "/s/minato/decisions");
    let made = entries(&house, "decision.made");
    assert_eq!((made[0].0.as_str(), &made[0].1["deputy_for"]), ("fuku（副院長）", &"incho（院長）".into()));
    fuku.get("/s/minato/decisions").expect(200).says("fuku（副院長）（incho（院長） の代行）");
    let waiting = house.office.database().read(store::jobs::count).unwrap();
    house.work();
    let done = house.office.database().read(store::jobs::count).unwrap();
    assert_eq!(done.done, waiting.done + 1, "the site is assessed anew");
}

#[test]
fn a_deputy_of_yesterday_does_not_decide() {
    let house = house();
    let fuku = house.person("fuku", "副院長", &[("minato", Role::Administrator)]);
    appoint(&house, &fuku, NOW.plus_days(-3), NOW.plus_days(-1));
    let id = request(&house, Severity::Critical, "ito（伊藤）");
    approve(&fuku, &format!("/s/minato/decisions/exceptions/{id}")).expect(403).says("data-rule=\"executive_only\"");
}

#[test]
fn whoever_asked_does_not_decide() {
    let house = house();
    let both = house.person("both", "兼務", &[("minato", Role::Administrator), ("minato", Role::Executive)]);
    let id = request(&house, Severity::Medium, "both（兼務）");
    approve(&both, &format!("/s/minato/decisions/exceptions/{id}")).expect(403).says("data-rule=\"own_request\"");
    assert_eq!(entries(&house, "decision.denied")[0].1["rule"], "own_request");
}

#[test]
fn a_light_exception_is_approved_by_an_administrator_who_did_not_ask() {
    let house = house();
    let id = request(&house, Severity::Medium, "ito（伊藤）");
    approve(&administrator(&house), &format!("/s/minato/decisions/exceptions/{id}")).expect(303);
    assert_eq!(entries(&house, "exception.approved").len(), 1);
}

#[test]
fn the_page_says_of_who_may_decide_what_the_rule_says() {
    let house = house();
    let id = request(&house, Severity::Medium, "ito（伊藤）");
    // What the last assessment left knows nothing of this check.
    let part = format!("check/{}", check_of(&house, Severity::Medium));
    let sql = "DELETE FROM snapshot_part WHERE part = $1";
    house.office.database().transaction(|tx| tx.execute(sql, &[part.as_str().into()])).unwrap();
    let sato = administrator(&house);
    let path = format!("/s/minato/decisions/exceptions/{id}");
    sato.get(&path).expect(200).says("承認する");
    sato.get("/s/minato/decisions").expect(200).says("申請者でない管理者も決められます");
    approve(&sato, &path).expect(303);
}

#[test]
fn the_second_to_decide_is_told_who_was_faster() {
    let house = house();
    let incho = executive(&house);
    let rijicho = house.person("rijicho", "理事長", &[("minato", Role::Executive)]);
    let id = request(&house, Severity::High, "ito（伊藤）");
    let path = format!("/s/minato/decisions/exceptions/{id}");
    incho.post(&path, &[("outcome", "refused"), ("remark", "")]).expect(400).says("決めた理由");
    incho.post(&path, &[("outcome", "refused"), ("remark", "先に直す")]).expect(303);
    approve(&rijicho, &path).expect(409).says("incho（院長）");
    assert_eq!(entries(&house, "decision.made").len(), 1);
    incho.get("/s/minato/decisions").expect(200).says("認めない").says("先に直す");
}

#[test]
fn an_administrator_asks_and_the_executive_chooses() {
    let house = house();
    let (sato, incho) = (administrator(&house), executive(&house));
    let fields = [
        ("class", "stop_service"),
        ("question", "外部回線を<i>止める</i>か\u{202e}"),
        ("reason", "不審な通信がある"),
        ("options", "全部止める\n給食だけ止める\n"),
        ("due_on", "R8.11.21"),
    ];
    for _ in 0..2 {
        sato.post("/s/minato/decisions", &fields).expect(303);
    }
    sato.get("/s/minato/decisions").expect(200).says("決裁待ち 1件");
    let page = incho.get("/s/minato/executive").expect(200);
    page.says("外部回線を&#60;i&#62;止める&#60;/i&#62;か").keeps_quiet_about("\u{202e}");
    incho.get("/s/minato/decisions/1").expect(200).says("給食だけ止める");
    approve(&sato, "/s/minato/decisions/1").expect(403).says("data-rule");
    approve(&incho, "/s/minato/decisions/1").expect(400).says("選択肢から");
    let word = [("outcome", "approved"), ("choice", "給食だけ止める"), ("remark", "")];
    incho.post("/s/minato/decisions/1", &word).expect(303);
    assert_eq!(entries(&house, "decision.made")[0].1["choice"], "給食だけ止める");
    incho.post("/s/minato/decisions/1", &word).expect(409);
}

#[test]
fn what_makes_no_sense_is_not_asked() {
    let house = house();
    let sato = administrator(&house);
    let good = [("class", "publish"), ("question", "公表するか"), ("reason", "報道"), ("due_on", "2026-11-30")];
    let with = |name: &str, value: &str| {
        let mut fields = good;
        for (found, slot) in &mut fields {
            if *found == name {
                *slot = Box::leak(value.to_owned().into_boxed_str());
            }
        }
        sato.post("/s/minato/decisions", &fields).status.as_u16()
    };
    for (name, value) in [
        ("class", "lunch"),
        ("question", " "),
        ("reason", &"長".repeat(2_001)),
        ("due_on", "きのう"),
        ("due_on", "2026-11-19"),
        ("due_on", "2028-01-01"),
    ] {
        assert_eq!(with(name, value), 400, "{name} {value:.20}");
    }
    assert_eq!(with("reason", &"x".repeat(10 << 20)), 413);
    assert_eq!(with("class", "publish"), 303);
    sato.get("/s/minato/decisions/99").expect(404);
    sato.get("/s/minato/decisions/x").expect(404);
    sato.get("/s/minato/decisions/exceptions/99").expect(404);
    approve(&sato, "/s/minato/decisions/99").expect(404);
}

#[test]
fn a_double_click_makes_one_report_which_can_be_taken_home() {
    let house = house();
    let incho = executive(&house);
    let auditor = house.person("kansa", "監査", &[("minato", Role::Auditor)]);
    auditor.post("/s/minato/reports", &[]).expect(403);
    for _ in 0..2 {
        incho.post("/s/minato/reports", &[]).expect(303);
    }
    incho.get("/s/minato/reports").expect(200).says("data-live").says("作成中");
    house.work();
    let page = auditor.get("/s/minato/reports").expect(200).keeps_quiet_about("data-live").text();
    assert_eq!(page.matches("できました").count(), 1);
    let made = entries(&house, "report.made");
    assert_eq!((made.len(), made[0].0.as_str()), (1, "incho（院長）"));
    for name in ["report.html", "report.xlsx", "report.json", "checklist.html"] {
        let answer = auditor.get(&format!("/s/minato/reports/1/{name}")).expect(200);
        let disposition = answer.headers["content-disposition"].to_str().unwrap();
        // The name says whose report it is and of which day.
        let day = NOW.date_jst();
        assert!(disposition.starts_with("attachment") && disposition.contains(&format!("_{day}.")), "{disposition}");
        let hash = base::ContentHash::of(&answer.bytes).to_string();
        let files = made[0].1["files"].as_array().unwrap();
        assert!(files.iter().any(|file| file["name"] == name && file["blob"] == hash), "{name}");
    }
    let installation = &house.office.installation;
    let key = installation.ledger.public_key();
    let found = store::ledger::verify(&installation.database, &installation.blobs, &key, &[]).unwrap();
    assert!(found.is_sound(), "{:?}", found.problems);
    let has_pdf = page.contains("report.pdf\"");
    assert!(has_pdf || page.contains("PDF"), "a PDF that is missing is explained");
    incho.get("/s/minato/reports/1/ledger-key.pem").expect(404);
    incho.get("/s/minato/reports/2/report.html").expect(404);
    incho.post("/s/minato/reports", &[]).expect(303);
    incho.get("/s/minato/reports").expect(200).says("作成中");
}

#[test]
fn a_report_that_was_interrupted_leaves_nothing_half_done_and_is_made_once() {
    let house = house();
    executive(&house).post("/s/minato/reports", &[]).expect(303);
    let workers = office::workers();
    let worker = workers.iter().find(|worker| worker.kind() == "office.report").unwrap();
    let run = || worker.run(&house.office.installation, r#"{"site":"minato","report":1}"#);
    let blobs = house.office.installation.settings.data.join("blobs");
    let away = house.office.installation.settings.data.join("away");
    std::fs::rename(&blobs, &away).unwrap();
    std::fs::write(&blobs, "not a folder").unwrap();
    assert!(run().is_err());
    assert!(entries(&house, "report.made").is_empty());
    let incho = house.person("incho2", "院長", &[("minato", Role::Executive)]);
    incho.get("/s/minato/reports").expect(200).says("作成中").keeps_quiet_about("できました");
    std::fs::remove_file(&blobs).unwrap();
    std::fs::rename(&away, &blobs).unwrap();
    run().unwrap();
    run().unwrap();
    assert_eq!(entries(&house, "report.made").len(), 1);
    worker.run(&house.office.installation, r#"{"site":"minato","report":9}"#).unwrap();
    worker.run(&house.office.installation, r#"{"site":"elsewhere","report":1}"#).unwrap();
    assert_eq!(entries(&house, "report.made").len(), 1);
}

#[test]
fn the_same_denied_attempt_is_recorded_once_a_day() {
    let house = house();
    let (vendor, staff) = (
        house.person("gyosha", "業者", &[("minato", Role::Vendor)]),
        house.person("ito", "伊藤", &[("minato", Role::Staff)]),
    );
    let id = request(&house, Severity::Critical, "sato（佐藤）");
    let path = format!("/s/minato/decisions/exceptions/{id}");
    for _ in 0..5 {
        approve(&vendor, &path).expect(404).keeps_quiet_about("data-rule");
    }
    approve(&staff, &path).expect(404);
    let other = format!("/s/minato/decisions/exceptions/{}", request(&house, Severity::Medium, "sato（佐藤）"));
    approve(&vendor, &other).expect(404);
    assert_eq!(entries(&house, "decision.denied").len(), 3);
}

/// Every address of our own that a page leads to.
fn addresses(page: &str) -> Vec<String> {
    let text = page.split("<main").nth(1).unwrap_or_default();
    let found = text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    found.filter(|path| path.starts_with("/s/")).map(|path| path.replace("&#38;", "&").replace("&amp;", "&")).collect()
}

#[test]
fn an_executive_gets_from_every_answer_to_its_evidence_and_meets_no_closed_door() {
    let house = House::demo();
    let chief = house.person("drill", "院長 二郎", &[("minato", Role::Executive)]);
    let mut open: Vec<String> =
        ["executive", "checks/LAP-00", "checks/INV-02", "checklists/mhlw-r7-hospital/R7-2-8", "documents"]
            .map(|page| format!("/s/minato/{page}"))
            .into();
    open.push("/s/minato/search?q=windows".to_owned());
    let database = house.office.database();
    let task = database.read(|tx| governance::store::list_tasks(tx, "minato", false)).unwrap()[0].id;
    open.push(format!("/s/minato/tasks/{task}"));
    let (mut seen, mut kinds) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
    while let Some(path) = open.pop() {
        if seen.len() >= 150 {
            break;
        }
        // A few of each sort.
        let kind = path.split('?').next().unwrap().chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
        let kind: String =
            kind.split('/').take(if kind.contains("/subjects/") { 5 } else { 4 }).collect::<Vec<_>>().join("/");
        if !seen.insert(path.clone()) || seen.iter().filter(|one| one.starts_with(&kind)).count() > 12 {
            continue;
        }
        let answer = chief.get(&path);
        assert!(matches!(answer.status.as_u16(), 200 | 303), "{path}: {}", answer.status);
        for part in ["/subjects/asset/", "/evidence/", "/view", "/checks/", "/tasks/"] {
            if path.contains(part) {
                kinds.insert(part);
            }
        }
        open.extend(addresses(&answer.text()));
    }
    assert_eq!(kinds.len(), 5, "{kinds:?}");
    for list in ["evidence", "subjects/asset", "tasks", "evidence/1/download", "audit"] {
        chief.get(&format!("/s/minato/{list}")).expect(403);
    }
}
