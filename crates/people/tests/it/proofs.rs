//! What somebody proves themself with.

use base::{ContentHash, Lang, Secret, UtcSeconds};
use people::account::Login;
use people::link::Purpose;
use people::store::{self as tables, AccountEdit, NewApiToken, NewLink, NewSession, Stage, Step};
use people::throttle::{self, Decision, Source, login_key};
use people::{AccountId, MIGRATIONS};
use store::{StoreError, Transaction};
use testkit::{NOW, TestStore, on_each_database};

fn account(tx: &mut Transaction, login: &str) -> Result<AccountId, StoreError> {
    let edit = AccountEdit {
        name: login.to_owned(),
        department: String::new(),
        vendor: String::new(),
        lang: Lang::Ja,
        enabled: true,
    };
    tables::add_account(tx, &Login::new(login).unwrap(), &edit, NOW)
}

fn in_a_house(body: impl Fn(&mut Transaction, AccountId) -> Result<(), StoreError>) {
    on_each_database(MIGRATIONS, |store: &TestStore| {
        store.database.transaction(|tx| {
            let id = account(tx, "sato")?;
            body(tx, id)
        })?;
        Ok(())
    });
}

fn later(seconds: i64) -> UtcSeconds {
    UtcSeconds(NOW.0 + seconds)
}

#[test]
fn a_code_of_one_step_is_accepted_once() {
    in_a_house(|tx, id| {
        tables::put_password(tx, id, "hash", NOW)?;
        assert!(!tables::accept_totp(tx, id, 7)?, "there is no authenticator yet");
        tables::put_totp(tx, id, &Secret::new("ABC".to_owned()), 5, NOW)?;
        assert!(!tables::accept_totp(tx, id, 5)?, "the code that set it up");
        assert!(tables::accept_totp(tx, id, 7)?);
        assert!(!tables::accept_totp(tx, id, 7)?);
        assert!(!tables::accept_totp(tx, id, 6)?, "an earlier one");
        let credential = tables::find_credential(tx, id)?.unwrap();
        assert_eq!((credential.password_hash.as_str(), credential.totp_last), ("hash", 7));
        tables::remove_second_factor(tx, id, NOW)?;
        assert!(!tables::find_credential(tx, id)?.unwrap().has_second_factor());
        Ok(())
    });
}

#[test]
fn a_code_on_paper_is_accepted_once_and_new_ones_end_the_old() {
    in_a_house(|tx, id| {
        let hashes = [ContentHash::of(b"1"), ContentHash::of(b"2")];
        tables::replace_recovery_codes(tx, id, &hashes)?;
        assert_eq!(tables::count_recovery_codes(tx, id)?, 2);
        assert!(tables::use_recovery_code(tx, id, hashes[0], NOW)?);
        assert!(!tables::use_recovery_code(tx, id, hashes[0], NOW)?);
        assert_eq!(tables::count_recovery_codes(tx, id)?, 1);
        tables::replace_recovery_codes(tx, id, &[ContentHash::of(b"3")])?;
        assert!(!tables::use_recovery_code(tx, id, hashes[1], NOW)?);
        let other = account(tx, "other")?;
        assert!(!tables::use_recovery_code(tx, other, ContentHash::of(b"3"), NOW)?, "of somebody else");
        Ok(())
    });
}

#[test]
fn a_link_opens_once_and_not_after_its_time() {
    in_a_house(|tx, id| {
        let new = NewLink { token: "secret", purpose: Purpose::Reset, account: id, made_by: "test" };
        let until = tables::add_link(tx, &new, NOW)?;
        assert_eq!(until, later(24 * 3_600));
        assert!(tables::find_link(tx, "secret", later(24 * 3_600 - 1))?.is_some());
        assert!(tables::find_link(tx, "secret", until)?.is_none());
        assert!(!tables::use_link(tx, "secret", until)?);
        assert!(tables::use_link(tx, "secret", NOW)?);
        assert!(!tables::use_link(tx, "secret", NOW)?);
        assert!(tables::find_link(tx, "other", NOW)?.is_none());
        Ok(())
    });
}

#[test]
fn a_newer_link_closes_the_older() {
    in_a_house(|tx, id| {
        for token in ["one", "two"] {
            tables::add_link(tx, &NewLink { token, purpose: Purpose::Invite, account: id, made_by: "test" }, NOW)?;
        }
        assert!(tables::find_link(tx, "one", NOW)?.is_none());
        assert!(tables::find_link(tx, "two", NOW)?.is_some());
        Ok(())
    });
}

#[test]
fn a_sign_in_on_its_way_ends_after_a_quarter_of_an_hour() {
    in_a_house(|tx, id| {
        let step = Step { account: id, stage: Stage::Enrol(Secret::new("S".to_owned())), next: "/x".to_owned() };
        tables::add_step(tx, "token", &step, NOW)?;
        assert_eq!(tables::find_step(tx, "token", later(899))?, Some(step));
        assert_eq!(tables::find_step(tx, "token", later(900))?, None);
        assert!(tables::end_step(tx, "token")?);
        assert!(!tables::end_step(tx, "token")?);
        Ok(())
    });
}

