//! Accounts, memberships, deputies.

use ::store::{Row, StoreError, Transaction};
use base::{Date, Lang, UtcSeconds};

use super::settings::Deed;
use crate::account::{Account, AccountId, Login};
use crate::role::Role;
use crate::session::Deputy;

pub(super) const COLUMNS: &str =
    "id, login, name, department, vendor, lang, enabled, created_at, first_seen_at, last_seen_at";

pub(super) const fn bad(index: usize, expected: &'static str) -> StoreError {
    StoreError::Column { index, expected, found: "another text" }
}

pub(super) fn read_account(row: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        id: AccountId(row.integer(0)?),
        login: Login::kept(row.text(1)?).ok_or_else(|| bad(1, "a login"))?,
        name: row.text(2)?.to_owned(),
        department: row.text(3)?.to_owned(),
        vendor: row.text(4)?.to_owned(),
        lang: Lang::from_locale(row.text(5)?),
        enabled: row.integer(6)? == 1,
        created_at: row.at(7)?,
        first_seen_at: row.optional_at(8)?,
        last_seen_at: row.optional_at(9)?,
    })
}

const fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Ja => "ja",
        Lang::En => "en",
    }
}

/// What an account is made of, and what may be changed later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEdit {
    /// Name.
    pub name: String,
    /// Department; empty if none.
    pub department: String,
    /// Company, for vendors.
    pub vendor: String,
    /// Language.
    pub lang: Lang,
    /// Whether it may sign in.
    pub enabled: bool,
}

/// Adds an account without roles or credentials.
///
/// # Errors
/// [`StoreError`] of the database, also if the login is taken.
pub fn add_account(
    tx: &mut Transaction,
    login: &Login,
    edit: &AccountEdit,
    now: UtcSeconds,
) -> Result<AccountId, StoreError> {
    let id = tx.get("SELECT COALESCE(MAX(id), 0) + 1 FROM account", &[])?.integer(0)?;
    tx.execute(
        "INSERT INTO account (id, login, name, department, vendor, lang, enabled, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            id.into(),
            login.as_str().into(),
            (&edit.name).into(),
            (&edit.department).into(),
            (&edit.vendor).into(),
            tag(edit.lang).into(),
            i64::from(edit.enabled).into(),
            now.into(),
        ],
    )?;
    Ok(AccountId(id))
}

/// Changes an account; `false` if there is none.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn update_account(tx: &mut Transaction, id: AccountId, edit: &AccountEdit) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE account SET name = $2, department = $3, vendor = $4, lang = $5, enabled = $6 WHERE id = $1",
        &[
            id.0.into(),
            (&edit.name).into(),
            (&edit.department).into(),
            (&edit.vendor).into(),
            tag(edit.lang).into(),
            i64::from(edit.enabled).into(),
        ],
    )?;
    Ok(changed == 1)
}

/// How many accounts there are; 0 means that nobody has set this installation up.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn count_accounts(tx: &mut Transaction) -> Result<u64, StoreError> {
    tx.get("SELECT COUNT(*) FROM account", &[])?.count(0)
}

/// The account of this number.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_account(tx: &mut Transaction, id: AccountId) -> Result<Option<Account>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM account WHERE id = $1");
    tx.find(&sql, &[id.0.into()])?.as_ref().map(read_account).transpose()
}

/// The account of this login.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_account_by_login(tx: &mut Transaction, login: &Login) -> Result<Option<Account>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM account WHERE login = $1");
    tx.find(&sql, &[login.as_str().into()])?.as_ref().map(read_account).transpose()
}

/// Every account, by login.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_accounts(tx: &mut Transaction) -> Result<Vec<Account>, StoreError> {
    tx.query(&format!("SELECT {COLUMNS} FROM account ORDER BY login"), &[])?.iter().map(read_account).collect()
}

/// Gives a role at a site, or at [`crate::EVERYWHERE`]; `false` if it was held before.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn add_membership(
    tx: &mut Transaction,
    account: AccountId,
    site: &str,
    role: Role,
    granted_by: &str,
    now: UtcSeconds,
) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO membership (account, site, role, granted_by, granted_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (account, site, role) DO NOTHING",
        &[account.0.into(), site.into(), role.name().into(), granted_by.into(), now.into()],
    )?;
    Ok(added == 1)
}

