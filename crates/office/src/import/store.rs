//! The tables of what was handed in together.

mod waiting;

use std::collections::BTreeMap;

use ::evidence::Struck;
use ::store::{Row, StoreError, Transaction, Value};
use base::{ContentHash, Locator, UtcSeconds};
use serde_json::json;

use super::differences::{Differences, RefusalLine, SHOWN, StruckLine};
pub(super) use waiting::list_waiting;

/// Refusals kept with an item; the evidence has them all.
const MAX_REFUSALS: usize = 200;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ItemState {
    /// Its facts are in force.
    Applied,
    /// The same bytes were received before.
    Known,
    /// Kept, but nobody knows the format.
    Unrecognised,
    /// Kept, but it could not be read.
    Unreadable,
    /// A ledger kept by hand: its differences wait for a decision.
    Previewed,
    /// Not kept.
    Refused,
}

impl ItemState {
    pub(super) const ALL: [Self; 6] =
        [Self::Applied, Self::Known, Self::Unrecognised, Self::Unreadable, Self::Previewed, Self::Refused];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Known => "known",
            Self::Unrecognised => "unrecognised",
            Self::Unreadable => "unreadable",
            Self::Previewed => "previewed",
            Self::Refused => "refused",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What was decided about a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Its facts are in force.
    Applied,
    /// It changes nothing.
    Discarded,
}

impl Decision {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Discarded => "discarded",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Applied, Self::Discarded].into_iter().find(|decision| decision.name() == name)
    }
}

/// Files that were handed in together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) id: i64,
    pub(super) who: String,
    pub(super) started_at: UtcSeconds,
    pub(super) heartbeat_at: UtcSeconds,
    pub(super) finished_at: Option<UtcSeconds>,
    pub(super) files: usize,
    /// Message id of what stopped it; empty: nothing.
    pub(super) trouble: String,
    /// Verdict of every item before, as JSON.
    pub(super) verdicts: String,
}

const BATCH_COLUMNS: &str = "id, who, started_at, heartbeat_at, finished_at, files, trouble, verdicts";

fn size(row: &Row, index: usize) -> Result<usize, StoreError> {
    Ok(usize::try_from(row.count(index)?).unwrap_or(usize::MAX))
}

fn number(size: usize) -> Value {
    Value::from(i64::try_from(size).unwrap_or(i64::MAX))
}

fn optional(value: Option<Value>) -> Value {
    value.unwrap_or(Value::Null)
}

fn read_batch(row: &Row) -> Result<Batch, StoreError> {
    Ok(Batch {
        id: row.integer(0)?,
        who: row.text(1)?.to_owned(),
        started_at: row.at(2)?,
        heartbeat_at: row.at(3)?,
        finished_at: row.optional_at(4)?,
        files: size(row, 5)?,
        trouble: row.text(6)?.to_owned(),
        verdicts: row.text(7)?.to_owned(),
    })
}

/// Adds a batch that begins now; returns its number. Call it where one writes at a time.
pub(super) fn add_batch(
    tx: &mut Transaction,
    site: &str,
    who: &str,
    files: usize,
    verdicts: &str,
    now: UtcSeconds,
) -> Result<i64, StoreError> {
    let id = tx.get("SELECT COALESCE(MAX(id), 0) + 1 FROM import_batch", &[])?.integer(0)?;
    tx.execute(
        "INSERT INTO import_batch (id, site, who, started_at, heartbeat_at, finished_at, files, trouble, verdicts) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            id.into(),
            site.into(),
            who.into(),
            now.into(),
            now.into(),
            Value::Null,
            number(files),
            "".into(),
            verdicts.into(),
        ],
    )?;
    Ok(id)
}

/// Says that the node still works on it.
pub(super) fn beat(tx: &mut Transaction, batch: i64, now: UtcSeconds) -> Result<(), StoreError> {
    tx.execute("UPDATE import_batch SET heartbeat_at = $1 WHERE id = $2", &[now.into(), batch.into()])?;
    Ok(())
}

/// Says that nothing more comes, and what stopped it.
pub(super) fn finish_batch(tx: &mut Transaction, batch: i64, trouble: &str, now: UtcSeconds) -> Result<(), StoreError> {
    let sql = "UPDATE import_batch SET finished_at = $1, heartbeat_at = $1, trouble = $2 WHERE id = $3";
    tx.execute(sql, &[now.into(), trouble.into(), batch.into()])?;
    Ok(())
}

pub(super) fn find_batch(tx: &mut Transaction, site: &str, id: i64) -> Result<Option<Batch>, StoreError> {
    let sql = format!("SELECT {BATCH_COLUMNS} FROM import_batch WHERE id = $1 AND site = $2");
    tx.find(&sql, &[id.into(), site.into()])?.as_ref().map(read_batch).transpose()
}

/// Batches of a site, newest first.
pub(super) fn list_batches(
    tx: &mut Transaction,
    site: &str,
    offset: usize,
    limit: usize,
) -> Result<Vec<Batch>, StoreError> {
    let sql = format!("SELECT {BATCH_COLUMNS} FROM import_batch WHERE site = $1 ORDER BY id DESC LIMIT $2 OFFSET $3");
    tx.query(&sql, &[site.into(), number(limit), number(offset)])?.iter().map(read_batch).collect()
}

