//! Evidence down to its bytes, proofs, and the audit trail.

use std::process::Command;

use evidence::store::{self as tables, EvidenceRow};
use people::Role;

use crate::house::{House, NOW, Person};

fn auditor<'h>(house: &'h House) -> Person<'h> {
    house.person("auditor", "監査 花子", &[("minato", Role::Auditor)])
}

fn list(house: &House, site: &str) -> Vec<EvidenceRow> {
    house.office.database().read(|tx| tables::list_evidence(tx, site)).unwrap()
}

/// A house with these files.
fn house_with(files: &[(&str, &[u8])]) -> House {
    let house = House::empty();
    house.hand_in("minato", files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect());
    house
}

const LEDGER: &str =
    "管理番号,機器名,設置場所,IPアドレス\r\nA-1,電子カルテ,2階,192.168.10.11\r\nA-2,PACS,地下,not an address\r\n";

#[test]
fn evidence_says_what_was_read_and_what_was_refused_and_leads_to_the_bytes() {
    let (bytes, _) = formats::text::encode_cp932(LEDGER);
    let house = house_with(&[("台帳.csv", &bytes)]);
    let person = auditor(&house);
    let row = &list(&house, "minato")[0];
    let text = person.get(&format!("/s/minato/evidence/{}", row.id)).text();
    for part in [
        row.sha256.to_string().as_str(),
        "台帳（Excel・CSV）",
        "文書・台帳",
        "/s/minato/subjects/asset/",
        "電子カルテ",
        "not an address",
        "アドレスとして読めません",
        "view?at=cell%3A%21D3",
        &format!("/s/minato/audit/{}/proof", row.ledger_seq),
        "0 日前",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains('⟦'), "{text}");
    let export = person.get(&format!("/s/minato/evidence/{}?format=csv", row.id));
    assert!(export.text().contains("電子カルテ"));
}

#[test]
fn a_value_of_a_ledger_turns_no_line_around() {
    let house = house_with(&[(
        "台帳.csv",
        "管理番号,機器名,設置場所,IPアドレス\nA-1,電子\u{202e}カルテ,2階,192.168.10.11\n".as_bytes(),
    )]);
    let read = |tx: &mut store::Transaction| evidence::store::list_facts_of_evidence(tx, 1, 0, 100);
    let facts = house.office.database().read(read).unwrap();
    assert!(facts.iter().any(|fact| fact.value == "電子カルテ"), "{facts:?}");
}

#[test]
fn what_accounts_of_the_site_did_at_the_door_is_on_its_audit_trail_and_nobody_elses() {
    let house = House::empty();
    house.person("sato", "佐藤", &[("minato", Role::Staff)]);
    house.person("eve", "Eve", &[("elsewhere", Role::Staff)]);
    let installation = &house.office.installation;
    let mut seqs = Vec::new();
    for (who, login) in [("sato（佐藤）", None), ("mamori", Some("sato")), ("eve（Eve）", None), ("mamori", None)]
    {
        let body = serde_json::json!({ "login": login, "address": who });
        let new = store::ledger::NewEntry { kind: "session.opened", site: "*", who, body: &body };
        let seq = installation
            .ledger
            .write::<_, store::ledger::LedgerError>(&installation.database, NOW, |tx| tx.append(&new));
        seqs.push(seq.unwrap());
    }
    let seen = |person: &Person<'_>| {
        let trail = person.get("/s/minato/audit").expect(200).text();
        let on_trail = |seq: &&u64| trail.contains(&format!("/s/minato/audit/{seq}\""));
        let found: Vec<u64> = seqs.iter().filter(on_trail).copied().collect();
        for seq in &seqs {
            let status = if found.contains(seq) { 200 } else { 404 };
            person.get(&format!("/s/minato/audit/{seq}")).expect(status);
        }
        found
    };
    assert_eq!(seen(&auditor(&house)), seqs[..2]);
    assert_eq!(seen(&house.person("all", "全体", &[("*", Role::Auditor)])), seqs);
}

