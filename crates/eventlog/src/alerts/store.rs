//! The tables of alerts.

use base::{Date, UtcSeconds};
use detect::rule::Level;
use store::{Migration, Row, StoreError, Transaction, Value};

use super::{Alert, AlertEvent, AlertState, Found, Ruling, Searched, state_after};

/// Steps of the schema of this crate.
pub const MIGRATIONS: &[Migration] = &[Migration {
    capability: "eventlog",
    number: 1,
    name: "alerts",
    sql: include_str!("../../migrations/0001_alerts.sql"),
}];

const COLUMNS: &str = "id, rule, computer, level, hits, first_at, last_at, state, quiet_until, note, owner, due_on, \
                       changed_by, changed_at";

/// What was searched of a site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SearchCounts {
    /// Logs searched.
    pub logs: u64,
    /// Events in them.
    pub events: u64,
    /// Places in them that could not be read.
    pub lost: u64,
}

/// Alerts that wait for somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpenAlerts {
    /// All of them.
    pub all: u64,
    /// Those of level high and critical.
    pub grave: u64,
}

fn bad(index: usize, expected: &'static str) -> StoreError {
    StoreError::Column { index, expected, found: "another text" }
}

fn read_day(row: &Row, index: usize) -> Result<Option<Date>, StoreError> {
    match row.text(index)? {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| bad(index, "a date")),
    }
}

fn read_alert(row: &Row) -> Result<Alert, StoreError> {
    let text = |index| row.text(index).map(ToOwned::to_owned);
    let level = Level::ALL.into_iter().find(|level| row.text(3).is_ok_and(|word| word == level.word()));
    Ok(Alert {
        id: row.integer(0)?,
        rule: text(1)?,
        computer: text(2)?,
        level: level.ok_or_else(|| bad(3, "a level"))?,
        hits: row.count(4)?,
        first_at: row.at(5)?,
        last_at: row.at(6)?,
        state: AlertState::find(row.text(7)?).ok_or_else(|| bad(7, "a state"))?,
        quiet_until: read_day(row, 8)?,
        note: text(9)?,
        owner: text(10)?,
        due_on: read_day(row, 11)?,
        changed_by: text(12)?,
        changed_at: row.at(13)?,
    })
}

fn day(day: Option<Date>) -> Value {
    day.map_or_else(String::new, |day| day.to_string()).into()
}

fn count(number: u64) -> Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

/// Evidence of a site, behind number `after`, that `importer` took for an event log and that was not searched yet: `limit` at most,
/// oldest first.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_unsearched(
    tx: &mut Transaction,
    site: &str,
    importer: &str,
    after: i64,
    limit: usize,
) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT e.id FROM evidence e WHERE e.site = $1 AND e.importer = $2 AND e.id > $3 \
               AND NOT EXISTS (SELECT 1 FROM log_search s WHERE s.evidence = e.id) ORDER BY e.id LIMIT $4";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [site.into(), importer.into(), after.into(), limit.into()];
    tx.query(sql, &values)?.iter().map(|row| row.integer(0)).collect()
}

/// Writes down what searching a log yielded, and joins it to the alerts of the site; `false` if another worker was faster, and
/// nothing was then changed.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn add_search(
    tx: &mut Transaction,
    site: &str,
    evidence: i64,
    searched: &Searched,
    now: UtcSeconds,
) -> Result<bool, StoreError> {
    if tx.find("SELECT 1 FROM log_search WHERE evidence = $1", &[evidence.into()])?.is_some() {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO log_search (evidence, site, rules, events, lost, searched_at) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            evidence.into(),
            site.into(),
            count(searched.rules),
            count(searched.events),
            count(searched.lost),
            now.into(),
        ],
    )?;
    for found in &searched.found {
        join(tx, site, found, now)?;
    }
    Ok(true)
}

fn join(tx: &mut Transaction, site: &str, found: &Found, now: UtcSeconds) -> Result<(), StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM alert WHERE site = $1 AND rule = $2 AND computer = $3");
    let known = tx.find(&sql, &[site.into(), (&found.rule).into(), (&found.computer).into()])?;
    let id = match known.as_ref().map(read_alert).transpose()? {
        Some(alert) => {
            let state = state_after(&alert, found.last_at, now.date_jst());
            // What the program opens again carries nobody's name.
            let (quiet, who, at) = if state == alert.state {
                (alert.quiet_until, alert.changed_by.as_str(), alert.changed_at)
            } else {
                (None, "", now)
            };
            tx.execute(
                "UPDATE alert SET hits = hits + $2, first_at = $3, last_at = $4, level = $5, state = $6, quiet_until = $7, \
                 changed_by = $8, changed_at = $9 WHERE id = $1",
                &[
                    alert.id.into(),
                    count(found.hits),
                    alert.first_at.min(found.first_at).into(),
                    alert.last_at.max(found.last_at).into(),
                    found.level.word().into(),
                    state.name().into(),
                    day(quiet),
                    who.into(),
                    at.into(),
                ],
            )?;
            alert.id
        }
        None => add_alert(tx, site, found, now)?,
    };
    let rows = found.events.iter().map(|event| {
        vec![
            id.into(),
            event.evidence.into(),
            count(event.position),
            event.at.into(),
            (&event.what).into(),
            serde_json::json!(event.details).to_string().into(),
        ]
    });
    let columns = ["alert", "evidence", "position", "at", "what", "details"];
    tx.insert_missing("alert_event", &columns, rows)?;
    Ok(())
}

