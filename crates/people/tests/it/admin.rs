//! What administrators do.

use base::{Date, Lang, UtcSeconds};
use people::account::Login;
use people::admin::{self, Actor, AdminError, NewPerson, NoDeputy};
use people::session::Deputy;
use people::store::{self as tables, AccountEdit, NewSession, PeopleQuery};
use people::{Account, EVERYWHERE, MIGRATIONS, Role, RoleSet};
use store::ledger::Recording;
use testkit::{NOW, TestStore, on_each_database, test_ledger};

const ACTOR: Actor<'static> = Actor { who: "test", site: "minato", now: NOW };
const ALL: RoleSet =
    RoleSet::of(&[Role::Executive, Role::Administrator, Role::Staff, Role::Vendor, Role::Auditor, Role::GroupOperator]);

fn in_a_house(body: impl Fn(&mut Recording<'_>) -> Result<(), AdminError>) {
    on_each_database(MIGRATIONS, |store: &TestStore| Ok(test_ledger()?.write(&store.database, NOW, |tx| body(tx))?));
}

/// Somebody who has signed in before.
fn person(tx: &mut Recording<'_>, login: &str, roles: &[(&str, Role)]) -> Result<Account, AdminError> {
    let edit = AccountEdit {
        name: format!("{login}さん"),
        department: "情報".to_owned(),
        vendor: String::new(),
        lang: Lang::Ja,
        enabled: true,
    };
    let roles: Vec<(String, Role)> = roles.iter().map(|(site, role)| ((*site).to_owned(), *role)).collect();
    let login = Login::new(login).unwrap();
    let id = admin::add_person(tx, &NewPerson { login: &login, edit: &edit, roles: &roles }, ACTOR)?;
    let new = NewSession { account: id, token: login.as_str(), csrf: "c", device: "d", address: "a" };
    tables::add_session(tx, &new, NOW)?;
    Ok(tables::find_account(tx, id)?.unwrap())
}

#[test]
fn the_last_administrator_of_a_site_stays_one() {
    in_a_house(|tx| {
        let last = person(tx, "last", &[("minato", Role::Administrator)])?;
        person(tx, "elsewhere", &[("sakuragawa", Role::Administrator)])?;
        let take = |tx: &mut Recording<'_>| admin::set_roles(tx, &last, "minato", RoleSet::NONE, ALL, ACTOR, "");
        let is_last = |err: &AdminError| matches!(err, AdminError::LastAdministrator { .. });
        assert!(is_last(&admin::set_enabled(tx, &last, false, false, ACTOR, "").unwrap_err()));
        person(tx, "all", &[(EVERYWHERE, Role::Administrator)])?;
        assert!(take(tx)?, "another one administers everything");
        Ok(())
    });
    on_each_database(MIGRATIONS, |store| {
        let refused = test_ledger()?.write(&store.database, NOW, |tx| {
            let last = person(tx, "last", &[("minato", Role::Administrator)])?;
            admin::set_roles(tx, &last, "minato", RoleSet::of(&[Role::Staff]), ALL, ACTOR, "")
        });
        assert!(matches!(refused, Err(AdminError::LastAdministrator { .. })), "{refused:?}");
        Ok(())
    });
}

#[test]
fn an_administrator_who_never_signed_in_does_not_count() {
    on_each_database(MIGRATIONS, |store| {
        let refused = test_ledger()?.write(&store.database, NOW, |tx| {
            let last = person(tx, "last", &[("minato", Role::Administrator)])?;
            let edit = AccountEdit { name: "新人".to_owned(), ..AccountEdit::of(&last) };
            let login = Login::new("new").unwrap();
            let roles = [("minato".to_owned(), Role::Administrator)];
            admin::add_person(tx, &NewPerson { login: &login, edit: &edit, roles: &roles }, ACTOR)?;
            admin::set_enabled(tx, &last, false, false, ACTOR, "")
        });
        assert!(matches!(refused, Err(AdminError::LastAdministrator { .. })), "{refused:?}");
        Ok(())
    });
}

#[test]
fn a_login_is_given_once() {
    on_each_database(MIGRATIONS, |store| {
        let refused = test_ledger()?.write(&store.database, NOW, |tx| {
            person(tx, "sato", &[("minato", Role::Staff)])?;
            person(tx, "SATO", &[("minato", Role::Staff)]).map(|_| ())
        });
        assert!(matches!(refused, Err(AdminError::LoginTaken(name)) if name == "satoさん"));
        Ok(())
    });
}

#[test]
fn who_is_disabled_is_signed_out_and_their_links_are_closed() {
    in_a_house(|tx| {
        let one = person(tx, "one", &[("minato", Role::Staff)])?;
        admin::make_link(tx, &one, people::link::Purpose::Reset, "t", ACTOR, "")?;
        assert!(admin::set_enabled(tx, &one, false, false, ACTOR, "退職")?);
        assert!(tables::list_sessions(tx, one.id, NOW)?.is_empty());
        assert!(tables::find_link(tx, "t", NOW)?.is_none());
        let one = tables::find_account(tx, one.id)?.unwrap();
        assert!(!admin::set_enabled(tx, &one, false, false, ACTOR, "退職")?, "a second time changes nothing");
        Ok(())
    });
}

#[test]
fn the_slower_of_two_is_told_who_was_faster() {
    in_a_house(|tx| {
        let one = person(tx, "one", &[("minato", Role::Staff)])?;
        let seen = tables::find_change(tx, one.id)?.version;
        admin::get_unchanged(tx, one.id, seen)?;
        admin::set_roles(tx, &one, "minato", RoleSet::of(&[Role::Auditor]), ALL, Actor { who: "first", ..ACTOR }, "")?;
        let told = admin::get_unchanged(tx, one.id, seen);
        assert!(matches!(told, Err(AdminError::Changed { who, .. }) if who == "first"));
        Ok(())
    });
}

fn deputy(role: Role, from: &str, to: &str) -> Deputy {
    let day = |text: &str| text.parse::<Date>().unwrap();
    Deputy {
        id: 0,
        site: "minato".to_owned(),
        role,
        starts_on: day(from),
        ends_on: day(to),
        appointed_by: "院長".to_owned(),
    }
}

#[test]
fn a_deputy_is_one_of_the_house_for_days_to_come() {
    in_a_house(|tx| {
        let staff = person(tx, "staff", &[("minato", Role::Staff)])?;
        let refusal = |held: &[Role], role, from, to, now| {
            admin::may_be_deputy(RoleSet::of(held), &staff, &deputy(role, from, to), now).err()
        };
        let ok = ("2026-11-20", "2026-11-27");
        assert_eq!(refusal(&[Role::Staff], Role::Executive, ok.0, ok.1, NOW), None);
        assert_eq!(refusal(&[Role::Staff], Role::Auditor, ok.0, ok.1, NOW), Some(NoDeputy::Role));
        assert_eq!(refusal(&[], Role::Executive, ok.0, ok.1, NOW), Some(NoDeputy::Person));
        assert_eq!(refusal(&[Role::Executive], Role::Executive, ok.0, ok.1, NOW), Some(NoDeputy::Person));
        for held in [Role::Vendor, Role::Administrator, Role::Auditor, Role::GroupOperator] {
            assert_eq!(refusal(&[held], Role::Executive, ok.0, ok.1, NOW), Some(NoDeputy::NotTheirs), "{held}");
        }
        assert_eq!(refusal(&[Role::Executive], Role::Administrator, ok.0, ok.1, NOW), None);
        for (from, to) in [("2026-11-19", "2026-11-27"), ("2026-11-27", "2026-11-26"), ("2026-11-20", "2027-02-20")] {
            assert_eq!(refusal(&[Role::Staff], Role::Executive, from, to, NOW), Some(NoDeputy::Days), "{from} {to}");
        }
        assert_eq!(refusal(&[Role::Staff], Role::Executive, "2026-11-20", "2027-02-19", NOW), None);
        Ok(())
    });
}

#[test]
fn who_leaves_a_site_is_no_deputy_there_any_more() {
    in_a_house(|tx| {
        let staff = person(tx, "staff", &[("minato", Role::Staff)])?;
        admin::appoint_deputy(tx, &staff, &deputy(Role::Executive, "2026-11-20", "2026-11-21"), ACTOR, "出張")?;
        assert_eq!(tables::list_deputies(tx, Some(staff.id))?.len(), 1);
        admin::set_roles(tx, &staff, "minato", RoleSet::NONE, ALL, ACTOR, "異動")?;
        assert!(tables::list_deputies(tx, Some(staff.id))?.is_empty());
        Ok(())
    });
}

#[test]
fn the_list_of_a_site_holds_its_people_and_finds_them() {
    in_a_house(|tx| {
        person(tx, "sato", &[("minato", Role::Staff), ("minato", Role::Auditor)])?;
        person(tx, "suzuki", &[(EVERYWHERE, Role::Administrator)])?;
        person(tx, "stranger", &[("sakuragawa", Role::Staff)])?;
        let ask = |tx: &mut Recording<'_>, query: PeopleQuery| -> Result<(Vec<String>, usize), AdminError> {
            let (lines, count) = tables::list_people(tx, "minato", &PeopleQuery { limit: 10, ..query })?;
            Ok((lines.iter().map(|line| line.account.login.as_str().to_owned()).collect(), count))
        };
        assert_eq!(ask(tx, PeopleQuery::default())?, (vec!["sato".to_owned(), "suzuki".to_owned()], 2));
        let found = ask(tx, PeopleQuery { words: "SATOさ".to_owned(), ..PeopleQuery::default() })?;
        assert_eq!(found, (vec!["sato".to_owned()], 1));
        let found = ask(tx, PeopleQuery { words: "%".to_owned(), ..PeopleQuery::default() })?;
        assert_eq!(found, (vec![], 0));
        let found = ask(tx, PeopleQuery { role: Some(Role::Administrator), ..PeopleQuery::default() })?;
        assert_eq!(found, (vec!["suzuki".to_owned()], 1));
        let found = ask(tx, PeopleQuery { enabled: Some(false), ..PeopleQuery::default() })?;
        assert_eq!(found, (vec![], 0));
        let (lines, _) = tables::list_people(tx, "minato", &PeopleQuery { limit: 1, ..PeopleQuery::default() })?;
        assert_eq!(lines[0].roles, RoleSet::of(&[Role::Staff, Role::Auditor]));
        assert!(!lines[0].has_second_factor);
        Ok(())
    });
}

