//! Handing in: upload, progress, differences, decisions.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::http::Method;
use base::{Clock, UtcSeconds};
use installation::claims::{NewAnswer, Said};
use people::Role;

use crate::house::{Answer, House, NOW, Person};

const LEDGER: &str =
    "管理番号,機器名,設置場所,IPアドレス\r\nA-1,電子カルテ,2階,192.168.10.11\r\nA-2,PACS,地下,192.168.10.12\r\n";
const SECRET: &str = "9xK!laps-Secret";

/// An export of the directory as the demo makes it, with a LAPS password in the clear.
fn export_with_secret() -> Vec<u8> {
    let text = format!(
        "#TYPE Microsoft.ActiveDirectory.Management.ADComputer\r\n\"DistinguishedName\",\"DNSHostName\",\"Enabled\",\"ms-Mcs-AdmPwd\",\"Name\",\"ObjectClass\",\"objectSid\",\"SamAccountName\",\"userAccountControl\"\r\n\"CN=PC-01,DC=minato,DC=local\",\"pc-01.minato.local\",\"True\",\"{SECRET}\",\"PC-01\",\"computer\",\"S-1-5-21-1-2-3-1101\",\"PC-01$\",\"4096\"\r\n"
    );
    text.into_bytes()
}

fn keeper<'h>(house: &'h House, login: &str) -> Person<'h> {
    house.person(login, login, &[("minato", Role::Administrator)])
}

