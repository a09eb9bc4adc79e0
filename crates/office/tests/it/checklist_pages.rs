//! Checklists, answers, documents, exceptions, what is unknown.

use governance::exceptions::{ExceptionError, ExceptionState, Exceptions};
use people::Role;

use crate::house::{Answer, House, NOW, Person};

const LIST: &str = "/s/minato/checklists/mhlw-r7-hospital";

/// One machine in the ledger, with an account of nothing else: the ledger is not confirmed by anything on the network.
fn contradicted() -> House {
    let house = House::empty();
    let ledger = "管理番号,名称,ホスト名,種別,IPアドレス,設置場所,管理者\nA-1,<b>受付</b>,pc1,端末,10.0.0.1,,\n";
    house.hand_in("minato", vec![("資産台帳.csv".to_owned(), ledger.as_bytes().to_vec())]);
    house
}

fn admin(house: &House) -> Person<'_> {
    somebody(house, "admin", Role::Administrator)
}

fn somebody<'h>(house: &'h House, name: &str, role: Role) -> Person<'h> {
    let token = people::new_token(&*house.office.frame.randomness);
    let login: String = token.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    house.person(&format!("{name}-{login}"), &format!("{name}さん"), &[("minato", role)])
}

/// The first item of the list that is contradicted, with the first check that contradicts it.
fn first_contradicted(person: &Person<'_>) -> (String, String) {
    let csv = person.get(&format!("{LIST}?verdict=contradicted")).expect(200).text();
    let (_, rest) = csv.split_once(&format!("href=\"{LIST}/")).expect("a contradicted item");
    let item = rest.split('"').next().unwrap().to_owned();
    let page = person.get(&format!("{LIST}/{item}")).expect(200).text();
    let (_, rest) = page.split_once("exceptions/new?check=").expect("a check that fails");
    let check = rest.split(['"', '&']).next().unwrap().to_owned();
    (item, check)
}

fn seen(page: &str) -> String {
    page.split_once("name=\"seen\" value=\"").unwrap().1.split('"').next().unwrap().to_owned()
}

fn answer(person: &Person<'_>, item: &str, fields: &[(&str, &str)]) -> Answer {
    person.post(&format!("{LIST}/{item}/answer"), fields)
}

#[test]
fn every_edition_is_listed_and_the_ones_in_force_have_a_denominator() {
    let house = House::demo();
    let page = admin(house).get("/s/minato/checklists").expect(200);
    page.says("令和7年度").says("令和6年度").says("<svg class=\"bar\"").says(" / 1").says("対象外");
    admin(house).get("/s/minato/checklists/mhlw-r6-hospital").expect(200).says("引き継いだ項目").says("令和7年度");
    let empty = House::empty();
    admin(&empty).get("/s/minato/checklists").expect(200).says("まだ判定していません");
}

#[test]
fn a_contradicted_item_leads_to_the_machine_and_to_its_bytes() {
    let house = House::demo();
    let admin = admin(house);
    let (item, check) = first_contradicted(&admin);
    let page = admin.get(&format!("{LIST}/{item}")).expect(200).says("矛盾").says("view?at=").says(&check);
    page.says("/s/minato/subjects/");
    let page = admin.get(&format!("/s/minato/checks/{check}")).expect(200).says("view?at=").says("どうすればよいか");
    let text = page.says("data-copy").text();
    if let Some((_, rest)) = text.split_once("/s/minato/subjects/asset?failing=") {
        let path = format!("/s/minato/subjects/asset?failing={}", rest.split('"').next().unwrap());
        admin.get(&path).expect(200).says("に反するもの");
    }
    let executive = somebody(house, "exe", Role::Executive);
    let page = executive.get(&format!("{LIST}/{item}")).expect(200);
    page.says("view?at=").says("/s/minato/subjects/").keeps_quiet_about("/s/minato/subjects/asset?failing=");
}

