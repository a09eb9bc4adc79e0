//! `mamori user`: people of the office, also when nobody can sign in any more.

use anyhow::Result;
use base::UtcSeconds;
use installation::{Installation, SystemRandomness};
use people::account::{Login, clean_name};
use people::admin::{self, Actor, AdminError, LastAdministrator, NewPerson};
use people::link::Purpose;
use people::store::{self as tables, AccountEdit};
use people::{Account, EVERYWHERE, Role, new_token};
use serde_json::json;
use store::StoreError;

use super::Context;
use crate::cli::UserCommand;
use crate::output::{self, Mistake, Outcome};

pub(crate) fn run(context: &Context<'_>, command: &UserCommand) -> Result<Outcome> {
    let installation = context.open()?;
    match command {
        UserCommand::List => list(&installation, context),
        UserCommand::Add { login, name, department, company, roles, everywhere } => {
            let wanted = Wanted { login, name, department, company, roles, everywhere: *everywhere };
            add(&installation, context, &wanted)
        }
        UserCommand::Reset { login, why } => reset(&installation, context, login, why),
        UserCommand::Disable { login, why } => disable(&installation, context, login, why),
    }
}

fn list(installation: &Installation, context: &Context<'_>) -> Result<Outcome> {
    let accounts = installation.database.read::<_, StoreError>(|tx| {
        let mut all = Vec::new();
        for account in tables::list_accounts(tx)? {
            let roles = tables::list_memberships(tx, account.id)?;
            let credential = tables::find_credential(tx, account.id)?;
            all.push((account, roles, credential.is_some_and(|credential| credential.has_second_factor())));
        }
        Ok(all)
    })?;
    if accounts.is_empty() && !context.global.json {
        output::line(&installation.say("user-none", &[]));
    }
    for (account, roles, has_second_factor) in accounts {
        let roles: Vec<String> = roles.iter().map(|(site, role)| format!("{site}:{role}")).collect();
        if context.global.json {
            output::json(&json!({
                "login": account.login.as_str(),
                "name": account.name,
                "department": account.department,
                "company": account.vendor,
                "roles": roles,
                "enabled": account.enabled,
                "second_factor": has_second_factor,
                "last_sign_in": account.last_seen_at.map(UtcSeconds::rfc3339),
            }));
        } else {
            let state = installation.say(if account.enabled { "person-enabled" } else { "person-disabled" }, &[]);
            let seen = account.last_seen_at.map_or_else(|| "―".to_owned(), UtcSeconds::minute_jst);
            output::line(&format!(
                "{:<20} {} {state} {seen} {}",
                account.login.as_str(),
                account.name,
                roles.join(" ")
            ));
        }
    }
    Ok(Outcome::Done)
}

struct Wanted<'a> {
    login: &'a str,
    name: &'a str,
    department: &'a str,
    company: &'a str,
    roles: &'a [String],
    everywhere: bool,
}

fn mistake(installation: &Installation, id: &str, arguments: &[(&str, i18n::Argument)]) -> anyhow::Error {
    Mistake(installation.say(id, arguments)).into()
}

fn add(installation: &Installation, context: &Context<'_>, wanted: &Wanted<'_>) -> Result<Outcome> {
    let login = Login::new(wanted.login).map_err(|_| mistake(installation, "person-bad-login", &[]))?;
    let (name, vendor) = (clean_name(wanted.name), clean_name(wanted.company));
    let roles = wanted.roles.iter().map(|role| Ok(role.parse::<Role>()?)).collect::<Result<Vec<Role>>>()?;
    if name.is_empty() {
        return Err(mistake(installation, "person-bad-name", &[]));
    }
    let site = if wanted.everywhere { EVERYWHERE } else { context.global.site.as_str() };
    if !wanted.everywhere && installation.find_site(site)?.is_none() {
        return Err(mistake(installation, "site-unknown", &[("id", site.into())]));
    }
    let edit = AccountEdit {
        name,
        department: clean_name(wanted.department),
        vendor: if roles.contains(&Role::Vendor) { vendor } else { String::new() },
        lang: installation.lang(),
        enabled: true,
    };
    let roles: Vec<(String, Role)> = roles.into_iter().map(|role| (site.to_owned(), role)).collect();
    let (who, token) = (context.who(), new_token(&SystemRandomness));
    let now = installation.now();
    let made = installation.ledger.write::<_, AdminError>(&installation.database, now, |tx| {
        let actor = Actor { who: &who, site, now };
        let id = admin::add_person(tx, &NewPerson { login: &login, edit: &edit, roles: &roles }, actor)?;
        let account = tables::find_account(tx, id)?.ok_or(AdminError::Unknown)?;
        admin::make_link(tx, &account, Purpose::Invite, &token, actor, "")
    });
    match made {
        Ok(until) => {
            let text = installation.say("user-added", &[("login", login.as_str().into())]);
            show_link(installation, context, &text, login.as_str(), &token, until);
            Ok(Outcome::Done)
        }
        Err(AdminError::LoginTaken(name)) => {
            let arguments = [("login", login.as_str().into()), ("name", name.into())];
            Err(mistake(installation, "user-taken", &arguments))
        }
        Err(AdminError::Roles(conflict)) => Err(mistake(installation, conflict.message(), &[])),
        Err(err) => Err(err.into()),
    }
}

