//! The same for programs. Every answer here is held against the description.

use axum::http::Method;
use people::Role;
use people::account::Login;
use people::store::{AccountEdit, NewApiToken, add_account, add_api_token, add_membership, revoke_api_token};
use serde_json::Value;
use web::Needs;

use crate::house::{Answer, House, NOW};

/// A program with a token.
struct Program<'h> {
    house: &'h House,
    token: String,
    document: Value,
}

impl House {
    fn program(&self, login: &str, site: &str, role: Role, may_write: bool) -> Program<'_> {
        let token = people::new_token(&*self.office.frame.randomness);
        self.office
            .database()
            .transaction::<_, store::StoreError>(|tx| {
                let edit = AccountEdit {
                    name: login.to_owned(),
                    department: String::new(),
                    vendor: String::new(),
                    lang: base::Lang::Ja,
                    enabled: true,
                };
                let account = add_account(tx, &Login::new(login).unwrap(), &edit, NOW)?;
                add_membership(tx, account, site, role, "test", NOW)?;
                let expires_at = NOW.plus_days(30);
                add_api_token(
                    tx,
                    &NewApiToken { name: "t", token: &token, account, site, may_write, expires_at },
                    NOW,
                )?;
                Ok(())
            })
            .unwrap();
        let document = serde_json::from_slice(&self.get("/api/v1/openapi.json").expect(200).bytes).unwrap();
        Program { house: self, token, document }
    }
}

impl Program<'_> {
    fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let mut all = vec![("authorization", bearer.as_str())];
        all.extend_from_slice(headers);
        let answer = self.house.send(method.clone(), path, &all, body);
        assert!(self.is_documented(&method, path, answer.status.as_u16()), "{method} {path}: {answer:?}");
        answer
    }

    fn is_documented(&self, method: &Method, path: &str, status: u16) -> bool {
        let path = path.split('?').next().unwrap();
        let fits = |pattern: &str| {
            let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
            pattern.len() == path.len()
                && pattern.iter().zip(&path).all(|(wanted, found)| wanted.starts_with('{') || wanted == found)
        };
        let paths = self.document["paths"].as_object().unwrap();
        paths.iter().filter(|(pattern, _)| fits(pattern)).any(|(_, operations)| {
            operations[method.as_str().to_lowercase()]["responses"].get(status.to_string()).is_some()
        })
    }

    fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Vec::new())
    }

    fn json(&self, path: &str) -> Value {
        serde_json::from_slice(&self.get(path).expect(200).bytes).unwrap()
    }

    fn hand_in(&self, query: &str, bytes: &[u8]) -> Answer {
        let path = format!("/api/v1/sites/minato/evidence?{query}");
        self.send(Method::POST, &path, &[("content-type", "application/octet-stream")], bytes.to_vec())
    }
}

#[test]
fn the_description_has_exactly_the_routes_there_are() {
    let house = House::empty();
    let document: Value = serde_json::from_slice(&house.get("/api/v1/openapi.json").expect(200).bytes).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut described: Vec<String> = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            described.push(format!("{} {path}", method.to_uppercase()));
            let statuses: Vec<&String> = operation["responses"].as_object().unwrap().keys().collect();
            let wanted: &[&str] =
                if path.ends_with("openapi.json") { &["200"] } else { &["400", "401", "403", "404", "503"] };
            for status in wanted {
                assert!(statuses.iter().any(|found| found == status), "{method} {path} lacks {status}");
            }
        }
    }
    let mut routes: Vec<String> = office::routes()
        .list()
        .into_iter()
        .filter(|(_, path, _)| path.starts_with("/api/"))
        .map(|(method, path, needs)| {
            assert!(
                matches!(needs, Needs::TokenRead | Needs::TokenWrite) || path.ends_with("openapi.json"),
                "{path} needs no token"
            );
            format!("{method} {path}")
        })
        .collect();
    described.sort();
    routes.sort();
    assert_eq!(described, routes);
}

#[test]
fn a_token_for_one_site_learns_nothing_of_another() {
    let house = House::demo();
    let program = house.program("api-one-site", "minato", Role::Auditor, false);
    assert_eq!(program.json("/api/v1/sites")["sites"].as_array().unwrap().len(), 1);
    for path in ["", "/findings", "/evidence", "/evidence/1", "/tasks", "/jobs", "/subjects/asset", "/checks/LAP-00"] {
        for site in ["sakuragawa", "nowhere", "%ff", "%00"] {
            program.get(&format!("/api/v1/sites/{site}{path}")).expect(404).says("http-not-found");
        }
    }
    // Evidence of another site by its number.
    let others = house
        .office
        .database()
        .read(|tx| evidence::store::list_evidence(tx, "sakuragawa"))
        .unwrap()
        .first()
        .unwrap()
        .id;
    program.get(&format!("/api/v1/sites/minato/evidence/{others}")).expect(404);
    program.get(&format!("/api/v1/sites/minato/evidence/{others}/bytes")).expect(404);
}

