//! People, deputies, tokens, adoption, settings.

use axum::http::Method;
use people::session::Deputy;
use people::store as tables;
use people::{AccountId, EVERYWHERE, Role};

use crate::house::{Answer, House, NOW, Person};

fn admin(house: &House) -> Person<'_> {
    house.person("admin", "管理 太郎", &[("minato", Role::Administrator)])
}

fn kinds(house: &House) -> Vec<String> {
    let entries = house.office.database().read(|tx| store::ledger::list_entries(tx, None, 100)).unwrap();
    entries.into_iter().map(|entry| entry.kind).collect()
}

fn wrote(house: &House, kind: &str) -> bool {
    kinds(house).iter().any(|found| found == kind)
}

/// The version that the forms of a page carry; `0` if it has no forms.
fn version(page: &Answer) -> String {
    page.text().split("name=\"version\" value=\"").nth(1).map_or("0", |rest| rest.split('"').next().unwrap()).to_owned()
}

/// What the page shows once.
fn secret(page: &Answer) -> String {
    let text = page.text();
    let shown = text.split("<textarea id=\"made-secret\"").nth(1).unwrap().split(['>', '<']).nth(1).unwrap();
    shown.to_owned()
}

fn path(id: AccountId) -> String {
    format!("/s/minato/people/{}", id.0)
}

/// Sends a form of the page of an account as that page is now.
fn act(who: &Person<'_>, id: AccountId, what: &str, fields: &[(&str, &str)]) -> Answer {
    let version = version(&who.get(&path(id)).expect(200));
    let mut all = vec![("version", version.as_str())];
    all.extend_from_slice(fields);
    who.post(&format!("{}/{what}", path(id)), &all)
}

const NEW: [(&str, &str); 4] =
    [("name", "<b>看護\u{202e} 花子"), ("login", "kango"), ("department", "看護部"), ("role", "staff")];

#[test]
fn somebody_added_is_invited_once() {
    let house = House::empty();
    let admin = admin(&house);
    let answer = admin.post("/s/minato/people", &NEW).expect(200).says("さん本人だけに").says("2026-11-27");
    answer.says("&#60;b&#62;看護 花子").keeps_quiet_about("<b>看護");
    admin.post("/s/minato/people", &NEW).expect(409).says("すでに使われています").keeps_quiet_about("/link/");
    let list =
        admin.get("/s/minato/people?q=%E7%9C%8B%E8%AD%B7").expect(200).says("1 件").says("職員").says("まだない");
    list.keeps_quiet_about("/link/").says("&#60;b&#62;看護 花子");
    assert!(wrote(&house, "account.added") && wrote(&house, "account.link_made"));
}

#[test]
fn what_is_wrong_with_a_new_person_is_said_at_once() {
    let house = House::empty();
    let admin = admin(&house);
    let bad = [("name", " "), ("login", "あ"), ("department", "")];
    let answer = admin.post("/s/minato/people", &bad).expect(422);
    answer.says("ログイン名は").says("名前を入力").says("役割を1つ以上");
    let vendor = |more: &[(&str, &str)]| {
        let mut fields = vec![("name", "保守"), ("login", "hoshu"), ("role", "vendor")];
        fields.extend_from_slice(more);
        admin.post("/s/minato/people", &fields)
    };
    vendor(&[]).expect(422).says("会社名");
    vendor(&[("vendor", "さくらシステム"), ("role", "administrator")]).expect(422).says("ほかの役割を付けられません");
    vendor(&[("vendor", "さくらシステム")]).expect(200);
    admin.post("/s/minato/people", &[("name", &"x".repeat(10 << 20))]).expect(413);
}

#[test]
fn roles_are_changed_and_taking_one_away_needs_a_reason() {
    let house = House::empty();
    let (admin, one) = (admin(&house), house.person("one", "一", &[("minato", Role::Staff)]));
    act(&admin, one.id, "roles", &[("role", "staff"), ("role", "auditor")]).expect(303);
    one.get("/s/minato/people").expect(200);
    act(&admin, one.id, "roles", &[("role", "staff")]).expect(422).says("理由を書いてください");
    act(&admin, one.id, "roles", &[("role", "staff"), ("why", "異動")]).expect(303);
    one.get("/s/minato/people").expect(403);
    admin.get(&path(one.id)).expect(200).says("admin（管理 太郎）");
    assert!(wrote(&house, "account.roles_changed"));
}

