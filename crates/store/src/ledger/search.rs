//! Entries of one site, newest first: what a page of the audit trail shows.

use std::collections::BTreeSet;

use super::{Entry, as_i64, find_size};
use crate::database::Transaction;
use crate::error::StoreError;
use crate::value::Value;
use base::UtcSeconds;

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
    /// Entries of the whole installation that are wanted as well; `None` for none.
    pub whole: Option<Whole<'a>>,
}

/// Entries of the installation as a whole, which belong to no site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole<'a> {
    /// What stands in the place of a site there.
    pub site: &'a str,
    /// Only those by or about one of these logins; `None` for all.
    pub logins: Option<&'a BTreeSet<String>>,
}

impl Whole<'_> {
    /// Whether an entry is one of these. The actor of an account is its login, with the name in full-width brackets behind it.
    #[must_use]
    pub fn has(&self, entry: &Entry) -> bool {
        let actor = entry.who.split_once('（').map_or(entry.who.as_str(), |(login, _)| login);
        let about = entry.body.get("login").and_then(serde_json::Value::as_str);
        entry.site == self.site && self.logins.is_none_or(|logins| logins.contains(about.unwrap_or(actor)))
    }
}

impl EntrySearch<'_> {
    fn wants(&self, entry: &Entry) -> bool {
        let who = self.who.map(str::to_lowercase);
        (entry.site == self.site || self.whole.is_some_and(|whole| whole.has(entry)))
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

/// How many entries of these kinds a site has since a moment, by the index over kind and time.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn count_entries(tx: &mut Transaction, site: &str, kinds: &[&str], since: UtcSeconds) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) FROM ledger_entry WHERE kind = $1 AND at >= $2 AND canonical LIKE $3 ESCAPE '\\'";
    let mut count = 0;
    for kind in kinds {
        count += tx.get(sql, &[(*kind).into(), since.into(), of_site(site).into()])?.count(0)?;
    }
    Ok(count)
}

/// How many entries of this kind a site has since a moment of which the body holds `field` as true.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn count_flagged(
    tx: &mut Transaction,
    site: &str,
    kind: &str,
    field: &str,
    since: UtcSeconds,
) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) FROM ledger_entry WHERE kind = $1 AND at >= $2 AND canonical LIKE $3 ESCAPE '\\' \
               AND canonical LIKE $4 ESCAPE '\\'";
    let flag = format!("%{}:true%", escape(&serde_json::Value::from(field).to_string()));
    tx.get(sql, &[kind.into(), since.into(), of_site(site).into(), flag.into()])?.count(0)
}

/// Index of the newest entry of these kinds, of any site; `None` if there is none.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_newest(tx: &mut Transaction, kinds: &[&str]) -> Result<Option<u64>, StoreError> {
    let mut newest = None;
    for kind in kinds {
        let row =
            tx.find("SELECT seq FROM ledger_entry WHERE kind = $1 ORDER BY seq DESC LIMIT 1", &[(*kind).into()])?;
        newest = newest.max(row.map(|row| row.count(0)).transpose()?);
    }
    Ok(newest)
}

/// Every entry of a site and kind whose body names `number` as `member`, newest first.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_entries_about(
    tx: &mut Transaction,
    site: &str,
    kind: &str,
    (member, number): (&str, i64),
) -> Result<Vec<Entry>, StoreError> {
    let named = format!("%{}:{number}{}", escape(&serde_json::Value::from(member).to_string()), of_site(site));
    let sql = "SELECT canonical FROM ledger_entry WHERE kind = $1 AND canonical LIKE $2 ESCAPE '\\' ORDER BY seq DESC";
    let mut found = Vec::new();
    for row in tx.query(sql, &[kind.into(), named.into()])? {
        let Ok(entry) = Entry::parse(row.text(0)?) else { continue };
        if entry.site == site && entry.body.get(member).and_then(serde_json::Value::as_i64) == Some(number) {
            found.push(entry);
        }
    }
    Ok(found)
}

/// What the line of an entry of this site looks like. Its text names the site near its end; that a body may hold the same text is for
/// the caller to sort out.
fn of_site(site: &str) -> String {
    format!("%,\"site\":{},\"who\":%", escape(&serde_json::Value::from(site).to_string()))
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Lines that may be wanted, in this order; [`EntrySearch::wants`] says which are.
fn read_some(
    tx: &mut Transaction,
    search: &EntrySearch<'_>,
    floor: u64,
    before: u64,
    order: &'static str,
) -> Result<Vec<(u64, String)>, StoreError> {
    let whole = search.whole.map_or(search.site, |whole| whole.site);
    let mut values: Vec<Value> = vec![
        as_i64(before).into(),
        as_i64(floor).into(),
        of_site(search.site).into(),
        AT_ONCE.into(),
        of_site(whole).into(),
    ];
    let kind = search.kind.map_or("", |kind| {
        values.push(kind.into());
        "AND kind = $6 "
    });
    let sql = format!(
        "SELECT seq, canonical FROM ledger_entry WHERE seq < $1 AND seq >= $2 \
         AND (canonical LIKE $3 ESCAPE '\\' OR canonical LIKE $5 ESCAPE '\\') {kind}\
         ORDER BY seq {order} LIMIT $4"
    );
    tx.query(&sql, &values)?.iter().map(|row| Ok((row.count(0)?, row.text(1)?.to_owned()))).collect()
}