/// Waits until the files of a batch were received; returns its page.
#[expect(clippy::disallowed_methods, reason = "a thread of the office works meanwhile")]
fn settled(person: &Person<'_>, path: &str) -> Answer {
    let began = Instant::now();
    loop {
        let answer = person.get(path);
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
        if !answer.text().contains("?part=progress") {
            return answer;
        }
        assert!(began.elapsed() < Duration::from_secs(300), "the import does not end");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Hands files in and waits; returns the path of the batch and its page.
fn hand_in(person: &Person<'_>, files: &[(&str, &[u8])]) -> (String, Answer) {
    let answer = person.upload("/s/minato/import", &[], files);
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.text());
    let path = answer.location().to_owned();
    let page = settled(person, &path);
    (path, page)
}

/// What the form of a ledger that waits says its reader has seen.
fn seen(person: &Person<'_>, path: &str) -> String {
    let page = person.get(path).expect(200).text();
    page.split_once("name=\"seen\" value=\"").unwrap().1.split('"').next().unwrap().to_owned()
}

/// Looks at a ledger that waits, and applies it.
fn apply(person: &Person<'_>, path: &str) -> Answer {
    let seen = seen(person, path);
    person.post(&format!("{path}/apply"), &[("seen", &seen)])
}

fn nothing_is_stored(house: &House) -> bool {
    let installation = &house.office.installation;
    let rows = installation.database.read(|tx| evidence::store::list_evidence(tx, "minato")).unwrap();
    let mut blobs = 0;
    installation.blobs.list_each(&mut |_| blobs += 1).unwrap();
    let size = installation.database.read(store::ledger::find_size).unwrap();
    rows.is_empty() && blobs == 0 && size == 0
}

#[test]
fn a_file_handed_in_is_evidence_and_known_the_second_time() {
    let house = House::empty();
    let admin = keeper(&house, "admin");
    let scan = b"<?xml version=\"1.0\"?>\n<!DOCTYPE nmaprun>\n<nmaprun scanner=\"nmap\" start=\"1795000000\"><host><status state=\"up\"/><address addr=\"192.168.10.5\" addrtype=\"ipv4\"/></host></nmaprun>".as_slice();
    let (path, page) = hand_in(&admin, &[("scan.xml", scan), ("空.csv", b""), ("メモ.txt", "ただの文".as_bytes())]);
    let text = page.text();
    for part in ["scan.xml", "取り込みました", "空.csv", "受け取れません", "メモ.txt", "形式不明"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(admin.get(&format!("{path}/3")).text().contains("中身が空"));
    let (_, again) = hand_in(&admin, &[("other name.xml", scan)]);
    assert!(again.text().contains("受け取り済み（変更なし）"), "{}", again.text());
    assert!(again.text().contains("新しい証跡がない"));
    let list = admin.get("/s/minato/import").text();
    assert!(list.contains("/s/minato/import/1") && list.contains("/s/minato/import/2"));
}

#[test]
fn ledgers_that_wait_are_seen_on_one_page_and_applied_together() {
    let house = House::empty();
    let admin = keeper(&house, "admin");
    let other = "管理番号,機器名,設置場所,IPアドレス\r\nB-1,検査端末,3階,192.168.10.31\r\n";
    hand_in(&admin, &[("台帳.csv", LEDGER.as_bytes()), ("検査室.csv", other.as_bytes())]);
    hand_in(&admin, &[("移動.csv", LEDGER.replace("2階", "5階").as_bytes())]);
    let page = "/s/minato/import/waiting";
    assert!(admin.get("/s/minato/import").text().contains(page));
    let text = admin.get(page).expect(200).text();
    for part in ["台帳.csv", "検査室.csv", "移動.csv", "検査端末", "この 3 件をすべて反映する"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let answer = admin.post(page, &[("seen", &seen(&admin, page))]);
    // Two of them speak of the same things: the later one was compared with what was known before the first.
    assert_eq!(answer.location(), "/s/minato/import/waiting?changed=1");
    let text = admin.get(page).expect(200).text();
    assert!(text.contains("移動.csv") && text.contains("5階") && !text.contains("検査室.csv"), "{text}");
    let answer = admin.post(page, &[("seen", &seen(&admin, page))]);
    assert_eq!(answer.location(), "/s/minato/import");
    assert!(admin.get(page).text().contains("確認を待っている台帳はありません"));
}

#[test]
fn a_document_is_one_file() {
    let house = House::empty();
    let admin = keeper(&house, "admin");
    // A stored member of the name that every Word document begins with; what follows is not looked at.
    let mut docx = b"PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00".to_vec();
    docx.extend([0; 12]);
    docx.extend([19, 0, 0, 0]);
    docx.extend(b"[Content_Types].xml");
    let (path, page) = hand_in(&admin, &[("議事録.docx", &docx)]);
    assert!(!page.text().contains("docx!/"), "{}", page.text());
    let text = admin.get(&format!("{path}/1")).text();
    assert!(text.contains("Word文書です") && text.contains("/s/minato/documents"), "{text}");
}

#[test]
fn no_file_is_an_answer_and_not_an_import() {
    let house = House::empty();
    let admin = keeper(&house, "admin");
    for files in [[].as_slice(), [("", b"".as_slice())].as_slice()] {
        let answer = admin.upload("/s/minato/import", &[], files);
        assert_eq!(answer.status.as_u16(), 400);
        assert!(answer.text().contains("ファイルが選ばれていません"));
    }
    assert!(nothing_is_stored(&house));
}

#[test]
fn names_can_point_nowhere_and_are_shown_as_text() {
    let house = House::empty();
    let admin = keeper(&house, "admin");
    let names =
        ["../../etc/passwd", "C:\\x\\台帳.txt", "<script>alert(1)</script>.txt", "a\u{202e}txt.exe", "gpo/{1}/x.txt"];
    let texts: Vec<String> = (0..names.len()).map(|number| format!("text {number}")).collect();
    let files: Vec<(&str, &[u8])> = names.into_iter().zip(texts.iter().map(String::as_bytes)).collect();
    let (path, page) = hand_in(&admin, &files);
    let text = page.text();
    assert!(text.contains(">passwd<") && text.contains(">台帳.txt<") && text.contains(">gpo/{1}/x.txt<"), "{text}");
    assert!(
        !text.contains("..") && !text.contains("C:") && !text.contains("<script>alert") && !text.contains('\u{202e}')
    );
    assert_eq!(admin.get(&format!("{path}/3")).status.as_u16(), 200);
}

#[test]
fn an_upload_that_breaks_off_stores_nothing() {
    let house = House::empty();
    let admin = keeper(&house, "admin");
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n\r\nwhole\r\n--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"b.txt\"\r\n\r\nonly the beg",
        admin.csrf
    );
    let cookie = format!("mamori={}", admin.token);
    let headers = [
        ("cookie", cookie.as_str()),
        ("content-type", "multipart/form-data; boundary=b"),
        ("sec-fetch-site", "same-origin"),
    ];
    let answer = house.send(Method::POST, "/s/minato/import", &headers, head.into_bytes());
    assert_eq!(answer.status.as_u16(), 400, "{}", answer.text());
    assert!(answer.text().contains("途中で切れました"), "{}", answer.text());
    assert!(nothing_is_stored(&house));
    assert!(!admin.get("/s/minato/import").text().contains("/s/minato/import/1"));
}

#[test]
fn an_upload_that_is_too_large_is_refused_as_a_whole() {
    let house = House::empty();
    let admin = keeper(&house, "admin");
    let large = vec![b'x'; 33 << 20];
    let answer = admin.upload("/s/minato/import", &[], &[("small.txt", b"small"), ("large.txt", &large)]);
    assert_eq!(answer.status.as_u16(), 413, "{}", answer.text());
    assert!(answer.text().contains("32 MB"), "{}", answer.text());
    assert!(nothing_is_stored(&house));
}

#[test]
fn a_forged_secret_or_a_file_before_it_stores_nothing() {
    let house = House::empty();
    let admin = keeper(&house, "admin");
    let answer = admin.upload("/s/minato/import", &[("csrf", "forged")], &[("a.txt", b"a")]);
    assert_eq!(answer.status.as_u16(), 403);
    let body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n\r\na\r\n--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--b--\r\n",
        admin.csrf
    );
    let cookie = format!("mamori={}", admin.token);
    let mut headers = vec![
        ("cookie", cookie.as_str()),
        ("content-type", "multipart/form-data; boundary=b"),
        ("sec-fetch-site", "same-origin"),
    ];
    let late = house.send(Method::POST, "/s/minato/import", &headers, body.clone().into_bytes());
    assert_eq!(late.status.as_u16(), 403, "the secret stands before the files");
    headers[2] = ("sec-fetch-site", "cross-site");
    assert_eq!(house.send(Method::POST, "/s/minato/import", &headers, body.into_bytes()).status.as_u16(), 403);
    assert!(nothing_is_stored(&house));
}

#[test]
fn only_administrators_hand_in() {
    let house = House::empty();
    for role in [Role::Executive, Role::Auditor, Role::Staff, Role::Vendor, Role::GroupOperator] {
        let person = house.person(&format!("p-{role:?}").to_lowercase(), "だれか", &[("minato", role)]);
        let answer = person.upload("/s/minato/import", &[], &[("a.txt", b"a")]);
        assert_eq!((person.get("/s/minato/import").status.as_u16(), answer.status.as_u16()), (403, 403), "{role:?}");
    }
    assert!(nothing_is_stored(&house));
}

#[test]
fn a_scan_is_never_told_of_without_its_warning() {
    let house = House::empty();
    let admin = keeper(&house, "admin");
    for path in ["/s/minato/import", "/s/minato/subjects/asset"] {
        let page = admin.get(path).expect(200).text();
        let scans = page.matches("nmap ").count();
        assert!(scans > 0 && page.matches("承認を取ってから").count() == scans, "{path}: {page}");
        assert!(!page.contains("nmap -sV") && page.contains("医療機器のある範囲は"), "{path}");
    }
}

#[test]
fn the_third_upload_at_once_is_asked_to_wait() {
    let house = House::empty();
    let admin = keeper(&house, "admin");
    let places = (house.office.frame.uploads.take(), house.office.frame.uploads.take());
    let answer = admin.upload("/s/minato/import", &[], &[("a.txt", b"a")]);
    assert_eq!(answer.status.as_u16(), 503);
    assert!(answer.text().contains("別の取り込みが進んでいる"), "{}", answer.text());
    assert!(nothing_is_stored(&house));
    drop(places);
    hand_in(&admin, &[("a.txt", b"a")]);
    assert!(house.office.frame.uploads.take().is_some(), "the place is given back after the import");
}

/// Everything that is logged by whichever test, as text.
struct Log;

static LOGGED: Mutex<String> = Mutex::new(String::new());

impl tracing::Subscriber for Log {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        struct Fields(String);
        impl tracing::field::Visit for Fields {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                self.0.push_str(&format!("{field}={value:?} "));
            }
        }
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        LOGGED.lock().unwrap().push_str(&fields.0);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn a_laps_password_reaches_no_blob_no_table_and_no_log() {
    let _ = tracing::subscriber::set_global_default(Log);
    let house = House::empty();
    let admin = keeper(&house, "admin");
    let export = export_with_secret();
    let (path, page) = hand_in(&admin, &[("computers.csv", &export)]);
    assert!(page.text().contains("取り込みました"), "{}", page.text());
    let item = admin.get(&format!("{path}/1")).text();
    assert!(item.contains("ms-Mcs-AdmPwd") && item.contains("取り除いた秘密の値"), "{item}");
    assert!(!item.contains(SECRET) && !page.text().contains(SECRET));
    let logged = LOGGED.lock().unwrap().clone();
    assert!(logged.contains("/s/{site}/import") && !logged.contains(SECRET), "{logged}");
    let mut files = Vec::new();
    list_files(&house.office.installation.settings.data, &mut files);
    assert!(files.iter().any(|file| file.ends_with("mamori.db")), "{files:?}");
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let found = bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
        assert!(!found, "{} holds the secret", file.display());
    }
}

