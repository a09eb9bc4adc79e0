//! Many people at once: lists and counts, made by the database.

use std::collections::HashMap;

use ::store::{StoreError, Transaction, Value};
use base::UtcSeconds;

use super::accounts::{COLUMNS, bad, read_account};
use crate::EVERYWHERE;
use crate::account::{Account, AccountId};
use crate::role::{Role, RoleSet};

/// Which people of a site are wanted.
#[derive(Debug, Clone, Default)]
pub struct PeopleQuery {
    /// Letters that login, name, department or company must hold; empty: any.
    pub words: String,
    /// Only those of this role.
    pub role: Option<Role>,
    /// Only those who may sign in, or who may not.
    pub enabled: Option<bool>,
    /// The column they are sorted by.
    pub order: PeopleOrder,
    /// From the last to the first.
    pub descending: bool,
    /// Passed over.
    pub offset: usize,
    /// At most.
    pub limit: usize,
}

/// How people are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PeopleOrder {
    /// By login.
    #[default]
    Login,
    /// By name.
    Name,
    /// By department.
    Department,
    /// By the last sign-in.
    LastSeen,
}

/// Somebody in the list of a site.
#[derive(Debug, Clone)]
pub struct PersonLine {
    /// Who.
    pub account: Account,
    /// Roles at this site, or at every one.
    pub roles: RoleSet,
    /// Whether an authenticator belongs to the account.
    pub has_second_factor: bool,
}

const HERE: &str = "EXISTS (SELECT 1 FROM membership m WHERE m.account = account.id AND (m.site = $1 OR m.site = '*') \
                    AND ($2 = '' OR m.role = $2))";
const FITS: &str = "($3 < 0 OR enabled = $3) AND ($4 = '' OR lower(login) LIKE $4 ESCAPE '!' OR lower(name) LIKE $4 ESCAPE '!' \
                    OR lower(department) LIKE $4 ESCAPE '!' OR lower(vendor) LIKE $4 ESCAPE '!')";

/// The people of a site that fit, and how many there are in all.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_people(
    tx: &mut Transaction,
    site: &str,
    query: &PeopleQuery,
) -> Result<(Vec<PersonLine>, usize), StoreError> {
    let filter: [Value; 4] = [
        site.into(),
        query.role.map_or("", Role::name).into(),
        query.enabled.map_or(-1, i64::from).into(),
        pattern(&query.words).into(),
    ];
    let count = tx.get(&format!("SELECT COUNT(*) FROM account WHERE {HERE} AND {FITS}"), &filter)?.count(0)?;
    let column = match query.order {
        PeopleOrder::Login => "login",
        PeopleOrder::Name => "name",
        PeopleOrder::Department => "department",
        PeopleOrder::LastSeen => "COALESCE(last_seen_at, 0)",
    };
    let way = if query.descending { "DESC" } else { "ASC" };
    let window = format!("WHERE {HERE} AND {FITS} ORDER BY {column} {way}, id LIMIT $5 OFFSET $6");
    let number = |number: usize| Value::from(i64::try_from(number).unwrap_or(i64::MAX));
    let values = [filter.as_slice(), &[number(query.limit), number(query.offset)]].concat();
    let accounts = tx.query(&format!("SELECT {COLUMNS} FROM account {window}"), &values)?;
    let roles = roles_of(tx, &window, &values)?;
    let sql = format!(
        "SELECT account FROM credential WHERE totp_secret <> '' AND account IN (SELECT id FROM account {window})"
    );
    let proved: Vec<i64> = tx.query(&sql, &values)?.iter().map(|row| row.integer(0)).collect::<Result<_, _>>()?;
    let lines = accounts.iter().map(|row| {
        let account = read_account(row)?;
        let roles = roles.get(&account.id).copied().unwrap_or_default();
        let has_second_factor = proved.contains(&account.id.0);
        Ok(PersonLine { account, roles, has_second_factor })
    });
    Ok((lines.collect::<Result<_, StoreError>>()?, usize::try_from(count).unwrap_or(usize::MAX)))
}