#[test]
fn the_role_of_the_account_decides_what_its_token_may() {
    let house = House::empty();
    for (name, role) in Role::ALL {
        let program = house.program(&format!("api-{name}"), "minato", role, true);
        let may_read = matches!(role, Role::Administrator | Role::Auditor);
        let read = program.get("/api/v1/sites/minato").status.as_u16();
        assert_eq!(read, if may_read { 200 } else { 403 }, "{name}");
        let write = program.hand_in("name=a.txt", b"nothing").status.as_u16();
        assert_eq!(write, if role == Role::Administrator { 201 } else { 403 }, "{name}");
    }
    let reader = house.program("api-reader", "minato", Role::Administrator, false);
    reader.hand_in("name=a.txt", b"nothing").expect(403);
    reader.send(Method::POST, "/api/v1/sites/minato/assessments", &[], Vec::new()).expect(403);
}

#[test]
fn a_token_that_is_unknown_over_or_taken_back_opens_nothing() {
    let house = House::empty();
    let program = house.program("api-revoked", "minato", Role::Auditor, false);
    program.get("/api/v1/sites").expect(200);
    house.office.database().transaction(|tx| revoke_api_token(tx, "minato", 1, "test", NOW)).unwrap();
    program.get("/api/v1/sites").expect(401).says("http-no-token");
    for bearer in ["", "Bearer ", "Bearer x", "Basic dTpw"] {
        let answer = house.send(Method::GET, "/api/v1/sites", &[("authorization", bearer)], Vec::new());
        answer.expect(401);
    }
    // A session of a browser is no token.
    let admin = house.person("browser", "管理者", &[("minato", Role::Administrator)]);
    admin.get("/api/v1/sites").expect(401);
}

#[test]
fn what_the_pages_say_is_there_for_programs_too() {
    let house = House::demo();
    let program = house.program("api-reads", "minato", Role::Auditor, false);
    let head = program.json("/api/v1/sites/minato");
    let counts = &head["checklists"][0]["counts"];
    assert!(counts["total"].as_u64().unwrap() > 10);
    assert!(head["made_at"].as_str().unwrap().ends_with('Z'));
    let id = head["checklists"][0]["id"].as_str().unwrap();
    let checklist = program.json(&format!("/api/v1/sites/minato/checklists/{id}"));
    let items = checklist["items"].as_array().unwrap();
    let proved = items.iter().filter(|item| item["verdict"] == "proved").count();
    assert_eq!(proved as u64, counts["proved"].as_u64().unwrap());
    assert!(items.iter().any(|item| !item["evidence"].as_array().unwrap().is_empty()));
    assert_eq!(program.json("/api/v1/sites/minato/checks/LAP-00")["id"], "LAP-00");
    assert!(!program.json("/api/v1/sites/minato/tasks?limit=500")["tasks"].as_array().unwrap().is_empty());
    assert!(program.json("/api/v1/sites/minato/jobs")["failed"].as_i64().unwrap() == 0);
    assert!(program.json("/api/v1/sites/minato/unknown")["asks"].is_array());
    program.get("/api/v1/sites/minato/checklists/none").expect(404);
    program.get("/api/v1/sites/minato/checks/none").expect(404);
}

#[test]
fn pages_hand_out_everything_once() {
    let house = House::demo();
    let program = house.program("api-pages", "minato", Role::Auditor, false);
    for (path, list) in [("evidence", "evidence"), ("findings", "findings"), ("subjects/asset", "subjects")] {
        let whole = program.json(&format!("/api/v1/sites/minato/{path}?limit=500"))[list].as_array().unwrap().clone();
        let (mut seen, mut after) = (Vec::new(), 0);
        loop {
            let page = program.json(&format!("/api/v1/sites/minato/{path}?limit=7&after={after}"));
            seen.extend(page[list].as_array().unwrap().clone());
            let Some(next) = page["next"].as_i64() else { break };
            after = next;
            if seen.len() >= whole.len() {
                break;
            }
        }
        assert!(whole.len() > 7, "{path}");
        assert_eq!(seen.len().min(500), whole.len().max(seen.len().min(500)), "{path}");
        assert_eq!(seen[..whole.len()], whole[..], "{path}");
    }
}

