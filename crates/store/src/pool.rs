//! A small bounded pool of connections.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::StoreError;

/// How long a caller waits for a connection before it is told that the database is busy.
const WAIT: Duration = Duration::from_secs(60);

#[derive(Debug)]
struct Shelf<C> {
    idle: Vec<C>,
    open: usize,
}

/// At most `limit` connections, opened when first needed.
#[derive(Debug)]
pub(crate) struct Pool<C> {
    shelf: Mutex<Shelf<C>>,
    freed: Condvar,
    limit: usize,
}

impl<C> Pool<C> {
    pub(crate) const fn new(limit: usize) -> Self {
        Self { shelf: Mutex::new(Shelf { idle: Vec::new(), open: 0 }), freed: Condvar::new(), limit }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf<C>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an idle connection, or opens one, or waits for one.
    pub(crate) fn take(&self, open: impl FnOnce() -> Result<C, StoreError>) -> Result<C, StoreError> {
        let full = |shelf: &mut Shelf<C>| shelf.idle.is_empty() && shelf.open >= self.limit;
        let (mut shelf, waited) =
            self.freed.wait_timeout_while(self.shelf(), WAIT, full).unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = shelf.idle.pop() {
            return Ok(connection);
        }
        if waited.timed_out() && shelf.open >= self.limit {
            return Err(StoreError::Busy { source: None });
        }
        shelf.open += 1;
        drop(shelf);
        open().inspect_err(|_| self.forget())
    }

    /// Gives a healthy connection back.
    pub(crate) fn give_back(&self, connection: C) {
        self.shelf().idle.push(connection);
        self.freed.notify_one();
    }

    /// Makes room for a new connection in place of one that was thrown away.
    pub(crate) fn forget(&self) {
        let mut shelf = self.shelf();
        shelf.open = shelf.open.saturating_sub(1);
        drop(shelf);
        self.freed.notify_one();
    }
}