fn show_link(
    installation: &Installation,
    context: &Context<'_>,
    text: &str,
    login: &str,
    token: &str,
    until: UtcSeconds,
) {
    let serve = &context.serve;
    let address = serve.public_address(serve.listen.map(|listen| listen.port()));
    let link = format!("{}/link/{token}", address.as_deref().unwrap_or_default());
    if context.global.json {
        output::json(&json!({ "login": login, "link": link, "until": until.rfc3339() }));
        return;
    }
    if !text.is_empty() {
        output::line(text);
    }
    let arguments = [("login", login.into()), ("until", until.minute_jst().into())];
    output::line(&installation.say("user-link", &arguments));
    if address.is_none() {
        output::line(&installation.say("people-link-behind", &[]));
    }
    output::line(&link);
}

fn get(installation: &Installation, login: &str) -> Result<Account> {
    let unknown = || mistake(installation, "user-unknown", &[("login", login.into())]);
    let login = Login::new(login).map_err(|_| unknown())?;
    installation.database.read(|tx| tables::find_account_by_login(tx, &login))?.ok_or_else(unknown)
}

/// A reason that is more than blanks, on one line.
fn reason(installation: &Installation, why: &str) -> Result<String> {
    let why: String = why.trim().chars().filter(|c| !c.is_control()).take(500).collect();
    if why.is_empty() { Err(mistake(installation, "person-no-why", &[])) } else { Ok(why) }
}

fn reset(installation: &Installation, context: &Context<'_>, login: &str, why: &str) -> Result<Outcome> {
    let (account, why) = (get(installation, login)?, reason(installation, why)?);
    let (who, token) = (context.who(), new_token(&SystemRandomness));
    let now = installation.now();
    let until = installation.ledger.write::<_, AdminError>(&installation.database, now, |tx| {
        let actor = Actor { who: &who, site: EVERYWHERE, now };
        let account = tables::find_account(tx, account.id)?.ok_or(AdminError::Unknown)?;
        admin::enable(tx, &account, actor, &why)?;
        admin::make_link(tx, &account, Purpose::Reset, &token, actor, &why)
    })?;
    show_link(installation, context, "", account.login.as_str(), &token, until);
    Ok(Outcome::Done)
}

