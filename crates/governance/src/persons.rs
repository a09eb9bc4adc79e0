//! Whether two are the same person: by their accounts, and by their names where one of them has none.

use ::people::AccountId;
use ::people::account::Login;
use ::people::store as people_tables;
use ::store::{StoreError, Transaction};

/// Somebody as the ledger names them, with their account if the login is one.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    who: String,
    account: Option<AccountId>,
}

impl Person {
    /// Whom `login（name）`, a login or a name stands for. A login is never changed and never given twice.
    pub(crate) fn find(tx: &mut Transaction, who: &str) -> Result<Self, StoreError> {
        let login = who.split_once('（').map_or(who, |(login, _)| login);
        let account = match Login::new(login) {
            Ok(login) => people_tables::find_account_by_login(tx, &login)?.map(|account| account.id),
            Err(_) => None,
        };
        Ok(Self { who: who.to_owned(), account })
    }

    /// Who asked, by the account that was kept then; `None`: none was.
    pub(crate) fn asked(tx: &mut Transaction, who: &str, account: Option<i64>) -> Result<Self, StoreError> {
        match account {
            Some(id) => Ok(Self { who: who.to_owned(), account: Some(AccountId(id)) }),
            None => Self::find(tx, who),
        }
    }

    /// The number of the account.
    pub(crate) fn number(&self) -> Option<i64> {
        self.account.map(|id| id.0)
    }

    /// Whether both are one.
    pub(crate) fn is(&self, other: &Self) -> bool {
        match (self.account, other.account) {
            (Some(one), Some(another)) => one == another,
            _ => is_same_person(&self.who, &other.who),
        }
    }

    /// Whether `maker` gave this person a link to begin with, or to begin anew: whoever did may have used it themself.
    pub(crate) fn was_let_in_by(&self, tx: &mut Transaction, maker: &Self) -> Result<bool, StoreError> {
        let Some(account) = self.account else { return Ok(false) };
        for who in people_tables::list_link_makers(tx, account)? {
            if Self::find(tx, &who)?.is(maker) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether two names are one person's: width, case, blanks and punctuation do not make another. Of two accounts, written
/// `login（name）`, the logins decide; a name without an account is held against login and name of the other.
fn is_same_person(a: &str, b: &str) -> bool {
    let bare = |name: &str| name.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let parts = |who: &str| {
        let folded = assess::wording::fold(who);
        let (login, name) = folded.split_once('(').unwrap_or((&folded, ""));
        // Something without a login before the bracket is a name as a whole.
        if bare(login).is_empty() { (bare(&folded), String::new()) } else { (bare(login), bare(name)) }
    };
    let ((a_login, a_name), (b_login, b_name)) = (parts(a), parts(b));
    match (a_name.is_empty(), b_name.is_empty()) {
        (false, false) | (true, true) => a_login == b_login,
        (true, false) => a_login == b_login || a_login == b_name,
        (false, true) => b_login == a_login || b_login == a_name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_recognised_by_login_or_name() {
        for (asked_by, who, same) in [
            ("sato（佐藤 花子）", "sato（佐藤 花子）", true),
            ("sato", "sato（佐藤 花子）", true),
            ("佐藤花子", "sato（佐藤 花子）", true),
            ("sato（佐藤 花子）", "SATO", true),
            ("sato（佐藤 花子）", "ito（伊藤）", false),
            ("sato1（佐藤）", "sato2（佐藤）", false),
        ] {
            assert_eq!(is_same_person(asked_by, who), same, "{asked_by} {who}");
        }
    }
}