/// Takes a role away; `false` if it was not held.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn remove_membership(tx: &mut Transaction, account: AccountId, site: &str, role: Role) -> Result<bool, StoreError> {
    let sql = "DELETE FROM membership WHERE account = $1 AND site = $2 AND role = $3";
    Ok(tx.execute(sql, &[account.0.into(), site.into(), role.name().into()])? == 1)
}

/// Every role of an account: site and role.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_memberships(tx: &mut Transaction, account: AccountId) -> Result<Vec<(String, Role)>, StoreError> {
    let sql = "SELECT site, role FROM membership WHERE account = $1 ORDER BY site, role";
    let rows = tx.query(sql, &[account.0.into()])?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.parse().map_err(|_| bad(1, "a role"))?))).collect()
}

/// Appoints a deputy; returns the number.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn add_deputy(
    tx: &mut Transaction,
    account: AccountId,
    deputy: &Deputy,
    reason: &str,
    now: UtcSeconds,
) -> Result<i64, StoreError> {
    let id = tx.get("SELECT COALESCE(MAX(id), 0) + 1 FROM deputy", &[])?.integer(0)?;
    tx.execute(
        "INSERT INTO deputy (id, account, site, role, starts_on, ends_on, appointed_by, appointed_at, reason) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            id.into(),
            account.0.into(),
            (&deputy.site).into(),
            deputy.role.name().into(),
            deputy.starts_on.to_string().into(),
            deputy.ends_on.to_string().into(),
            (&deputy.appointed_by).into(),
            now.into(),
            reason.into(),
        ],
    )?;
    Ok(id)
}

/// Ends a deputyship; `false` if there is none or it was ended before.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn revoke_deputy(
    tx: &mut Transaction,
    site: &str,
    id: i64,
    who: &str,
    now: UtcSeconds,
) -> Result<bool, StoreError> {
    let sql = "UPDATE deputy SET revoked_at = $3, revoked_by = $4 WHERE site = $1 AND id = $2 AND revoked_at IS NULL";
    Ok(tx.execute(sql, &[site.into(), id.into(), now.into(), who.into()])? == 1)
}

/// Who ended a deputyship; `None` if there is none of this number at the site or nobody did.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_deputy_end(tx: &mut Transaction, site: &str, id: i64) -> Result<Option<Deed>, StoreError> {
    let sql = "SELECT revoked_by, revoked_at FROM deputy WHERE site = $1 AND id = $2 AND revoked_at IS NOT NULL";
    tx.find(sql, &[site.into(), id.into()])?.as_ref().map(read_deed).transpose()
}

/// Who appointed this account for the same role at the same site on any of the same days; `None` if nobody did.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_same_deputy(tx: &mut Transaction, account: AccountId, deputy: &Deputy) -> Result<Option<Deed>, StoreError> {
    let row = tx.find(
        "SELECT appointed_by, appointed_at FROM deputy WHERE account = $1 AND site = $2 AND role = $3 \
         AND revoked_at IS NULL AND starts_on <= $5 AND $4 <= ends_on ORDER BY id LIMIT 1",
        &[
            account.0.into(),
            (&deputy.site).into(),
            deputy.role.name().into(),
            deputy.starts_on.to_string().into(),
            deputy.ends_on.to_string().into(),
        ],
    )?;
    row.as_ref().map(read_deed).transpose()
}

/// A row of who and when.
pub(super) fn read_deed(row: &Row) -> Result<Deed, StoreError> {
    Ok(Deed { who: row.text(0)?.to_owned(), at: row.at(1)? })
}

/// Deputyships that were not revoked, of one account or of all.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_deputies(tx: &mut Transaction, account: Option<AccountId>) -> Result<Vec<(AccountId, Deputy)>, StoreError> {
    let rows = tx.query(
        "SELECT account, id, site, role, starts_on, ends_on, appointed_by FROM deputy \
         WHERE revoked_at IS NULL AND ($1 = 0 OR account = $1) ORDER BY id",
        &[account.map_or(0, |account| account.0).into()],
    )?;
    let day = |row: &Row, index| row.text(index)?.parse::<Date>().map_err(|_| bad(index, "a date"));
    rows.iter()
        .map(|row| {
            let deputy = Deputy {
                id: row.integer(1)?,
                site: row.text(2)?.to_owned(),
                role: row.text(3)?.parse().map_err(|_| bad(3, "a role"))?,
                starts_on: day(row, 4)?,
                ends_on: day(row, 5)?,
                appointed_by: row.text(6)?.to_owned(),
            };
            Ok((AccountId(row.integer(0)?), deputy))
        })
        .collect()
}