#[test]
fn the_spread_counts_everybody_once() {
    in_a_house(|tx| {
        person(tx, "sato", &[("minato", Role::Staff), ("minato", Role::Executive)])?;
        let edit = AccountEdit {
            name: "新人".to_owned(),
            department: String::new(),
            vendor: String::new(),
            lang: Lang::Ja,
            enabled: true,
        };
        let login = Login::new("new").unwrap();
        let roles = [("minato".to_owned(), Role::Executive)];
        admin::add_person(tx, &NewPerson { login: &login, edit: &edit, roles: &roles }, ACTOR)?;
        let numbers = |spread: &tables::Spread| (spread.accounts, spread.ever, spread.lately);
        let since = UtcSeconds(NOW.0 + 1);
        let roles = tables::list_spread_by_role(tx, "minato", since)?;
        let roles: Vec<_> = roles.iter().map(|(role, spread)| (*role, numbers(spread))).collect();
        assert_eq!(roles, [(Role::Executive, (2, 1, 0)), (Role::Staff, (1, 1, 0))]);
        let departments = tables::list_spread_by_department(tx, "minato", NOW)?;
        let departments: Vec<_> = departments.iter().map(|one| (one.group.as_str(), numbers(one))).collect();
        assert_eq!(departments, [("情報", (1, 1, 1)), ("", (1, 0, 0))]);
        assert_eq!(tables::find_set_up_at(tx)?, Some(NOW));
        Ok(())
    });
}

