//! What administrators do.

use base::{Date, Lang, UtcSeconds};
use people::account::Login;
use people::admin::{
    self, Actor, AdminError, LastAdministrator, NewPerson, NewToken, NoDeputy, RoleConflict, RolesAt, TokenDays,
};
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

/// Exactly these roles at a site.
fn only<'a>(site: &'a str, roles: &[Role]) -> [RolesAt<'a>; 1] {
    [RolesAt { site, wanted: RoleSet::of(roles), within: ALL }]
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
        let take = |tx: &mut Recording<'_>| admin::set_roles(tx, &last, &only("minato", &[]), ACTOR, "");
        let is_last = |err: &AdminError| matches!(err, AdminError::LastAdministrator { .. });
        assert!(is_last(&admin::disable(tx, &last, LastAdministrator::Stays, ACTOR, "").unwrap_err()));
        person(tx, "all", &[(EVERYWHERE, Role::Administrator)])?;
        assert!(take(tx)?, "another one administers everything");
        Ok(())
    });
    on_each_database(MIGRATIONS, |store| {
        let refused = test_ledger()?.write(&store.database, NOW, |tx| {
            let last = person(tx, "last", &[("minato", Role::Administrator)])?;
            admin::set_roles(tx, &last, &only("minato", &[Role::Staff]), ACTOR, "")
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
            admin::disable(tx, &last, LastAdministrator::Stays, ACTOR, "")
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
        assert!(admin::disable(tx, &one, LastAdministrator::Stays, ACTOR, "退職")?);
        assert!(tables::list_sessions(tx, one.id, NOW)?.is_empty());
        assert!(tables::find_link(tx, "t", NOW)?.is_none());
        let one = tables::find_account(tx, one.id)?.unwrap();
        assert!(!admin::disable(tx, &one, LastAdministrator::Stays, ACTOR, "退職")?, "a second time changes nothing");
        Ok(())
    });
}

#[test]
fn the_slower_of_two_is_told_who_was_faster() {
    in_a_house(|tx| {
        let one = person(tx, "one", &[("minato", Role::Staff)])?;
        let seen = tables::find_change(tx, one.id)?.version;
        admin::get_unchanged(tx, one.id, seen)?;
        admin::set_roles(tx, &one, &only("minato", &[Role::Auditor]), Actor { who: "first", ..ACTOR }, "")?;
        let told = admin::get_unchanged(tx, one.id, seen);
        assert!(matches!(told, Err(AdminError::Changed(deed)) if deed.who == "first"));
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
        let desk = refusal(&[Role::Executive], Role::Administrator, ok.0, ok.1, NOW);
        assert_eq!(desk, Some(NoDeputy::NotTheirs), "as nobody is both");
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
        admin::set_roles(tx, &staff, &only("minato", &[]), ACTOR, "異動")?;
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
            let edit = AccountEdit { vendor: "さくらシステム".to_owned(), ..AccountEdit::of(&deputy) };
            tables::update_account(tx, deputy.id, &edit)?;
            let deputy = tables::find_account(tx, deputy.id)?.unwrap();
            admin::set_roles(tx, &deputy, &only("minato", &[role]), ACTOR, "")?;
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
        admin::disable(tx, &owner, LastAdministrator::Stays, ACTOR, "退職")?;
        let owner = tables::find_account(tx, owner.id)?.unwrap();
        admin::enable(tx, &owner, ACTOR, "復職")?;
        assert!(tables::find_by_api_token(tx, "t", NOW)?.is_none());
        Ok(())
    });
}

#[test]
fn whoever_decides_last_is_nothing_that_looks_after_it() {
    let ok = |roles: &[Role], company: &str| admin::check_roles(RoleSet::of(roles), company);
    assert_eq!(ok(&[Role::Executive, Role::Staff], ""), Ok(()));
    for other in [Role::Administrator, Role::Auditor, Role::GroupOperator, Role::Vendor] {
        assert_eq!(ok(&[Role::Executive, other], "会社"), Err(RoleConflict::ExecutiveAlone), "{other}");
    }
    assert_eq!(ok(&[Role::Vendor], "会社"), Ok(()));
    assert_eq!(ok(&[Role::Vendor], ""), Err(RoleConflict::NoCompany));
    assert_eq!(ok(&[Role::Vendor, Role::Staff], "会社"), Err(RoleConflict::VendorAlone));
}

/// Runs `body` in a house of its own, where it is refused because an executive is nothing else.
fn is_refused(body: impl Fn(&mut Recording<'_>) -> Result<(), AdminError>) {
    on_each_database(MIGRATIONS, |store: &TestStore| {
        let refused = test_ledger()?.write(&store.database, NOW, |tx| body(tx));
        assert!(matches!(refused, Err(AdminError::Roles(RoleConflict::ExecutiveAlone))), "{refused:?}");
        Ok(())
    });
}

#[test]
fn nobody_is_given_roles_that_do_not_go_together_by_whatever_way() {
    is_refused(|tx| person(tx, "one", &[("minato", Role::Executive), ("minato", Role::Administrator)]).map(|_| ()));
    is_refused(|tx| {
        let one = person(tx, "one", &[("minato", Role::Executive)])?;
        admin::set_roles(tx, &one, &only("minato", &[Role::Executive, Role::Auditor]), ACTOR, "").map(|_| ())
    });
    // What is held everywhere is held here.
    is_refused(|tx| {
        let one = person(tx, "one", &[("minato", Role::Executive)])?;
        admin::set_roles(tx, &one, &only(EVERYWHERE, &[Role::Administrator]), ACTOR, "").map(|_| ())
    });
}

#[test]
fn one_site_is_not_hindered_by_what_another_did() {
    in_a_house(|tx| {
        let one = person(tx, "one", &[("minato", Role::Staff)])?;
        for role in [Role::Executive, Role::Administrator] {
            tables::add_membership(tx, one.id, "sakuragawa", role, "before this was a rule", NOW)?;
        }
        assert!(admin::set_roles(tx, &one, &only("minato", &[Role::Auditor]), ACTOR, "")?);
        person(tx, "other", &[("sakuragawa", Role::Administrator)])?;
        assert!(
            admin::set_roles(tx, &one, &only("sakuragawa", &[Role::Executive]), ACTOR, "")?,
            "and it can be mended"
        );
        Ok(())
    });
}

#[test]
fn an_administrator_of_everything_becomes_an_executive_in_one_step() {
    in_a_house(|tx| {
        person(tx, "other", &[(EVERYWHERE, Role::Administrator)])?;
        let one = person(tx, "one", &[(EVERYWHERE, Role::Administrator)])?;
        let [here] = only("minato", &[Role::Executive]);
        let [everywhere] = only(EVERYWHERE, &[]);
        assert!(admin::set_roles(tx, &one, &[here, everywhere], ACTOR, "就任")?);
        assert!(!admin::set_roles(tx, &one, &[here, everywhere], ACTOR, "就任")?, "a second time changes nothing");
        Ok(())
    });
}

#[test]
fn nobody_is_deputy_twice_on_one_day_and_the_slower_is_told() {
    in_a_house(|tx| {
        let staff = person(tx, "staff", &[("minato", Role::Staff)])?;
        let first = deputy(Role::Executive, "2026-11-22", "2026-11-24");
        let id = admin::appoint_deputy(tx, &staff, &first, ACTOR, "出張")?;
        for (from, to) in [("2026-11-20", "2026-11-22"), ("2026-11-24", "2026-11-25"), ("2026-11-23", "2026-11-23")] {
            let told = admin::appoint_deputy(tx, &staff, &deputy(Role::Executive, from, to), ACTOR, "");
            assert!(
                matches!(told, Err(AdminError::SameDeputy(deed)) if deed.who == "院長" && deed.at == NOW),
                "{from}"
            );
        }
        for (role, from, to) in
            [(Role::Executive, "2026-11-20", "2026-11-21"), (Role::Administrator, "2026-11-25", "2026-11-26")]
        {
            admin::appoint_deputy(tx, &staff, &deputy(role, from, to), ACTOR, "")?;
        }
        admin::end_deputy(tx, id, Actor { who: "first", ..ACTOR }, "中止")?;
        let told = admin::end_deputy(tx, id, ACTOR, "中止");
        assert!(matches!(told, Err(AdminError::DeputyEnded(deed)) if deed.who == "first"));
        assert!(matches!(admin::end_deputy(tx, 99, ACTOR, ""), Err(AdminError::Unknown)));
        admin::appoint_deputy(tx, &staff, &first, ACTOR, "やはり出張")?;
        Ok(())
    });
}

#[test]
fn a_token_lasts_from_one_day_to_a_year() {
    for (days, fits) in [(0, false), (1, true), (365, true), (366, false), (-1, false)] {
        assert_eq!(TokenDays::new(days).is_ok(), fits, "{days}");
    }
}

#[test]
fn two_tokens_that_count_have_two_names() {
    in_a_house(|tx| {
        let owner = person(tx, "owner", &[("minato", Role::Administrator)])?;
        let days = TokenDays::new(30).unwrap();
        let new = |token: &'static str| NewToken { name: "棚卸", token, account: owner.id, may_write: false, days };
        assert_eq!(admin::make_token(tx, &new("a"), ACTOR)?, NOW.plus_days(30));
        let told = admin::make_token(tx, &new("b"), ACTOR);
        assert!(matches!(told, Err(AdminError::TokenNameTaken(deed)) if deed.who == owner.who() && deed.at == NOW));
        admin::make_token(tx, &new("elsewhere"), Actor { site: "sakuragawa", ..ACTOR })?;
        let later = Actor { now: NOW.plus_days(30), ..ACTOR };
        admin::make_token(tx, &new("c"), later)?;
        let third = tables::list_api_tokens(tx, "minato")?[0].id;
        admin::end_token(tx, third, Actor { who: "first", ..later }, "使わない")?;
        let told = admin::end_token(tx, third, later, "使わない");
        assert!(matches!(told, Err(AdminError::TokenEnded(deed)) if deed.who == "first"));
        assert!(matches!(admin::end_token(tx, 99, later, ""), Err(AdminError::Unknown)));
        Ok(())
    });
}

#[test]
fn what_is_said_about_somebody_changes_and_nothing_else() {
    in_a_house(|tx| {
        let one = person(tx, "one", &[("minato", Role::Staff)])?;
        let details = admin::Details { name: "一（旧姓 二）", department: "医事", lang: Lang::En };
        assert!(admin::change_details(tx, &one, &details, ACTOR)?);
        let changed = tables::find_account(tx, one.id)?.unwrap();
        assert!(!admin::change_details(tx, &changed, &details, ACTOR)?, "a second time changes nothing");
        let expected =
            Account { name: "一（旧姓 二）".to_owned(), department: "医事".to_owned(), lang: Lang::En, ..one };
        assert_eq!(changed, Account { last_seen_at: changed.last_seen_at, ..expected });
        Ok(())
    });
}

#[test]
fn a_link_made_before_a_role_rises_opens_nothing_of_it() {
    let cases =
        [(false, Role::Executive), (true, Role::Executive), (false, Role::Administrator), (true, Role::Administrator)];
    for (appoint, role) in cases {
        in_a_house(|tx| {
            let one = person(tx, "one", &[("minato", Role::Staff)])?;
            admin::make_link(tx, &one, people::link::Purpose::Reset, "t", ACTOR, "")?;
            admin::set_roles(tx, &one, &only("minato", &[Role::Staff, Role::Auditor]), ACTOR, "")?;
            assert!(tables::find_link(tx, "t", NOW)?.is_some(), "other roles change nothing about it");
            admin::set_roles(tx, &one, &only("minato", &[Role::Staff]), ACTOR, "")?;
            if appoint {
                admin::appoint_deputy(tx, &one, &deputy(role, "2026-11-20", "2026-11-21"), ACTOR, "")?;
            } else {
                admin::set_roles(tx, &one, &only("minato", &[role]), ACTOR, "就任")?;
            }
            assert!(tables::find_link(tx, "t", NOW)?.is_none(), "{appoint} {role}");
            Ok(())
        });
    }
}

#[test]
fn who_decides_no_longer_leaves_no_deputy_behind() {
    for disable in [false, true] {
        in_a_house(|tx| {
            let chief = person(tx, "incho", &[("minato", Role::Executive)])?;
            let one = person(tx, "one", &[("minato", Role::Staff)])?;
            let of_chief = Deputy { appointed_by: chief.who(), ..deputy(Role::Executive, "2026-11-20", "2026-11-21") };
            let of_other = Deputy {
                appointed_by: "riji（理事長）".to_owned(),
                ..deputy(Role::Executive, "2026-11-23", "2026-11-24")
            };
            admin::appoint_deputy(tx, &one, &of_chief, ACTOR, "")?;
            admin::appoint_deputy(tx, &one, &of_other, ACTOR, "")?;
            if disable {
                admin::disable(tx, &chief, LastAdministrator::Stays, ACTOR, "退任")?;
            } else {
                admin::set_roles(tx, &chief, &only("minato", &[Role::Staff]), ACTOR, "退任")?;
            }
            let left = tables::list_deputies(tx, Some(one.id))?;
            assert_eq!(left.iter().map(|(_, one)| one.appointed_by.as_str()).collect::<Vec<_>>(), ["riji（理事長）"]);
            Ok(())
        });
    }
}

#[test]
fn nobody_stands_in_for_the_executive_and_the_desk_at_once() {
    in_a_house(|tx| {
        let one = person(tx, "one", &[("minato", Role::Staff)])?;
        admin::appoint_deputy(tx, &one, &deputy(Role::Administrator, "2026-11-20", "2026-11-21"), ACTOR, "")?;
        let both = admin::appoint_deputy(tx, &one, &deputy(Role::Executive, "2026-11-21", "2026-11-22"), ACTOR, "");
        assert!(matches!(both, Err(AdminError::NoDeputy(NoDeputy::NotTheirs))));
        admin::appoint_deputy(tx, &one, &deputy(Role::Executive, "2026-11-22", "2026-11-23"), ACTOR, "")?;
        let chief = person(tx, "incho", &[("minato", Role::Executive)])?;
        let desk =
            admin::appoint_deputy(tx, &chief, &deputy(Role::Administrator, "2026-11-20", "2026-11-21"), ACTOR, "");
        assert!(matches!(desk, Err(AdminError::NoDeputy(NoDeputy::NotTheirs))));
        admin::set_roles(tx, &one, &only("minato", &[Role::Executive]), ACTOR, "就任")?;
        assert_eq!(tables::list_deputies(tx, Some(one.id))?.len(), 1, "no longer for the desk");
        Ok(())
    });
}

#[test]
fn who_is_nobody_any_more_comes_back_with_nothing() {
    in_a_house(|tx| {
        let one = person(tx, "one", &[("minato", Role::Staff), ("sakuragawa", Role::Staff)])?;
        let new = NewSession { account: one.id, token: "s", csrf: "c", device: "", address: "" };
        tables::add_session(tx, &new, NOW)?;
        for (token, site) in [("t-minato", "minato"), ("t-sakuragawa", "sakuragawa")] {
            let days = TokenDays::new(9).unwrap();
            let new = NewToken { name: token, token, account: one.id, may_write: true, days };
            admin::make_token(tx, &new, Actor { site, ..ACTOR })?;
        }
        admin::set_roles(tx, &one, &only("minato", &[]), ACTOR, "異動")?;
        assert!(tables::find_by_api_token(tx, "t-minato", NOW)?.is_none());
        assert!(tables::find_by_api_token(tx, "t-sakuragawa", NOW)?.is_some());
        assert!(tables::find_signed_in(tx, "s", NOW)?.is_some(), "somebody elsewhere");
        admin::set_roles(tx, &one, &only("sakuragawa", &[]), ACTOR, "退職")?;
        admin::set_roles(tx, &one, &only("minato", &[Role::Staff]), ACTOR, "")?;
        for token in ["t-minato", "t-sakuragawa"] {
            assert!(tables::find_by_api_token(tx, token, NOW)?.is_none());
        }
        assert!(tables::find_signed_in(tx, "s", NOW)?.is_none());
        Ok(())
    });
}