#[test]
fn a_cell_is_shown_in_its_grid() {
    let (bytes, _) = formats::text::encode_cp932(LEDGER);
    let house = house_with(&[("台帳.csv", &bytes)]);
    let person = auditor(&house);
    let text = person.get("/s/minato/evidence/1/view?at=cell%3A%21D3").text();
    assert!(text.contains("<mark>not an address</mark>") && text.contains("管理番号"), "{text}");
    assert!(text.contains("<tr class=\"hit\" id=\"hit\">") && text.contains(">D</th>"), "{text}");
    let lost = person.get("/s/minato/evidence/1/view?at=cell%3A%21D900").text();
    assert!(lost.contains("見つかりませんでした"), "{lost}");
}

#[test]
fn a_line_is_shown_among_its_neighbours() {
    let mut lines: Vec<String> = (1..=100).map(|number| format!("line {number} <b>&</b>")).collect();
    lines[49] = format!("五十行目 \u{202e}{}", "x".repeat(100_000));
    let house = house_with(&[("memo.txt", lines.join("\n").as_bytes())]);
    let person = auditor(&house);
    let answer = person.get("/s/minato/evidence/1/view?at=line%3A50");
    let text = answer.text();
    assert!(
        text.contains("五十行目 [U+202E]xxx") && text.contains("line 30 &#60;b&#62;") && text.contains(">70</th>"),
        "{text}"
    );
    assert!(
        !text.contains("line 29 ") && !text.contains("line 71 ") && !text.contains("<b>") && !text.contains('\u{202e}')
    );
    assert!(answer.bytes.len() < 64 << 10, "{}", answer.bytes.len());
    assert!(text.contains("from=71"), "{text}");
    let next = person.get("/s/minato/evidence/1/view?at=line%3A50&from=71").text();
    assert!(next.contains(">100</th>") && !next.contains("class=\"hit\""), "{next}");
    let lost = person.get("/s/minato/evidence/1/view?at=line%3A5000").text();
    assert!(lost.contains("見つかりませんでした"), "{lost}");
}

#[test]
fn what_is_no_text_is_shown_in_hexadecimal() {
    let bytes: Vec<u8> =
        b"PReg\x01\0\0\0".iter().copied().chain((0..5_000_u32).map(|number| (number % 251) as u8)).collect();
    let house = house_with(&[("registry.pol", &bytes)]);
    let person = auditor(&house);
    let text = person.get("/s/minato/evidence/1/view?at=byte%3A2056").text();
    assert!(text.contains("00000800") && text.contains("class=\"hit\""), "{text}");
    let begin = person.get("/s/minato/evidence/1/view").text();
    assert!(begin.contains("50 52 65 67 01 00 00 00") && begin.contains("PReg"), "{begin}");
    assert_eq!(person.get("/s/minato/evidence/1/view?at=nonsense").status.as_u16(), 404);
    assert_eq!(person.get("/s/minato/evidence/9/view").status.as_u16(), 404);
    assert_eq!(person.get("/s/minato/evidence/x").status.as_u16(), 404);
}

