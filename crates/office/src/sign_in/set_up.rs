//! The first page of a new installation: which site it is, and who administers it.

use ::evidence::store::{self as evidence_tables, SiteRow};
use ::people::account::{Login, clean_name, without_blanks};
use ::people::admin::{self, Actor, NewPerson};
use ::people::password::{self, Password};
use ::people::store::{self as tables, AccountEdit, Stage};
use ::people::{EVERYWHERE, Role, totp};
use askama::Template;
use assess::SiteKind;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use governance::wording::site_kind_message;
use serde::Deserialize;
use serde_json::json;
use web::{Form, HttpError, Page, Visit, blocking, page, redirect};

use super::browser::Browser;
use super::flow::{self, Attempt, Begun, HASHING, with_status};
use super::refusal::Refusal;
use crate::Office;
use crate::state::Shared;

/// Kinds of sites for a form: names with their messages.
pub(crate) fn site_kinds() -> [(&'static str, &'static str); 3] {
    SiteKind::ALL.map(|(name, kind)| (name, site_kind_message(kind)))
}
/// Most beds of a site.
const MAX_BEDS: u32 = 9_999;
/// What failures here are counted under.
const KEY: &str = "/setup";

#[derive(Deserialize, Clone)]
pub(super) struct Typed {
    #[serde(default)]
    code: String,
    #[serde(default)]
    site_name: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    beds: String,
    #[serde(default)]
    site: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
}

#[derive(Template)]
#[template(path = "sign_in/set_up.html")]
struct SetUpPage<'a> {
    visit: &'a Visit,
    wrong: Vec<String>,
    typed: Typed,
    kinds: [(&'static str, &'static str); 3],
}

fn draw(visit: &Visit, mut typed: Typed, wrong: Vec<String>) -> Result<Response, HttpError> {
    for field in
        [&mut typed.code, &mut typed.site_name, &mut typed.beds, &mut typed.site, &mut typed.name, &mut typed.login]
    {
        *field = field.chars().take(200).collect();
    }
    page(visit, &Page::new(visit.text("set-up-title"), ""), &SetUpPage { visit, wrong, typed, kinds: site_kinds() })
}

/// Whether nobody has an account and the code is known: else there is no such page.
fn get_code(office: &Office) -> Result<String, HttpError> {
    let accounts = office.database().read(tables::count_accounts)?;
    office.settings.setup_code.clone().filter(|code| accounts == 0 && !code.is_empty()).ok_or_else(HttpError::not_found)
}

/// The page of a new installation.
pub(super) async fn show(visit: Visit, State(office): State<Shared>) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        get_code(&office)?;
        let sites = office.database().read(evidence_tables::list_sites)?;
        let present = sites.into_iter().next();
        let typed = Typed {
            code: String::new(),
            site_name: present.as_ref().map(|site| site.name.clone()).unwrap_or_default(),
            kind: present.as_ref().map_or(SiteKind::Hospital, |site| site.kind).name().to_owned(),
            beds: present.as_ref().and_then(|site| site.beds).map(|beds| beds.to_string()).unwrap_or_default(),
            site: present.map_or_else(|| "main".to_owned(), |site| site.id),
            name: String::new(),
            login: String::new(),
            new: String::new(),
            again: String::new(),
        };
        draw(&visit, typed, Vec::new())
    })
    .await
}

/// What was typed, once it makes sense.
struct Founding {
    site: SiteRow,
    login: Login,
    name: String,
    password: Password,
}

/// Reads name, kind and beds of a site.
pub(crate) fn read_site(visit: &Visit, id: &str, name: &str, kind: &str, beds: &str) -> Result<SiteRow, Vec<String>> {
    let mut wrong = Vec::new();
    let name = clean_name(name);
    if name.is_empty() {
        wrong.push(visit.text("site-bad-name"));
    }
    let kind = kind.parse::<SiteKind>().map_err(|_| wrong.push(visit.text("site-bad-kind"))).ok();
    let beds = match without_blanks(beds).as_str() {
        "" => None,
        text => match text.parse::<u32>() {
            Ok(beds) if beds <= MAX_BEDS => Some(beds),
            Ok(_) | Err(_) => {
                wrong.push(visit.text("site-bad-beds"));
                None
            }
        },
    };
    match kind {
        Some(kind) if wrong.is_empty() => Ok(SiteRow { id: id.to_owned(), name, kind, beds }),
        _ => Err(wrong),
    }
}

