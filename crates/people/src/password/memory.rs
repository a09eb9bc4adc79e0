//! The memory in which passwords are hashed.
//!
//! Each hash takes 19 MiB. Given back and asked for anew at every attempt, allocators keep that once for each of their many
//! arenas: guessing without an account would fill the memory. So there are [`AT_ONCE`] places, made at first use and kept.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use argon2::{Block, Params};

/// Passwords hashed at the same time.
pub const AT_ONCE: usize = 2;

static PLACES: [Mutex<Vec<Block>>; AT_ONCE] = [const { Mutex::new(Vec::new()) }; AT_ONCE];
/// Who finds every place taken waits at one after the other.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// Does `work` in one of the places, once there is one. What was in it before is overwritten by the work.
pub(super) fn with_place<T>(work: impl FnOnce(&mut [Block]) -> T) -> T {
    let mut place = take();
    place.resize_with(Params::DEFAULT.block_count(), Block::default);
    work(&mut place)
}

fn take() -> MutexGuard<'static, Vec<Block>> {
    for place in &PLACES {
        match place.try_lock() {
            Ok(free) => return free,
            Err(TryLockError::Poisoned(left)) => return left.into_inner(),
            Err(TryLockError::WouldBlock) => {}
        }
    }
    let [first, second] = &PLACES;
    let place = if NEXT.fetch_add(1, Ordering::Relaxed).is_multiple_of(AT_ONCE) { first } else { second };
    place.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn many_at_once_share_two_places_that_stay() {
        let one = || with_place(|blocks| (blocks.as_ptr() as usize, blocks.len()));
        let places: BTreeSet<(usize, usize)> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..32).map(|_| scope.spawn(|| [one(), one(), one()])).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert!((1..=AT_ONCE).contains(&places.len()), "{places:?}");
        assert!(places.iter().all(|(_, blocks)| *blocks == Params::DEFAULT.block_count()));
    }
}
