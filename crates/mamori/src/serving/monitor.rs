//! What an outside monitor reads, on an address of its own.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use base::UtcSeconds;
use office::Office;
use store::{StoreError, Transaction};

use super::background::Background;

/// The worker looks every few seconds, unless it does a job; after so long without, something is wrong.
const LONGEST_SILENCE_S: i64 = 120;

#[derive(Clone)]
struct Monitored {
    office: Arc<Office>,
    background: Background,
}

/// `/health` and `/metrics`.
pub(super) fn router(office: &Arc<Office>, background: &Background) -> Router {
    let state = Monitored { office: Arc::clone(office), background: background.clone() };
    Router::new().route("/health", get(health)).route("/metrics", get(metrics)).with_state(state)
}

impl Monitored {
    /// Whether the worker was heard of lately, or is busy.
    fn works(&self, now: UtcSeconds) -> bool {
        let heard = self.background.last_round();
        self.background.is_busy() || heard.is_some_and(|at| now.0 - at.0 <= LONGEST_SILENCE_S)
    }
}

async fn health(State(monitored): State<Monitored>) -> Response {
    let looked = tokio::task::spawn_blocking(move || {
        let now = monitored.office.frame.now();
        let answers = monitored.office.database().read(store::ledger::find_size).is_ok();
        (answers, monitored.works(now))
    });
    match looked.await {
        Ok((true, true)) => "ok\n".into_response(),
        Ok((true, false)) => (StatusCode::SERVICE_UNAVAILABLE, "no work is being done\n").into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response(),
    }
}

async fn metrics(State(monitored): State<Monitored>) -> Response {
    match tokio::task::spawn_blocking(move || text(&monitored)).await {
        Ok(Ok(text)) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Ok(Err(err)) => {
            tracing::error!(error = format!("{err:#}"), "metrics could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn text(monitored: &Monitored) -> Result<String> {
    let counted = monitored.office.frame.metrics.text();
    let mut text = counted.trim_end().trim_end_matches("# EOF").to_owned();
    let now = monitored.office.frame.now();
    let numbers = monitored.office.database().read(Numbers::read)?;
    let mut gauge = |name: &str, help: &str, values: &[(String, i64)]| {
        // Writing into a text can't fail.
        let _ = write!(text, "# HELP mamori_{name} {help}.\n# TYPE mamori_{name} gauge\n");
        for (labels, value) in values {
            let _ = writeln!(text, "mamori_{name}{labels} {value}");
        }
    };
    let one = |value: i64| vec![(String::new(), value)];
    let jobs = [("waiting", numbers.jobs.queued), ("running", numbers.jobs.running), ("failed", numbers.jobs.failed)];
    let jobs: Vec<_> = jobs.map(|(state, count)| (format!("{{state=\"{state}\"}}"), count)).into();
    gauge("jobs", "jobs by state", &jobs);
    gauge("evidence", "pieces of evidence", &one(numbers.evidence));
    gauge("ledger_entries", "entries of the ledger", &one(numbers.ledger));
    gauge("sites", "sites", &one(i64::try_from(numbers.assessed.len()).unwrap_or(i64::MAX)));
    if let Some(bytes) = resident_bytes() {
        gauge("process_resident_bytes", "resident memory of this process", &one(bytes));
    }
    if let Some(at) = monitored.background.last_round() {
        gauge("worker_silence_seconds", "time since the worker last looked for jobs", &one(now.0 - at.0));
    }
    // A site that was never assessed has no line here: there is no time to tell.
    let ages = numbers.assessed.iter().filter_map(|(site, at)| {
        let site = site.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        Some((format!("{{site=\"{site}\"}}"), now.0 - (*at)?.0))
    });
    gauge("assessment_age_seconds", "time since the last assessment of a site", &ages.collect::<Vec<_>>());
    text.push_str("# EOF\n");
    Ok(text)
}

struct Numbers {
    jobs: store::jobs::JobCounts,
    evidence: i64,
    ledger: i64,
    assessed: Vec<(String, Option<UtcSeconds>)>,
}

impl Numbers {
    fn read(tx: &mut Transaction) -> Result<Self, StoreError> {
        let mut assessed = Vec::new();
        for site in evidence::store::list_sites(tx)? {
            let head = governance::snapshot::find_head(tx, &site.id, base::Lang::Ja)?;
            assessed.push((site.id, head.map(|head| head.made_at)));
        }
        Ok(Self {
            jobs: store::jobs::count(tx)?,
            evidence: evidence::store::next_evidence_id(tx)? - 1,
            ledger: i64::try_from(store::ledger::find_size(tx)?).unwrap_or(i64::MAX),
            assessed,
        })
    }
}

/// Resident memory, where the system tells it.
fn resident_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<i64>().ok().map(|kilobytes| kilobytes * 1024)
}