#[test]
fn who_lost_every_role_here_can_be_brought_back() {
    let house = House::empty();
    let (admin, one) = (admin(&house), house.person("one", "一", &[("minato", Role::Staff)]));
    let answer = act(&admin, one.id, "roles", &[("why", "退職")]).expect(303);
    assert_eq!(answer.location(), "/s/minato/people");
    admin.get(&path(one.id)).expect(404);
    let fields = [("name", "一"), ("login", "one"), ("role", "auditor")];
    let asked = admin.post("/s/minato/people", &fields).expect(409).says("one は 一 さんのものです");
    asked.keeps_quiet_about("/link/");
    admin.get(&path(one.id)).expect(404);
    let id = one.id.0.to_string();
    let meant = [fields.as_slice(), &[("present", id.as_str())]].concat();
    assert_eq!(admin.post("/s/minato/people", &meant).expect(303).location(), path(one.id));
    admin.get(&path(one.id)).expect(200).says("監査");
}

#[test]
fn the_slower_of_two_administrators_is_told_who_was_faster() {
    let house = House::empty();
    let (first, one) = (admin(&house), house.person("one", "一", &[("minato", Role::Staff)]));
    let second = house.person("second", "管理 次郎", &[("minato", Role::Administrator)]);
    let seen = version(&second.get(&path(one.id)));
    act(&first, one.id, "roles", &[("role", "auditor"), ("why", "監査へ")]).expect(303);
    let fields = [("version", seen.as_str()), ("enabled", "no"), ("why", "退職")];
    second.post(&format!("{}/enabled", path(one.id)), &fields).expect(409).says("admin（管理 太郎）");
    one.get("/me").expect(200);
    // The same form twice changes nothing the second time.
    let fields = [("version", "0"), ("role", "auditor"), ("why", "監査へ")];
    first.post(&format!("{}/roles", path(one.id)), &fields).expect(409);
}

#[test]
fn the_last_administrator_keeps_the_role_and_the_account() {
    let house = House::empty();
    let admin = admin(&house);
    act(&admin, admin.id, "roles", &[("role", "staff"), ("why", "辞める")]).expect(409).says("ほかに");
    act(&admin, admin.id, "enabled", &[("enabled", "no"), ("why", "辞める")]).expect(409);
    admin.get("/s/minato/people").expect(200);
    house.person("second", "次", &[("minato", Role::Administrator)]);
    act(&admin, admin.id, "roles", &[("role", "staff"), ("why", "交代")]).expect(303);
    admin.get("/s/minato/people").expect(403);
}

#[test]
fn nobody_makes_themself_an_executive() {
    let house = House::empty();
    let admin = admin(&house);
    let second = house.person("second", "次", &[("minato", Role::Administrator)]);
    let both = [("role", "administrator"), ("role", "executive")];
    act(&admin, admin.id, "roles", &both).expect(422).says("自分には付けられません");
    act(&second, admin.id, "roles", &both).expect(422).says("全施設の管理者だけ").says("兼ねられません");
}

#[test]
fn who_is_disabled_is_out_at_once_and_may_come_back() {
    let house = House::empty();
    let (admin, one) = (admin(&house), house.person("one", "一", &[("minato", Role::Staff)]));
    act(&admin, one.id, "enabled", &[("enabled", "no")]).expect(422).says("理由");
    act(&admin, one.id, "enabled", &[("enabled", "no"), ("why", "退職")]).expect(303);
    assert!(one.get("/me").expect(303).location().starts_with("/login"));
    admin.get(&path(one.id)).expect(200).says("停止中");
    act(&admin, one.id, "link", &[("why", "忘れた")]).expect(409);
    act(&admin, one.id, "enabled", &[("enabled", "yes")]).expect(303);
    one.get("/me").expect(303);
    assert!(wrote(&house, "account.disabled") && wrote(&house, "account.enabled"));
}

