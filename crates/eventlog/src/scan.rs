//! Every record of every log against every rule, on several threads.
//!
//! Work is dealt out in stretches of chunks. What a stretch yields depends on nothing but its bytes, and everything is
//! sorted at the end: the answer is the same whatever the number of threads.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::ScopedJoinHandle;

use detect::RuleIndex;
use detect::rule::Level;
use formats::evtx::{CHUNK_BYTES, Damage, FILE_HEADER, FileTime};

use crate::files::Log;
use crate::rules::Ruleset;
use crate::worker::{Found, Worker};

/// Chunks that a thread takes at once: a megabyte.
const STRETCH: u64 = 16;

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Threads that read and match.
    pub threads: NonZeroUsize,
    /// Events before this moment are left out.
    pub since: Option<FileTime>,
    /// Events at this moment or later are left out.
    pub until: Option<FileTime>,
    /// Hits of rules below this level are left out, except what correlations need.
    pub level: Level,
}

impl Default for Options {
    /// One thread, everything.
    fn default() -> Self {
        Self { threads: NonZeroUsize::MIN, since: None, until: None, level: Level::Informational }
    }
}

/// One event on which one rule fired. The record itself is read again when it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// When the event happened.
    pub at: FileTime,
    /// Its log, by number in [`Scan::logs`].
    pub log: u32,
    /// Byte offset of the record in the log.
    pub offset: u64,
    /// The rule.
    pub rule: RuleIndex,
}

/// A place that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Its log, by number in [`Scan::logs`].
    pub log: u32,
    /// Byte offset in the log.
    pub offset: u64,
    /// Records lost; `None` if nobody can know.
    pub records: Option<u64>,
    /// Why.
    pub reason: LossReason,
}

/// Why a place could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LossReason {
    /// What is there is no sound record or chunk.
    #[error("{0}")]
    Damage(Damage),
    /// The system did not hand out this chunk, nor perhaps those behind it.
    #[error("{0}")]
    Unreadable(String),
    /// More of the same in one chunk.
    #[error("{0} more damaged places in the same chunk")]
    More(usize),
}

/// What was found.
#[derive(Debug, Default)]
pub struct Scan {
    /// The logs that were read.
    pub logs: Vec<Log>,
    /// By time, then log, offset and rule.
    pub hits: Vec<Hit>,
    /// By log and offset.
    pub losses: Vec<Loss>,
    /// Records read.
    pub events: u64,
    /// Of these, those outside the wanted time.
    pub outside: u64,
    /// Bytes read.
    pub bytes: u64,
}

impl Scan {
    /// Records lost that are known of.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.losses.iter().filter_map(|loss| loss.records).sum()
    }

    /// Hits by rule.
    #[must_use]
    pub fn by_rule(&self) -> BTreeMap<RuleIndex, usize> {
        let mut counts = BTreeMap::new();
        for hit in &self.hits {
            *counts.entry(hit.rule).or_default() += 1;
        }
        counts
    }
}

/// Reads `logs` and matches their events. `progress` is told the bytes done so far, from any thread.
#[must_use]
pub fn scan(rules: &Ruleset, logs: Vec<Log>, options: &Options, progress: &(dyn Fn(u64) + Sync)) -> Scan {
    let wanted = wanted_rules(rules, options.level);
    let queue = Mutex::new(Queue { logs: &logs, log: 0, chunk: 0 });
    let done = AtomicU64::new(0);
    let work = || {
        let mut worker = Worker::new(rules, options, &wanted);
        // Asked for before the body runs, so that nobody waits for the lock meanwhile.
        while let Some(stretch) = take(&queue) {
            worker.scan(&stretch);
            let bytes = stretch.chunks * CHUNK_BYTES as u64;
            progress(done.fetch_add(bytes, Ordering::Relaxed) + bytes);
        }
        worker.into_found()
    };
    let found: Vec<Found> = if options.threads == NonZeroUsize::MIN {
        vec![work()]
    } else {
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..options.threads.get()).map(|_| scope.spawn(work)).collect();
            let join = |thread: ScopedJoinHandle<'_, Found>| thread.join().unwrap_or_else(|panic| resume_unwind(panic));
            threads.into_iter().map(join).collect()
        })
    };
    let mut all = Scan::default();
    for part in found {
        all.hits.extend(part.hits);
        all.losses.extend(part.losses);
        all.events += part.events;
        all.outside += part.outside;
        all.bytes += part.bytes;
    }
    all.logs = logs;
    all.hits.sort_unstable();
    all.losses.sort_by_key(|loss| (loss.log, loss.offset));
    all
}

/// By rule: whether its hits are kept.
fn wanted_rules(rules: &Ruleset, level: Level) -> Vec<bool> {
    let indexes = (0..).map(RuleIndex).take(rules.plan.rules().len());
    indexes.map(|rule| level <= rules.level_of(rule) || rules.correlations.needs(rule)).collect()
}

/// Chunks of one log that a thread works on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch<'a> {
    pub(crate) number: u32,
    pub(crate) log: &'a Log,
    pub(crate) first: u64,
    pub(crate) chunks: u64,
}

/// What is left to do.
struct Queue<'a> {
    logs: &'a [Log],
    log: usize,
    chunk: u64,
}

fn take<'a>(queue: &Mutex<Queue<'a>>) -> Option<Stretch<'a>> {
    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let log = queue.logs.get(queue.log)?;
        let count = log.bytes.saturating_sub(FILE_HEADER as u64).div_ceil(CHUNK_BYTES as u64);
        let first = queue.chunk;
        if first < count {
            let chunks = STRETCH.min(count - first);
            queue.chunk += chunks;
            let number = u32::try_from(queue.log).ok()?;
            return Some(Stretch { number, log, first, chunks });
        }
        queue.log += 1;
        queue.chunk = 0;
    }
}
