//! One field that finds everything, and the page that explains the office.

use people::Role;

use crate::house::House;

#[test]
fn width_and_case_make_no_difference() {
    let house = House::demo();
    let auditor = house.person("search-auditor", "監査", &[("minato", Role::Auditor)]);
    let count = |words: &str| {
        let text = auditor.get(&format!("/s/minato/search?q={}", web::visit::encode_segment(words))).expect(200).text();
        text.matches("/subjects/").count()
    };
    assert!(count("fortigate") > 0 || count("windows") > 0);
    assert_eq!(count("windows"), count("ＷＩＮＤＯＷＳ"));
}

#[test]
fn what_is_found_leads_to_its_page_and_says_how_much_more_there_is() {
    let house = House::demo();
    let auditor = house.person("search-links", "監査", &[("minato", Role::Auditor)]);
    auditor.get("/s/minato/search?q=windows").says("/s/minato/subjects/asset/").says("件のうち、最初の 20 件");
    auditor.get("/s/minato/search?q=R7-2-8").says("/s/minato/checklists/mhlw-r7-hospital/R7-2-8");
    auditor.get("/s/minato/search?q=LAP-00").says("/s/minato/checks/LAP-00");
    auditor.get("/s/minato/search?q=csv").says("/s/minato/evidence/");
    auditor.get("/s/minato/search?q=search-links").says("/s/minato/people/");
}

#[test]
fn an_executive_is_shown_neither_accounts_nor_evidence_nor_people() {
    let house = House::demo();
    let executive = house.person("search-exec", "院長 太郎", &[("minato", Role::Executive)]);
    for words in ["csv", "search-exec", "admin", "inf"] {
        let page = executive.get(&format!("/s/minato/search?q={words}")).expect(200);
        for hidden in ["/subjects/account/", "/minato/evidence/", "/minato/people/"] {
            assert!(!page.text().contains(hidden), "{words}: {hidden}");
        }
    }
    executive.get("/s/minato/search?q=windows").says("/s/minato/subjects/asset/");
}

#[test]
fn an_empty_search_explains_what_can_be_searched_for() {
    let house = House::empty();
    let admin = house.person("admin", "管理者", &[("minato", Role::Administrator)]);
    for query in ["", "?q=", "?q=%E3%80%80", "?q=%20%20"] {
        admin.get(&format!("/s/minato/search{query}")).expect(200).says("全角・半角");
    }
    admin.get("/s/minato/search?q=zzzzz").says("当たるものはありません");
}

#[test]
fn what_was_typed_is_shown_as_text() {
    let house = House::empty();
    let admin = house.person("admin", "管理者", &[("minato", Role::Administrator)]);
    admin
        .get("/s/minato/search?q=%3Cscript%3Ealert(1)%3C/script%3E%25_%5C")
        .expect(200)
        .keeps_quiet_about("<script>alert")
        .says("&#60;script&#62;");
    admin.get(&format!("/s/minato/search?q={}", "a".repeat(5_000))).expect(200);
}

#[test]
fn staff_and_strangers_can_not_search() {
    let house = House::empty();
    let staff = house.person("hana", "看護 花子", &[("minato", Role::Staff)]);
    staff.get("/s/minato/search?q=a").expect(403);
    let stranger = house.person("other", "よその人", &[("elsewhere", Role::Administrator)]);
    stranger.get("/s/minato/search?q=a").expect(404);
}

#[test]
fn a_withdrawn_notice_is_found_by_administrators_only() {
    let house = House::empty();
    let admin = house.person("admin", "管理者", &[("minato", Role::Administrator)]);
    let executive = house.person("exec", "院長", &[("minato", Role::Executive)]);
    let fields = [
        ("version", "0"),
        ("title", "特別なお知らせ"),
        ("body", "本文"),
        ("audience", "all"),
        ("starts_on", "2026-11-20"),
        ("ends_on", "2026-11-30"),
    ];
    admin.post("/s/minato/notices", &fields).expect(303);
    executive.get("/s/minato/search?q=%E7%89%B9%E5%88%A5").says("特別なお知らせ").says("/s/minato/staff");
    admin.post("/s/minato/notices/1/withdraw", &[("version", "1")]).expect(303);
    executive.get("/s/minato/search?q=%E7%89%B9%E5%88%A5").keeps_quiet_about("特別なお知らせ");
    admin.get("/s/minato/search?q=%E7%89%B9%E5%88%A5").says("特別なお知らせ");
}

#[test]
fn the_help_explains_the_five_verdicts_to_everybody_signed_in() {
    let house = House::empty();
    let vendor = house.person("vendor", "保守", &[("minato", Role::Vendor)]);
    vendor.get("/help").expect(200).says("証明").says("期限切れ").says("Ctrl + K");
}