#[test]
fn every_place_a_fact_of_the_demo_came_from_is_found() {
    let house = House::demo();
    let site = &house.office.frame.sites.list().unwrap()[0].id;
    let person = house.person("demo-auditor", "監査", &[(site, Role::Auditor)]);
    let mut seen = 0;
    for row in list(house, site) {
        let facts = house.office.database().read(|tx| tables::list_facts_of_evidence(tx, row.id, 0, 3)).unwrap();
        for fact in facts {
            let at = web::visit::encode_segment(&fact.locator.to_string());
            let answer = person.get(&format!("/s/{site}/evidence/{}/view?at={at}", row.id));
            let text = answer.text();
            assert_eq!(answer.status.as_u16(), 200, "{text}");
            assert!(!text.contains("見つかりませんでした"), "{} {}", row.name, fact.locator);
            assert!(
                text.contains("class=\"hit\"") || fact.locator == base::Locator::Whole,
                "{} {}",
                row.name,
                fact.locator
            );
            assert!(answer.bytes.len() < 96 << 10, "{} {}", row.name, answer.bytes.len());
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn a_download_is_an_attachment_and_stands_in_the_ledger() {
    let html = "<script>alert(1)</script>".as_bytes();
    let house = house_with(&[("危ない \"名前\".html", html)]);
    let person = auditor(&house);
    let answer = person.get("/s/minato/evidence/1/download");
    assert_eq!((answer.status.as_u16(), answer.bytes.as_slice()), (200, html));
    assert_eq!(answer.headers["content-type"], "application/octet-stream");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert!(answer.headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
    let disposition = answer.headers["content-disposition"].to_str().unwrap();
    assert!(
        disposition.starts_with("attachment; filename=\"") && disposition.contains("filename*=UTF-8''%E5%8D%B1"),
        "{disposition}"
    );
    let entries = house.office.database().read(|tx| store::ledger::list_entries(tx, None, 1)).unwrap();
    assert_eq!((entries[0].kind.as_str(), entries[0].who.contains("auditor")), ("evidence.downloaded", true));
}

#[test]
fn evidence_of_another_site_is_not_there() {
    let house = House::demo();
    let sites = house.office.frame.sites.list().unwrap();
    let theirs = list(house, &sites[1].id)[0].clone();
    let person = house.person("one-site", "監査", &[(&sites[0].id, Role::Auditor)]);
    for path in [
        format!("evidence/{}", theirs.id),
        format!("evidence/{}/view", theirs.id),
        format!("evidence/{}/download", theirs.id),
        format!("audit/{}", theirs.ledger_seq),
        format!("audit/{}/proof", theirs.ledger_seq),
    ] {
        assert_eq!(person.get(&format!("/s/{}/{path}", sites[0].id)).status.as_u16(), 404, "{path}");
    }
    let entries = house.office.database().read(|tx| store::ledger::list_entries(tx, None, 10_000)).unwrap();
    let mine = entries.iter().filter(|entry| entry.site == sites[0].id).count();
    let export = person.get(&format!("/s/{}/audit?format=csv", sites[0].id)).text();
    assert!(mine > 0 && mine < entries.len());
    assert_eq!(export.matches("\r\n").count(), mine + 1, "the heading and our own entries");
}

#[test]
fn the_audit_trail_is_paged_by_number_and_tells_who() {
    let texts: Vec<String> = (0..60).map(|number| format!("memo {number}")).collect();
    let names: Vec<String> = (0..60).map(|number| format!("{number}.txt")).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let house = house_with(&files);
    let person = auditor(&house);
    person.get("/s/minato/evidence/1/download");
    let first = person.get("/s/minato/audit").text();
    assert!(
        first.contains("証跡をダウンロードした") && first.contains("監査 花子") && first.contains("before=13"),
        "{first}"
    );
    assert!(!first.contains('⟦'), "{first}");
    let older = person.get("/s/minato/audit?before=13").text();
    assert!(older.contains("/s/minato/audit/12\"") && !older.contains("/s/minato/audit/13\""), "{older}");
    assert!(older.contains("/s/minato/evidence/12\"") && !older.contains("もっと前へ"), "{older}");
    let mine = person.get("/s/minato/audit?who=AUDITOR").text();
    assert!(mine.contains("証跡をダウンロードした") && !mine.contains("audit/12\""), "{mine}");
    let made = person.get("/s/minato/audit?kind=assessment.made").text();
    assert!(
        made.contains("<td data-label=\"何を\">判定した") && !made.contains("<td data-label=\"何を\">証跡"),
        "{made}"
    );
    let export = person.get("/s/minato/audit?format=csv").text();
    assert_eq!(export.matches("証跡を受け取った").count(), 60);
}

#[test]
fn an_outsider_can_check_an_entry_with_the_proof_and_the_key() {
    let house = house_with(&[("a.txt", b"a"), ("b.txt", b"b")]);
    let person = auditor(&house);
    let seq = list(&house, "minato")[0].ledger_seq;
    let page = person.get(&format!("/s/minato/audit/{seq}")).text();
    assert!(page.contains("証跡を受け取った") && page.contains("facts_root"), "{page}");
    let key = person.get("/s/minato/audit/key");
    assert!(key.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let proof = person.get(&format!("/s/minato/audit/{seq}/proof"));
    assert_eq!(proof.status.as_u16(), 200);
    let folder = tempfile::TempDir::new().unwrap();
    let tool = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/verify_ledger.py");
    let check = |bytes: &[u8]| {
        let file = folder.path().join("proof.json");
        std::fs::write(&file, bytes).unwrap();
        Command::new("python3").arg(tool).arg("--inclusion").arg(&file).arg("--key").arg(key.text().trim()).output()
    };
    let served = person.get("/s/minato/audit/verify_ledger.py");
    assert_eq!(served.bytes, std::fs::read(tool).unwrap());
    let Ok(sound) = check(&proof.bytes) else {
        return;
    };
    assert!(sound.status.success(), "{sound:?}");
    let forged = proof.text().replace("a.txt", "c.txt");
    assert_eq!(check(forged.as_bytes()).unwrap().status.code(), Some(1));
    for bad in ["9999", "-1", "x"] {
        assert_eq!(person.get(&format!("/s/minato/audit/{bad}")).status.as_u16(), 404, "{bad}");
    }
}

#[test]
fn a_window_beyond_everything_is_empty() {
    let house = house_with(&[("memo.txt", b"a\nb\n"), ("台帳.csv", LEDGER.as_bytes()), ("x.bin", b"PReg\0\0")]);
    let person = auditor(&house);
    for number in 1..=3 {
        for at in [
            "whole",
            "line:0",
            "line:4294967295",
            "byte:18446744073709551615",
            "cell:!ZZZZ4294967295",
            "cell:x!A0",
            "path:",
            "path:/a[18446744073709551615]",
        ] {
            for from in ["", "&from=0", "&from=18446744073709551615", "&from=-1"] {
                let at = web::visit::encode_segment(at);
                let path = format!("/s/minato/evidence/{number}/view?at={at}{from}");
                assert_eq!(person.get(&path).status.as_u16(), 200, "{path}");
            }
        }
    }
}

#[test]
fn the_list_is_searched_sorted_and_paged_by_the_database() {
    let texts: Vec<String> = (0..60).map(|number| format!("memo {number}")).collect();
    let names: Vec<String> = (0..60).map(|number| format!("memo_{number:02}.txt")).collect();
    let files: Vec<(&str, &[u8])> = names
        .iter()
        .zip(&texts)
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .chain([("台帳.csv", LEDGER.as_bytes())])
        .collect();
    let house = house_with(&files);
    let person = auditor(&house);
    let first = person.get("/s/minato/evidence").text();
    assert!(first.contains("61 件") && first.contains("台帳.csv") && !first.contains("memo_05"), "{first}");
    assert!(person.get("/s/minato/evidence?page=2").text().contains("memo_05"));
    let found = person.get("/s/minato/evidence?q=MEMO_0").text();
    assert!(found.contains("10 件"), "{found}");
    assert!(
        person.get("/s/minato/evidence?q=%25").text().contains("まだ証跡がありません"),
        "a mark of the search is no mark here"
    );
    let unknown = person.get("/s/minato/evidence?format_of=none&sort=name").text();
    assert!(unknown.contains("60 件") && unknown.contains("memo_00") && !unknown.contains("memo_59"), "{unknown}");
    assert!(person.get("/s/minato/evidence?format_of=ledger_sheet").text().contains("1 件"));
}

#[test]
fn bytes_that_were_changed_on_the_disk_are_not_shown() {
    let house = house_with(&[("a.txt", b"as it was received")]);
    let person = auditor(&house);
    let hash = list(&house, "minato")[0].sha256.to_string();
    let blobs = house.office.installation.settings.data.join("blobs");
    std::fs::write(blobs.join(&hash[..2]).join(&hash[2..]), b"as somebody wanted").unwrap();
    for path in ["view", "download"] {
        let answer = person.get(&format!("/s/minato/evidence/1/{path}"));
        assert_eq!(answer.status.as_u16(), 409, "{path}");
        assert!(!answer.text().contains("somebody wanted"));
    }
}

#[test]
fn nobody_takes_evidence_without_meaning_to() {
    let house = house_with(&[("a.txt", b"x")]);
    let person = auditor(&house);
    let cookie = format!("{}={}", house.office.frame.session_cookie(), person.token);
    let path = "/s/minato/evidence/1/download";
    let ask = |method: axum::http::Method, site: &str| {
        house.send(method, path, &[("cookie", cookie.as_str()), ("sec-fetch-site", site)], Vec::new())
    };
    let size = || house.office.database().read(store::ledger::find_size).unwrap();
    let before = size();
    ask(axum::http::Method::GET, "cross-site").expect(403);
    ask(axum::http::Method::GET, "same-site").expect(403);
    ask(axum::http::Method::HEAD, "same-origin").expect(200);
    assert_eq!(size(), before);
    ask(axum::http::Method::GET, "none").expect(200);
    assert_eq!(size(), before + 1);
}