/// Also the last administrator: whoever is at this keyboard can add another one.
fn disable(installation: &Installation, context: &Context<'_>, login: &str, why: &str) -> Result<Outcome> {
    let (account, why) = (get(installation, login)?, reason(installation, why)?);
    let who = context.who();
    let now = installation.now();
    let is_new = installation.ledger.write::<_, AdminError>(&installation.database, now, |tx| {
        let actor = Actor { who: &who, site: EVERYWHERE, now };
        let account = tables::find_account(tx, account.id)?.ok_or(AdminError::Unknown)?;
        admin::disable(tx, &account, LastAdministrator::MayGo, actor, &why)
    })?;
    let id = if is_new { "user-disabled" } else { "user-already-disabled" };
    let text = installation.say(id, &[("login", account.login.as_str().into())]);
    if context.global.json {
        output::json(&json!({ "login": account.login.as_str(), "disabled": is_new, "message": text }));
    } else {
        output::line(&text);
    }
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use base::Lang;
    use clap::Parser as _;
    use installation::Settings;
    use tempfile::TempDir;

    use super::*;
    use crate::cli::{Cli, Command};

    /// Runs `mamori user …` in a folder.
    fn user(folder: &TempDir, arguments: &[&str]) -> Result<Outcome> {
        let all = [&["mamori", "--who", "事務長", "--site", "minato", "user"], arguments].concat();
        let cli = Cli::try_parse_from(all)?;
        let context =
            Context { global: &cli.global, settings: settings(folder), serve: crate::config::ServeConfig::default() };
        let Command::User(command) = &cli.command else { anyhow::bail!("another command") };
        run(&context, command)
    }

    fn settings(folder: &TempDir) -> Settings {
        Settings {
            data: folder.path().join("data"),
            database: None,
            lang: Lang::Ja,
            ledger_name: "test".to_owned(),
            limits: evidence::Limits::default(),
        }
    }

    fn open(folder: &TempDir) -> Installation {
        Installation::open(settings(folder), Box::new(installation::SystemClock)).unwrap()
    }

    /// A folder with the site `minato`.
    fn house() -> TempDir {
        let folder = TempDir::new().unwrap();
        let (id, name) = ("minato".to_owned(), "みなと".to_owned());
        let site = evidence::store::SiteRow { id, name, kind: ::assess::SiteKind::Hospital, beds: None };
        open(&folder).put_site(&site).unwrap();
        folder
    }

    fn is_mistake(ran: Result<Outcome>) -> bool {
        ran.is_err_and(|err| err.downcast_ref::<Mistake>().is_some())
    }

    const ADD: [&str; 6] = ["add", "Sato", "--name", "佐藤 花子", "--role", "administrator"];

    #[test]
    fn whoever_is_at_the_keyboard_lets_people_in_when_nobody_can_sign_in() {
        let folder = house();
        assert!(user(&folder, &ADD).is_ok());
        assert!(user(&folder, &["disable", "sato", "--why", "乗っ取られた"]).is_ok(), "even the last administrator");
        assert!(user(&folder, &["disable", "sato", "--why", "乗っ取られた"]).is_ok());
        let account = get(&open(&folder), "sato").unwrap();
        assert!(!account.enabled);
        assert!(user(&folder, &["reset", "sato", "--why", "本人を確かめた"]).is_ok());
        assert!(get(&open(&folder), "sato").unwrap().enabled);
        assert!(user(&folder, &["list"]).is_ok());
        let entries = open(&folder).database.read(|tx| store::ledger::list_entries(tx, None, 20)).unwrap();
        let mut kinds: Vec<&str> = entries.iter().map(|entry| entry.kind.as_str()).collect();
        kinds.sort_unstable();
        let expected =
            ["account.added", "account.disabled", "account.enabled", "account.link_made", "account.link_made"];
        assert_eq!(kinds, expected);
        assert!(entries.iter().all(|entry| entry.who == "事務長"));
    }

    #[test]
    fn what_makes_no_sense_is_said_and_nothing_is_changed() {
        let folder = house();
        assert!(is_mistake(user(&folder, &["add", "佐藤", "--name", "佐藤", "--role", "staff"])));
        assert!(is_mistake(user(&folder, &["add", "sato", "--name", " ", "--role", "staff"])));
        assert!(is_mistake(user(&folder, &["add", "sato", "--name", "佐藤", "--role", "vendor"])));
        assert!(is_mistake(user(&folder, &["add", "sato", "--name", "佐藤", "--role", "vendor,staff"])));
        assert!(is_mistake(user(&folder, &["add", "sato", "--name", "佐藤", "--role", "executive,administrator"])));
        assert!(user(&folder, &["add", "sato", "--name", "佐藤", "--role", "god"]).is_err());
        assert!(is_mistake(user(&folder, &["reset", "nobody", "--why", "x"])));
        assert!(is_mistake(user(&folder, &["disable", "nobody", "--why", "x"])));
        assert!(user(&folder, &ADD).is_ok());
        assert!(is_mistake(user(&folder, &ADD)), "the login is taken");
        assert!(is_mistake(user(&folder, &["disable", "sato", "--why", " "])));
        assert_eq!(open(&folder).database.read(tables::list_accounts).unwrap().len(), 1);
    }
}
