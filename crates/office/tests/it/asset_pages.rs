//! Lists of known things, and one page each.

use people::Role;

use crate::house::House;

/// One row of a ledger kept by hand.
const LEDGER: &str = "管理番号,名称,ホスト名,種別,IPアドレス\n";

fn house_with(rows: &str) -> House {
    let house = House::empty();
    let file = format!("{LEDGER}{rows}");
    house.hand_in("minato", vec![("台帳.csv".to_owned(), file.into_bytes())]);
    house
}

fn admin(house: &House) -> crate::house::Person<'_> {
    let login =
        format!("admin-{}", people::new_token(&*house.office.frame.randomness)[..8].to_lowercase().replace('_', "x"));
    house.person(&login, "管理者", &[("minato", Role::Administrator)])
}

#[test]
fn every_kind_has_a_list_and_no_other_word_has() {
    let house = House::demo();
    let admin = admin(house);
    for (kind, says) in
        [("asset", "サーバー"), ("account", "指摘"), ("connection", "VPN"), ("policy", "段階"), ("vendor", "事業者")]
    {
        admin.get(&format!("/s/minato/subjects/{kind}")).expect(200).says(says).keeps_quiet_about("medical_device<");
    }
    for kind in ["document", "site", "product", "nonsense", "%00"] {
        admin.get(&format!("/s/minato/subjects/{kind}")).expect(404);
    }
}

#[test]
fn what_has_no_finding_is_not_praised() {
    let house = house_with("A-1,受付1,REC01,端末,10.0.0.1\n");
    let page = admin(&house).get("/s/minato/subjects/asset").expect(200).says("指摘なし");
    let text = page.text();
    let (_, table) = text.split_once("<tbody>").unwrap();
    assert!(!table.contains("badge good"), "{table}");
}

#[test]
fn an_export_holds_exactly_the_rows_that_were_filtered() {
    let house = house_with(
        "A-1,受付1,REC01,端末,10.0.0.1\nA-2,電子カルテ,EHR01,サーバー,10.0.0.2\nA-3,検査1,LAB01,端末,10.0.0.3\n",
    );
    let admin = admin(&house);
    let csv = admin.get("/s/minato/subjects/asset?class=terminal&format=csv&sort=name").expect(200).text();
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert!(csv.contains("受付1") && csv.contains("検査1") && csv.contains("端末") && !csv.contains("EHR01"), "{csv}");
    let page = admin.get("/s/minato/subjects/asset?q=ＥＨＲ01").expect(200).says("電子カルテ");
    page.keeps_quiet_about("受付1");
    let backwards = admin.get("/s/minato/subjects/asset?format=csv&sort=name&dir=desc").text();
    let names: Vec<&str> = backwards.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.reverse();
    assert_eq!(names, sorted);
}

#[test]
fn a_name_with_markup_stays_a_name() {
    let house =
        house_with("A-1,<script>alert(1)</script>,REC01,端末,10.0.0.1\nA-2,evil\u{202e}gpj.exe,REC02,端末,10.0.0.2\n");
    let admin = admin(&house);
    let list = admin.get("/s/minato/subjects/asset").expect(200).keeps_quiet_about("<script>alert");
    list.says("&#60;script&#62;alert").keeps_quiet_about("\u{202e}");
    admin.get("/s/minato/subjects/asset/A-1").expect(200).keeps_quiet_about("<script>alert");
    admin.get("/s/minato/subjects/asset/A-2").expect(200).keeps_quiet_about("\u{202e}");
}

#[test]
fn a_thing_nobody_knows_has_no_page() {
    let house = house_with("A-1,受付1,REC01,端末,10.0.0.1\n");
    let admin = admin(&house);
    for path in ["asset/A-9", "account/A-1", "asset/%0A", "document/A-1"] {
        admin.get(&format!("/s/minato/subjects/{path}")).expect(404);
    }
    let long = "x".repeat(10_000);
    admin.get(&format!("/s/minato/subjects/asset/{long}")).expect(404);
}

#[test]
fn only_who_works_with_evidence_sees_lists_and_executives_what_they_are_led_to() {
    let house = house_with("A-1,受付1,REC01,端末,10.0.0.1\n");
    for (login, role, list, one) in
        [("aud", Role::Auditor, 200, 200), ("exe", Role::Executive, 403, 200), ("sta", Role::Staff, 403, 403)]
    {
        let person = house.person(login, login, &[("minato", role)]);
        person.get("/s/minato/subjects/asset").expect(list);
        person.get("/s/minato/subjects/asset/A-1").expect(one);
    }
}

