//! Setting up, signing in, one's own account.

use axum::http::{Method, header};
use base::{Clock, Secret, UtcSeconds};
use people::link::Purpose;
use people::password::{self, Password};
use people::store as tables;
use people::{AccountId, Role, new_token, totp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::house::{Answer, House, NOW, Person};

const PASSWORD: &str = "umeboshi to 7 tanuki";
const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// A clock that goes on when the test says so.
#[derive(Clone)]
struct Hand(Arc<AtomicI64>);

impl Hand {
    fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> UtcSeconds {
        UtcSeconds(self.0.load(Ordering::SeqCst))
    }
}

fn house() -> (House, Hand) {
    let hand = Hand(Arc::new(AtomicI64::new(NOW.0)));
    (House::at(Arc::new(hand.clone())), hand)
}

/// A browser that keeps its cookies, somewhere.
struct Browser<'h> {
    house: &'h House,
    cookies: Vec<(String, String)>,
}

impl<'h> Browser<'h> {
    fn new(house: &'h House) -> Self {
        Self { house, cookies: Vec::new() }
    }

    fn send(&mut self, method: Method, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encode = web::visit::encode_segment;
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let headers = [
            ("cookie", cookies.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
            ("user-agent", "Test <b>browser</b>"),
        ];
        let answer = self.house.send(method, path, &headers, body.join("&").into_bytes());
        for value in answer.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = value.to_str().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(found, _)| found != name);
            let value = rest.split(';').next().unwrap();
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }

    fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[])
    }

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, fields)
    }

    fn password(&mut self, login: &str, password: &str) -> Answer {
        self.post("/login", &[("login", login), ("password", password)])
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The secret of this session's forms.
    fn csrf(&mut self) -> String {
        let text = self.get("/me").expect(200).text();
        text.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    fn is_signed_in(&mut self) -> bool {
        self.get("/me").status.as_u16() == 200
    }
}

/// Somebody with a password and an authenticator, signed in nowhere.
fn member(house: &House, login: &str, with_totp: bool) -> AccountId {
    let id = house.person(login, "佐藤 花子", &[("minato", Role::Administrator)]).id;
    let hash = password::hash(&Password::typed(PASSWORD), &*house.office.frame.randomness).unwrap();
    house
        .office
        .database()
        .transaction::<_, store::StoreError>(|tx| {
            tables::put_password(tx, id, &hash, NOW)?;
            if with_totp {
                tables::put_totp(tx, id, &Secret::new(SECRET.to_owned()), 0, NOW)?;
            }
            tables::end_sessions(tx, id, None, NOW).map(|_| ())
        })
        .unwrap();
    id
}

fn code(house: &House) -> String {
    totp::code_at(&Secret::new(SECRET.to_owned()), house.office.frame.now()).unwrap()
}

fn sign_in(browser: &mut Browser<'_>, login: &str) {
    assert_eq!(browser.password(login, PASSWORD).expect(303).location(), "/login/code");
    let code = code(browser.house);
    assert_eq!(browser.post("/login/code", &[("code", &code)]).expect(303).location(), "/");
}

fn kinds(house: &House) -> Vec<String> {
    let entries = house.office.database().read(|tx| store::ledger::list_entries(tx, None, 100)).unwrap();
    entries.into_iter().map(|entry| entry.kind).collect()
}

/// The secret and the codes a page shows.
fn secret_of(page: &str) -> Secret<String> {
    let text = page.split("id=\"enrol-secret\">").nth(1).unwrap().split('<').next().unwrap();
    Secret::new(text.replace(' ', ""))
}

fn codes_of(page: &str) -> Vec<String> {
    page.split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

fn enrol(browser: &mut Browser<'_>) -> Vec<String> {
    let secret = secret_of(&browser.get("/login/enrol").expect(200).says("<svg").text());
    let code = totp::code_at(&secret, browser.house.office.frame.now()).unwrap();
    codes_of(&browser.post("/login/enrol", &[("code", &code)]).expect(200).text())
}

const FOUNDING: [(&str, &str); 9] = [
    ("code", "123456"),
    ("site_name", "みなと総合病院"),
    ("kind", "hospital"),
    ("beds", "320"),
    ("site", "minato"),
    ("name", "田中 一郎"),
    ("login", "tanaka"),
    ("new", PASSWORD),
    ("again", PASSWORD),
];

fn founding<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let changed = |name: &str| changes.iter().find(|(found, _)| *found == name).map(|(_, value)| *value);
    FOUNDING.iter().map(|(name, value)| (*name, changed(name).unwrap_or(value))).collect()
}

#[test]
fn a_new_installation_is_set_up_by_whoever_knows_the_code() {
    let (house, _) = house();
    let mut browser = Browser::new(&house);
    browser.get("/setup").expect(200).says("準備コード").says("value=\"minato\"");
    browser.post("/setup", &founding(&[("code", "123457")])).expect(422).says("準備コードが違います");
    assert_eq!(browser.post("/setup", &founding(&[])).expect(303).location(), "/login/enrol");
    assert!(!browser.is_signed_in(), "not before the second factor");
    assert_eq!(enrol(&mut browser).len(), 10);
    assert!(browser.is_signed_in());
    assert_eq!(browser.get("/").location(), "/s/minato/today");
    browser.get("/setup").expect(404);
    Browser::new(&house).post("/setup", &founding(&[("login", "another")])).expect(404);
    let kinds = kinds(&house);
    for kind in ["installation.set_up", "account.added", "account.credentials_changed", "session.opened"] {
        assert!(kinds.iter().any(|found| found == kind), "{kind} is not in {kinds:?}");
    }
}

#[test]
fn set_up_says_everything_that_is_wrong_at_once_and_keeps_what_was_typed() {
    let (house, _) = house();
    let mut browser = Browser::new(&house);
    let wrong = founding(&[
        ("site", "Minato!"),
        ("beds", "viele"),
        ("login", "ä"),
        ("name", " "),
        ("new", "short"),
        ("site_name", "<b>みなと"),
    ]);
    let answer = browser.post("/setup", &wrong).expect(422);
    let answer = answer.says("識別名は").says("病床数は").says("ログイン名は").says("名前を入力").says("短すぎます");
    answer.says("&#60;b&#62;みなと").keeps_quiet_about("<b>みなと").keeps_quiet_about("value=\"short\"");
    browser.post("/setup", &founding(&[("again", "something else entirely")])).expect(422).says("2回の入力が違います");
    let kept = browser.post("/setup", &founding(&[("new", "password1234"), ("again", "password1234")])).expect(422);
    kept.says("name=\"code\" value=\"123456\"");
    browser.post("/setup", &founding(&[("code", "<1>")])).expect(422).says("name=\"code\" value=\"\"");
    browser.post("/setup", &founding(&[("code", " １２３　４５６ "), ("beds", "３２０")])).expect(303);
}

#[test]
fn guessing_the_set_up_code_grows_slow() {
    let (house, hand) = house();
    let mut browser = Browser::new(&house);
    for _ in 0..5 {
        browser.post("/setup", &founding(&[("code", "000000")])).expect(422);
    }
    browser.post("/setup", &founding(&[])).expect(429).says("5 秒");
    hand.forward(5);
    browser.post("/setup", &founding(&[])).expect(303);
}

#[test]
fn two_who_set_up_at_once_make_one_administrator() {
    let (house, _) = house();
    assert_eq!(house.get("/login").expect(303).location(), "/setup");
    let found = |login: &str| Browser::new(&house).post("/setup", &founding(&[("login", login)])).status.as_u16();
    let statuses = std::thread::scope(|scope| {
        let both = [scope.spawn(|| found("tanaka")), scope.spawn(|| found("suzuki"))];
        both.map(|thread| thread.join().unwrap())
    });
    assert!(statuses.contains(&303) && (statuses.contains(&404) || statuses.contains(&409)), "{statuses:?}");
    assert_eq!(house.office.database().read(tables::count_accounts).unwrap(), 1);
    house.get("/login").expect(200);
}

#[test]
fn many_guesses_at_once_count_one_by_one() {
    let (house, _) = house();
    member(&house, "sato", true);
    let guess = || Browser::new(&house).password("sato", "guess guess guess").status.as_u16();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..12).map(|_| scope.spawn(guess)).collect();
        all.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((count(422), count(429)), (5, 7), "{statuses:?}");
}