#[test]
fn a_query_that_makes_no_sense_is_refused() {
    let house = House::demo();
    let program = house.program("api-nonsense", "minato", Role::Auditor, false);
    let words = "x".repeat(201);
    for (path, query) in [
        ("evidence", "limit=0"),
        ("evidence", "limit=501"),
        ("evidence", "limit=-1"),
        ("evidence", "after=x"),
        ("evidence", "after=99999999999999999999"),
        ("evidence", "limit=1&limit=2"),
        ("subjects/asset", &format!("q={words}")),
    ] {
        program.get(&format!("/api/v1/sites/minato/{path}?{query}")).expect(400).says("api-bad-query");
    }
    program.get("/api/v1/sites/minato/subjects/asset?q=%00%25_%5C").expect(200);
    for path in ["subjects/nothing", "subjects/asset/none", "evidence/x", "evidence/999999999", "evidence/-1"] {
        program.get(&format!("/api/v1/sites/minato/{path}")).expect(404);
    }
}

#[test]
fn a_fact_comes_with_its_evidence_its_place_and_its_age() {
    let house = House::demo();
    let program = house.program("api-facts", "minato", Role::Auditor, false);
    let subjects = program.json("/api/v1/sites/minato/subjects/asset?limit=500");
    let mut concluded = 0;
    for line in subjects["subjects"].as_array().unwrap().iter().take(12) {
        let id = web::visit::encode_segment(line["id"].as_str().unwrap());
        let one = program.json(&format!("/api/v1/sites/minato/subjects/asset/{id}"));
        let facts = one["facts"].as_array().unwrap();
        assert!(!facts.is_empty());
        for fact in facts {
            assert!(fact["evidence"].as_i64().unwrap() > 0, "{fact}");
            assert!(!fact["file"].as_str().unwrap().is_empty(), "{fact}");
            assert!(fact["stale"].is_boolean() && fact["age_days"].is_i64());
            concluded += usize::from(fact["concluded"] == true);
            if fact["concluded"] == false {
                assert!(!fact["place"].as_str().unwrap().is_empty(), "{fact}");
            }
        }
    }
    assert!(concluded > 0);
}

#[test]
fn what_is_handed_in_is_there_with_its_bytes_and_known_the_second_time() {
    let house = House::empty();
    let program = house.program("api-writes", "minato", Role::Administrator, true);
    let ledger = "管理番号,ホスト名,IPアドレス\nA-0001,ehr-db01,10.0.0.1\n".as_bytes();
    let preview = program.hand_in("name=ledger.csv&preview=true", ledger).expect(200);
    preview.says("\"state\":\"previewed\"").says("\"evidence\":null");
    let stored = program.hand_in("name=ledger.csv", ledger).expect(201);
    let receipts: Value = serde_json::from_slice(&stored.bytes).unwrap();
    assert_eq!(receipts["receipts"][0]["state"], "applied");
    let id = receipts["receipts"][0]["evidence"].as_i64().unwrap();
    program.hand_in("name=ledger.csv", ledger).expect(200).says("\"state\":\"known\"");
    assert_eq!(program.get(&format!("/api/v1/sites/minato/evidence/{id}/bytes")).expect(200).bytes, ledger);
    let one = program.json(&format!("/api/v1/sites/minato/evidence/{id}"));
    assert_eq!(one["name"], "ledger.csv");
    assert!(one["who"].as_str().unwrap().starts_with("api-writes"));
    assert!(one["who"].as_str().unwrap().ends_with("[API: t]"), "a program is not the person");
    program.send(Method::POST, "/api/v1/sites/minato/assessments", &[], Vec::new()).expect(202);
    house.work();
    assert!(program.json("/api/v1/sites/minato")["made_at"].is_string());
}

#[test]
fn a_program_answers_in_nobodys_name() {
    let house = House::empty();
    let program = house.program("api-writes", "minato", Role::Administrator, true);
    let text = "mamori_statement = 1\nkind = \"checklist_answers\"\ntitle = \"t\"\n\n[[claim]]\nitem = \"EX-2\"\n\
                answer = \"yes\"\nby = \"exec1（Exec One）\"\n";
    let refused = program.hand_in("name=scan.toml", text.as_bytes()).expect(422);
    refused.says("\"state\":\"unreadable\"").says("\"facts\":0");
    let paper = "mamori_statement = 1\nkind = \"stocktaking_record\"\ntitle = \"規程\"\nsigned_by = \"院長\"\n";
    program.hand_in("name=paper.toml", paper.as_bytes()).expect(201);
    let list = house.person("sato", "佐藤", &[("minato", Role::Administrator)]).get("/s/minato/documents").expect(200);
    list.says("院長（api-writes");
}

