//! The tables of notices.

use base::{Date, UtcSeconds};
use store::{Row, StoreError, Transaction};

use super::bad;

/// For whom a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// 全員
    All,
    /// 職員
    Staff,
    /// 事業者
    Vendors,
}

impl Audience {
    /// Every audience with its name in the table.
    pub(crate) const ALL: [(&'static str, Self); 3] =
        [("all", Self::All), ("staff", Self::Staff), ("vendors", Self::Vendors)];

    /// The name in the table.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Staff => "staff",
            Self::Vendors => "vendors",
        }
    }

    /// The audience of this name.
    pub(crate) fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, audience)| *audience)
    }

    /// Whether it is for somebody of a vendor, or for somebody of the house.
    pub(crate) const fn is_for(self, is_vendor: bool) -> bool {
        match self {
            Self::All => true,
            Self::Staff => !is_vendor,
            Self::Vendors => is_vendor,
        }
    }
}

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoticeText {
    /// Title.
    pub(crate) title: String,
    /// Plain text.
    pub(crate) body: String,
    /// For whom.
    pub(crate) audience: Audience,
    /// First day.
    pub(crate) starts_on: Date,
    /// Last day.
    pub(crate) ends_on: Date,
}

/// A notice in its newest version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    /// Number.
    pub(crate) id: i64,
    /// Version, from 1.
    pub(crate) version: i64,
    /// What it says.
    pub(crate) text: NoticeText,
    /// Who wrote this version.
    pub(crate) written_by: String,
    /// When.
    pub(crate) written_at: UtcSeconds,
    /// When it was withdrawn.
    pub(crate) withdrawn_at: Option<UtcSeconds>,
}

impl Notice {
    /// Whether it is in force on a day.
    pub(crate) fn is_shown(&self, today: Date) -> bool {
        self.withdrawn_at.is_none() && self.text.starts_on <= today && today <= self.text.ends_on
    }
}

const NEWEST: &str = "SELECT n.id, v.number, v.title, v.body, v.audience, v.starts_on, v.ends_on, v.written_by, v.written_at, \
                      n.withdrawn_at FROM notice n JOIN notice_version v ON v.notice = n.id AND v.number = \
                      (SELECT MAX(w.number) FROM notice_version w WHERE w.notice = n.id) WHERE n.site = $1";

fn read(row: &Row) -> Result<Notice, StoreError> {
    let day = |index| row.text(index)?.parse::<Date>().map_err(|_| bad(index, "a date"));
    Ok(Notice {
        id: row.integer(0)?,
        version: row.integer(1)?,
        text: NoticeText {
            title: row.text(2)?.to_owned(),
            body: row.text(3)?.to_owned(),
            audience: Audience::find(row.text(4)?).ok_or_else(|| bad(4, "an audience"))?,
            starts_on: day(5)?,
            ends_on: day(6)?,
        },
        written_by: row.text(7)?.to_owned(),
        written_at: row.at(8)?,
        withdrawn_at: row.optional_at(9)?,
    })
}

/// The notices of a site, newest first.
pub(crate) fn list_notices(tx: &mut Transaction, site: &str) -> Result<Vec<Notice>, StoreError> {
    tx.query(&format!("{NEWEST} ORDER BY n.id DESC"), &[site.into()])?.iter().map(read).collect()
}

/// One notice.
pub(crate) fn find_notice(tx: &mut Transaction, site: &str, id: i64) -> Result<Option<Notice>, StoreError> {
    tx.find(&format!("{NEWEST} AND n.id = $2"), &[site.into(), id.into()])?.as_ref().map(read).transpose()
}

/// Adds a notice; returns its number.
pub(crate) fn add_notice(
    tx: &mut Transaction,
    site: &str,
    text: &NoticeText,
    who: &str,
    now: UtcSeconds,
) -> Result<i64, StoreError> {
    let id = tx.get("SELECT COALESCE(MAX(id), 0) + 1 FROM notice", &[])?.integer(0)?;
    tx.execute("INSERT INTO notice (id, site, withdrawn_by) VALUES ($1, $2, '')", &[id.into(), site.into()])?;
    add_version(tx, id, 1, text, who, now)?;
    Ok(id)
}

/// Adds a version of a notice.
pub(crate) fn add_version(
    tx: &mut Transaction,
    id: i64,
    version: i64,
    text: &NoticeText,
    who: &str,
    now: UtcSeconds,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO notice_version (notice, number, title, body, audience, starts_on, ends_on, written_by, written_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            id.into(),
            version.into(),
            (&text.title).into(),
            (&text.body).into(),
            text.audience.name().into(),
            text.starts_on.to_string().into(),
            text.ends_on.to_string().into(),
            who.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Takes a notice back; `false` if it was taken back before.
pub(crate) fn withdraw(tx: &mut Transaction, id: i64, who: &str, now: UtcSeconds) -> Result<bool, StoreError> {
    let sql = "UPDATE notice SET withdrawn_by = $2, withdrawn_at = $3 WHERE id = $1 AND withdrawn_at IS NULL";
    Ok(tx.execute(sql, &[id.into(), who.into(), now.into()])? == 1)
}

/// Records that an account read a version; `false` if it had said so before.
pub(crate) fn mark_read(
    tx: &mut Transaction,
    notice: &Notice,
    account: i64,
    now: UtcSeconds,
) -> Result<bool, StoreError> {
    let sql =
        "INSERT INTO notice_receipt (notice, version, account, read_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    Ok(tx.execute(sql, &[notice.id.into(), notice.version.into(), account.into(), now.into()])? == 1)
}

/// Whether an account said that it read this version.
pub(crate) fn has_read(tx: &mut Transaction, notice: &Notice, account: i64) -> Result<bool, StoreError> {
    let sql = "SELECT read_at FROM notice_receipt WHERE notice = $1 AND version = $2 AND account = $3";
    Ok(tx.find(sql, &[notice.id.into(), notice.version.into(), account.into()])?.is_some())
}

/// Counts one more person of a department who read a version.
pub(crate) fn confirm_for_department(
    tx: &mut Transaction,
    notice: &Notice,
    department: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO notice_department (notice, version, department, people) VALUES ($1, $2, $3, 1) \
         ON CONFLICT (notice, version, department) DO UPDATE SET people = notice_department.people + 1",
        &[notice.id.into(), notice.version.into(), department.into()],
    )?;
    Ok(())
}

/// An account that read some version of a notice: account, version, when.
pub(crate) type Reader = (i64, i64, UtcSeconds);

/// Every receipt of a notice, newest version first.
pub(crate) fn list_readers(tx: &mut Transaction, notice: i64) -> Result<Vec<Reader>, StoreError> {
    let sql = "SELECT account, version, read_at FROM notice_receipt WHERE notice = $1 ORDER BY version DESC, account";
    let rows = tx.query(sql, &[notice.into()])?;
    rows.iter().map(|row| Ok((row.integer(0)?, row.integer(1)?, row.at(2)?))).collect()
}

/// How many people of each department read this version.
pub(crate) fn list_department_counts(tx: &mut Transaction, notice: &Notice) -> Result<Vec<(String, i64)>, StoreError> {
    let sql = "SELECT department, people FROM notice_department WHERE notice = $1 AND version = $2 ORDER BY department";
    let rows = tx.query(sql, &[notice.id.into(), notice.version.into()])?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.integer(1)?))).collect()
}