#[test]
fn an_item_nobody_showed_is_unknown_and_never_good() {
    let house = House::empty();
    let page = admin(&house).get(&format!("{LIST}/R7-2-8")).expect(200).says("不明").says("まだ判定していません");
    page.keeps_quiet_about("badge good");
    admin(&house).get("/s/minato/checks/LAP-00").expect(200).says("不明").keeps_quiet_about("badge good");
}

#[test]
fn what_does_not_exist_has_no_page() {
    let house = House::empty();
    let admin = admin(&house);
    for path in [
        "checklists/nothing",
        "checklists/mhlw-r7-hospital/R6-1-1",
        "checklists/mhlw-r7-hospital/%3Cscript%3E",
        "checks/NO-99",
        "exceptions/99",
        "exceptions/abc",
        "exceptions/new?check=NO-99",
    ] {
        admin.get(&format!("/s/minato/{path}")).expect(404);
    }
    admin.post("/s/minato/checklists/mhlw-r7-hospital/R9-9-9/answer", &[("answer", "yes")]).expect(404);
    admin.post("/s/minato/exceptions/99/revoke", &[("reason", "x"), ("state", "requested")]).expect(404);
}

#[test]
fn a_yes_against_evidence_is_refused_and_leads_to_an_exception() {
    let house = contradicted();
    let admin = admin(&house);
    let (item, check) = first_contradicted(&admin);
    for said in ["yes", "na"] {
        let refused = answer(&admin, &item, &[("answer", said), ("note", "できています"), ("seen", "0")]).expect(422);
        refused.says("記録できません").says(&format!("exceptions/new?check={check}")).says("できています");
    }
    admin.get(&format!("{LIST}/{item}")).expect(200).says("まだ回答がありません");
}

#[test]
fn an_answer_is_kept_with_who_and_when_and_taken_in_by_the_next_assessment() {
    let house = contradicted();
    let admin = admin(&house);
    let (item, _) = first_contradicted(&admin);
    answer(&admin, &item, &[("answer", "no"), ("seen", "0")]).expect(422).says("目標日");
    answer(&admin, &item, &[("answer", "no"), ("target", "2020-01-01"), ("seen", "0")]).expect(422);
    answer(&admin, &item, &[("answer", "no"), ("target", "いつか"), ("seen", "0")]).expect(422);
    answer(&admin, &item, &[("seen", "0")]).expect(422);
    let fields = [("answer", "no"), ("target", "2027-03-31"), ("note", "<i>予算待ち</i>"), ("seen", "0")];
    let done = answer(&admin, &item, &fields).expect(303);
    let page = admin.get(done.location()).expect(200).says("回答を記録しました").says("次の判定から");
    page.says("2027-03-31").says("adminさん").says("&#60;i&#62;予算待ち").keeps_quiet_about("<i>予算");
    house.work();
    admin.get(LIST).expect(200).says("いいえ（目標日 2027-03-31）");
    admin.get(&format!("{LIST}/{item}")).expect(200).keeps_quiet_about("次の判定から");
}

#[test]
fn who_answers_an_old_page_is_shown_the_answer_of_the_other() {
    let house = contradicted();
    let (first, second) = (admin(&house), somebody(&house, "exe", Role::Executive));
    let path = format!("{LIST}/R7-2-8");
    let old = seen(&first.get(&path).text());
    answer(&second, "R7-2-8", &[("answer", "no"), ("target", "2027-01-31"), ("seen", &old)]).expect(303);
    let late = answer(&first, "R7-2-8", &[("answer", "yes"), ("seen", &old)]).expect(409);
    let page = late.says("exeさん").says("先に回答しました").says("2027-01-31").text();
    let now = seen(&page);
    assert_ne!(now, old);
    answer(&first, "R7-2-8", &[("answer", "yes"), ("seen", &now)]).expect(303);
}