#[test]
fn a_ledger_with_passwords_waits_without_them_and_is_recorded_with_its_original_hash() {
    let house = House::empty();
    let admin = keeper(&house, "admin");
    let ledger =
        format!("管理番号,機器名,設置場所,IPアドレス,ms-Mcs-AdmPwd\r\nA-1,電子カルテ,2階,192.168.10.11,{SECRET}\r\n");
    let (path, _) = hand_in(&admin, &[("台帳.csv", ledger.as_bytes())]);
    let item = admin.get(&format!("{path}/1")).text();
    assert!(item.contains("取り除いた秘密の値") && item.contains(&format!("{path}/1/apply")), "{item}");
    apply(&admin, &format!("{path}/1")).expect(303);
    let rows = house.office.installation.database.read(|tx| evidence::store::list_evidence(tx, "minato")).unwrap();
    assert_eq!(rows[0].original, base::ContentHash::of(ledger.as_bytes()));
    let (_, _) = hand_in(&admin, &[("取りやめ.csv", LEDGER.as_bytes())]);
    assert_eq!(admin.post("/s/minato/import/2/1/discard", &[]).status.as_u16(), 303);
    let installation = &house.office.installation;
    let key = installation.ledger.public_key();
    let verified = store::ledger::verify(&installation.database, &installation.blobs, &key, &[]).unwrap();
    assert!(verified.problems.is_empty(), "{verified:?}");
    assert_ne!(rows[0].original, rows[0].sha256);
    let page = admin.get(&format!("/s/minato/evidence/{}", rows[0].id)).text();
    assert!(page.contains("ms-Mcs-AdmPwd") && page.contains(&rows[0].original.to_string()), "{page}");
    let mut files = Vec::new();
    list_files(&house.office.installation.settings.data, &mut files);
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()), "{}", file.display());
    }
}

