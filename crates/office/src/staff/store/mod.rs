//! The tables of notices, voices, and whom to call: the only place of this room with SQL.

mod notices;
mod voices;

use ::people::Role;
use base::{ContentHash, UtcSeconds};
use store::{StoreError, Transaction};

pub(crate) use notices::{
    Audience, Notice, NoticeText, Reader, add_notice, add_version, confirm_for_department, find_notice, has_read,
    list_department_counts, list_notices, list_readers, mark_read, withdraw,
};
pub(crate) use voices::{
    NewVoice, Origin, Voice, VoiceState, add_voice, answer_voice, find_by_receipt, find_voice, list_of_account,
    list_voices,
};

/// A text of the tables that no version of this program wrote.
fn bad(index: usize, expected: &'static str) -> StoreError {
    StoreError::Column { index, expected, found: "another text" }
}

/// Whom to call, and which departments there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Contact {
    /// Whom to call, one per line; empty: nobody was named yet.
    pub(crate) contact: String,
    /// Departments, one per line; empty: the usual ones.
    pub(crate) departments: String,
}

/// Whom to call at a site; empty if nobody said.
pub(crate) fn find_contact(tx: &mut Transaction, site: &str) -> Result<Contact, StoreError> {
    let row = tx.find("SELECT contact, departments FROM staff_contact WHERE site = $1", &[site.into()])?;
    let Some(row) = row else { return Ok(Contact::default()) };
    Ok(Contact { contact: row.text(0)?.to_owned(), departments: row.text(1)?.to_owned() })
}

/// Says whom to call.
pub(crate) fn put_contact(
    tx: &mut Transaction,
    site: &str,
    contact: &Contact,
    who: &str,
    now: UtcSeconds,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO staff_contact (site, contact, departments, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (site) DO UPDATE SET contact = excluded.contact, departments = excluded.departments, \
         changed_by = excluded.changed_by, changed_at = excluded.changed_at",
        &[site.into(), (&contact.contact).into(), (&contact.departments).into(), who.into(), now.into()],
    )?;
    Ok(())
}

/// How a site is watched, in figures that name nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Watch {
    /// First evidence that said something.
    pub(crate) since: Option<UtcSeconds>,
    /// Last evidence that said something.
    pub(crate) last: Option<UtcSeconds>,
    /// Assessments since the first of the month.
    pub(crate) assessments: u64,
    /// Exceptions and tasks that were looked at since then.
    pub(crate) reviews: u64,
}

/// How a site is watched; `month` is when this month began.
pub(crate) fn find_watch(tx: &mut Transaction, site: &str, month: UtcSeconds) -> Result<Watch, StoreError> {
    // A file that says nothing watches over nothing.
    let sql = "SELECT MIN(received_at), MAX(received_at) FROM evidence WHERE site = $1 AND fact_count > 0";
    let evidence = tx.get(sql, &[site.into()])?;
    Ok(Watch {
        since: evidence.optional_at(0)?,
        last: evidence.optional_at(1)?,
        assessments: count_entries(tx, site, "assessment.made", month)?,
        reviews: count_entries(tx, site, "exception.%", month)? + count_entries(tx, site, "task.%", month)?,
    })
}

/// Entries of the ledger of kinds like `kind` about a site since `month`. The canonical line ends in site and actor.
fn count_entries(tx: &mut Transaction, site: &str, kind: &str, month: UtcSeconds) -> Result<u64, StoreError> {
    let name = serde_json::json!(site).to_string().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let end = format!("%,\"site\":{name},\"who\":%");
    let sql = "SELECT COUNT(*) FROM ledger_entry WHERE kind LIKE $1 AND at >= $2 AND canonical LIKE $3 ESCAPE '\\'";
    tx.get(sql, &[kind.into(), month.into(), end.into()])?.count(0)
}

/// Something an address may do only so often within an hour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Throttle {
    /// What.
    pub(crate) kind: &'static str,
    /// How often.
    pub(crate) most: u64,
}

/// After this long an attempt is forgotten, in seconds.
const THROTTLE_S: i64 = 3_600;

/// Counts an attempt of an address, known only by a hash with the key of this office; `false` if there were too many within the last hour.
pub(crate) fn may_send(
    tx: &mut Transaction,
    throttle: Throttle,
    site: &str,
    (key, address): (&[u8; 32], &str),
    now: UtcSeconds,
) -> Result<bool, StoreError> {
    tx.execute("DELETE FROM staff_throttle WHERE at < $1", &[(now.0 - THROTTLE_S).into()])?;
    let text = format!("{site}\n{address}");
    // The key has a length of its own, so that nothing can be moved across its end.
    let source = ContentHash::of(&[key.as_slice(), text.as_bytes()].concat());
    let sql = "SELECT COUNT(*) FROM staff_throttle WHERE source = $1 AND kind = $2";
    if tx.get(sql, &[source.into(), throttle.kind.into()])?.count(0)? >= throttle.most {
        return Ok(false);
    }
    let sql = "INSERT INTO staff_throttle (source, kind, at) VALUES ($1, $2, $3)";
    tx.execute(sql, &[source.into(), throttle.kind.into(), now.into()])?;
    Ok(true)
}

/// Somebody with an account at a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// Number of the account.
    pub(crate) account: i64,
    /// Name.
    pub(crate) name: String,
    /// Login.
    pub(crate) login: String,
    /// Department, or the company.
    pub(crate) department: String,
    /// Whether this is somebody of a vendor.
    pub(crate) is_vendor: bool,
}

/// Everybody with an account at a site who may sign in, by name; group operators only look from afar and are left out.
pub(crate) fn list_members(tx: &mut Transaction, site: &str) -> Result<Vec<Member>, StoreError> {
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

#[cfg(test)]
mod tests;