fn read(visit: &Visit, typed: &Typed) -> Result<Founding, Vec<String>> {
    let mut wrong = Vec::new();
    let id = typed.site.trim();
    let is_plain = id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if id.is_empty() || id.len() > 40 || !is_plain {
        wrong.push(visit.text("set-up-bad-site"));
    }
    let site = read_site(visit, id, &typed.site_name, &typed.kind, &typed.beds).map_err(|more| wrong.extend(more)).ok();
    let login = Login::new(&typed.login).map_err(|_| wrong.push(visit.text("person-bad-login"))).ok();
    let name = clean_name(&typed.name);
    if name.is_empty() {
        wrong.push(visit.text("person-bad-name"));
    }
    let password = Password::choose(&typed.new, &[typed.login.trim(), &name])
        .map_err(|err| wrong.push(flow::password_message(visit, err)))
        .ok();
    if password.as_ref().is_some_and(|password| *password != Password::typed(&typed.again)) {
        wrong.push(visit.text("password-not-same"));
    }
    match (site, login, password) {
        (Some(site), Some(login), Some(password)) if wrong.is_empty() => Ok(Founding { site, login, name, password }),
        _ => Err(wrong),
    }
}

/// Makes the site and its first administrator, who sets up an authenticator next.
pub(super) async fn found(
    visit: Visit,
    browser: Browser,
    State(office): State<Shared>,
    Form(typed): Form<Typed>,
) -> Result<Response, HttpError> {
    let (seen, from, asked) = (visit.clone(), browser.clone(), office.clone());
    let (founding, attempt) = match blocking(move || admit(&seen, &from, &asked, typed)).await? {
        Ok(admitted) => admitted,
        Err(refused) => return Ok(refused),
    };
    let _turn = HASHING.acquire().await.map_err(HttpError::internal)?;
    blocking(move || -> Result<Response, HttpError> {
        let step = settle(&office, &visit, &founding, &attempt)?;
        browser.give_step(&office.frame, redirect("/login/enrol"), &step)
    })
    .await
}

/// Looks at the code and at what was typed, in this order; or the page that says what is wrong.
fn admit(
    visit: &Visit,
    browser: &Browser,
    office: &Office,
    typed: Typed,
) -> Result<Result<(Founding, Attempt), Response>, HttpError> {
    let refuse = |typed: Typed, wrong: Vec<String>, status: StatusCode| -> Result<Result<_, Response>, HttpError> {
        Ok(Err(with_status(draw(visit, typed, wrong)?, status)))
    };
    let code = get_code(office)?;
    let attempt = match flow::begin(office, KEY, None, browser, visit.now)? {
        Begun::Go(attempt) => attempt,
        Begun::Wait(seconds) => {
            let wrong = vec![visit.say("sign-in-wait", &[("seconds", seconds.into())])];
            return refuse(typed, wrong, StatusCode::TOO_MANY_REQUESTS);
        }
    };
    if !web::guard::is_same_secret(&without_blanks(&typed.code), &without_blanks(&code)) {
        flow::note_failure(office, &attempt, browser, visit.now)?;
        let typed = Typed { code: String::new(), ..typed };
        return refuse(typed, vec![visit.text("set-up-wrong-code")], StatusCode::UNPROCESSABLE_ENTITY);
    }
    match read(visit, &typed) {
        Ok(founding) => Ok(Ok((founding, attempt))),
        Err(wrong) => {
            let (ledger, database) = (&office.installation.ledger, office.database());
            ledger.write::<_, Refusal>(database, visit.now, |tx| flow::take_back(tx, &attempt))?;
            refuse(typed, wrong, StatusCode::UNPROCESSABLE_ENTITY)
        }
    }
}

fn settle(office: &Office, visit: &Visit, founding: &Founding, attempt: &Attempt) -> Result<String, HttpError> {
    let now = visit.now;
    let hash = password::hash(&founding.password, &*office.frame.randomness).map_err(HttpError::internal)?;
    let edit = AccountEdit {
        name: founding.name.clone(),
        department: String::new(),
        vendor: String::new(),
        lang: visit.lang,
        enabled: true,
    };
    let who = format!("{}（{}）", founding.login.as_str(), founding.name);
    let step = office.installation.ledger.write::<_, Refusal>(office.database(), now, |tx| {
        // Two with the same code at once: one of them founds.
        if tables::count_accounts(tx)? > 0 {
            return Err(HttpError::conflict("set-up-done", "").into());
        }
        let actor = Actor { who: &who, site: &founding.site.id, now };
        evidence_tables::put_site(tx, &founding.site, now)?;
        let roles = [(EVERYWHERE.to_owned(), Role::Administrator)];
        let body = json!({ "name": founding.site.name, "kind": founding.site.kind.name(), "beds": founding.site.beds });
        actor.record(tx, "installation.set_up", &body)?;
        let id = admin::add_person(tx, &NewPerson { login: &founding.login, edit: &edit, roles: &roles }, actor)?;
        tables::put_password(tx, id, &hash, now)?;
        flow::forget_failures(tx, attempt)?;
        let stage = Stage::Enrol(totp::new_secret(&*office.frame.randomness));
        flow::add_step(tx, office, id, stage, "/", now)
    })?;
    Ok(step)
}