#[test]
fn a_workbook_is_kept_without_its_passwords() {
    let house = House::empty();
    let admin = keeper(&house, "admin");
    let (with, without) = (include_bytes!("ledger_with_passwords.xlsx"), include_bytes!("ledger.xlsx"));
    let (path, page) = hand_in(&admin, &[("台帳.xlsx", with), ("別の台帳.xlsx", without)]);
    assert!(page.text().contains("確認待ち"), "{}", page.text());
    admin.get(&format!("{path}/1")).says("ms-Mcs-AdmPwd").keeps_quiet_about("laps-Secret");
    let mut kept = Vec::new();
    house.office.installation.blobs.list_each(&mut |hash| kept.push(hash)).unwrap();
    assert_eq!(kept.len(), 2);
    for number in [1, 2] {
        let applied = apply(&admin, &format!("{path}/{number}")).expect(303);
        if number == 2 {
            // The first ledger changed what the second would change.
            assert!(applied.location().ends_with("?changed=1"), "{applied:?}");
            apply(&admin, &format!("{path}/2")).expect(303);
        }
        let at = "/view?at=cell%3A%E8%B3%87%E7%94%A3%E5%8F%B0%E5%B8%B3%21B3";
        admin.get(&format!("/s/minato/evidence/{number}{at}")).keeps_quiet_about("laps-Secret");
    }
    let view = admin.get("/s/minato/evidence/2/view?at=cell%3A%E8%B3%87%E7%94%A3%E5%8F%B0%E5%B8%B3%21B3").text();
    assert!(view.contains("<mark>電子カルテ</mark>"), "{view}");
}