#[test]
fn without_a_second_factor_only_its_own_page_opens() {
    let (house, _) = house();
    member(&house, "sato", false);
    let mut browser = Browser::new(&house);
    assert_eq!(browser.password("sato", PASSWORD).expect(303).location(), "/login/enrol");
    for path in ["/me", "/s/minato/", "/s/minato/evidence"] {
        assert!(browser.get(path).expect(303).location().starts_with("/login?next="), "{path}");
    }
    browser.post("/login/enrol", &[("code", "000000")]).expect(422).says("数字が合いません");
    browser.post("/login/code", &[("code", "000000")]).expect(410);
    assert_eq!(enrol(&mut browser).len(), 10);
    assert!(browser.is_signed_in());
    browser.post("/login/enrol", &[("csrf", "x"), ("code", "000000")]).expect(403);
    browser.get("/login/enrol").expect(410);
}

#[test]
fn login_password_and_code_lead_where_somebody_wanted_to_go() {
    let (house, _) = house();
    member(&house, "sato", true);
    let mut browser = Browser::new(&house);
    browser.get("/login?next=/s/minato/evidence").expect(200).says("value=\"/s/minato/evidence\"");
    let fields = [("login", " SATO "), ("password", PASSWORD), ("next", "/s/minato/evidence")];
    browser.post("/login", &fields).expect(303);
    assert!(!browser.is_signed_in());
    let code = code(&house);
    let answer = browser.post("/login/code", &[("code", &code)]).expect(303);
    assert_eq!(answer.location(), "/s/minato/evidence");
    let cookies: Vec<&str> =
        answer.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
    assert!(cookies.iter().all(|cookie| cookie.contains("; HttpOnly; SameSite=Lax") && cookie.contains("; Path=/")));
    assert!(browser.is_signed_in());
    assert_eq!(browser.get("/login?next=/me").expect(303).location(), "/me");
}

#[test]
fn nobody_is_sent_elsewhere_after_signing_in() {
    let (house, hand) = house();
    member(&house, "sato", true);
    for next in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let mut browser = Browser::new(&house);
        browser.get(&format!("/login?next={}", web::visit::encode_segment(next))).expect(200).keeps_quiet_about("evil");
        browser.post("/login", &[("login", "sato"), ("password", PASSWORD), ("next", next)]).expect(303);
        let code = code(&house);
        assert_eq!(browser.post("/login/code", &[("code", &code)]).expect(303).location(), "/", "{next}");
        hand.forward(30);
    }
}

#[test]
fn an_unknown_login_a_wrong_password_and_a_closed_account_get_the_same_answer() {
    let (house, _) = house();
    member(&house, "sato", true);
    let closed = member(&house, "gone", true);
    house
        .office
        .database()
        .transaction::<_, store::StoreError>(|tx| {
            let account = tables::find_account(tx, closed)?.unwrap();
            let edit = tables::AccountEdit { enabled: false, ..tables::AccountEdit::of(&account) };
            tables::update_account(tx, closed, &edit).map(|_| ())
        })
        .unwrap();
    let ask = |login: &str, password: &str| {
        let answer = Browser::new(&house).password(login, password).expect(422);
        (answer.text().replace(&format!("value=\"{login}\""), ""), answer.headers.contains_key(header::SET_COOKIE))
    };
    let unknown = ask("nobody", PASSWORD);
    assert!(unknown.0.contains("サインインできませんでした") && !unknown.1);
    assert_eq!(unknown, ask("sato", "wrong password, really"));
    assert_eq!(unknown, ask("gone", PASSWORD));
    assert_eq!(unknown, ask("あ", PASSWORD), "what can't even be a login");
    assert_eq!(unknown, ask("sato", ""));
}

#[test]
fn a_code_counts_once() {
    let (house, hand) = house();
    member(&house, "sato", true);
    let code = code(&house);
    let mut first = Browser::new(&house);
    first.password("sato", PASSWORD).expect(303);
    let mut second = Browser::new(&house);
    second.password("sato", PASSWORD).expect(303);
    first.post("/login/code", &[("code", &code)]).expect(303);
    second.post("/login/code", &[("code", &code)]).expect(422).says("一度しか使えません");
    hand.forward(30);
    let code = totp::code_at(&Secret::new(SECRET.to_owned()), hand.now()).unwrap();
    second.post("/login/code", &[("code", &code)]).expect(303);
}