#[test]
fn the_same_answer_after_another_one_counts_again() {
    let house = contradicted();
    let admin = admin(&house);
    let path = format!("{LIST}/R7-2-8");
    for (said, shown) in [("yes", "はい"), ("no", "いいえ（目標日"), ("yes", "はい")] {
        let seen = seen(&admin.get(&path).text());
        answer(&admin, "R7-2-8", &[("answer", said), ("target", "2027-01-31"), ("seen", &seen)]).expect(303);
        admin.get(&path).expect(200).says(&format!("<dd>{shown}"));
    }
}

#[test]
fn a_second_click_does_not_answer_twice() {
    let house = contradicted();
    let admin = admin(&house);
    let fields = [("answer", "no"), ("target", "2027-01-31"), ("seen", "0")];
    answer(&admin, "R7-2-8", &fields).expect(303);
    answer(&admin, "R7-2-8", &fields).expect(409).says("先に回答しました");
}

#[test]
fn who_only_reads_has_no_form_and_may_not_answer() {
    let house = contradicted();
    let auditor = somebody(&house, "aud", Role::Auditor);
    auditor.get(&format!("{LIST}/R7-2-8")).expect(200).keeps_quiet_about("name=\"answer\"");
    answer(&auditor, "R7-2-8", &[("answer", "yes"), ("seen", "0")]).expect(403);
    auditor.get("/s/minato/documents/new").expect(403);
    auditor.get("/s/minato/exceptions/new").expect(403);
    somebody(&house, "sta", Role::Staff).get(LIST).expect(403);
}

#[test]
fn a_field_of_ten_megabytes_is_refused() {
    let house = contradicted();
    let admin = admin(&house);
    let long = "x".repeat(10 << 20);
    answer(&admin, "R7-2-8", &[("answer", "yes"), ("note", &long)]).expect(413);
    admin.post("/s/minato/exceptions/new", &[("reason", &long)]).expect(413);
    admin.upload("/s/minato/documents/new", &[("title", &long)], &[("a.pdf", b"x")]).expect(413);
    let long = "x".repeat(2_001);
    answer(&admin, "R7-2-8", &[("answer", "yes"), ("note", &long), ("seen", "0")]).expect(422).says("2000文字");
}

#[test]
fn an_export_of_a_checklist_holds_exactly_what_was_filtered() {
    let house = House::demo();
    let admin = admin(house);
    let all = admin.get(&format!("{LIST}?format=csv")).expect(200).text();
    let some = admin.get(&format!("{LIST}?format=csv&verdict=unknown")).expect(200).text();
    let unknown = all.lines().skip(1).filter(|line| line.contains(",不明,")).count();
    assert_eq!(some.lines().count(), unknown + 1, "{some}");
    assert!(all.lines().count() > some.lines().count());
    let xlsx = admin.get(&format!("{LIST}?format=xlsx")).expect(200);
    assert!(xlsx.bytes.starts_with(b"PK"));
}

#[test]
fn a_document_attests_an_item_for_as_long_as_it_is_valid() {
    let house = contradicted();
    let admin = admin(&house);
    admin.get("/s/minato/documents?state=missing").expect(200).says("事業継続計画").says("まだない");
    admin.get("/s/minato/documents/new?kind=bcp").expect(200).says("enctype=\"multipart/form-data\"");
    admin.get("/s/minato/documents/new?kind=novel").expect(200).says("どの書類を");
    let fields = [("kind", "bcp"), ("title", "<u>計画</u>"), ("by", "院長"), ("until", "2027-03-31"), ("edition", "3")];
    let file: (&str, &[u8]) = ("計画.pdf", b"%PDF-1.7 <script>");
    admin.upload("/s/minato/documents/new", &fields, &[file]).expect(303);
    admin.upload("/s/minato/documents/new", &fields, &[file]).expect(303);
    let list = admin.get("/s/minato/documents?recorded=1").expect(200).says("書類を受け取りました").says("期限内");
    list.says("&#60;u&#62;計画").keeps_quiet_about("<u>計画").keeps_quiet_about("badge good");
    let csv = admin.get("/s/minato/documents?state=valid&format=csv").expect(200).text();
    assert_eq!(csv.lines().count(), 2, "the second click added nothing: {csv}");
    house.work();
    let csv = admin.get(&format!("{LIST}?format=csv")).text();
    assert!(csv.contains("事業継続計画") || csv.contains("申告のみ"), "{csv}");
    let old = [("kind", "bcp"), ("title", "古い計画"), ("by", "院長"), ("until", "2025-03-31")];
    admin.upload("/s/minato/documents/new", &old, &[("旧.pdf", b"%PDF-1.7 old")]).expect(303);
    admin.get("/s/minato/documents?state=expired").expect(200).says("古い計画").keeps_quiet_about("&#60;u&#62;計画");
}

