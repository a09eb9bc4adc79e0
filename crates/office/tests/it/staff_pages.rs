//! Pages for those without an account, for vendors and for groups; notices and voices.

use axum::http::Method;
use people::Role;
use people::account::Login;
use people::store::{AccountEdit, add_account, add_membership};

use crate::house::{Answer, House, NOW};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// A form sent by somebody without an account.
fn send(house: &House, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", web::visit::encode_segment(value))).collect();
    house.send(Method::POST, path, &[FORM, ("sec-fetch-site", "same-origin")], body.join("&").into_bytes())
}

fn notice<'a>(title: &'a str, audience: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("version", "0"),
        ("title", title),
        ("body", "添付は開かず\n情報システム係へ"),
        ("audience", audience),
        ("starts_on", "2026-11-20"),
        ("ends_on", "2026-11-30"),
    ]
}

fn once(letter: char) -> String {
    letter.to_string().repeat(43)
}

#[test]
fn before_anything_is_known_the_page_does_not_say_that_all_is_well() {
    let house = House::empty();
    house.get("/staff").expect(200).says("いますぐ電話").says("まだ見守りを始めていません").says("notice caution");
    house.get("/staff/minato").expect(200).says("<svg").says("http://mamori.test/staff/minato");
    house.get("/staff/nowhere").expect(404);
}

#[test]
fn the_page_says_since_when_the_place_is_watched_and_nothing_internal() {
    let house = House::demo();
    let page = house.get("/staff/minato").expect(200).says("から見守っています").says("今月は");
    for internal in ["FortiGate", "矛盾", "subjects/", "A-00", "checklists"] {
        assert!(!page.text().contains(internal), "{internal}");
    }
    house.get("/staff").expect(200).says("施設を選ぶ").says("/staff/minato");
}

#[test]
fn a_file_nobody_can_read_watches_over_nothing() {
    let house = House::empty();
    house.hand_in("minato", vec![("note.bin".to_owned(), b"\x00\x01".to_vec())]);
    house.get("/staff/minato").says("まだ見守りを始めていません").says("notice caution");
}

#[test]
fn a_notice_reaches_those_it_is_for_and_no_others() {
    let house = House::empty();
    let admin = house.person("admin", "管理者", &[("minato", Role::Administrator)]);
    let staff = house.person("hana", "看護 花子", &[("minato", Role::Staff)]);
    let vendor = house.person("vend", "保守 太郎", &[("minato", Role::Vendor)]);
    admin.post("/s/minato/notices", &notice("不審なメール", "staff")).expect(303);
    admin.post("/s/minato/notices", &notice("入館の手続き", "vendors")).expect(303);
    house.get("/staff/minato").says("不審なメール").keeps_quiet_about("入館の手続き");
    staff.get("/s/minato/staff").says("不審なメール").keeps_quiet_about("入館の手続き");
    vendor.get("/s/minato/vendor").says("入館の手続き").keeps_quiet_about("不審なメール");
    vendor.post("/s/minato/notices/1/read", &[("version", "1")]).expect(404);
    staff.post("/s/minato/notices/2/read", &[("version", "1")]).expect(404);
}

#[test]
fn whoever_read_the_old_version_has_not_read_the_new_one() {
    let house = House::empty();
    let admin = house.person("admin", "管理者", &[("minato", Role::Administrator)]);
    let staff = house.person("hana", "看護 花子", &[("minato", Role::Staff)]);
    admin.post("/s/minato/notices", &notice("古い題", "all")).expect(303);
    staff.post("/s/minato/notices/1/read", &[("version", "1")]).expect(303);
    staff.post("/s/minato/notices/1/read", &[("version", "1")]).expect(303);
    admin.get("/s/minato/notices/1/readers").says("2 人のうち、1 人").says("看護 花子");
    let mut changed = notice("新しい題", "all");
    changed[0] = ("version", "1");
    admin.post("/s/minato/notices/1", &changed).expect(303);
    staff.post("/s/minato/notices/1/read", &[("version", "1")]).expect(409);
    admin.get("/s/minato/notices/1/readers").says("2 人のうち、0 人").says("前の版だけ");
    admin.get("/s/minato/notices/1/readers?format=csv").expect(200).says("前の版だけ");
    // Somebody who still looks at the first version is told that another one is there.
    let mut late = notice("別の題", "all");
    late[0] = ("version", "1");
    admin.post("/s/minato/notices/1", &late).expect(409).says("管理者");
}