#[test]
fn who_is_refused_because_the_clock_went_back_is_told_so() {
    let (house, hand) = house();
    member(&house, "sato", true);
    let code_of = |hand: &Hand| totp::code_at(&Secret::new(SECRET.to_owned()), hand.now()).unwrap();
    sign_in(&mut Browser::new(&house), "sato");
    hand.forward(-3_600);
    let mut browser = Browser::new(&house);
    browser.password("sato", PASSWORD).expect(303);
    browser.post("/login/code", &[("code", "000000")]).expect(422).keeps_quiet_about("時計");
    browser.post("/login/code", &[("code", &code_of(&hand))]).expect(422).says("時計が遅れているかもしれません");
}

#[test]
fn a_recovery_code_opens_once() {
    let (house, _) = house();
    member(&house, "sato", false);
    let mut browser = Browser::new(&house);
    browser.password("sato", PASSWORD).expect(303);
    let codes = enrol(&mut browser);
    for (expected, browser) in [(303, Browser::new(&house)), (422, Browser::new(&house))] {
        let mut browser = browser;
        browser.password("sato", PASSWORD).expect(303);
        browser.post("/login/code", &[("code", &codes[3].to_uppercase())]).expect(expected);
    }
    assert!(kinds(&house).iter().any(|kind| kind == "account.recovery_code_used"));
    browser.get("/me").expect(200).says("残っている回復コード: 9");
}

#[test]
fn guesses_slow_the_guesser_and_never_the_person_at_their_own_browser() {
    let (house, hand) = house();
    member(&house, "sato", true);
    let mut own = Browser::new(&house);
    sign_in(&mut own, "sato");
    let csrf = own.csrf();
    own.post("/logout", &[("csrf", &csrf)]).expect(303);
    assert!(!own.is_signed_in());
    hand.forward(60);
    let mut stranger = Browser::new(&house);
    for _ in 0..5 {
        stranger.password("sato", "guess guess guess").expect(422);
    }
    stranger.password("sato", "guess guess guess").expect(429).says("5 秒");
    stranger.password("sato", PASSWORD).expect(429);
    assert_eq!(kinds(&house).iter().filter(|kind| *kind == "session.refused").count(), 1);
    // The same address, but a browser that is known.
    sign_in(&mut own, "sato");
    hand.forward(5);
    stranger.password("sato", "guess guess guess").expect(422);
    stranger.password("sato", "guess guess guess").expect(429).says("10 秒");
}

#[test]
fn wrong_codes_slow_down_as_wrong_passwords_do() {
    let (house, _) = house();
    member(&house, "sato", true);
    let mut browser = Browser::new(&house);
    browser.password("sato", PASSWORD).expect(303);
    for _ in 0..5 {
        browser.post("/login/code", &[("code", "000000")]).expect(422);
    }
    let code = code(&house);
    browser.post("/login/code", &[("code", &code)]).expect(429);
}

#[test]
fn a_sign_in_gives_a_new_session_and_ends_the_one_before() {
    let (house, hand) = house();
    member(&house, "sato", true);
    let mut browser = Browser::new(&house);
    browser.cookies.push(("mamori".to_owned(), "planted-by-somebody-else".to_owned()));
    sign_in(&mut browser, "sato");
    let first = browser.cookie("mamori").unwrap().to_owned();
    assert_ne!(first, "planted-by-somebody-else");
    assert!(browser.cookie("mamori-step").is_none());
    let csrf = browser.csrf();
    hand.forward(60);
    browser.post("/login", &[("csrf", &csrf), ("login", "sato"), ("password", PASSWORD)]).expect(303);
    let code = code(&house);
    browser.post("/login/code", &[("csrf", &csrf), ("code", &code)]).expect(303);
    assert_ne!(browser.cookie("mamori").unwrap(), first);
    let mut former = Browser::new(&house);
    former.cookies.push(("mamori".to_owned(), first));
    assert!(!former.is_signed_in());
}

#[test]
fn a_sign_in_left_lying_is_over_after_a_quarter_of_an_hour() {
    let (house, hand) = house();
    member(&house, "sato", true);
    let mut browser = Browser::new(&house);
    browser.password("sato", PASSWORD).expect(303);
    hand.forward(900);
    let code = code(&house);
    browser.post("/login/code", &[("code", &code)]).expect(410).says("はじめから");
}

fn make_link(house: &House, account: AccountId, purpose: Purpose) -> String {
    let token = new_token(&*house.office.frame.randomness);
    let new = tables::NewLink { token: &token, purpose, account, made_by: "test" };
    house.office.database().transaction(|tx| tables::add_link(tx, &new, house.office.frame.now())).unwrap();
    format!("/link/{token}")
}