pub(super) fn count_batches(tx: &mut Transaction, site: &str) -> Result<usize, StoreError> {
    size(&tx.get("SELECT COUNT(*) FROM import_batch WHERE site = $1", &[site.into()])?, 0)
}

/// One file of a batch, without the full list of its differences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) position: i64,
    pub(super) name: String,
    pub(super) state: ItemState,
    pub(super) importer: String,
    pub(super) evidence: Option<i64>,
    /// Hash of the bytes without secrets; `None` if nothing was kept.
    pub(super) sha256: Option<ContentHash>,
    /// Hash of the bytes handed in; `None` if they were not read.
    pub(super) original: Option<ContentHash>,
    pub(super) received_at: UtcSeconds,
    pub(super) modified_at: Option<UtcSeconds>,
    pub(super) accepted: usize,
    pub(super) facts: usize,
    pub(super) refused: usize,
    pub(super) refusals: Vec<RefusalLine>,
    pub(super) struck: Vec<Struck>,
    pub(super) preview: Option<Differences>,
    /// What was decided, by whom, when.
    pub(super) decision: Option<(Decision, String, UtcSeconds)>,
}

const ITEM_COLUMNS: &str = "position, name, state, importer, evidence, sha256, original, received_at, modified_at, accepted, facts, refused, \
                            refusals, struck, preview, decision, decided_by, decided_at";

fn bad(index: usize, expected: &'static str) -> StoreError {
    StoreError::Column { index, expected, found: "another text" }
}

fn read_item(row: &Row) -> Result<Item, StoreError> {
    let hash = |index: usize| if row.text(index)?.is_empty() { Ok(None) } else { row.hash(index).map(Some) };
    let struck: Vec<StruckLine> = serde_json::from_str(row.text(13)?).map_err(|_| bad(13, "JSON"))?;
    let locator = |place: &str| place.parse().unwrap_or(Locator::Whole);
    let struck = struck.into_iter().map(|line| Struck { locator: locator(&line.place), what: line.what });
    let preview = match row.text(14)? {
        "" => None,
        text => Some(serde_json::from_str(text).map_err(|_| bad(14, "JSON"))?),
    };
    let decision = match (Decision::parse(row.text(15)?), row.optional_at(17)?) {
        (Some(decision), Some(at)) => Some((decision, row.text(16)?.to_owned(), at)),
        _ => None,
    };
    Ok(Item {
        position: row.integer(0)?,
        name: row.text(1)?.to_owned(),
        state: ItemState::parse(row.text(2)?).ok_or_else(|| bad(2, "a state"))?,
        importer: row.text(3)?.to_owned(),
        evidence: row.optional_integer(4)?,
        sha256: hash(5)?,
        original: hash(6)?,
        received_at: row.at(7)?,
        modified_at: row.optional_at(8)?,
        accepted: size(row, 9)?,
        facts: size(row, 10)?,
        refused: size(row, 11)?,
        refusals: serde_json::from_str(row.text(12)?).map_err(|_| bad(12, "JSON"))?,
        struck: struck.collect(),
        preview,
        decision,
    })
}

/// Adds what became of one file. `differences` are cut to [`SHOWN`] of each sort for the page and kept whole for the export.
pub(super) fn add_item(
    tx: &mut Transaction,
    batch: i64,
    item: &Item,
    differences: Option<&Differences>,
) -> Result<(), StoreError> {
    let hash = |hash: Option<ContentHash>| Value::from(hash.map(|hash| hash.to_string()).unwrap_or_default());
    let refusals: Vec<&RefusalLine> = item.refusals.iter().take(MAX_REFUSALS).collect();
    let line = |one: &Struck| StruckLine { what: one.what.clone(), place: one.locator.to_string() };
    let struck: Vec<StruckLine> = item.struck.iter().map(line).collect();
    let text = |differences: Option<Differences>| differences.map(|all| json!(all).to_string()).unwrap_or_default();
    let values = [
        batch.into(),
        item.position.into(),
        (&item.name).into(),
        item.state.name().into(),
        (&item.importer).into(),
        optional(item.evidence.map(Value::from)),
        hash(item.sha256),
        hash(item.original),
        item.received_at.into(),
        optional(item.modified_at.map(Value::from)),
        number(item.accepted),
        number(item.facts),
        number(item.refused),
        json!(refusals).to_string().into(),
        json!(struck).to_string().into(),
        text(differences.map(|all| all.cut(SHOWN))).into(),
        text(differences.cloned()).into(),
        "".into(),
        "".into(),
        Value::Null,
    ];
    let places: Vec<String> = (1..=values.len()).map(|place| format!("${place}")).collect();
    let columns = ITEM_COLUMNS.replace("preview,", "preview, differences,");
    let sql = format!("INSERT INTO import_item (batch, {columns}) VALUES ({})", places.join(", "));
    tx.execute(&sql, &values)?;
    Ok(())
}

