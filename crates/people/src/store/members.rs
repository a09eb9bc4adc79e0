//! Everybody at a site, in a few words each: who can be given something to do, who is to read something.

use std::collections::BTreeSet;

use ::store::ledger::Entry;
use ::store::{StoreError, Transaction};

use super::accounts::bad;
use crate::account::Login;
use crate::role::Role;

/// Somebody with an account at a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Number of the account.
    pub account: i64,
    /// Name.
    pub name: String,
    /// Login.
    pub login: String,
    /// Department, or the company.
    pub department: String,
    /// Whether this is somebody of a vendor.
    pub is_vendor: bool,
}

/// Everybody with an account at a site who may sign in, by name; group operators only look from afar and are left out.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_members(tx: &mut Transaction, site: &str) -> Result<Vec<Member>, StoreError> {
    let rows = tx.query(
        "SELECT a.id, a.name, a.login, a.department, a.vendor, m.role FROM account a JOIN membership m ON m.account = a.id \
         WHERE a.enabled = 1 AND m.site IN ($1, '*') ORDER BY a.name, a.id",
        &[site.into()],
    )?;
    let mut members: Vec<Member> = Vec::new();
    for row in &rows {
        let (account, role) = (row.integer(0)?, row.text(5)?.parse::<Role>().map_err(|_| bad(5, "a role"))?);
        if role == Role::GroupOperator {
            continue;
        }
        let is_vendor = role == Role::Vendor;
        let member = Member {
            account,
            name: row.text(1)?.to_owned(),
            login: row.text(2)?.to_owned(),
            department: row.text(if is_vendor { 4 } else { 3 })?.to_owned(),
            is_vendor,
        };
        match members.last_mut().filter(|present| present.account == account) {
            // Whoever is also somebody of the house counts as such.
            Some(present) if present.is_vendor && !is_vendor => *present = member,
            Some(_) => {}
            None => members.push(member),
        }
    }
    Ok(members)
}

/// Logins of everybody who holds a role at a site or everywhere, also of those who may not sign in.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_logins(tx: &mut Transaction, site: &str) -> Result<BTreeSet<String>, StoreError> {
    let sql = "SELECT DISTINCT a.login FROM account a JOIN membership m ON m.account = a.id WHERE m.site IN ($1, '*')";
    tx.query(sql, &[site.into()])?.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// Names of people who can be given something to do at a site, `limit` at most.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_names(tx: &mut Transaction, site: &str, limit: i64) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT a.name FROM account a JOIN membership m ON m.account = a.id \
               WHERE m.site IN ($1, '*') AND a.enabled = 1 ORDER BY a.name LIMIT $2";
    tx.query(sql, &[site.into(), limit.into()])?.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// Whether the ledger knows of a role that the account of this login was given or lost at a site.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn had_role(tx: &mut Transaction, site: &str, login: &Login) -> Result<bool, StoreError> {
    let sql = "SELECT canonical FROM ledger_entry WHERE kind IN ('account.added', 'account.roles_changed')";
    let rows = tx.query(sql, &[])?;
    let mut entries = rows.iter().filter_map(|row| Entry::parse(row.text(0).ok()?).ok());
    Ok(entries.any(|entry| {
        entry.site == site && entry.body.get("login").and_then(|text| text.as_str()) == Some(login.as_str())
    }))
}

#[cfg(test)]
mod tests {
    use base::Lang;
    use testkit::{NOW, on_each_database};

    use super::*;
    use crate::store::{AccountEdit, add_account, add_membership};

    #[test]
    fn whoever_is_of_the_house_and_of_a_vendor_counts_once_as_of_the_house() {
        on_each_database(crate::MIGRATIONS, |store| {
            store.database.transaction::<_, StoreError>(|tx| {
                let edit = AccountEdit {
                    name: "花子".to_owned(),
                    department: "看護部".to_owned(),
                    vendor: "保守".to_owned(),
                    lang: Lang::Ja,
                    enabled: true,
                };
                let account = add_account(tx, &Login::new("hana").unwrap(), &edit, NOW)?;
                for role in [Role::Vendor, Role::Staff] {
                    add_membership(tx, account, "a", role, "test", NOW)?;
                }
                let members = list_members(tx, "a")?;
                let found: Vec<_> = members.iter().map(|one| (one.department.as_str(), one.is_vendor)).collect();
                assert_eq!(found, [("看護部", false)]);
                assert_eq!(list_names(tx, "a", 9)?, ["花子"]);
                assert_eq!((list_members(tx, "b")?, list_names(tx, "b", 9)?), (Vec::new(), Vec::new()));
                Ok(())
            })?;
            Ok(())
        });
    }
}