#[test]
fn an_invitation_sets_password_and_second_factor_once() {
    let (house, _) = house();
    let id = house.person("new", "<b>新人\u{202e}", &[("minato", Role::Staff)]).id;
    let path = make_link(&house, id, Purpose::Invite);
    let mut browser = Browser::new(&house);
    browser.get(&path).expect(200).says("&#60;b&#62;新人");
    browser.get(&path).expect(200);
    browser.post(&path, &[("new", "short"), ("again", "short")]).expect(422);
    browser.post(&path, &[("new", PASSWORD), ("again", "another one again")]).expect(422);
    let answer = browser.post(&path, &[("new", PASSWORD), ("again", PASSWORD)]).expect(303);
    assert_eq!(answer.location(), "/login/enrol");
    browser.post(&path, &[("new", PASSWORD), ("again", PASSWORD)]).expect(410);
    assert!(!browser.is_signed_in());
    enrol(&mut browser);
    assert!(browser.is_signed_in());
}

#[test]
fn a_reset_ends_what_there_was() {
    let (house, hand) = house();
    let id = member(&house, "sato", true);
    let mut lost = Browser::new(&house);
    sign_in(&mut lost, "sato");
    let path = make_link(&house, id, Purpose::Reset);
    let mut browser = Browser::new(&house);
    let new = "another password again";
    browser.post(&path, &[("new", new), ("again", new)]).expect(303);
    assert!(!lost.is_signed_in());
    enrol(&mut browser);
    hand.forward(60);
    Browser::new(&house).password("sato", PASSWORD).expect(422);
    assert_eq!(Browser::new(&house).password("sato", new).expect(303).location(), "/login/code");
}

#[test]
fn a_link_whose_time_is_over_opens_nothing() {
    let (house, hand) = house();
    let id = member(&house, "sato", true);
    let path = make_link(&house, id, Purpose::Reset);
    hand.forward(24 * 3_600);
    let mut browser = Browser::new(&house);
    browser.get(&path).expect(410).says("もう使えません");
    browser.post(&path, &[("new", PASSWORD), ("again", PASSWORD)]).expect(410);
    browser.get("/link/%F0%9F%98%80").expect(410);
}

#[test]
fn the_link_of_the_demo_opens_as_often_as_somebody_presses_the_button() {
    let clock = Arc::new(base::FixedClock(NOW));
    let house = House::as_set(clock, |settings| settings.demo = true);
    let id = house.person("demo", "見本", &[("minato", Role::Executive)]).id;
    let path = make_link(&house, id, Purpose::Demo);
    for _ in 0..2 {
        let mut browser = Browser::new(&house);
        browser.send(Method::HEAD, &path, &[]).expect(200);
        browser.get(&path).expect(200).says("見本 さんとして").says("<button");
        assert!(!browser.is_signed_in(), "looking opens nothing");
        assert_eq!(browser.post(&path, &[]).expect(303).location(), "/");
        assert!(browser.is_signed_in());
    }
}

/// Somebody signed in with a password.
fn somebody(house: &House) -> Person<'_> {
    let person = house.person("sato", "佐藤 花子", &[("minato", Role::Administrator)]);
    let hash = password::hash(&Password::typed(PASSWORD), &*house.office.frame.randomness).unwrap();
    house.office.database().transaction(|tx| tables::put_password(tx, person.id, &hash, NOW)).unwrap();
    person
}

#[test]
fn the_own_name_is_changed_and_shown_as_text() {
    let (house, _) = house();
    let person = somebody(&house);
    let fields = [("name", "<script>x</script>\u{202e}花子"), ("department", "情報"), ("lang", "ja")];
    assert_eq!(person.post("/me", &fields).expect(303).location(), "/me?done=account");
    let page =
        person.get("/me?done=account").expect(200).says("保存しました").says("&#60;script&#62;x&#60;/script&#62;花子");
    page.keeps_quiet_about("<script>x").says("value=\"情報\"");
    person.post("/me", &[("name", " \u{202e} ")]).expect(422).says("名前を入力");
    person.post("/me", &[("name", "花子"), ("lang", "en")]).expect(303);
    person.get("/me").expect(200).says("My account");
}

