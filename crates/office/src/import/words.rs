//! States and failures in words.

use ::evidence::ReceiveError;
use web::list::Look;
use web::{HttpError, SiteVisit};

use super::store::{Batch, Decision, Item, ItemState};

/// A batch whose node said nothing for so long was left alone, in seconds.
const SILENCE_S: i64 = 60;

/// How far a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// Its node works on it.
    Running,
    /// Its node went away.
    Interrupted,
    /// Something stopped it.
    Stopped,
    /// All files were looked at.
    Finished,
}

pub(super) fn progress(visit: &SiteVisit, batch: &Batch) -> Progress {
    match batch.finished_at {
        Some(_) if batch.trouble.is_empty() => Progress::Finished,
        Some(_) => Progress::Stopped,
        None if visit.now.0 - batch.heartbeat_at.0 > SILENCE_S => Progress::Interrupted,
        None => Progress::Running,
    }
}

/// How a batch stands in the list: text and badge.
pub(super) fn batch_state(visit: &SiteVisit, batch: &Batch, done: usize, waiting: usize) -> (String, Look) {
    let numbers = [("done", done.into()), ("files", batch.files.into())];
    match progress(visit, batch) {
        Progress::Running => (visit.say("import-state-running", &numbers), Look::Unknown),
        Progress::Interrupted | Progress::Stopped => (visit.say("import-state-interrupted", &numbers), Look::Danger),
        Progress::Finished if waiting > 0 => {
            (visit.say("import-state-waiting", &[("count", waiting.into())]), Look::Caution)
        }
        Progress::Finished => (visit.text("import-state-finished"), Look::Plain),
    }
}

/// What became of a file: text and badge.
pub(super) fn item_state(visit: &SiteVisit, item: &Item) -> (String, Look) {
    match (&item.decision, item.state) {
        (Some((Decision::Applied, ..)), _) => (visit.text("import-item-decided-applied"), Look::Good),
        (Some((Decision::Discarded, ..)), _) => (visit.text("import-item-decided-discarded"), Look::Plain),
        (None, state) => (state_text(visit, state), state_look(state)),
    }
}

pub(super) fn state_text(visit: &SiteVisit, state: ItemState) -> String {
    match state {
        ItemState::Applied => visit.text("import-item-applied"),
        ItemState::Known => visit.text("import-item-known"),
        ItemState::Unrecognised => visit.text("import-item-unrecognised"),
        ItemState::Unreadable => visit.text("import-item-unreadable"),
        ItemState::Previewed => visit.text("import-item-previewed"),
        ItemState::Refused => visit.text("import-item-refused"),
    }
}

const fn state_look(state: ItemState) -> Look {
    match state {
        ItemState::Applied => Look::Good,
        ItemState::Known => Look::Plain,
        ItemState::Unrecognised => Look::Unknown,
        ItemState::Unreadable | ItemState::Refused => Look::Danger,
        ItemState::Previewed => Look::Caution,
    }
}

/// Evidence could not be received.
pub(crate) fn not_received(err: ReceiveError) -> HttpError {
    match err {
        ReceiveError::Store(err) => err.into(),
        ReceiveError::Ledger(err) => err.into(),
        ReceiveError::Blob(err) => err.into(),
        ReceiveError::Importer { .. } => HttpError::internal(err),
    }
}