#[test]
fn a_withdrawn_notice_is_shown_to_nobody_and_stays_on_record() {
    let house = House::empty();
    let admin = house.person("admin", "管理者", &[("minato", Role::Administrator)]);
    admin.post("/s/minato/notices", &notice("消えるお知らせ", "all")).expect(303);
    admin.post("/s/minato/notices", &notice("消えるお知らせ", "all")).expect(303);
    for _ in 0..2 {
        admin.post("/s/minato/notices/1/withdraw", &[("version", "1")]).expect(303);
    }
    house.get("/staff/minato").keeps_quiet_about("消えるお知らせ");
    admin.get("/s/minato/notices").says("消えるお知らせ").says("取り下げ").says("1 件");
    admin.get("/s/minato/notices/1").says("取り下げられました");
    admin.get("/s/minato/notices/99").expect(404);
    admin.get("/s/minato/notices/x").expect(404);
}

#[test]
fn a_notice_without_sense_is_refused_and_kept_plain() {
    let house = House::empty();
    let admin = house.person("admin", "管理者", &[("minato", Role::Administrator)]);
    for (field, value, expected) in [
        (1, "  ", "題名が空"),
        (2, "\u{202e}", "本文が空"),
        (3, "everybody", "読み取れません"),
        (4, "2026-02-30", "日付として読めません"),
        (5, "2026-11-19", "1年以内"),
    ] {
        let mut fields = notice("題", "all");
        fields[field].1 = value;
        admin.post("/s/minato/notices", &fields).expect(400).says(expected);
    }
    let mut long = notice("題", "all");
    let text = "あ".repeat(2_001);
    long[2].1 = &text;
    admin.post("/s/minato/notices", &long).expect(400).says("2000 文字までに");
    let huge = "x".repeat(10 << 20);
    long[2].1 = &huge;
    admin.post("/s/minato/notices", &long).expect(413);
    admin.post("/s/minato/notices", &notice("<script>alert(1)</script>\u{202e}題", "all")).expect(303);
    house
        .get("/staff/minato")
        .says("&#60;script&#62;")
        .keeps_quiet_about("<script>alert")
        .keeps_quiet_about("\u{202e}");
}

#[test]
fn a_department_is_counted_without_a_name() {
    let house = House::empty();
    let admin = house.person("admin", "管理者", &[("minato", Role::Administrator)]);
    admin.post("/s/minato/notices", &notice("全員へ", "all")).expect(303);
    let fields = [("notice", "1"), ("version", "1"), ("department", "nursing")];
    for _ in 0..2 {
        let answer = send(&house, "/staff/minato/read", &fields).expect(303);
        house.get(answer.location()).says("受け付けました");
    }
    admin.get("/s/minato/notices/1/readers").says("<dt>看護部</dt><dd>2 人</dd>").says("<dt>薬剤部</dt><dd>0 人</dd>");
    send(&house, "/staff/minato/read", &[("notice", "1"), ("version", "1"), ("department", "総理")]).expect(400);
    for _ in 0..58 {
        send(&house, "/staff/minato/read", &fields).expect(303);
    }
    send(&house, "/staff/minato/read", &fields).expect(429).says("電話");
}