#[test]
fn a_password_is_changed_with_the_old_one_and_ends_other_sessions() {
    let (house, hand) = house();
    let person = somebody(&house);
    let mut other = Browser::new(&house);
    other.password("sato", PASSWORD).expect(303);
    enrol(&mut other);
    // Setting up the authenticator ended every other session.
    person.get("/me").expect(303);
    let csrf = other.csrf();
    hand.forward(60);
    let account = person.id;
    let token = tables::NewApiToken {
        name: "棚卸",
        token: "token-of-sato",
        account,
        site: "minato",
        may_write: true,
        expires_at: NOW.plus_days(9),
    };
    house.office.database().transaction(|tx| tables::add_api_token(tx, &token, NOW)).unwrap();
    let new = "quite another password";
    let fields = |old, again| [("csrf", csrf.as_str()), ("old", old), ("new", new), ("again", again)];
    other.post("/me/password", &fields("wrong wrong wrong", new)).expect(422).says("いまのパスワードが違います");
    other.post("/me/password", &fields(PASSWORD, "something different")).expect(422).says("2回の入力");
    other.post("/me/password", &fields(PASSWORD, new)).expect(303);
    assert!(other.is_signed_in());
    let found = house.office.database().read(|tx| tables::find_by_api_token(tx, "token-of-sato", NOW)).unwrap();
    assert!(found.is_none(), "whoever knew the password may have made it");
    Browser::new(&house).password("sato", PASSWORD).expect(422);
    Browser::new(&house).password("sato", new).expect(303);
}

#[test]
fn a_new_authenticator_takes_the_place_of_the_old_one_only_once_it_works() {
    let (house, hand) = house();
    member(&house, "sato", true);
    let mut browser = Browser::new(&house);
    sign_in(&mut browser, "sato");
    let csrf = browser.csrf();
    browser.post("/me/totp", &[("csrf", &csrf), ("old", "wrong wrong wrong")]).expect(422);
    assert_eq!(browser.post("/me/totp", &[("csrf", &csrf), ("old", PASSWORD)]).expect(303).location(), "/login/enrol");
    let secret = secret_of(&browser.get("/login/enrol").expect(200).text());
    hand.forward(30);
    // The old one still counts.
    let mut other = Browser::new(&house);
    sign_in(&mut other, "sato");
    let code = totp::code_at(&secret, hand.now()).unwrap();
    browser.post("/login/enrol", &[("csrf", &csrf), ("code", &code)]).expect(200).says("回復コード");
    assert!(browser.is_signed_in());
    assert!(!other.is_signed_in(), "a change ends other sessions");
}

#[test]
fn new_codes_on_paper_end_the_old_ones() {
    let (house, _) = house();
    member(&house, "sato", false);
    let mut browser = Browser::new(&house);
    browser.password("sato", PASSWORD).expect(303);
    let old = enrol(&mut browser);
    let csrf = browser.csrf();
    let page = browser.post("/me/codes", &[("csrf", &csrf), ("old", PASSWORD)]).expect(200).text();
    let new = codes_of(&page);
    assert_eq!(new.len(), 10);
    for (code, expected) in [(&old[0], 422), (&new[0], 303)] {
        let mut browser = Browser::new(&house);
        browser.password("sato", PASSWORD).expect(303);
        browser.post("/login/code", &[("code", code)]).expect(expected);
    }
}

#[test]
fn sessions_are_listed_and_ended_one_by_one_or_all() {
    let (house, hand) = house();
    member(&house, "sato", true);
    let mut browsers: Vec<Browser<'_>> = (0..3).map(|_| Browser::new(&house)).collect();
    for browser in &mut browsers {
        hand.forward(30);
        sign_in(browser, "sato");
    }
    let csrf = browsers[0].csrf();
    let page = browsers[0].get("/me").says("Test &#60;b&#62;browser").says("127.0.0.1").text();
    let id = page.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    browsers[0].post("/me/sessions/end", &[("csrf", &csrf), ("id", &id)]).expect(303);
    browsers[0].post("/me/sessions/end", &[("csrf", &csrf), ("id", &id)]).expect(303);
    assert_eq!(browsers.iter_mut().map(Browser::is_signed_in).filter(|is| *is).count(), 2);
    browsers[0].post("/me/sessions/end-others", &[("csrf", &csrf)]).expect(303);
    assert_eq!(browsers.iter_mut().map(Browser::is_signed_in).filter(|is| *is).count(), 1);
    assert!(browsers[0].is_signed_in());
}

