//! One transaction of a thread at a time.

#[cfg(debug_assertions)]
use std::cell::RefCell;

#[cfg(debug_assertions)]
thread_local! {
    static OPEN: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// Refuses a second transaction of one thread on the same database, in debug builds: with as many such threads as there are
/// connections, each would wait for another for ever. Seen once as a page that answered nobody as soon as four asked for it.
#[derive(Debug)]
pub(crate) struct OnlyOne {
    #[cfg(debug_assertions)]
    database: usize,
}

impl OnlyOne {
    /// `database` tells one open database from another.
    #[cfg(debug_assertions)]
    pub(crate) fn of(database: usize) -> Self {
        OPEN.with_borrow_mut(|open| {
            assert!(!open.contains(&database), "a transaction inside another one of the same database");
            open.push(database);
        });
        Self { database }
    }

    #[cfg(not(debug_assertions))]
    pub(crate) const fn of(_: usize) -> Self {
        Self {}
    }
}

#[cfg(debug_assertions)]
impl Drop for OnlyOne {
    fn drop(&mut self) {
        OPEN.with_borrow_mut(|open| open.retain(|database| *database != self.database));
    }
}