#[test]
fn whoever_joins_the_desk_decides_no_longer_for_the_executive() {
    for role in [Role::Administrator, Role::Vendor, Role::Auditor, Role::GroupOperator] {
        in_a_house(|tx| {
            let deputy = person(tx, "deputy", &[("minato", Role::Staff)])?;
            let day = NOW.date_jst();
            let appointed = Deputy {
                id: 0,
                site: "minato".to_owned(),
                role: Role::Executive,
                starts_on: day,
                ends_on: day.plus_days(7),
                appointed_by: "院長".to_owned(),
            };
            admin::appoint_deputy(tx, &deputy, &appointed, ACTOR, "出張")?;
            let wanted = RoleSet::of(&[Role::Staff]).with(role);
            admin::set_roles(tx, &deputy, "minato", wanted, ALL, ACTOR, "")?;
            assert!(tables::list_deputies(tx, Some(deputy.id))?.is_empty(), "{role}");
            Ok(())
        });
    }
}

#[test]
fn a_disabled_account_leaves_no_token_behind() {
    in_a_house(|tx| {
        person(tx, "other", &[("minato", Role::Administrator)])?;
        let owner = person(tx, "owner", &[("minato", Role::Administrator)])?;
        let new = tables::NewApiToken {
            name: "棚卸",
            token: "t",
            account: owner.id,
            site: "minato",
            may_write: true,
            expires_at: NOW.plus_days(9),
        };
        tables::add_api_token(tx, &new, NOW)?;
        assert!(tables::find_by_api_token(tx, "t", NOW)?.is_some());
        admin::set_enabled(tx, &owner, false, false, ACTOR, "退職")?;
        let owner = tables::find_account(tx, owner.id)?.unwrap();
        admin::set_enabled(tx, &owner, true, false, ACTOR, "復職")?;
        assert!(tables::find_by_api_token(tx, "t", NOW)?.is_none());
        Ok(())
    });
}