#[test]
fn the_one_to_call_stands_on_the_page_in_large_letters() {
    let house = House::empty();
    let admin = house.person("admin", "管理者", &[("minato", Role::Administrator)]);
    let fields =
        [("version", "0"), ("contact", "情報システム係 内線 1234\n当直 9999"), ("departments", "3階病棟\n救急")];
    admin.post("/s/minato/contact", &fields).expect(303);
    admin.get("/s/minato/notices").says("内線 1234");
    let page = house.get("/staff/minato").says("<p class=\"figure\">当直 9999</p>");
    assert!(!page.text().contains("登録されていません"));
    house.get("/staff/minato/voice").says("3階病棟").keeps_quiet_about("薬剤部");
}

#[test]
fn a_voice_is_answered_under_its_receipt_and_sent_twice_it_is_one() {
    let house = House::empty();
    let admin = house.person("admin", "管理者", &[("minato", Role::Administrator)]);
    house.get("/staff/minato/voice").expect(200).says("患者さん");
    let once = once('k');
    let fields = [("once", once.as_str()), ("department", "nursing"), ("body", "共用PCの<b>合言葉</b>が貼ってある")];
    let first = send(&house, "/staff/minato/voice", &fields).expect(303);
    let again = send(&house, "/staff/minato/voice", &fields).expect(303);
    assert_eq!(first.location(), again.location());
    house.get(first.location()).says("まだ答えはありません").says("&#60;b&#62;");
    house.get("/staff/minato/voice/0000-0000-0000-0000").expect(404);
    admin.get("/s/minato/voices").says("1 件").says("0 件に答えました").says("まだ答えていない");
    let answer = [("before", "new"), ("state", "answered"), ("answer", "来週までに個人のカードにします")];
    admin.post("/s/minato/voices/1", &answer).expect(303);
    admin.post("/s/minato/voices/1", &answer).expect(303);
    house.get(first.location()).says("来週までに").keeps_quiet_about("管理者");
    admin.get("/s/minato/voices").says("1 件に答えました").says("中央値は 0 時間");
    admin.get("/s/minato/voices?state=new").says("まだ声は届いていません");
}

#[test]
fn a_voice_that_names_a_patient_is_blacked_out_and_only_that_is_kept() {
    let house = House::empty();
    let admin = house.person("admin", "管理者", &[("minato", Role::Administrator)]);
    let executive = house.person("boss", "院長", &[("minato", Role::Executive)]);
    let once = once('b');
    let fields = [("once", once.as_str()), ("department", "nursing"), ("body", "山田太郎さんのカルテが開けない")];
    let receipt = send(&house, "/staff/minato/voice", &fields).expect(303);
    executive.post("/s/minato/voices/1/black-out", &[("why", "x")]).expect(403);
    admin.post("/s/minato/voices/1/black-out", &[("why", " ")]).expect(400);
    admin.post("/s/minato/voices/1/black-out", &[("why", "患者さんの名前があったため")]).expect(303);
    for page in ["/s/minato/voices/1", "/s/minato/voices?format=csv"] {
        admin.get(page).says("管理者").says("患者さんの名前があったため").keeps_quiet_about("山田");
    }
    house.get(receipt.location()).keeps_quiet_about("山田");
    admin.get("/s/minato/audit").says("現場の声を塗りつぶした");
}

#[test]
fn of_two_who_answer_a_voice_the_second_is_told_who_was_faster() {
    let house = House::empty();
    let first = house.person("one", "先の人", &[("minato", Role::Administrator)]);
    let second = house.person("two", "後の人", &[("minato", Role::Executive)]);
    let auditor = house.person("audit", "監査", &[("minato", Role::Auditor)]);
    let once = once('v');
    let fields = [("once", once.as_str()), ("department", "nursing"), ("body", "困っています")];
    send(&house, "/staff/minato/voice", &fields).expect(303);
    let with = |answer| [("before", "new"), ("state", "closed"), ("answer", answer)];
    first.post("/s/minato/voices/1", &with("こうします")).expect(303);
    second.post("/s/minato/voices/1", &with("ああします")).expect(409).says("先の人");
    auditor.get("/s/minato/voices/1").says("こうします").keeps_quiet_about("<textarea");
    second.post("/s/minato/voices/1", &[("before", "closed"), ("state", "new"), ("answer", "x")]).expect(400);
    second.get("/s/minato/voices/7").expect(404);
}