#[test]
fn a_page_shows_each_fact_with_the_place_it_was_read() {
    let house = house_with("A-1,受付1,REC01,端末,10.0.0.1\n");
    let page = admin(&house).get("/s/minato/subjects/asset/A-1").expect(200);
    page.says("受付1")
        .says("端末")
        .says("文書")
        .says("/s/minato/evidence/1/view?at=")
        .says("分からないこと")
        .says("台帳.csv");
}

#[test]
fn the_history_says_what_took_the_place_of_what() {
    let house = house_with("A-1,受付1,REC01,端末,10.0.0.1\n");
    let later = format!("{LEDGER}A-1,受付の新しい端末,REC01,端末,10.0.0.1\n");
    house.hand_in("minato", vec![("台帳2.csv".to_owned(), later.into_bytes())]);
    let admin = admin(&house);
    let csv = admin.get("/s/minato/subjects/asset/A-1?format=csv").expect(200).text();
    let row = csv.lines().find(|line| line.contains("受付の新しい端末")).unwrap();
    assert!(row.contains(",受付1,"), "{row}");
}

#[test]
fn the_contradicted_things_of_the_demo_lead_to_their_bytes() {
    let house = House::demo();
    let admin = admin(house);
    let list = admin.get("/s/minato/subjects/connection?finding=yes").expect(200).text();
    let (_, rest) = list.split_once("/s/minato/subjects/connection/").expect("a connection with a finding");
    let path = format!("/s/minato/subjects/connection/{}", rest.split('"').next().unwrap());
    admin.get(&path).expect(200).says("どうすればよいか").says("/s/minato/evidence/").says("view?at=");
}

#[test]
fn the_first_page_of_a_list_is_read_from_an_index() {
    let house = House::empty();
    let plans = [
        "worst, name, ident",
        "worst DESC, name DESC, ident DESC",
        "name, ident",
        "name DESC, ident DESC",
        "observed_at DESC, ident DESC",
        "observed_at, ident",
    ];
    for order in plans {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT * FROM subject_line WHERE site = $1 AND kind = $2 ORDER BY {order} LIMIT 50"
        );
        let rows = house.office.database().read(|tx| tx.query(&sql, &["minato".into(), "asset".into()])).unwrap();
        let plan: String = rows.iter().map(|row| row.text(3).unwrap().to_owned()).collect();
        assert!(plan.contains("USING INDEX subject_line_by_") && !plan.contains("TEMP B-TREE"), "{order}: {plan}");
    }
}

#[test]
fn another_name_of_a_thing_leads_to_its_page() {
    let house = House::demo();
    let admin = admin(house);
    let moved = admin.get("/s/minato/subjects/asset/hostname%2Fmn-fw-0002").expect(303);
    assert_eq!(moved.location(), "/s/minato/subjects/asset/FW-0002");
    admin.get(moved.location()).expect(200).says("hostname/mn-fw-0002").says("/s/minato/subjects/vendor/");
    admin.get("/s/minato/subjects/asset/hostname%2Fmn%25fw-0002").expect(404);
}

#[test]
fn what_is_related_is_named_exactly_and_not_by_a_longer_number() {
    let house = House::empty();
    let assets = format!("{LEDGER}A-1,受付1,REC01,端末,10.0.0.1\nA-10,検査,LAB01,端末,10.0.0.10\n");
    let connections =
        "接続の名称,接続の種別,接続元,接続機器\n検査の保守,VPN,中央検査,a-10\n受付の保守,VPN,みなと電機,REC01\n";
    house.hand_in(
        "minato",
        vec![("台帳.csv".to_owned(), assets.into_bytes()), ("外部接続.csv".to_owned(), connections.into())],
    );
    let admin = admin(&house);
    let page = |ident: &str| admin.get(&format!("/s/minato/subjects/asset/{ident}")).expect(200);
    page("A-1").says("受付の保守").keeps_quiet_about("検査の保守");
    page("A-10").says("検査の保守").keeps_quiet_about("受付の保守");
}

#[test]
fn a_last_sign_in_has_a_column_and_describes_nobody() {
    let house = House::demo();
    let admin = admin(house);
    let csv = admin.get("/s/minato/subjects/account?format=csv&sort=name").expect(200).text();
    let mut lines = csv.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let column = header.iter().position(|title| title.contains("最終ログオン")).unwrap();
    let row: Vec<&str> = lines.find(|line| line.contains(",202")).unwrap().split(',').collect();
    let (name, day) = (row[0], row[column]);
    assert!(day.starts_with("20") && day.len() == 10, "{row:?}");
    let found = admin.get(&format!("/s/minato/search?q={}", web::visit::encode_segment(name))).expect(200).says(name);
    found.keeps_quiet_about(day);
}
