//! A ledger kept by hand is applied or discarded: once, by one administrator.

use ::evidence::importer::Alone;
use ::evidence::{ReceiveError, Source, Staged};
use ::store::ledger::{LedgerError, NewEntry};
use ::store::{StoreError, Transaction};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use web::{Form, HttpError, SiteVisit, blocking, redirect};

use super::store::{self as tables, Batch, Decision, Item, ItemState};
use super::words;
use crate::Office;
use crate::state::Shared;

/// The form has nothing but its secret.
#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

/// Why nothing was decided.
enum Undecided {
    Taken(String),
    Receive(ReceiveError),
}

impl From<ReceiveError> for Undecided {
    fn from(err: ReceiveError) -> Self {
        Self::Receive(err)
    }
}

impl From<StoreError> for Undecided {
    fn from(err: StoreError) -> Self {
        Self::Receive(err.into())
    }
}

impl From<LedgerError> for Undecided {
    fn from(err: LedgerError) -> Self {
        Self::Receive(err.into())
    }
}

impl From<Undecided> for HttpError {
    fn from(err: Undecided) -> Self {
        match err {
            Undecided::Taken(who) => Self::conflict("import-decided-already", who),
            Undecided::Receive(err) => words::not_received(err),
        }
    }
}

pub(super) async fn apply(
    visit: SiteVisit,
    Path((_, batch, position)): Path<(String, String, String)>,
    State(office): State<Shared>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (batch, item) = find(&office, &visit, &batch, &position)?;
        apply_item(&office, &visit, &batch, &item)?;
        Ok(redirect(&visit.path_of(&format!("import/{}", batch.id))))
    })
    .await
}

pub(super) async fn discard(
    visit: SiteVisit,
    Path((_, batch, position)): Path<(String, String, String)>,
    State(office): State<Shared>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (batch, item) = find(&office, &visit, &batch, &position)?;
        let now = office.installation.now();
        office.installation.ledger.write::<_, Undecided>(office.database(), now, |tx| {
            settle(tx, &visit, (batch.id, &item), Decision::Discarded, None)?;
            let body = body(&batch, &item);
            tx.append(&NewEntry { kind: "import.discarded", site: visit.site_id(), who: &visit.who(), body: &body })?;
            Ok(())
        })?;
        Ok(redirect(&visit.path_of(&format!("import/{}", batch.id))))
    })
    .await
}

/// The batch and the file that an address names.
pub(super) fn find(office: &Office, visit: &SiteVisit, batch: &str, file: &str) -> Result<(Batch, Item), HttpError> {
    let (Ok(batch), Ok(position)) = (batch.parse(), file.parse()) else { return Err(HttpError::not_found()) };
    let found = office.database().read(|tx| {
        let Some(batch) = tables::find_batch(tx, visit.site_id(), batch)? else { return Ok(None) };
        let item = tables::find_item(tx, batch.id, position)?;
        Ok::<_, StoreError>(item.map(|item| (batch, item)))
    })?;
    found.ok_or_else(HttpError::not_found)
}

fn apply_item(office: &Office, visit: &SiteVisit, batch: &Batch, item: &Item) -> Result<(), HttpError> {
    if let Some((_, who, _)) = &item.decision {
        return Err(Undecided::Taken(who.clone()).into());
    }
    let (ItemState::Previewed, Some(kept), Some(original)) = (item.state, item.sha256, item.original) else {
        return Err(HttpError::not_found());
    };
    let bytes = office.installation.blobs.read(kept).map_err(|err| words::not_received(err.into()))?;
    let source = Source {
        name: &item.name,
        bytes: &bytes,
        received_at: office.installation.now(),
        // A file that says no date of its own speaks of the day it was handed in, not of the day somebody agreed to it.
        modified_at: Some(item.modified_at.unwrap_or(item.received_at)),
        neighbours: &Alone,
    };
    let staged = Staged { original, struck: item.struck.clone() };
    let intake = office.installation.intake(visit.site_id(), &batch.who);
    intake.apply_staged::<Undecided>(&source, &staged, |tx, receipt| {
        settle(tx, visit, (batch.id, item), Decision::Applied, receipt.evidence)?;
        let mut body = body(batch, item);
        if let Some(members) = body.as_object_mut() {
            members.insert("evidence".to_owned(), json!(receipt.evidence));
        }
        tx.append(&NewEntry { kind: "import.applied", site: visit.site_id(), who: &visit.who(), body: &body })?;
        Ok(())
    })?;
    Ok(())
}

/// Decides, unless somebody was faster.
fn settle(
    tx: &mut Transaction,
    visit: &SiteVisit,
    (batch, item): (i64, &Item),
    decision: Decision,
    evidence: Option<i64>,
) -> Result<(), Undecided> {
    if tables::decide(tx, (batch, item.position), decision, evidence, &visit.who(), visit.now)? {
        return Ok(());
    }
    let now = tables::find_item(tx, batch, item.position)?;
    let who = now.and_then(|item| item.decision).map(|(_, who, _)| who);
    Err(Undecided::Taken(who.unwrap_or_default()))
}

/// What the ledger says about the file: which one, who handed it in.
fn body(batch: &Batch, item: &Item) -> serde_json::Value {
    let hash = |hash: Option<base::ContentHash>| hash.map(|hash| hash.to_string()).unwrap_or_default();
    json!({
        "batch": batch.id,
        "file": item.position,
        "name": item.name,
        "blob": hash(item.sha256),
        "original": hash(item.original),
        "handed_in_by": batch.who,
    })
}