pub(super) fn find_item(tx: &mut Transaction, batch: i64, position: i64) -> Result<Option<Item>, StoreError> {
    let sql = format!("SELECT {ITEM_COLUMNS} FROM import_item WHERE batch = $1 AND position = $2");
    tx.find(&sql, &[batch.into(), position.into()])?.as_ref().map(read_item).transpose()
}

/// Every difference of an item, for the export.
pub(super) fn find_differences(tx: &mut Transaction, batch: i64, position: i64) -> Result<Differences, StoreError> {
    let sql = "SELECT differences FROM import_item WHERE batch = $1 AND position = $2";
    let row = tx.find(sql, &[batch.into(), position.into()])?;
    let text = row.as_ref().map(|row| row.text(0)).transpose()?.unwrap_or_default();
    Ok(serde_json::from_str(text).unwrap_or_default())
}

/// Takes up what a ledger that waits would change by now, in place of what it would have changed when it was handed in; `false` if it
/// waits no more.
pub(super) fn put_differences(
    tx: &mut Transaction,
    (batch, position): (i64, i64),
    differences: &Differences,
) -> Result<bool, StoreError> {
    let text = |differences: &Differences| Value::from(json!(differences).to_string());
    let changed = tx.execute(
        "UPDATE import_item SET preview = $1, differences = $2 \
         WHERE batch = $3 AND position = $4 AND state = 'previewed' AND decision = ''",
        &[text(&differences.cut(SHOWN)), text(differences), batch.into(), position.into()],
    )?;
    Ok(changed == 1)
}

/// Items of a batch in the order they were handed in: at most `limit` from `offset` on, of one state if one is named.
pub(super) fn list_items(
    tx: &mut Transaction,
    batch: i64,
    state: Option<ItemState>,
    offset: usize,
    limit: usize,
) -> Result<Vec<Item>, StoreError> {
    let state = state.map_or("%", ItemState::name);
    let sql = format!(
        "SELECT {ITEM_COLUMNS} FROM import_item WHERE batch = $1 AND state LIKE $2 ORDER BY position LIMIT $3 OFFSET $4"
    );
    tx.query(&sql, &[batch.into(), state.into(), number(limit), number(offset)])?.iter().map(read_item).collect()
}

/// How many items of a batch there are of each state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ItemCounts(BTreeMap<ItemState, usize>);

impl ItemCounts {
    pub(super) fn of(&self, state: ItemState) -> usize {
        self.0.get(&state).copied().unwrap_or_default()
    }

    pub(super) fn total(&self) -> usize {
        self.0.values().sum()
    }
}

/// How many items of a batch there are of each state.
pub(super) fn count_items(tx: &mut Transaction, batch: i64) -> Result<ItemCounts, StoreError> {
    let mut counts = ItemCounts::default();
    for row in tx.query("SELECT state, COUNT(*) FROM import_item WHERE batch = $1 GROUP BY state", &[batch.into()])? {
        let name = row.text(0)?;
        if let Some(state) = ItemState::ALL.into_iter().find(|state| state.name() == name) {
            counts.0.insert(state, size(&row, 1)?);
        }
    }
    Ok(counts)
}

/// Ledgers of a batch that wait for a decision, and when the last one was applied.
pub(super) fn find_decided(tx: &mut Transaction, batch: i64) -> Result<(usize, Option<UtcSeconds>), StoreError> {
    let sql = "SELECT COUNT(*) FROM import_item WHERE batch = $1 AND state = 'previewed' AND decision = ''";
    let waiting = size(&tx.get(sql, &[batch.into()])?, 0)?;
    let sql = "SELECT MAX(decided_at) FROM import_item WHERE batch = $1 AND decision = 'applied'";
    Ok((waiting, tx.get(sql, &[batch.into()])?.optional_at(0)?))
}

/// Place in the ledger of the newest evidence of a batch; `None` if it brought none.
pub(super) fn find_newest_entry(tx: &mut Transaction, batch: i64) -> Result<Option<u64>, StoreError> {
    let sql = "SELECT MAX(e.ledger_seq) FROM import_item i JOIN evidence e ON e.id = i.evidence WHERE i.batch = $1";
    Ok(tx.get(sql, &[batch.into()])?.optional_integer(0)?.and_then(|seq| u64::try_from(seq).ok()))
}

/// Decides about a ledger; `false` if that was done before.
pub(super) fn decide(
    tx: &mut Transaction,
    (batch, position): (i64, i64),
    decision: Decision,
    evidence: Option<i64>,
    who: &str,
    now: UtcSeconds,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE import_item SET decision = $1, decided_by = $2, decided_at = $3, evidence = $4 \
         WHERE batch = $5 AND position = $6 AND state = 'previewed' AND decision = ''",
        &[
            decision.name().into(),
            who.into(),
            now.into(),
            optional(evidence.map(Value::from)),
            batch.into(),
            position.into(),
        ],
    )?;
    Ok(changed == 1)
}