#[test]
fn a_voice_without_sense_is_refused() {
    let house = House::empty();
    let once = once('z');
    let base = [("once", once.as_str()), ("department", "nursing"), ("body", "困る")];
    for (field, value, status) in [(0, "short", 400), (1, "", 400), (2, " \n ", 400)] {
        let mut fields = base;
        fields[field].1 = value;
        send(&house, "/staff/minato/voice", &fields).expect(status);
    }
    let long = "長".repeat(2_001);
    send(&house, "/staff/minato/voice", &[base[0], base[1], ("body", &long)]).expect(400);
    let huge = "x".repeat(10 << 20);
    send(&house, "/staff/minato/voice", &[base[0], base[1], ("body", &huge)]).expect(413);
    send(&house, "/staff/nowhere/voice", &base).expect(404);
    for number in 0..10 {
        let once = format!("{number}{}", "a".repeat(42));
        send(&house, "/staff/minato/voice", &[("once", once.as_str()), base[1], base[2]]).expect(303);
    }
    send(&house, "/staff/minato/voice", &base).expect(429);
}

#[test]
fn a_vendor_sees_nothing_of_machines_findings_and_other_vendors() {
    let house = House::demo();
    let vendor = house.person("vendor-one", "保守 一郎", &[("minato", Role::Vendor)]);
    let other = house.person("vendor-two", "点検 二郎", &[("minato", Role::Vendor)]);
    let once = once('w');
    let body = "入館証が届きません（点検二郎の声）";
    other.post("/s/minato/vendor/voice", &[("once", once.as_str()), ("body", body)]).expect(303);
    other.get("/s/minato/vendor").says("点検二郎の声");
    let page = vendor.get("/s/minato/vendor").expect(200).says("お願いしていること").says("2②");
    let lines = house
        .office
        .database()
        .read(|tx| {
            let all = governance::store::SubjectSearch::default();
            let mut lines = Vec::new();
            for (_, kind) in base::SubjectKind::ALL {
                lines.extend(governance::store::list_subject_lines(tx, "minato", kind, &all, 0, 500)?);
            }
            Ok::<_, store::StoreError>(lines)
        })
        .unwrap();
    assert!(lines.len() > 50);
    let text = page.text();
    // Names of one or two letters stand in any text.
    for name in lines.iter().map(|line| &line.name).filter(|name| name.chars().count() > 4) {
        assert!(!text.contains(name.as_str()), "{name}");
    }
    assert!(!text.contains("点検二郎の声"));
    for path in ["staff", "notices", "voices", "group", "search", "evidence", "voices/1"] {
        assert_eq!(vendor.get(&format!("/s/minato/{path}")).status.as_u16(), 403, "{path}");
    }
}

#[test]
fn a_group_operator_sees_the_sites_they_are_of_and_no_machine() {
    let house = House::demo();
    let operator =
        house.person("group-one", "グループ", &[("minato", Role::GroupOperator), ("hibari", Role::GroupOperator)]);
    let page = operator.get("/s/minato/group").expect(200).says("みなと").says("<svg").says("as_of");
    assert!(!page.text().contains("さくらがわ"), "{}", page.text());
    assert!(!page.text().contains("subjects/"));
    operator.get("/s/minato/group?sort=share&dir=desc").expect(200);
    operator.get("/s/minato/group?format=csv").expect(200).says("みなと");
    operator.get("/s/sakuragawa/group").expect(404);
}