#[test]
fn nobody_ends_the_session_of_somebody_else() {
    let (house, _) = house();
    let victim = house.person("victim", "だれか", &[("minato", Role::Staff)]);
    let person = somebody(&house);
    for id in ["1", "3", "-1", "999"] {
        person.post("/me/sessions/end", &[("id", id)]).expect(303);
    }
    victim.get("/me").expect(200);
}

#[test]
fn a_field_of_ten_megabytes_is_refused() {
    let (house, _) = house();
    let large = "x".repeat(10 << 20);
    Browser::new(&house).password("sato", &large).expect(413);
    somebody(&house).post("/me", &[("name", &large)]).expect(413);
}

#[test]
fn signing_out_ends_the_session() {
    let (house, _) = house();
    let person = somebody(&house);
    assert_eq!(person.post("/logout", &[]).expect(303).location(), "/login");
    person.get("/me").expect(303);
    assert!(kinds(&house).iter().any(|kind| kind == "session.ended"));
}

#[test]
fn a_link_of_the_demo_opens_no_other_office() {
    let (house, _) = house();
    let id = house.person("demo", "見本", &[("minato", Role::Administrator)]).id;
    let path = make_link(&house, id, Purpose::Demo);
    let mut browser = Browser::new(&house);
    browser.get(&path).expect(410);
    browser.post(&path, &[]).expect(410);
    assert!(!browser.is_signed_in());
}

#[test]
fn a_new_start_takes_the_tokens_back() {
    let (house, _) = house();
    let id = member(&house, "sato", true);
    let new = tables::NewApiToken {
        name: "棚卸",
        token: "token-of-sato",
        account: id,
        site: "minato",
        may_write: true,
        expires_at: NOW.plus_days(9),
    };
    house.office.database().transaction(|tx| tables::add_api_token(tx, &new, NOW)).unwrap();
    let path = make_link(&house, id, Purpose::Reset);
    let chosen = "kitsune to 9 umeboshi";
    Browser::new(&house).post(&path, &[("new", chosen), ("again", chosen)]).expect(303);
    let found = house.office.database().read(|tx| tables::find_by_api_token(tx, "token-of-sato", NOW)).unwrap();
    assert!(found.is_none());
}

#[test]
fn over_https_every_cookie_belongs_to_this_host_alone() {
    let clock = Arc::new(base::FixedClock(NOW));
    let house = House::as_set(clock, |settings| (settings.secure, settings.demo) = (true, true));
    let id = house.person("demo", "見本", &[("minato", Role::Executive)]).id;
    let answer = Browser::new(&house).post(&make_link(&house, id, Purpose::Demo), &[]).expect(303);
    let cookies: Vec<&str> =
        answer.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
    assert!(cookies.len() >= 2 && cookies.iter().all(|cookie| cookie.starts_with("__Host-")), "{cookies:?}");
}

/// From now on, whatever is typed, a link with another password is used while it is compared.
fn reset_meanwhile(house: &House, id: AccountId) {
    let other = password::hash(&Password::typed("another password again"), &*house.office.frame.randomness).unwrap();
    let reset = format!(
        "CREATE TRIGGER meanwhile AFTER INSERT ON failed_attempt BEGIN \
         UPDATE credential SET password_hash = '{other}', totp_secret = '' WHERE account = {}; END",
        id.0
    );
    house.office.database().transaction::<_, store::StoreError>(|tx| tx.execute(&reset, &[]).map(|_| ())).unwrap();
}

#[test]
fn the_password_of_before_opens_nothing_once_a_link_was_used() {
    let (house, _) = house();
    let id = member(&house, "sato", true);
    reset_meanwhile(&house, id);
    let mut browser = Browser::new(&house);
    browser.password("sato", PASSWORD).expect(422).says("サインインできませんでした");
    browser.get("/login/enrol").expect(410);
    assert_eq!(browser.password("sato", "another password again").expect(303).location(), "/login/enrol");
}

#[test]
fn an_account_closed_meanwhile_opens_nothing() {
    let (house, _) = house();
    let id = member(&house, "sato", true);
    let close = format!(
        "CREATE TRIGGER meanwhile AFTER INSERT ON failed_attempt BEGIN \
         UPDATE account SET enabled = 0 WHERE id = {}; END",
        id.0
    );
    house.office.database().transaction::<_, store::StoreError>(|tx| tx.execute(&close, &[]).map(|_| ())).unwrap();
    Browser::new(&house).password("sato", PASSWORD).expect(422).says("サインインできませんでした");
}