#[test]
fn guesses_from_elsewhere_never_make_the_known_browser_wait() {
    in_a_house(|tx, id| {
        tables::add_device(tx, id, "device", NOW)?;
        let known = Source::KnownDevice(tables::find_device(tx, id, &["no", "device"], NOW)?.unwrap());
        let (key, elsewhere) = (login_key("sato"), Source::of_address("203.0.113.9"));
        for second in 0..80 {
            tables::add_attempt(tx, &key, &elsewhere, later(second))?;
        }
        let decide = |tx: &mut Transaction, key: &str, source: &Source| {
            tables::list_attempts(tx, key, source, later(80)).map(|found| throttle::decide(&found, later(80)))
        };
        assert!(matches!(decide(tx, &key, &elsewhere)?, Decision::Wait(_)));
        assert_eq!(decide(tx, &key, &known)?, Decision::Now);
        assert_eq!(decide(tx, &key, &Source::of_address("203.0.113.10"))?, Decision::Now, "another address");
        assert!(matches!(decide(tx, &login_key("other"), &elsewhere)?, Decision::Wait(_)), "the address as a whole");
        tables::clear_attempts(tx, &key, &elsewhere)?;
        assert_eq!(decide(tx, &key, &elsewhere)?, Decision::Now);
        Ok(())
    });
}

#[test]
fn a_browser_is_known_to_its_own_account_for_four_hundred_days() {
    in_a_house(|tx, id| {
        let other = account(tx, "other")?;
        tables::add_device(tx, id, "device", NOW)?;
        assert!(tables::find_device(tx, other, &["device"], NOW)?.is_none());
        assert!(tables::find_device(tx, id, &["device"], NOW.plus_days(399))?.is_some());
        assert!(tables::find_device(tx, id, &["device"], NOW.plus_days(400))?.is_none());
        tables::forget_devices(tx, id)?;
        assert!(tables::find_device(tx, id, &["device"], NOW)?.is_none());
        Ok(())
    });
}

#[test]
fn the_use_of_a_token_is_written_once_an_hour() {
    in_a_house(|tx, id| {
        let new = NewApiToken {
            name: "backup",
            token: "t",
            account: id,
            site: "minato",
            may_write: false,
            expires_at: NOW.plus_days(1),
        };
        let token = tables::add_api_token(tx, &new, NOW)?;
        assert!(tables::is_token_due(tx, token, NOW)?);
        tables::touch_api_token(tx, token, NOW)?;
        assert!(!tables::is_token_due(tx, token, later(3_599))?);
        assert!(tables::is_token_due(tx, token, later(3_600))?);
        assert_eq!(tables::list_api_tokens(tx, "minato")?[0].used_at, Some(NOW));
        Ok(())
    });
}

#[test]
fn a_setting_of_one_site_is_none_of_another() {
    in_a_house(|tx, _| {
        tables::put_setting(tx, "minato", tables::SETTINGS_CHANGED_BY, "佐藤")?;
        tables::put_setting(tx, "minato", tables::SETTINGS_CHANGED_BY, "鈴木")?;
        assert_eq!(tables::find_setting(tx, "minato", tables::SETTINGS_CHANGED_BY)?.as_deref(), Some("鈴木"));
        assert_eq!(tables::find_setting(tx, "sakuragawa", tables::SETTINGS_CHANGED_BY)?, None);
        Ok(())
    });
}

#[test]
fn a_password_that_was_changed_while_it_was_compared_proves_nothing() {
    in_a_house(|tx, id| {
        assert!(tables::find_credential_still(tx, id, "")?.is_none(), "there is none yet");
        tables::put_password(tx, id, "old", NOW)?;
        assert!(tables::find_credential_still(tx, id, "old")?.is_some());
        tables::put_password(tx, id, "new", NOW)?;
        assert!(tables::find_credential_still(tx, id, "old")?.is_none());
        let account = tables::find_account(tx, id)?.unwrap();
        tables::update_account(tx, id, &AccountEdit { enabled: false, ..AccountEdit::of(&account) })?;
        assert!(tables::find_credential_still(tx, id, "new")?.is_none(), "the account was closed");
        Ok(())
    });
}

#[test]
fn a_second_factor_shown_twelve_hours_ago_is_too_old_for_what_is_grave() {
    in_a_house(|tx, id| {
        let new = NewSession { account: id, token: "t", csrf: "c", device: "d", address: "a" };
        tables::add_session(tx, &new, NOW)?;
        let session = tables::find_signed_in(tx, "t", NOW)?.unwrap().session.unwrap();
        assert!(session.is_proved(later(12 * 3_600 - 1)));
        assert!(!session.is_proved(later(12 * 3_600)));
        Ok(())
    });
}

#[test]
fn nobody_comes_in_by_what_a_backup_brought_back() {
    in_a_house(|tx, account| {
        let session = NewSession { account, token: "s", csrf: "c", device: "", address: "" };
        tables::add_session(tx, &session, NOW)?;
        let purpose = Purpose::Reset;
        tables::add_link(tx, &NewLink { token: "l", purpose, account, made_by: "test" }, NOW)?;
        tables::add_step(tx, "t", &Step { account, stage: Stage::Code, next: String::new() }, NOW)?;
        tables::end_every_way_in(tx, NOW)?;
        assert!(tables::find_signed_in(tx, "s", NOW)?.is_none());
        assert!(tables::find_link(tx, "l", NOW)?.is_none());
        assert!(tables::find_step(tx, "t", NOW)?.is_none());
        Ok(())
    });
}