#[test]
fn a_site_never_assessed_is_not_shown_as_good() {
    let house = House::empty();
    let operator = house.person("group", "グループ", &[("minato", Role::GroupOperator)]);
    operator.get("/s/minato/group").expect(200).says("まだ判定していません").says("badge unknown");
}

#[test]
fn somebody_of_the_house_and_of_a_vendor_counts_as_one_of_the_house() {
    let house = House::empty();
    let admin = house.person("admin", "管理者", &[("minato", Role::Administrator)]);
    house
        .office
        .database()
        .transaction::<_, store::StoreError>(|tx| {
            let edit = AccountEdit {
                name: "兼任".to_owned(),
                department: "情報係".to_owned(),
                vendor: "保守会社".to_owned(),
                lang: base::Lang::Ja,
                enabled: true,
            };
            let id = add_account(tx, &Login::new("both").unwrap(), &edit, NOW)?;
            add_membership(tx, id, "minato", Role::Vendor, "test", NOW)?;
            add_membership(tx, id, "minato", Role::Staff, "test", NOW)?;
            Ok(())
        })
        .unwrap();
    admin.post("/s/minato/notices", &notice("職員へ", "staff")).expect(303);
    admin.get("/s/minato/notices/1/readers").says("兼任（both）").says("情報係");
}

#[test]
fn of_two_who_change_the_telephone_numbers_the_second_is_told_who_was_faster() {
    let house = House::empty();
    let admin = house.person("admin", "管理者", &[("minato", Role::Administrator)]);
    let other = house.person("sato", "佐藤", &[("minato", Role::Administrator)]);
    let first = [("version", "0"), ("contact", "内線 1234"), ("departments", "")];
    admin.post("/s/minato/contact", &first).expect(303);
    admin.post("/s/minato/contact", &first).expect(303);
    other.get("/s/minato/notices").says("name=\"version\" value=\"1\"");
    let late = [("version", "0"), ("contact", "内線 9999"), ("departments", "")];
    other.post("/s/minato/contact", &late).expect(409).says("管理者");
    house.get("/staff/minato").says("内線 1234").keeps_quiet_about("内線 9999");
    other.post("/s/minato/contact", &[("version", "1"), late[1], late[2]]).expect(303);
    house.get("/staff/minato").says("内線 9999");
    let long = "あ".repeat(2_001);
    let long = [("version", "2"), ("contact", long.as_str()), ("departments", "")];
    other.post("/s/minato/contact", &long).expect(400).says("2001 文字");
}

#[test]
fn a_department_is_the_same_in_every_language() {
    let house = House::empty();
    let admin = house.person("admin", "管理者", &[("minato", Role::Administrator)]);
    admin.post("/s/minato/notices", &notice("全員へ", "all")).expect(303);
    house.get("/staff/minato").says("<option value=\"nursing\">看護部</option>");
    let english = house.send(Method::GET, "/staff/minato", &[("accept-language", "en")], Vec::new());
    english.says("<option value=\"nursing\">Nursing</option>");
    // What an older version stored counts with it.
    let sql = "INSERT INTO notice_department (notice, version, department, people) VALUES (1, 1, '看護部', 3)";
    house.office.database().transaction(|tx| tx.execute(sql, &[])).unwrap();
    send(&house, "/staff/minato/read", &[("notice", "1"), ("version", "1"), ("department", "nursing")]).expect(303);
    admin.get("/s/minato/notices/1/readers").says("<dt>看護部</dt><dd>4 人</dd>");
    // The usual ones, saved unchanged, stay the usual ones.
    let usual: Vec<&str> =
        house.office.installation.packs.departments.iter().map(|one| one.label.ja.as_str()).collect();
    let usual = usual.join("\n");
    admin.post("/s/minato/contact", &[("version", "0"), ("contact", "1"), ("departments", &usual)]).expect(303);
    let english = house.send(Method::GET, "/staff/minato", &[("accept-language", "en")], Vec::new());
    english.says("<option value=\"nursing\">Nursing</option>");
}