#[test]
fn a_document_that_lacks_something_is_refused_and_what_was_typed_stays() {
    let house = contradicted();
    let admin = admin(&house);
    let path = "/s/minato/documents/new";
    let file: (&str, &[u8]) = ("a.pdf", b"%PDF");
    let whole = [("kind", "bcp"), ("title", "計画"), ("by", "院長")];
    admin.upload(path, &whole, &[]).expect(422).says("ファイルを選んでください").says("value=\"計画\"");
    admin.upload(path, &whole, &[("a.pdf", b"")]).expect(422);
    admin.upload(path, &[("kind", "novel"), ("title", "計画"), ("by", "院長")], &[file]).expect(422);
    admin.upload(path, &[("kind", "bcp"), ("title", " "), ("by", "院長")], &[file]).expect(422).says("題名");
    let future = [whole.as_slice(), &[("issued", "2027-01-01")]].concat();
    admin.upload(path, &future, &[file]).expect(422).says("未来");
    let nonsense = [whole.as_slice(), &[("until", "来年")]].concat();
    admin.upload(path, &nonsense, &[file]).expect(422).says("日付");
    admin.upload(path, &[whole.as_slice(), &[("csrf", "forged")]].concat(), &[file]).expect(403);
    admin.get("/s/minato/documents?state=valid").expect(200).keeps_quiet_about("計画.pdf");
}

/// Asks for an exception from the first check that fails; the path of its page.
fn request(person: &Person<'_>, check: &str) -> Answer {
    let fields = [
        ("check", check),
        ("subject", ""),
        ("reason", "<s>更新は来春</s>"),
        ("until", "2027-03-31"),
        ("control1", "隔離している"),
        ("evidence1", "1"),
    ];
    person.post("/s/minato/exceptions/new", &fields)
}

fn decide(house: &House, id: i64, who: &str) -> Result<(), ExceptionError> {
    let installation = &house.office.installation;
    let exceptions =
        Exceptions { database: &installation.database, ledger: &installation.ledger, site: "minato", now: NOW };
    exceptions.decide_exception(id, ExceptionState::Approved, who)
}