#[test]
fn a_link_is_made_with_a_reason_and_shown_once() {
    let house = House::empty();
    let (admin, one) = (admin(&house), house.person("one", "一", &[("minato", Role::Staff)]));
    act(&admin, one.id, "link", &[]).expect(422);
    let made = act(&admin, one.id, "link", &[("why", "電話をなくした")]).expect(200).says("一 さん本人だけに");
    let link = secret(&made.keeps_quiet_about("data-copy"));
    let path = link.strip_prefix("http://mamori.test").expect("the address that is in the browser");
    house.get(path).expect(200).says("パスワードの設定");
    one.get("/me").expect(200);
}

#[test]
fn a_link_begins_with_the_address_that_is_configured() {
    let house = House::as_set(std::sync::Arc::new(base::FixedClock(NOW)), |settings| {
        settings.public_address = Some("https://mamori.example:8443".to_owned());
    });
    let (admin, one) = (admin(&house), house.person("one", "一", &[("minato", Role::Staff)]));
    let made = act(&admin, one.id, "link", &[("why", "電話をなくした")]).expect(200);
    assert!(secret(&made).starts_with("https://mamori.example:8443/link/"), "{}", secret(&made));
}

#[test]
fn a_host_that_nobody_checked_begins_no_link() {
    let house = House::empty();
    let (admin, one) = (admin(&house), house.person("one", "一", &[("minato", Role::Staff)]));
    let version = version(&admin.get(&path(one.id)));
    let body = format!("csrf={}&version={version}&why=x", web::visit::encode_segment(&admin.csrf));
    let cookie = format!("{}={}", house.office.frame.session_cookie(), admin.token);
    // No browser: it says neither where the form comes from nor what page it was on.
    let headers = [("cookie", cookie.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let made = house.send(Method::POST, &format!("{}/link", path(one.id)), &headers, body.into_bytes()).expect(200);
    assert!(secret(&made).starts_with("/link/"), "{}", secret(&made));
    made.says("このプログラムのアドレス").keeps_quiet_about("mamori.test");
}

#[test]
fn somebody_is_signed_out_everywhere() {
    let house = House::empty();
    let (admin, one) = (admin(&house), house.person("one", "一", &[("minato", Role::Staff)]));
    act(&admin, one.id, "sessions", &[("why", "端末をなくした")]).expect(303);
    one.get("/me").expect(303);
    assert!(wrote(&house, "session.ended"));
}

#[test]
fn an_administrator_of_one_site_does_not_take_over_one_of_another() {
    let house = House::empty();
    let admin = admin(&house);
    let other = house.person("other", "他", &[("minato", Role::Staff), ("sakuragawa", Role::Administrator)]);
    let all = house.person("all", "全", &[(EVERYWHERE, Role::Administrator)]);
    for id in [other.id, all.id] {
        admin.get(&path(id)).expect(200).says("ほかの施設でも").keeps_quiet_about("/link\"");
        let version = version(&admin.get(&path(id)));
        for (what, fields) in
            [("link", [("why", "x"), ("enabled", "")]), ("enabled", [("why", "x"), ("enabled", "no")])]
        {
            let fields = [&[("version", version.as_str())], fields.as_slice()].concat();
            admin.post(&format!("{}/{what}", path(id)), &fields).expect(409).says("すべての施設の管理者だけ");
        }
    }
    let stranger = house.person("stranger", "よそ", &[("sakuragawa", Role::Staff)]);
    for missing in [path(stranger.id), "/s/minato/people/999".to_owned(), "/s/minato/people/x".to_owned()] {
        admin.get(&missing).expect(404);
    }
    let fields = [("name", "よそ"), ("login", "stranger"), ("role", "staff")];
    let gone = house.person("gone", "去った人", &[]);
    for (login, id) in [("stranger", stranger.id), ("gone", gone.id), ("all", all.id)] {
        let (name, id) = (["さん", "のものです"].concat(), id.0.to_string());
        let fields = [("name", "新しい人"), ("login", login), ("role", "staff"), ("present", id.as_str())];
        let answer = admin.post("/s/minato/people", &fields).expect(409).says("すでに使われています");
        answer.keeps_quiet_about("よそ").keeps_quiet_about("去った人").keeps_quiet_about(&name);
        admin.get(&path(stranger.id)).expect(404);
    }
    all.post("/s/minato/people", &fields).expect(409).says("stranger は よそ さんのものです").says("value=\"よそ\"");
    act(&all, other.id, "enabled", &[("enabled", "no"), ("why", "退職")]).expect(303);
}

#[test]
fn roles_at_every_site_are_given_by_those_who_have_them() {
    let house = House::empty();
    let (admin, one) = (admin(&house), house.person("one", "一", &[("minato", Role::Staff)]));
    let everywhere = [("role", "staff"), ("has_everywhere", "1"), ("everywhere", "administrator")];
    admin.get(&path(one.id)).keeps_quiet_about("has_everywhere");
    act(&admin, one.id, "roles", &everywhere).expect(303);
    one.get("/s/minato/people").expect(403);
    let all = house.person("all", "全", &[(EVERYWHERE, Role::Administrator)]);
    act(&all, one.id, "roles", &everywhere).expect(303);
    one.get("/s/minato/people").expect(200);
}

#[test]
fn an_auditor_reads_and_changes_nothing() {
    let house = House::empty();
    let admin = admin(&house);
    let auditor = house.person("auditor", "監査", &[("minato", Role::Auditor)]);
    auditor.get("/s/minato/people").expect(200).says("admin").keeps_quiet_about("people/new");
    auditor.get(&path(admin.id)).expect(200).keeps_quiet_about("<form method=\"post\" action=\"/s/");
    auditor.post(&format!("{}/enabled", path(admin.id)), &[("enabled", "no"), ("why", "x")]).expect(403);
    auditor.get("/s/minato/settings").expect(200).keeps_quiet_about("name=\"seen\"");
    auditor.get("/s/minato/tokens").expect(200).keeps_quiet_about("name=\"days\"");
}

const APPOINT: [(&str, &str); 5] =
    [("role", "executive"), ("login", "jimu"), ("from", "R8.11.20"), ("to", "2026-11-27"), ("why", "学会への出張")];

fn appoint(who: &Person<'_>, changes: &[(&str, &str)]) -> Answer {
    let changed = |name: &str| changes.iter().find(|(found, _)| *found == name).map(|(_, value)| *value);
    let fields: Vec<(&str, &str)> =
        APPOINT.iter().map(|(name, value)| (*name, changed(name).unwrap_or(value))).collect();
    who.post("/s/minato/deputies", &fields)
}

#[test]
fn an_executive_appoints_a_deputy_for_days_and_takes_it_back() {
    let house = House::empty();
    let chief = house.person("incho", "院長", &[("minato", Role::Executive)]);
    let jimu = house.person("jimu", "事務長", &[("minato", Role::Staff)]);
    jimu.get("/s/minato/deputies").expect(403);
    appoint(&chief, &[]).expect(303);
    appoint(&chief, &[]).expect(409).says("すでに代行者").says("incho（院長） 2026-11-20 12:00");
    let page = jimu.get("/s/minato/deputies").expect(200).says("代行中").says("jimu（事務長）");
    page.keeps_quiet_about("name=\"login\"");
    jimu.get("/me").expect(200).says("代行している役割");
    appoint(&jimu, &[("login", "incho")]).expect(422).says("自分が持っている役割だけ");
    jimu.post("/s/minato/deputies/1/revoke", &[("why", "x")]).expect(409);
    chief.post("/s/minato/deputies/1/revoke", &[]).expect(422);
    chief.post("/s/minato/deputies/1/revoke", &[("why", "中止")]).expect(303);
    let other = house.person("riji", "理事長", &[("minato", Role::Executive)]);
    other.post("/s/minato/deputies/1/revoke", &[("why", "中止")]).expect(409).says("incho（院長） 2026-11-20 12:00");
    other.post("/s/minato/deputies/99/revoke", &[("why", "中止")]).expect(404);
    jimu.get("/s/minato/deputies").expect(403);
    assert!(wrote(&house, "deputy.appointed") && wrote(&house, "deputy.revoked"));
}

#[test]
fn a_deputy_is_nobody_who_must_not_decide() {
    let house = House::empty();
    let chief = house.person("incho", "院長", &[("minato", Role::Executive)]);
    house.person("jimu", "事務長", &[("minato", Role::Staff)]);
    house.person("desk", "情報室", &[("minato", Role::Administrator)]);
    house.person("vendor", "保守", &[("minato", Role::Vendor)]);
    house.person("stranger", "よそ", &[("sakuragawa", Role::Staff)]);
    for login in ["desk", "vendor"] {
        appoint(&chief, &[("login", login)]).expect(400).says("この人には任せられません");
    }
    for login in ["stranger", "nobody", "incho"] {
        appoint(&chief, &[("login", login)]).expect(400).says("代行者にできません");
    }
    appoint(&chief, &[("role", "administrator")]).expect(422).says("自分が持っている役割だけ");
    appoint(&chief, &[("from", "2026-11-19")]).expect(400).says("92");
    appoint(&chief, &[("to", "きのう"), ("why", "")]).expect(422).says("日付を読み取れません").says("理由");
}

#[test]
fn a_token_is_shown_once_and_taken_back_once() {
    let house = House::empty();
    let admin = admin(&house);
    let fields = [("name", "<i>棚卸"), ("scope", "write"), ("days", "30")];
    let answer = admin.post("/s/minato/tokens", &fields).expect(200).says("&#60;i&#62;棚卸").says("2026-12-20");
    let token = &secret(&answer);
    let second = house.person("second", "管理 次郎", &[("minato", Role::Administrator)]);
    second.post("/s/minato/tokens", &fields).expect(409).says("同じ名前").says("admin（管理 太郎） 2026-11-20 12:00");
    admin.get("/s/minato/tokens").expect(200).says("まだない").keeps_quiet_about(token);
    let found = house.office.database().read(|tx| tables::find_by_api_token(tx, token, house.office.frame.now()));
    assert!(found.unwrap().unwrap().token.unwrap().may_write);
    admin.post("/s/minato/tokens/1/revoke", &[]).expect(422);
    admin.post("/s/minato/tokens/1/revoke", &[("why", "使わない")]).expect(303);
    second.post("/s/minato/tokens/1/revoke", &[("why", "使わない")]).expect(409).says("admin（管理 太郎） 2026-11-20");
    second.post("/s/minato/tokens/99/revoke", &[("why", "使わない")]).expect(404);
    admin.post("/s/minato/tokens", &fields).expect(200);
    assert!(wrote(&house, "api_token.made") && wrote(&house, "api_token.revoked"));
}

#[test]
fn the_use_of_a_token_shows_in_the_list() {
    let mut house = House::empty();
    let fields = [("name", "棚卸"), ("scope", "read"), ("days", "30")];
    let token = secret(&admin(&house).post("/s/minato/tokens", &fields).expect(200));
    let routes = web::Routes::<()>::new().get("/api/test", web::Needs::TokenRead, || async { "ok" });
    house.router = routes.into_router(&house.office.frame);
    for (token, status) in [(token.as_str(), 200), (&token, 200), ("another", 401)] {
        let bearer = format!("Bearer {token}");
        house.send(Method::GET, "/api/test", &[("authorization", &bearer)], Vec::new()).expect(status);
    }
    let tokens = house.office.database().read(|tx| tables::list_api_tokens(tx, "minato")).unwrap();
    assert_eq!(tokens[0].used_at, Some(house.office.frame.now()));
}

#[test]
fn a_token_lasts_from_one_day_to_a_year() {
    let house = House::empty();
    let admin = admin(&house);
    for (days, status) in [("0", 422), ("1", 200), ("365", 200), ("366", 422), ("-1", 422), ("viele", 422), ("", 422)] {
        let name = format!("token {days}");
        admin.post("/s/minato/tokens", &[("name", &name), ("scope", "read"), ("days", days)]).expect(status);
    }
    admin.post("/s/minato/tokens", &[("scope", "all"), ("days", "3")]).expect(422).says("名前").says("できること");
}

#[test]
fn adoption_says_that_executives_come_first() {
    let house = House::empty();
    let admin = admin(&house);
    admin.get("/s/minato/adoption").expect(200).says("経営者のアカウントがまだありません");
    house.person("incho", "院長", &[("minato", Role::Executive)]);
    admin.get("/s/minato/adoption").expect(200).says("経営者 1 人の全員");
    let fields = [("name", "副院長"), ("login", "fuku"), ("role", "executive"), ("department", "<u>診療部")];
    let everywhere = house.person("all", "全体", &[(EVERYWHERE, Role::Administrator)]);
    everywhere.post("/s/minato/people", &fields).expect(200);
    let page = admin.get("/s/minato/adoption").expect(200).says("経営者 2 人のうち、この30日に使ったのは 1 人");
    let page = page.says("まず経営者に").says("1 / 2").says("&#60;u&#62;診療部").says("0 / 1").says("令和9年11月20日");
    page.says("<rect class=\"seg-good\" width=\"50\"").says("1年");
}

fn seen(page: &Answer) -> String {
    page.text().split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[test]
fn settings_are_saved_once_and_the_slower_is_told() {
    let house = House::empty();
    let admin = admin(&house);
    let seen = seen(&admin.get("/s/minato/settings").expect(200).says("みなと総合病院").says("mamori "));
    let save = |name: &str, beds: &str| {
        let fields = [("seen", seen.as_str()), ("name", name), ("kind", "clinic"), ("beds", beds)];
        admin.post("/s/minato/settings", &fields)
    };
    save("", "many").expect(422).says("施設名を入力").says("病床数は");
    save("みなと診療所", "").expect(303);
    save("みなと病院", "10").expect(409).says("admin（管理 太郎）");
    admin.get("/s/minato/settings").says("みなと診療所").says("value=\"clinic\" selected");
    assert!(wrote(&house, "site.changed"));
}

#[test]
fn the_list_can_be_filtered_sorted_and_exported() {
    let house = House::empty();
    let admin = admin(&house);
    house.person("one", "一", &[("minato", Role::Staff)]);
    admin.get("/s/minato/people?role=staff").expect(200).says(">one<").keeps_quiet_about(">admin<");
    admin.get("/s/minato/people?state=disabled").expect(200).says("あてはまる人がいません");
    admin.get("/s/minato/people?sort=name&dir=desc&page=9").expect(200);
    let csv = admin.get("/s/minato/people?format=csv").expect(200).text();
    assert!(csv.contains("admin") && csv.contains("one"), "{csv}");
}

#[test]
fn the_desk_of_a_site_makes_no_executive_and_no_link_of_one() {
    let house = House::empty();
    let admin = admin(&house);
    let chief = house.person("incho", "院長", &[("minato", Role::Executive)]);
    let staff = house.person("jimu", "事務長", &[("minato", Role::Staff)]);
    let new = [("name", "偽の院長"), ("login", "nise"), ("department", ""), ("role", "executive")];
    admin.post("/s/minato/people", &new).expect(422).says("全施設の管理者だけ").keeps_quiet_about("/link/");
    act(&admin, staff.id, "roles", &[("role", "executive"), ("why", "x")]).expect(422).says("全施設の管理者だけ");
    act(&admin, chief.id, "link", &[("why", "x")]).expect(403).says("全施設の管理者だけ").keeps_quiet_about("/link/");
    admin.get(&path(chief.id)).expect(200).says("全施設の管理者だけ").keeps_quiet_about("/link\"");
    let all = house.person("all", "全体", &[(EVERYWHERE, Role::Administrator)]);
    act(&all, staff.id, "roles", &[("role", "executive"), ("why", "就任")]).expect(303);
    act(&all, staff.id, "roles", &[("role", "executive"), ("role", "auditor"), ("why", "x")])
        .expect(422)
        .says("兼ねられません");
}

/// Makes somebody a deputy for today.
fn deputise(house: &House, who: &Person<'_>, site: &str, role: Role) {
    let today = NOW.date_jst();
    let appointed_by = "test".to_owned();
    let deputy = Deputy { id: 0, site: site.to_owned(), role, starts_on: today, ends_on: today, appointed_by };
    house.office.database().transaction(|tx| tables::add_deputy(tx, who.id, &deputy, "休暇", NOW)).unwrap();
}

#[test]
fn an_executive_is_not_taken_over_through_another_site_of_theirs() {
    let house = House::empty();
    let roles = [("minato", Role::Administrator), ("sakuragawa", Role::Administrator)];
    let both = house.person("both", "両方", &roles);
    let chief = house.person("riji", "理事長", &[("sakuragawa", Role::Executive), ("minato", Role::Staff)]);
    let refused = act(&both, chief.id, "link", &[("why", "x")]).expect(403).says("全施設の管理者だけ");
    refused.keeps_quiet_about("/link/");
    let all = house.person("all", "全体", &[(EVERYWHERE, Role::Administrator)]);
    act(&all, chief.id, "link", &[("why", "電話をなくした")]).expect(200).says("/link/");
}

#[test]
fn whoever_decides_for_the_executive_is_not_taken_over_either() {
    let house = House::empty();
    let (admin, deputy) = (admin(&house), house.person("jimu", "事務長", &[("minato", Role::Staff)]));
    act(&admin, deputy.id, "link", &[("why", "x")]).expect(200);
    deputise(&house, &deputy, "minato", Role::Executive);
    act(&admin, deputy.id, "link", &[("why", "x")]).expect(403).says("全施設の管理者だけ").keeps_quiet_about("/link/");
}

#[test]
fn a_deputy_at_one_site_makes_no_link_from_another() {
    let house = House::empty();
    let (admin, one) =
        (admin(&house), house.person("one", "一", &[("minato", Role::Staff), ("sakuragawa", Role::Staff)]));
    deputise(&house, &admin, "sakuragawa", Role::Administrator);
    act(&admin, one.id, "link", &[("why", "x")]).expect(403).says("代行のあいだ").keeps_quiet_about("/link/");
}

#[test]
fn name_and_department_are_changed_and_the_slower_is_told() {
    let house = House::empty();
    let (admin, one) = (admin(&house), house.person("one", "一", &[("minato", Role::Staff)]));
    let seen = version(&admin.get(&path(one.id)));
    let to = format!("{}/details", path(one.id));
    let change = |who: &Person<'_>, name: &str| {
        who.post(&to, &[("version", seen.as_str()), ("name", name), ("department", "<u>医事課")])
    };
    change(&admin, " \u{202e}").expect(422).says("名前を入力");
    assert_eq!(change(&admin, "<b>改姓").expect(303).location(), format!("{}?done=details", path(one.id)));
    let page = admin.get(&path(one.id)).expect(200).says("value=\"&#60;b&#62;改姓\"").says("&#60;u&#62;医事課");
    page.says("admin（管理 太郎）").keeps_quiet_about("<b>改姓");
    assert!(wrote(&house, "account.changed"));
    let second = house.person("second", "管理 次郎", &[("minato", Role::Administrator)]);
    change(&second, "旧姓").expect(409).says("admin（管理 太郎） 2026-11-20 12:00");
    // What they changed themself counts as well.
    let seen = version(&admin.get(&path(one.id)));
    one.post("/me", &[("name", "自分で"), ("lang", "ja")]).expect(303);
    admin.post(&to, &[("version", seen.as_str()), ("name", "旧姓")]).expect(409).says("one（");
}

#[test]
fn name_and_department_are_for_administrators_of_all_their_sites_in_person() {
    let house = House::empty();
    let one = house.person("one", "一", &[("minato", Role::Staff), ("sakuragawa", Role::Staff)]);
    let here = house.person("here", "二", &[("minato", Role::Staff)]);
    act(&admin(&house), one.id, "details", &[("name", "改姓")]).expect(409).says("すべての施設の管理者だけ");
    let deputy = house.person("deputy", "代理", &[("minato", Role::Staff)]);
    deputise(&house, &deputy, "minato", Role::Administrator);
    act(&deputy, here.id, "details", &[("name", "改姓")]).expect(403).says("代行のあいだ");
}

#[test]
fn another_kind_of_site_is_assessed_anew_or_not_set_at_all() {
    let house = House::empty();
    let admin = admin(&house);
    let database = house.office.database();
    let waiting = || database.read(|tx| tx.get("SELECT COUNT(*) FROM outbox", &[])?.count(0)).unwrap();
    let before = waiting();
    let save = |name: &str, kind: &str| {
        let seen = seen(&admin.get("/s/minato/settings").expect(200));
        admin.post("/s/minato/settings", &[("seen", seen.as_str()), ("name", name), ("kind", kind), ("beds", "10")])
    };
    save("みなと病院", "hospital").expect(303);
    assert_eq!(waiting(), before, "the same kind");
    let full = "CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'full'); END";
    database.transaction::<_, store::StoreError>(|tx| tx.execute(full, &[]).map(|_| ())).unwrap();
    save("みなと診療所", "clinic").expect(500).says("何も変更されていません");
    admin.get("/s/minato/settings").expect(200).says("みなと病院").keeps_quiet_about("みなと診療所");
    database.transaction::<_, store::StoreError>(|tx| tx.execute("DROP TRIGGER full", &[]).map(|_| ())).unwrap();
    save("みなと診療所", "clinic").expect(303);
    assert_eq!(waiting(), before + 1);
}

#[test]
fn a_deputy_gives_no_roles_and_makes_no_links() {
    let house = House::empty();
    let deputy = house.person("deputy", "代理", &[("minato", Role::Staff)]);
    let other = house.person("jimu", "事務長", &[("minato", Role::Staff)]);
    deputise(&house, &deputy, "minato", Role::Administrator);
    deputy.post("/s/minato/people", &NEW).expect(403).says("代行のあいだ").keeps_quiet_about("/link/");
    for id in [deputy.id, other.id] {
        act(&deputy, id, "roles", &[("role", "administrator"), ("why", "x")]).expect(403).says("代行のあいだ");
        act(&deputy, id, "link", &[("why", "x")]).expect(403).keeps_quiet_about("/link/");
    }
}

#[test]
fn the_desk_shuts_no_executive_out_and_takes_no_seat_of_theirs() {
    let house = House::empty();
    let (admin, chief) = (admin(&house), house.person("incho", "院長", &[("minato", Role::Executive)]));
    let later = house.person("jimu", "事務長", &[("minato", Role::Staff)]);
    appoint(&chief, &[("from", "2026-11-25")]).expect(303);
    for id in [chief.id, later.id] {
        let page = admin.get(&path(id)).expect(200).says("全施設の管理者だけ").says("mamori user");
        let page = page.keeps_quiet_about("/enabled\"").keeps_quiet_about("/sessions\"");
        let version = version(&page.keeps_quiet_about("/roles\"").keeps_quiet_about("/link\""));
        for (what, field) in [("enabled", ("enabled", "no")), ("sessions", ("x", "")), ("roles", ("role", "auditor"))] {
            let fields = [("version", version.as_str()), ("why", "x"), field];
            admin.post(&format!("{}/{what}", path(id)), &fields).expect(403).says("全施設の管理者だけ");
        }
    }
    chief.get("/s/minato/deputies").expect(200).says("jimu（事務長）");
    let all = house.person("all", "全体", &[(EVERYWHERE, Role::Administrator)]);
    act(&all, chief.id, "enabled", &[("enabled", "no"), ("why", "退任")]).expect(303);
}

#[test]
fn a_deputy_of_the_desk_shuts_nobody_out_and_is_told_before_typing() {
    let house = House::empty();
    let (admin, chief) = (admin(&house), house.person("incho", "院長", &[("minato", Role::Executive)]));
    let nurse = house.person("nurse", "看護師", &[("minato", Role::Staff)]);
    deputise(&house, &nurse, "minato", Role::Administrator);
    for id in [admin.id, chief.id, nurse.id] {
        nurse.get(&path(id)).expect(200).says("代行のあいだ").keeps_quiet_about("<form method=\"post\" action=\"/s/");
        for (what, field) in [("enabled", ("enabled", "no")), ("enabled", ("enabled", "yes")), ("sessions", ("x", ""))]
        {
            let fields = [("version", "0"), ("why", "x"), field];
            nurse.post(&format!("{}/{what}", path(id)), &fields).expect(403).says("代行のあいだ");
        }
    }
    nurse.get("/s/minato/people").expect(200).keeps_quiet_about("people/new");
    nurse.get("/s/minato/people/new").expect(403).says("代行のあいだ");
    nurse.get("/s/minato/tokens").expect(200).keeps_quiet_about("name=\"days\"");
    nurse.post("/s/minato/tokens", &[("name", "x"), ("scope", "write"), ("days", "365")]).expect(403);
    admin.get("/s/minato/people").expect(200);
}