fn roles_of(tx: &mut Transaction, window: &str, values: &[Value]) -> Result<HashMap<AccountId, RoleSet>, StoreError> {
    let sql = format!(
        "SELECT r.account, r.role FROM membership r WHERE (r.site = $1 OR r.site = '*') \
         AND r.account IN (SELECT id FROM account {window})"
    );
    let mut found: HashMap<AccountId, RoleSet> = HashMap::new();
    for row in tx.query(&sql, values)? {
        let role: Role = row.text(1)?.parse().map_err(|_| bad(1, "a role"))?;
        let roles = found.entry(AccountId(row.integer(0)?)).or_default();
        *roles = roles.with(role);
    }
    Ok(found)
}

/// Words as a pattern of the database; empty for none.
fn pattern(words: &str) -> String {
    if words.trim().is_empty() {
        return String::new();
    }
    let mut pattern = "%".to_owned();
    for c in words.trim().to_lowercase().chars() {
        if "%_!".contains(c) {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern + "%"
}

/// How far the use of the program has spread in one group of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// The department, or the role's name.
    pub group: String,
    /// Accounts that may sign in.
    pub accounts: u64,
    /// Of them, those that ever did.
    pub ever: u64,
    /// Of them, those that did since the day asked for.
    pub lately: u64,
}

const COUNTS: &str = "COUNT(DISTINCT account.id), \
    COUNT(DISTINCT CASE WHEN account.first_seen_at IS NOT NULL THEN account.id END), \
    COUNT(DISTINCT CASE WHEN account.last_seen_at >= $2 THEN account.id END)";
const MEMBERS: &str = "account JOIN membership m ON m.account = account.id AND (m.site = $1 OR m.site = '*') \
    WHERE account.enabled = 1";

/// The spread at a site by department; the empty department is last.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_spread_by_department(
    tx: &mut Transaction,
    site: &str,
    since: UtcSeconds,
) -> Result<Vec<Spread>, StoreError> {
    let mut found = list_spread(tx, "account.department", site, since)?;
    found.sort_by(|a, b| (a.group.is_empty(), &a.group).cmp(&(b.group.is_empty(), &b.group)));
    Ok(found)
}

/// The spread at a site by role, superiors first: in the order of [`Role::ALL`].
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_spread_by_role(
    tx: &mut Transaction,
    site: &str,
    since: UtcSeconds,
) -> Result<Vec<(Role, Spread)>, StoreError> {
    let found = list_spread(tx, "m.role", site, since)?;
    let of = |name: &str| found.iter().find(|spread| spread.group == name).cloned();
    Ok(Role::ALL.into_iter().filter_map(|(name, role)| Some((role, of(name)?))).collect())
}

fn list_spread(tx: &mut Transaction, group: &str, site: &str, since: UtcSeconds) -> Result<Vec<Spread>, StoreError> {
    let sql = format!("SELECT {group}, {COUNTS} FROM {MEMBERS} GROUP BY {group} ORDER BY {group}");
    let rows = tx.query(&sql, &[site.into(), since.into()])?;
    let spread = |row: &::store::Row| {
        Ok(Spread {
            group: row.text(0)?.to_owned(),
            accounts: row.count(1)?,
            ever: row.count(2)?,
            lately: row.count(3)?,
        })
    };
    rows.iter().map(spread).collect()
}

/// When the first account was made: the day the program was set up.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_set_up_at(tx: &mut Transaction) -> Result<Option<UtcSeconds>, StoreError> {
    tx.get("SELECT MIN(created_at) FROM account", &[])?.optional_at(0)
}

/// How many others administer `site` (or everything) and have signed in before, so that they can do it again.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn count_other_administrators(tx: &mut Transaction, account: AccountId, site: &str) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(DISTINCT a.id) FROM account a JOIN membership m ON m.account = a.id \
               WHERE m.role = 'administrator' AND (m.site = $2 OR m.site = $3) AND a.enabled = 1 \
               AND a.first_seen_at IS NOT NULL AND a.id <> $1";
    tx.get(sql, &[account.0.into(), site.into(), EVERYWHERE.into()])?.count(0)
}