#[test]
fn bytes_that_a_program_takes_stand_in_the_ledger_and_damaged_ones_are_not_handed_out() {
    let house = House::empty();
    let program = house.program("api-takes", "minato", Role::Administrator, true);
    program.hand_in("name=a.txt", b"nothing much").expect(201);
    let path = "/api/v1/sites/minato/evidence/1/bytes";
    assert_eq!(program.get(path).expect(200).bytes, b"nothing much");
    let newest = || {
        let entries = house.office.database().read(|tx| store::ledger::list_entries(tx, None, 1)).unwrap();
        entries.into_iter().next().unwrap()
    };
    let taken = newest();
    assert_eq!((taken.kind.as_str(), &taken.body["evidence"]), ("evidence.downloaded", &1.into()));
    assert!(taken.who.starts_with("api-takes"), "{taken:?}");
    let hash = base::ContentHash::of(b"nothing much").to_string();
    let blob = house.office.installation.settings.data.join("blobs").join(&hash[..2]).join(&hash[2..]);
    std::fs::set_permissions(&blob, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    std::fs::write(&blob, b"something else").unwrap();
    program.get(path).expect(409).says("evidence-damaged");
    assert_eq!(newest().seq, taken.seq, "what was not handed out was not taken");
}

#[test]
fn before_the_first_assessment_nothing_is_said_to_be_known() {
    let house = House::empty();
    let program = house.program("api-empty", "minato", Role::Auditor, false);
    let head = program.json("/api/v1/sites/minato");
    assert!(head["made_at"].is_null() && head["findings"].is_null() && head["asks"].is_null());
    assert_eq!(program.json("/api/v1/sites/minato/findings")["findings"].as_array().unwrap().len(), 0);
}

#[test]
fn what_can_not_be_read_is_kept_and_said_so() {
    let house = House::empty();
    let program = house.program("api-unreadable", "minato", Role::Administrator, true);
    program.hand_in("name=note.bin", b"\x00\x01\x02").expect(201).says("unrecognised");
    program.hand_in("name=a.statement.toml", b"mamori_statement = 1\nkind = ").expect(422).says("unreadable");
    for query in ["", "name=", "name=%00", "name=..%2Fa", "name=a%2F%2Fb", &format!("name={}", "n".repeat(201))] {
        program.hand_in(query, b"x").expect(400);
    }
    program.hand_in("name=a.txt&preview=perhaps", b"x").expect(400);
    let path = "/api/v1/sites/minato/evidence?name=a.txt";
    program.send(Method::POST, path, &[("content-type", "text/plain")], b"x".to_vec()).expect(415);
    program.send(Method::POST, path, &[], b"x".to_vec()).expect(415);
    program.hand_in("name=a.txt", &vec![0; (32 << 20) + 1]).expect(413).says("32 MB");
}

/// An old workbook with a password in it: a format from which nothing can be taken out.
fn old_workbook() -> Vec<u8> {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let head = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    [&head[..], &[0; 600], &wide("パスワード"), &[4, 0, 1], &wide("Kinen2024"), &[0; 8]].concat()
}

#[test]
fn what_holds_secrets_that_stay_in_is_withheld_and_said_so() {
    let house = House::empty();
    let program = house.program("api-withheld", "minato", Role::Administrator, true);
    let answer = program.hand_in("name=old.xls", &old_workbook()).expect(422).says("\"withheld\"");
    answer.says("\"evidence\":null").keeps_quiet_about("Kinen2024");
}

#[test]
fn what_is_handed_in_takes_a_place_and_waits_for_one() {
    let house = House::empty();
    let program = house.program("api-place", "minato", Role::Administrator, true);
    let taken = [house.office.frame.uploads.take(), house.office.frame.uploads.take()];
    program.hand_in("name=a.txt", b"x").expect(503);
    drop(taken);
    program.hand_in("name=a.txt", b"x").expect(201);
    assert!(house.office.frame.uploads.are_free());
}

#[test]
fn an_upload_is_unpacked_to_a_gigabyte_at_most() {
    let house = House::empty();
    assert_eq!(house.office.reading_limits().total_bytes, 1 << 30);
}
