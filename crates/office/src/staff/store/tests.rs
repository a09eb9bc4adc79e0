use ::people::Role;
use ::people::account::Login;
use ::people::store::{AccountEdit, add_account, add_membership};
use base::Lang;
use testkit::{NOW, on_each_database};

use super::*;

fn steps() -> Vec<store::Migration> {
    [evidence::store::MIGRATIONS, governance::MIGRATIONS, ::people::MIGRATIONS, crate::staff::MIGRATIONS].concat()
}

fn put_site(tx: &mut Transaction, id: &str) -> Result<(), StoreError> {
    let site = evidence::store::SiteRow {
        id: id.to_owned(),
        name: id.to_owned(),
        kind: assess::SiteKind::Hospital,
        beds: None,
    };
    evidence::store::put_site(tx, &site, NOW)
}

fn text(title: &str) -> NoticeText {
    NoticeText {
        title: title.to_owned(),
        body: "本文".to_owned(),
        audience: Audience::All,
        starts_on: "2026-11-20".parse().unwrap(),
        ends_on: "2026-11-30".parse().unwrap(),
    }
}

#[test]
fn notices_and_their_receipts_are_the_same_on_every_database() {
    on_each_database(&steps(), |store| {
        store.database.transaction::<_, StoreError>(|tx| {
            put_site(tx, "a")?;
            put_site(tx, "b")?;
            let edit = AccountEdit {
                name: "花子".to_owned(),
                department: "看護部".to_owned(),
                vendor: String::new(),
                lang: Lang::Ja,
                enabled: true,
            };
            let account = add_account(tx, &Login::new("hana").unwrap(), &edit, NOW)?;
            add_membership(tx, account, "a", Role::Staff, "test", NOW)?;
            let id = add_notice(tx, "a", &text("一"), "who", NOW)?;
            add_version(tx, id, 2, &text("二"), "who", NOW)?;
            let notice = find_notice(tx, "a", id)?.unwrap();
            assert_eq!((notice.version, notice.text.title.as_str()), (2, "二"));
            assert_eq!(find_notice(tx, "b", id)?, None);
            assert!(mark_read(tx, &notice, account.0, NOW)?);
            assert!(!mark_read(tx, &notice, account.0, NOW)?);
            assert_eq!(list_readers(tx, id)?, [(account.0, 2, NOW)]);
            for _ in 0..3 {
                confirm_for_department(tx, &notice, "看護部")?;
            }
            assert_eq!(list_department_counts(tx, &notice)?, [("看護部".to_owned(), 3)]);
            assert!(withdraw(tx, id, "who", NOW)? && !withdraw(tx, id, "who", NOW)?);
            Ok(())
        })?;
        Ok(())
    });
}

#[test]
fn voices_are_found_by_their_receipt_at_their_site_only() {
    on_each_database(&steps(), |store| {
        store.database.transaction::<_, StoreError>(|tx| {
            put_site(tx, "a")?;
            put_site(tx, "b")?;
            let new = NewVoice {
                site: "a",
                receipt: "0123",
                origin: Origin::Staff,
                account: None,
                department: "救急",
                body: "困る",
                sender_name: "",
                sender_phone: "",
            };
            let id = add_voice(tx, &new, NOW)?;
            assert_eq!(find_by_receipt(tx, "b", "0123")?, None);
            assert_eq!(find_by_receipt(tx, "a", "0124")?, None);
            answer_voice(tx, id, VoiceState::Answered, "こうします", "who", NOW.plus_days(1))?;
            answer_voice(tx, id, VoiceState::Closed, "済みました", "who", NOW.plus_days(9))?;
            let voice = find_by_receipt(tx, "a", "0123")?.unwrap();
            assert_eq!((voice.state, voice.answered_at), (VoiceState::Closed, Some(NOW.plus_days(1))));
            assert_eq!(list_voices(tx, "a")?, [voice]);
            assert_eq!(list_of_account(tx, "a", 1)?, []);
            Ok(())
        })?;
        Ok(())
    });
}

#[test]
fn the_last_allowed_message_of_an_hour_passes_and_one_more_does_not() {
    on_each_database(&steps(), |store| {
        let limit = Throttle { kind: "voice", most: 2 };
        let from = |key: u8, at: UtcSeconds| {
            let address = (&[key; 32], "10.0.0.1");
            store.database.transaction::<_, StoreError>(|tx| may_send(tx, limit, "a", address, at))
        };
        let send = |at: UtcSeconds| from(1, at);
        assert!(send(NOW)? && send(NOW)? && !send(NOW)?);
        assert!(from(2, NOW)?, "without the key of the office, the address could be found by trying");
        assert!(!send(UtcSeconds(NOW.0 + THROTTLE_S))?);
        assert!(send(UtcSeconds(NOW.0 + THROTTLE_S + 1))?);
        Ok(())
    });
}