#[test]
fn the_password_of_before_changes_nothing_once_a_link_was_used() {
    for (path, fields) in [
        ("/me/password", [("old", PASSWORD), ("new", "kitsune to 9 umeboshi"), ("again", "kitsune to 9 umeboshi")]),
        ("/me/totp", [("old", PASSWORD), ("", ""), ("", "")]),
        ("/me/codes", [("old", PASSWORD), ("", ""), ("", "")]),
    ] {
        let (house, _) = house();
        let person = somebody(&house);
        reset_meanwhile(&house, person.id);
        person.post(path, &fields).expect(401).says("もう一度サインイン");
        assert!(!kinds(&house).iter().any(|kind| kind == "account.credentials_changed"), "{path}");
        Browser::new(&house).password("sato", "another password again").expect(303);
    }
}

#[test]
fn a_session_ended_meanwhile_changes_nothing() {
    let (house, _) = house();
    let person = somebody(&house);
    let end = "CREATE TRIGGER meanwhile AFTER INSERT ON failed_attempt BEGIN UPDATE session SET ended_at = 1; END";
    house.office.database().transaction::<_, store::StoreError>(|tx| tx.execute(end, &[]).map(|_| ())).unwrap();
    person.post("/me/totp", &[("old", PASSWORD)]).expect(401);
}

#[test]
fn what_is_grave_needs_a_second_factor_of_this_shift() {
    let (house, hand) = house();
    let person = somebody(&house);
    let one = house.person("one", "一", &[("minato", Role::Staff)]);
    let token = [("name", "棚卸"), ("scope", "read"), ("days", "30")];
    hand.forward(12 * 3_600 - 60);
    person.post("/s/minato/tokens", &token).expect(200);
    hand.forward(60);
    person.get("/me").expect(200);
    let paths = ["tokens", "people", "people/2/roles", "people/2/link"];
    assert_eq!(one.id, AccountId(2));
    for path in paths {
        let fields = [("name", "次"), ("scope", "read"), ("days", "30"), ("why", "x"), ("version", "0")];
        person.post(&format!("/s/minato/{path}"), &fields).expect(403).says("12時間以内");
    }
    let chief = Role::Executive;
    house
        .office
        .database()
        .transaction(|tx| tables::add_membership(tx, person.id, "minato", chief, "test", NOW))
        .unwrap();
    for path in ["deputies", "decisions/1", "decisions/exceptions/1"] {
        person.post(&format!("/s/minato/{path}"), &[]).expect(403).says("12時間以内");
    }
}

/// Somebody types a wrong password; the proxy says that they are at this address.
fn guess_from(house: &House, login: &str, forwarded: &[(&str, &str)]) -> u16 {
    let body = format!("login={login}&password=guess").into_bytes();
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let headers = [&[kind, ("sec-fetch-site", "same-origin")], forwarded].concat();
    house.send(Method::POST, "/login", &headers, body).status.as_u16()
}

#[test]
fn behind_a_trusted_proxy_whoever_guesses_slows_only_themself() {
    let clock = Arc::new(base::FixedClock(NOW));
    let house = House::as_set(clock, |settings| {
        settings.proxies = web::Proxies::new(vec!["127.0.0.1".parse().unwrap()]);
    });
    let from = |address: &'static str| [("x-forwarded-for", address)];
    for _ in 0..5 {
        assert_eq!(guess_from(&house, "sato", &from("192.0.2.9")), 422);
    }
    assert_eq!(guess_from(&house, "sato", &from("192.0.2.9")), 429);
    assert_eq!(guess_from(&house, "sato", &from("1.1.1.1, 192.0.2.9")), 429, "what the guesser wrote does not count");
    assert_eq!(guess_from(&house, "sato", &from("192.0.2.10")), 422);
}

#[test]
fn without_a_trusted_proxy_nobody_writes_where_they_are() {
    let (house, _) = house();
    for last in 0..5 {
        assert_eq!(guess_from(&house, "sato", &[("x-forwarded-for", &format!("192.0.2.{last}"))]), 422);
    }
    assert_eq!(guess_from(&house, "sato", &[("x-forwarded-for", "192.0.2.99")]), 429);
    assert_eq!(guess_from(&house, "sato", &[("forwarded", "for=192.0.2.99")]), 429);
}
