//! Entries of one site, newest first: what a page of the audit trail shows.

use super::{Entry, as_i64, find_size};
use crate::database::Transaction;
use crate::error::StoreError;
use crate::value::Value;

/// Entries looked at for one answer. Further back one goes on from where it ended.
const LOOKED_AT: u64 = 20_000;
/// Entries read at once.
const AT_ONCE: i64 = 200;

/// Which entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EntrySearch<'a> {
    /// Of this site.
    pub site: &'a str,
    /// Only of this kind.
    pub kind: Option<&'a str>,
    /// Only those whose actor contains this text, without regard to case.
    pub who: Option<&'a str>,
}

impl EntrySearch<'_> {
    fn wants(&self, entry: &Entry) -> bool {
        let who = self.who.map(str::to_lowercase);
        entry.site == self.site
            && self.kind.is_none_or(|kind| entry.kind == kind)
            && who.is_none_or(|who| entry.who.to_lowercase().contains(&who))
    }
}

/// Entries found, newest first, and where to go on: the search of entries before that one; `None` at the beginning of the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Where to go on.
    pub before: Option<u64>,
}

/// At most `limit` entries older than `before` (`None`: than the end). Looks at no more than 20,000 entries, so that its cost
/// does not grow with the ledger; it may then find fewer, and says where to go on.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn search_entries(
    tx: &mut Transaction,
    search: &EntrySearch<'_>,
    before: Option<u64>,
    limit: usize,
) -> Result<Found, StoreError> {
    let mut before = before.map_or_else(|| find_size(tx), Ok)?;
    let floor = before.saturating_sub(LOOKED_AT);
    let mut found = Found::default();
    while before > floor {
        let rows = read_some(tx, search, floor, before, "DESC")?;
        let is_last = i64::try_from(rows.len()).unwrap_or(i64::MAX) < AT_ONCE;
        for (seq, line) in rows {
            before = seq;
            let Ok(entry) = Entry::parse(&line) else { continue };
            if search.wants(&entry) {
                found.entries.push(entry);
            }
            if found.entries.len() == limit {
                found.before = Some(before).filter(|before| *before > 0);
                return Ok(found);
            }
        }
        if is_last {
            before = floor;
        }
    }
    found.before = Some(floor).filter(|before| *before > 0);
    Ok(found)
}

/// The first entry from `from` on that is wanted and fits. Looks at no more than 20,000 entries.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_first_entry(
    tx: &mut Transaction,
    search: &EntrySearch<'_>,
    from: u64,
    fits: impl Fn(&Entry) -> bool,
) -> Result<Option<Entry>, StoreError> {
    let end = from.saturating_add(LOOKED_AT);
    let mut from = from;
    loop {
        let rows = read_some(tx, search, from, end, "ASC")?;
        let is_last = i64::try_from(rows.len()).unwrap_or(i64::MAX) < AT_ONCE;
        for (seq, line) in rows {
            from = seq.saturating_add(1);
            let Ok(entry) = Entry::parse(&line) else { continue };
            if search.wants(&entry) && fits(&entry) {
                return Ok(Some(entry));
            }
        }
        if is_last {
            return Ok(None);
        }
    }
}

/// Lines that may be wanted, in this order. The text of an entry names its site near its end; that a body holds the same text is
/// sorted out after parsing.
fn read_some(
    tx: &mut Transaction,
    search: &EntrySearch<'_>,
    floor: u64,
    before: u64,
    order: &'static str,
) -> Result<Vec<(u64, String)>, StoreError> {
    let site = serde_json::Value::from(search.site).to_string();
    let site = site.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let mut values: Vec<Value> = vec![
        as_i64(before).into(),
        as_i64(floor).into(),
        format!("%,\"site\":{site},\"who\":%").into(),
        AT_ONCE.into(),
    ];
    let kind = search.kind.map_or("", |kind| {
        values.push(kind.into());
        "AND kind = $5 "
    });
    let sql = format!(
        "SELECT seq, canonical FROM ledger_entry WHERE seq < $1 AND seq >= $2 AND canonical LIKE $3 ESCAPE '\\' {kind}\
         ORDER BY seq {order} LIMIT $4"
    );
    tx.query(&sql, &values)?.iter().map(|row| Ok((row.count(0)?, row.text(1)?.to_owned()))).collect()
}