fn list_files(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() { list_files(&entry.path(), found) } else { found.push(entry.path()) }
    }
}

#[test]
fn a_ledger_waits_for_a_decision_and_is_decided_once() {
    let house = House::empty();
    let (first, second) = (keeper(&house, "first"), keeper(&house, "second"));
    let (path, page) = hand_in(&first, &[("台帳.csv", LEDGER.as_bytes())]);
    assert!(page.text().contains("確認を待っている台帳"), "{}", page.text());
    let item = first.get(&format!("{path}/1")).text();
    for part in ["新しいもの 2 件", "A-1", "A-2", "/s/minato/subjects/asset/", &format!("{path}/1/apply")] {
        assert!(item.contains(part), "{part}: {item}");
    }
    assert!(
        house.office.installation.database.read(|tx| evidence::store::list_evidence(tx, "minato")).unwrap().is_empty()
    );
    apply(&second, &format!("{path}/1")).expect(303);
    for action in ["apply", "discard"] {
        let late = first.post(&format!("{path}/1/{action}"), &[]);
        assert_eq!(late.status.as_u16(), 409, "{action}");
        assert!(late.text().contains("second"), "{}", late.text());
    }
    let rows = house.office.installation.database.read(|tx| evidence::store::list_evidence(tx, "minato")).unwrap();
    assert_eq!((rows.len(), rows[0].fact_count > 0, rows[0].who.contains("first")), (1, true, true));
    let entries = house.office.installation.database.read(|tx| store::ledger::list_entries(tx, None, 10)).unwrap();
    let applied = entries.iter().find(|entry| entry.kind == "import.applied").unwrap();
    assert!(applied.who.contains("second"), "{applied:?}");
    assert!(first.get(&format!("{path}/1")).text().contains("に反映しました"));
}

#[test]
fn two_administrators_who_apply_at_once_make_one_piece_of_evidence() {
    let house = House::empty();
    let people = [keeper(&house, "first"), keeper(&house, "second")];
    let (path, _) = hand_in(&people[0], &[("台帳.csv", LEDGER.as_bytes())]);
    let seen = seen(&people[0], &format!("{path}/1"));
    let apply = |person: &Person<'_>| person.post(&format!("{path}/1/apply"), &[("seen", &seen)]);
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let asked: Vec<_> = people.iter().map(|person| scope.spawn(|| apply(person).status.as_u16())).collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
    let rows = house.office.installation.database.read(|tx| evidence::store::list_evidence(tx, "minato")).unwrap();
    assert_eq!(rows.len(), 1);
}