#[test]
fn an_exception_is_asked_for_approved_by_another_and_ended_with_a_reason() {
    let house = contradicted();
    let admin = admin(&house);
    let (item, check) = first_contradicted(&admin);
    admin.get(&format!("/s/minato/exceptions/new?check={check}")).expect(200).says("資産台帳.csv");
    let done = request(&admin, &check).expect(303);
    assert!(done.location().starts_with("/s/minato/exceptions/1"), "{}", done.location());
    let again = request(&admin, &check).expect(303);
    assert_eq!(again.location(), done.location(), "a second click asks for nothing new");
    let page =
        admin.get(done.location()).expect(200).says("承認待ち").says("隔離している").says("/s/minato/evidence/1/");
    page.says("&#60;s&#62;更新").keeps_quiet_about("<s>更新").says("/s/minato/decisions").says("取り下げる");
    let login = admin.get("/s/minato/exceptions?format=csv").text();
    let who = login.split(',').find(|cell| cell.contains("（adminさん）")).unwrap().to_owned();
    assert!(matches!(decide(&house, 1, &who), Err(ExceptionError::OwnRequest { .. })));
    decide(&house, 1, "incho（院長）").unwrap();
    let stale = admin.post("/s/minato/exceptions/1/revoke", &[("state", "requested"), ("reason", "やめた")]);
    stale.expect(409).says("先に変更しました");
    house.hand_in("minato", vec![("メモ.txt".to_owned(), b"x".to_vec())]);
    admin.get(&format!("/s/minato/checks/{check}")).expect(200).says("例外で承認ずみ");
    admin.get(&format!("{LIST}/{item}")).expect(200).says("exceptions/1").keeps_quiet_about("badge good");
    admin.get("/s/minato/exceptions?state=active").expect(200).says("131").says("有効");
    admin.post("/s/minato/exceptions/1/revoke", &[("state", "approved"), ("reason", " ")]).expect(400);
    admin.post("/s/minato/exceptions/1/revoke", &[("state", "approved"), ("reason", "更新した")]).expect(303);
    admin
        .get("/s/minato/exceptions/1")
        .expect(200)
        .says("取り消し")
        .says("更新した")
        .keeps_quiet_about("name=\"reason\"");
    admin.post("/s/minato/exceptions/1/revoke", &[("state", "approved"), ("reason", "更新した")]).expect(409);
    house.work();
    admin.get(&format!("/s/minato/checks/{check}")).expect(200).says("矛盾");
}

#[test]
fn a_request_that_lacks_something_is_refused_and_what_was_typed_stays() {
    let house = contradicted();
    let admin = admin(&house);
    let (_, check) = first_contradicted(&admin);
    let whole = [
        ("check", check.as_str()),
        ("reason", "更新は来春"),
        ("until", "2027-03-31"),
        ("control1", "隔離"),
        ("evidence1", "1"),
    ];
    let without = |name: &str, value: &'static str, says: &str| {
        let fields: Vec<(&str, &str)> =
            whole.iter().map(|(field, typed)| (*field, if *field == name { value } else { *typed })).collect();
        admin.post("/s/minato/exceptions/new", &fields).expect(422).says(says);
    };
    without("check", "NO-99", "その点検はありません");
    without("reason", "", "理由を書いて");
    without("until", "2028-12-31", "400日");
    without("until", "2020-01-01", "400日");
    without("until", "いつか", "更新は来春");
    without("control1", "", "代わりに行う対策");
    without("evidence1", "", "証跡を選んで");
    without("evidence1", "999", "証跡を選んで");
    let other = [whole.as_slice(), &[("subject", "asset:NO-SUCH")]].concat();
    admin.post("/s/minato/exceptions/new", &other).expect(422).says("その対象はありません");
    admin.get("/s/minato/exceptions").expect(200).says("例外はありません");
}

#[test]
fn what_is_unknown_comes_with_its_command_and_what_answers_most_comes_first() {
    let house = House::demo();
    let admin = admin(house);
    let page = admin.get("/s/minato/unknown").expect(200).says("data-print").says("documents/new?kind=");
    let page = page.keeps_quiet_about("mamori claim").text();
    assert!(page.contains("項目が分かります"), "{page}");
    somebody(house, "aud", Role::Auditor).get("/s/minato/unknown").expect(200).keeps_quiet_about("documents/new");
    let csv = admin.get("/s/minato/unknown?format=csv").expect(200).keeps_quiet_about("mamori claim").text();
    assert_eq!(
        csv.lines().next().unwrap().trim_start_matches('\u{feff}'),
        "分からないこと,確かめ方,分かる項目の数,項目"
    );
    let empty = House::empty();
    somebody(&empty, "exe", Role::Executive).get("/s/minato/unknown").expect(200).says("まだ判定していません");
    let little = contradicted();
    let page = somebody(&little, "exe", Role::Executive).get("/s/minato/unknown").expect(200);
    page.says("data-copy").says("ドメインコントローラーに").says("Get-ADUser");
}

