//! A ledger kept by hand is applied or discarded: once, by one administrator.

use ::evidence::importer::Alone;
use ::evidence::preview::Preview;
use ::evidence::{ReceiveError, Source, Staged};
use ::store::ledger::{LedgerError, NewEntry};
use ::store::{StoreError, Transaction};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use web::{Form, HttpError, SiteVisit, blocking, redirect};

use super::differences::Differences;
use super::store::{self as tables, Batch, Decision, Item, ItemState};
use super::words;
use crate::Office;
use crate::state::Shared;

/// The form has nothing but its secret.
#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

/// What was on the page of whoever applies.
#[derive(Debug, Deserialize)]
pub(super) struct Seen {
    /// [`Differences::mark`].
    #[serde(default)]
    pub(super) seen: String,
}

/// Why nothing was decided.
pub(super) enum Undecided {
    /// The ledger would change something else than was seen.
    Changed(Box<Differences>),
    Page(HttpError),
}

impl From<HttpError> for Undecided {
    fn from(err: HttpError) -> Self {
        Self::Page(err)
    }
}

impl From<ReceiveError> for Undecided {
    fn from(err: ReceiveError) -> Self {
        Self::Page(words::not_received(err))
    }
}

impl From<StoreError> for Undecided {
    fn from(err: StoreError) -> Self {
        Self::Page(err.into())
    }
}

impl From<LedgerError> for Undecided {
    fn from(err: LedgerError) -> Self {
        Self::Page(err.into())
    }
}

pub(super) async fn apply(
    visit: SiteVisit,
    Path((_, batch, position)): Path<(String, String, String)>,
    State(office): State<Shared>,
    Form(sent): Form<Seen>,
) -> Result<Response, HttpError> {
    blocking(move || -> Result<Response, HttpError> {
        let (batch, item) = find(&office, &visit, &batch, &position)?;
        let path = visit.path_of(&format!("import/{}", batch.id));
        match apply_item(&office, &visit, (&batch, &item), &sent.seen) {
            Ok(()) => Ok(redirect(&path)),
            Err(Undecided::Changed(now)) => {
                show_again(&office, (&batch, &item), &now)?;
                Ok(redirect(&format!("{path}/{}?changed=1", item.position)))
            }
            Err(Undecided::Page(err)) => Err(err),
        }
    })
    .await
}

/// Keeps what a ledger would change by now, for whoever looks next.
pub(super) fn show_again(office: &Office, (batch, item): (&Batch, &Item), now: &Differences) -> Result<(), HttpError> {
    office.database().transaction::<_, HttpError>(|tx| {
        match tables::put_differences(tx, (batch.id, item.position), now)? {
            true => Ok(()),
            false => Err(taken(tx, batch, item)?),
        }
    })
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
        office.installation.ledger.write::<_, HttpError>(office.database(), now, |tx| {
            settle(tx, &visit, (&batch, &item), Decision::Discarded, None)?;
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

/// Applies a ledger if it would change what was seen; between the page and the button somebody may have applied another one.
pub(super) fn apply_item(
    office: &Office,
    visit: &SiteVisit,
    (batch, item): (&Batch, &Item),
    seen: &str,
) -> Result<(), Undecided> {
    let (ItemState::Previewed, Some(kept), Some(original)) = (item.state, item.sha256, item.original) else {
        return Err(HttpError::not_found().into());
    };
    let bytes = office.installation.blobs.read(kept).map_err(HttpError::from)?;
    let source = Source {
        name: &item.name,
        bytes: &bytes,
        received_at: office.installation.now(),
        // A file that says no date of its own speaks of the day it was handed in, not of the day somebody agreed to it.
        modified_at: Some(item.modified_at.unwrap_or(item.received_at)),
        neighbours: &Alone,
    };
    let staged = Staged { original, struck: item.struck.clone() };
    let intake = office.installation.upload_intake(visit.site_id(), &batch.who);
    let agree = |preview: &Preview| {
        let now = Differences::of(preview);
        if now.mark() == seen { Ok(()) } else { Err(Undecided::Changed(Box::new(now))) }
    };
    intake.apply_staged::<Undecided>(&source, &staged, agree, |tx, receipt| {
        settle(tx, visit, (batch, item), Decision::Applied, receipt.evidence)?;
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
    (batch, item): (&Batch, &Item),
    decision: Decision,
    evidence: Option<i64>,
) -> Result<(), HttpError> {
    match tables::decide(tx, (batch.id, item.position), decision, evidence, &visit.who(), visit.now)? {
        true => Ok(()),
        false => Err(taken(tx, batch, item)?),
    }
}

/// Who was faster.
fn taken(tx: &mut Transaction, batch: &Batch, item: &Item) -> Result<HttpError, StoreError> {
    let now = tables::find_item(tx, batch.id, item.position)?;
    let who = now.and_then(|item| item.decision).map(|(_, who, _)| who);
    Ok(HttpError::conflict("import-decided-already", who.unwrap_or_default()))
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