#[test]
fn a_ledger_that_would_change_something_else_by_now_is_shown_again_and_not_applied() {
    let house = House::empty();
    let (first, second) = (keeper(&house, "first"), keeper(&house, "second"));
    let (path, _) = hand_in(&first, &[("台帳.csv", LEDGER.as_bytes())]);
    let old = seen(&first, &format!("{path}/1"));
    let (other, _) = hand_in(&second, &[("別の台帳.csv", LEDGER.replace("2階", "3階").as_bytes())]);
    apply(&second, &format!("{other}/1")).expect(303);
    let refused = first.post(&format!("{path}/1/apply"), &[("seen", &old)]).expect(303);
    let page = first.get(refused.location()).expect(200).says("まだ反映していません").says("3階").says("2階");
    page.says("値が変わるところ 1 か所");
    let count = || house.office.database().read(|tx| evidence::store::list_evidence(tx, "minato")).unwrap().len();
    assert_eq!(count(), 1, "nothing was applied");
    first.post(&format!("{path}/1/apply"), &[]).expect(303);
    assert_eq!(count(), 1, "nobody agrees to what they did not see");
    first.get(&format!("{path}/1")).keeps_quiet_about("まだ反映していません");
    apply(&first, &format!("{path}/1")).expect(303);
    assert_eq!(count(), 2);
}

#[test]
fn what_was_discarded_is_not_applied_afterwards() {
    let house = House::empty();
    let admin = keeper(&house, "admin");
    let (path, _) = hand_in(&admin, &[("台帳.csv", LEDGER.as_bytes())]);
    assert_eq!(admin.post(&format!("{path}/1/discard"), &[]).status.as_u16(), 303);
    assert_eq!(admin.post(&format!("{path}/1/apply"), &[]).status.as_u16(), 409);
    assert!(
        house.office.installation.database.read(|tx| evidence::store::list_evidence(tx, "minato")).unwrap().is_empty()
    );
    assert!(admin.get(&format!("{path}/1")).text().contains("取りやめました"));
    assert_eq!(admin.post(&format!("{path}/9/apply"), &[]).status.as_u16(), 404);
}

#[test]
fn a_ledger_of_the_japanese_code_page_shows_what_changes() {
    let house = House::empty();
    let admin = keeper(&house, "admin");
    let (path, _) = hand_in(&admin, &[("台帳.csv", LEDGER.as_bytes())]);
    apply(&admin, &format!("{path}/1")).expect(303);
    let changed =
        LEDGER.replace("2階", "3階").replace("A-2,PACS,地下,192.168.10.12\r\n", "A-3,検査,1階,192.168.10.13\r\n");
    let (bytes, _) = formats::text::encode_cp932(&changed);
    let (path, _) = hand_in(&admin, &[("新台帳.csv", &bytes)]);
    let text = admin.get(&format!("{path}/1")).text();
    for part in ["3階", "2階", "A-3", "この台帳に名前がないもの", "A-2"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let export = admin.get(&format!("{path}/1?format=csv"));
    assert!(
        export.text().contains("3階")
            && export.headers["content-disposition"].to_str().unwrap().starts_with("attachment")
    );
}

/// A clock that tests turn.
struct Turned(AtomicI64);

impl Clock for Turned {
    fn now(&self) -> UtcSeconds {
        UtcSeconds(self.0.load(Ordering::SeqCst))
    }
}

#[test]
fn after_the_assessment_the_page_says_what_changed() {
    let clock = Arc::new(Turned(AtomicI64::new(NOW.0)));
    let house = House::at(Arc::clone(&clock) as Arc<dyn Clock>);
    let admin = keeper(&house, "admin");
    let site = demo_hospital::generate(&demo_hospital::Options { today: NOW.date_jst(), extra_assets: 0, seed: 1 });
    let files = site.unwrap().remove(0).files;
    let files: Vec<(&str, &[u8])> = files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice())).collect();
    let (path, page) = hand_in(&admin, &files);
    assert!(page.text().contains("判定し直しています"), "{}", page.text());
    clock.0.fetch_add(5, Ordering::SeqCst);
    house.work();
    let text = admin.get(&path).text();
    assert!(text.contains("変わりました") && text.contains("data-done=\"\""), "{text}");
    assert!(text.contains("badge good") && !text.contains('⟦'), "{text}");

    // What changes later is not the doing of this batch.
    let sentence =
        |text: &str| text.split_once("判定し直しました（").unwrap().1.split_once("変わりました").unwrap().0.to_owned();
    let first = sentence(&text);
    clock.0.fetch_add(3_600, Ordering::SeqCst);
    let day = NOW.plus_days(90).date_jst();
    let installation = &house.office.installation;
    for item in installation.packs.frameworks.iter().flat_map(|framework| &framework.items).take(40) {
        let new = NewAnswer { item: &item.id, said: Said::No(Some(day)), note: "", who: "admin", seen: None };
        installation.answer_item("minato", &new, |_| Ok(false)).unwrap();
    }
    house.work();
    assert_eq!(sentence(&admin.get(&path).text()), first);
}