#[test]
fn of_two_people_who_answer_at_once_one_is_told_who_was_faster() {
    let house = contradicted();
    let people: Vec<Person<'_>> = (0..4).map(|_| admin(&house)).collect();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = people
            .iter()
            .map(|person| {
                scope.spawn(move || {
                    let fields = [("answer", "no"), ("target", "2027-01-31"), ("seen", "0")];
                    answer(person, "R7-2-8", &fields).status.as_u16()
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 303 | 409)), "{statuses:?}");
}

#[test]
fn a_former_edition_is_read_but_not_answered() {
    let house = contradicted();
    let admin = admin(&house);
    let page = admin.get("/s/minato/checklists/mhlw-r6-hospital/R6-2-1").expect(200).says("判定には使っていません");
    page.keeps_quiet_about("name=\"answer\"");
    let path = "/s/minato/checklists/mhlw-r6-hospital/R6-2-1/answer";
    admin.post(path, &[("answer", "yes"), ("seen", "0")]).expect(409);
}

#[test]
fn a_document_that_is_an_archive_inside_is_kept_as_one_piece() {
    let house = contradicted();
    let admin = admin(&house);
    let mut docx = b"PK\x03\x04".to_vec();
    docx.extend([0; 60]);
    let fields = [("kind", "bcp"), ("title", "計画"), ("by", "院長")];
    admin.upload("/s/minato/documents/new", &fields, &[("計画.docx", &docx)]).expect(303);
    let list = admin.get("/s/minato/documents?state=valid").expect(200).says("計画.docx");
    list.says("/s/minato/evidence/2\"");
}

#[test]
fn a_table_handed_in_as_a_paper_changes_nothing_that_is_known() {
    let house = contradicted();
    let admin = admin(&house);
    let ledger = "管理番号,名称,ホスト名,種別,IPアドレス\nA-9,しのばせた端末,pc9,端末,10.0.0.9\n";
    let claims = "mamori_statement = 1\nkind = \"checklist_answers\"\ntitle = \"x\"\n\n[[claim]]\nitem = \"R7-2-8\"\nanswer = \"yes\"\n";
    let fields = [("kind", "stocktaking_record"), ("title", "棚卸"), ("by", "室長")];
    for (name, text) in [("棚卸.csv", ledger), ("x.statement.toml", claims)] {
        admin.upload("/s/minato/documents/new", &fields, &[(name, text.as_bytes())]).expect(303);
    }
    house.work();
    admin.get("/s/minato/subjects/asset").expect(200).keeps_quiet_about("しのばせた端末");
    admin.get(&format!("{LIST}/R7-2-8")).expect(200).says("まだ回答がありません");
}

#[test]
fn every_page_of_answers_is_there_in_english() {
    let house = House::demo();
    let person = admin(house);
    let edit = people::store::AccountEdit {
        name: "Kim".to_owned(),
        department: String::new(),
        vendor: String::new(),
        lang: base::Lang::En,
        enabled: true,
    };
    house
        .office
        .database()
        .transaction::<_, store::StoreError>(|tx| people::store::update_account(tx, person.id, &edit))
        .unwrap();
    for (path, says) in [
        ("subjects/asset", "Most serious finding"),
        ("subjects/asset/FW-0002", "concluded from other facts"),
        ("subjects/account", ">high<"),
        ("checklists", "not applicable"),
        ("checklists/mhlw-r7-hospital", "Checked on"),
        ("checklists/mhlw-r6-hospital", "not used to assess"),
        ("checklists/mhlw-r7-hospital/R7-2-1", "Answer this item"),
        ("checks/INV-01", "What to do"),
        ("documents", "those on file"),
        ("documents/new?kind=bcp", "Signed by"),
        ("exceptions", "There are no exceptions"),
        ("exceptions/new", "What is done instead"),
        ("unknown", "Hand in one of"),
    ] {
        let page = person.get(&format!("/s/minato/{path}")).expect(200);
        let page = page.keeps_quiet_about("⟦").keeps_quiet_about("mamori claim");
        assert!(page.text().contains(says), "{path} does not say {says:?}");
    }
}