fn add_alert(tx: &mut Transaction, site: &str, found: &Found, now: UtcSeconds) -> Result<i64, StoreError> {
    let id = tx.get("SELECT COALESCE(MAX(id), 0) + 1 FROM alert", &[])?.integer(0)?;
    tx.execute(
        "INSERT INTO alert (id, site, rule, computer, level, hits, first_at, last_at, state, quiet_until, note, owner, \
         due_on, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', '', '', '', '', '', $9)",
        &[
            id.into(),
            site.into(),
            (&found.rule).into(),
            (&found.computer).into(),
            found.level.word().into(),
            count(found.hits),
            found.first_at.into(),
            found.last_at.into(),
            now.into(),
        ],
    )?;
    Ok(id)
}

/// Every alert of a site, the gravest and newest first.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_alerts(tx: &mut Transaction, site: &str) -> Result<Vec<Alert>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM alert WHERE site = $1");
    let mut alerts: Vec<Alert> =
        tx.query(&sql, &[site.into()])?.iter().map(read_alert).collect::<Result<_, StoreError>>()?;
    alerts.sort_by_key(|alert| (std::cmp::Reverse((alert.level, alert.last_at)), alert.id));
    Ok(alerts)
}

/// One alert of a site.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn find_alert(tx: &mut Transaction, site: &str, id: i64) -> Result<Option<Alert>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM alert WHERE site = $1 AND id = $2");
    tx.find(&sql, &[site.into(), id.into()])?.as_ref().map(read_alert).transpose()
}

/// The events behind an alert, newest first, `limit` at most.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn list_events(tx: &mut Transaction, alert: i64, limit: usize) -> Result<Vec<AlertEvent>, StoreError> {
    let sql = "SELECT evidence, position, at, what, details FROM alert_event WHERE alert = $1 \
               ORDER BY at DESC, position DESC LIMIT $2";
    let read = |row: &Row| {
        Ok(AlertEvent {
            evidence: row.integer(0)?,
            position: row.count(1)?,
            at: row.at(2)?,
            what: row.text(3)?.to_owned(),
            details: serde_json::from_str(row.text(4)?).map_err(|_| bad(4, "a list of pairs"))?,
        })
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.query(sql, &[alert.into(), limit.into()])?.iter().map(read).collect()
}

/// Writes a ruling on an alert down.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn rule_on(tx: &mut Transaction, id: i64, ruling: &Ruling, who: &str, now: UtcSeconds) -> Result<(), StoreError> {
    let until = match ruling {
        Ruling::Harmless { until, .. } => Some(*until),
        Ruling::Incident { .. } | Ruling::Again { .. } => None,
    };
    tx.execute(
        "UPDATE alert SET state = $2, quiet_until = $3, note = $4, changed_by = $5, changed_at = $6 WHERE id = $1",
        &[id.into(), ruling.state().name().into(), day(until), ruling.why().into(), who.into(), now.into()],
    )?;
    Ok(())
}

/// Says who looks into an alert until when.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn assign(
    tx: &mut Transaction,
    id: i64,
    owner: &str,
    due_on: Option<Date>,
    who: &str,
    now: UtcSeconds,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE alert SET owner = $2, due_on = $3, changed_by = $4, changed_at = $5 WHERE id = $1",
        &[id.into(), owner.into(), day(due_on), who.into(), now.into()],
    )?;
    Ok(())
}

/// How many alerts of a site wait for somebody.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn count_open(tx: &mut Transaction, site: &str) -> Result<OpenAlerts, StoreError> {
    let sql = "SELECT level, COUNT(*) FROM alert WHERE site = $1 AND state = 'open' GROUP BY level";
    let mut open = OpenAlerts::default();
    for row in tx.query(sql, &[site.into()])? {
        let count = row.count(1)?;
        open.all += count;
        if [Level::High.word(), Level::Critical.word()].contains(&row.text(0)?) {
            open.grave += count;
        }
    }
    Ok(open)
}

/// What was searched of a site so far.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn count_searches(tx: &mut Transaction, site: &str) -> Result<SearchCounts, StoreError> {
    count_searches_since(tx, site, UtcSeconds(0))
}

/// What was searched of a site from a moment on.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn count_searches_since(tx: &mut Transaction, site: &str, since: UtcSeconds) -> Result<SearchCounts, StoreError> {
    let sql = "SELECT COUNT(*), CAST(COALESCE(SUM(events), 0) AS BIGINT), CAST(COALESCE(SUM(lost), 0) AS BIGINT) \
               FROM log_search WHERE site = $1 AND searched_at >= $2";
    let row = tx.get(sql, &[site.into(), since.into()])?;
    Ok(SearchCounts { logs: row.count(0)?, events: row.count(1)?, lost: row.count(2)? })
}