#[test]
fn a_batch_nobody_works_on_any_more_says_so() {
    let clock = Arc::new(Turned(AtomicI64::new(NOW.0)));
    let house = House::at(Arc::clone(&clock) as Arc<dyn Clock>);
    let admin = keeper(&house, "admin");
    let (path, _) = hand_in(&admin, &[("a.txt", b"a")]);
    // As a node that was killed leaves it.
    let undo = "UPDATE import_batch SET finished_at = NULL, files = 3";
    house.office.database().transaction(|tx| tx.execute(undo, &[]).map(|_| ())).unwrap();
    assert!(admin.get(&path).text().contains("?part=progress"), "as long as its heart beats it is under way");
    clock.0.fetch_add(61, Ordering::SeqCst);
    let text = admin.get(&path).text();
    assert!(text.contains("途中で止まりました。3 個のうち 1 個"), "{text}");
}

/// `ログ/メモ.txt` and `../evil.txt`, stored.
const ARCHIVE: &[u8] = b"PK\x03\x04\x14\x00\x00\x08\x00\x00\x00\x00t]X\x88/\x07\x0b\x00\x00\x00\x0b\x00\x00\x00\x11\x00\x00\x00\xe3\x83\xad\xe3\x82\xb0/\xe3\x83\xa1\xe3\x83\xa2.txtzipped memoPK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00t]\x83\x16\xdc\x8c\x01\x00\x00\x00\x01\x00\x00\x00\x0b\x00\x00\x00../evil.txtxPK\x01\x02\x14\x03\x14\x00\x00\x08\x00\x00\x00\x00t]X\x88/\x07\x0b\x00\x00\x00\x0b\x00\x00\x00\x11\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x01\x00\x00\x00\x00\xe3\x83\xad\xe3\x82\xb0/\xe3\x83\xa1\xe3\x83\xa2.txtPK\x01\x02\x14\x03\x14\x00\x00\x00\x00\x00\x00\x00t]\x83\x16\xdc\x8c\x01\x00\x00\x00\x01\x00\x00\x00\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x01:\x00\x00\x00../evil.txtPK\x05\x06\x00\x00\x00\x00\x02\x00\x02\x00x\x00\x00\x00d\x00\x00\x00\x00\x00";

#[test]
fn an_archive_is_unpacked_and_each_file_has_its_line() {
    let house = House::empty();
    let admin = keeper(&house, "admin");
    let (_, page) = hand_in(&admin, &[("集めたもの.zip", ARCHIVE), ("壊れた.zip", b"PK\x03\x04broken")]);
    let text = page.text();
    for part in ["集めたもの.zip!/ログ/メモ.txt", "壊れた.zip", "受け取れません"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let rows = house.office.installation.database.read(|tx| evidence::store::list_evidence(tx, "minato")).unwrap();
    assert!(rows.iter().all(|row| !row.name.contains("..")), "{rows:?}");
}

#[test]
fn many_files_stand_on_several_pages() {
    let house = House::empty();
    let admin = keeper(&house, "admin");
    let names: Vec<String> = (0..60).map(|number| format!("メモ{number}.txt")).collect();
    let texts: Vec<String> = (0..60).map(|number| format!("memo {number}")).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let (path, page) = hand_in(&admin, &files);
    assert!(page.text().contains("60 件") && page.text().contains("rel=\"next\""), "{}", page.text());
    assert!(admin.get(&format!("{path}?page=2")).text().contains("メモ59.txt"));
    assert!(admin.get(&format!("{path}?state=known")).text().contains("この条件に合うファイルはありません"));
}
