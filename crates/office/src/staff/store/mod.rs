//! The tables of notices, voices, and whom to call: the only place of this room with SQL.

mod notices;
mod voices;

use base::{ContentHash, UtcSeconds};
use store::{StoreError, Transaction};

pub(crate) use notices::{
    Audience, Notice, NoticeText, Reader, add_notice, add_version, confirm_for_department, find_notice, has_read,
    list_department_counts, list_notices, list_readers, mark_read, withdraw,
};
pub(crate) use voices::{
    NewVoice, Origin, Voice, VoiceState, add_voice, answer_voice, black_out, find_by_receipt, find_voice,
    list_of_account, list_voices,
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
    /// Counts the changes; 0: nobody said anything yet.
    pub(crate) version: i64,
    /// Who made the last one; empty before the first.
    pub(crate) changed_by: String,
}

/// Whom to call at a site; empty if nobody said.
pub(crate) fn find_contact(tx: &mut Transaction, site: &str) -> Result<Contact, StoreError> {
    let row =
        tx.find("SELECT contact, departments, version, changed_by FROM staff_contact WHERE site = $1", &[site.into()])?;
    let Some(row) = row else { return Ok(Contact::default()) };
    Ok(Contact {
        contact: row.text(0)?.to_owned(),
        departments: row.text(1)?.to_owned(),
        version: row.integer(2)?,
        changed_by: row.text(3)?.to_owned(),
    })
}

/// Says whom to call, in place of what was said before.
pub(crate) fn put_contact(
    tx: &mut Transaction,
    site: &str,
    contact: &Contact,
    now: UtcSeconds,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO staff_contact (site, contact, departments, version, changed_by, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (site) DO UPDATE SET contact = excluded.contact, departments = excluded.departments, \
         version = excluded.version, changed_by = excluded.changed_by, changed_at = excluded.changed_at",
        &[
            site.into(),
            (&contact.contact).into(),
            (&contact.departments).into(),
            contact.version.into(),
            (&contact.changed_by).into(),
            now.into(),
        ],
    )?;
    Ok(())
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

#[cfg(test)]
mod tests;
