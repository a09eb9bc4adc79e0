//! One thread of a scan: chunks in, hits and losses out.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use detect::RuleIndex;
use formats::evtx::{CHUNK_BYTES, Chunk, Damage, FILE_HEADER, FileTime, Reader, Record};

use crate::Detector;
use crate::rules::Ruleset;
use crate::scan::{Hit, Loss, LossReason, Options, Stretch};

/// Damaged places of one chunk that are kept; further ones are counted.
const MAX_DAMAGES: usize = 8;

/// What one thread found, in no order that means anything.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) hits: Vec<Hit>,
    pub(crate) losses: Vec<Loss>,
    pub(crate) events: u64,
    pub(crate) outside: u64,
    pub(crate) bytes: u64,
}

pub(crate) struct Worker<'a> {
    wanted: &'a [bool],
    since: FileTime,
    until: FileTime,
    /// Whether every event's time is looked at.
    is_bounded: bool,
    reader: Reader,
    detector: Detector,
    /// The log read last, by its number.
    open: Option<(u32, File)>,
    chunk: Vec<u8>,
    rules: Vec<RuleIndex>,
    found: Found,
}

impl<'a> Worker<'a> {
    pub(crate) fn new(rules: &Ruleset, options: &Options, wanted: &'a [bool]) -> Self {
        Self {
            wanted,
            since: options.since.unwrap_or(FileTime(0)),
            until: options.until.unwrap_or(FileTime(u64::MAX)),
            is_bounded: options.since.is_some() || options.until.is_some(),
            reader: Reader::new(),
            detector: Detector::new(Arc::clone(&rules.plan)),
            open: None,
            chunk: Vec::with_capacity(CHUNK_BYTES),
            rules: Vec::new(),
            found: Found::default(),
        }
    }

    pub(crate) fn into_found(self) -> Found {
        self.found
    }

    /// Reads and matches a stretch of a log.
    pub(crate) fn scan(&mut self, stretch: &Stretch<'_>) {
        let mut told = false;
        for number in stretch.first..stretch.first + stretch.chunks {
            let offset = FILE_HEADER as u64 + number * CHUNK_BYTES as u64;
            match self.read(stretch, offset) {
                Ok(()) => {
                    self.scan_chunk(stretch.number, number, offset);
                    told = false;
                }
                // The first of several in a row speaks for them.
                Err(_) if told => {}
                Err(err) => {
                    let reason = LossReason::Unreadable(err.to_string());
                    self.found.losses.push(Loss { log: stretch.number, offset, records: None, reason });
                    told = true;
                }
            }
        }
    }

    /// Reads the chunk at an offset; a file that has become shorter has none there.
    fn read(&mut self, stretch: &Stretch<'_>, offset: u64) -> std::io::Result<()> {
        self.chunk.clear();
        if self.open.as_ref().is_none_or(|(number, _)| *number != stretch.number) {
            self.open = Some((stretch.number, File::open(&stretch.log.path)?));
        }
        if let Some((_, file)) = &mut self.open {
            file.seek(SeekFrom::Start(offset))?;
            let limit = stretch.log.bytes.saturating_sub(offset).min(CHUNK_BYTES as u64);
            file.take(limit).read_to_end(&mut self.chunk)?;
        }
        Ok(())
    }

    fn scan_chunk(&mut self, log: u32, number: u64, offset: u64) {
        self.found.bytes += self.chunk.len() as u64;
        if Chunk::is_unused(&self.chunk) {
            return;
        }
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        let bytes = std::mem::take(&mut self.chunk);
        match Chunk::read(&bytes, number, offset) {
            Ok(chunk) => self.scan_records(log, &chunk),
            Err(damage) => self.found.losses.push(loss(log, damage)),
        }
        self.chunk = bytes;
    }

    fn scan_records(&mut self, log: u32, chunk: &Chunk<'_>) {
        let Self { reader, detector, rules, found, .. } = self;
        let mut damages = 0;
        let mut lost = 0;
        let mut records = chunk.records(reader);
        while let Some(record) = records.next_record() {
            match record {
                Ok(record) => {
                    found.events += 1;
                    if self.is_bounded {
                        let at = detector.time_of(&record);
                        if at < self.since || self.until <= at {
                            found.outside += 1;
                            continue;
                        }
                    }
                    rules.clear();
                    detector.detect(&record, rules);
                    if !rules.is_empty() {
                        keep(&mut found.hits, self.wanted, rules, log, &record, detector);
                    }
                }
                Err(damage) => {
                    damages += 1;
                    if damages <= MAX_DAMAGES {
                        found.losses.push(loss(log, damage));
                    } else {
                        lost += damage.lost;
                    }
                }
            }
        }
        if MAX_DAMAGES < damages {
            let offset = chunk.offset + CHUNK_BYTES as u64 - 1;
            let reason = LossReason::More(damages - MAX_DAMAGES);
            found.losses.push(Loss { log, offset, records: Some(lost), reason });
        }
    }
}

fn keep(
    hits: &mut Vec<Hit>,
    wanted: &[bool],
    rules: &[RuleIndex],
    log: u32,
    record: &Record<'_>,
    detector: &mut Detector,
) {
    let at = detector.time_of(record);
    for rule in rules {
        if wanted.get(rule.0 as usize).copied().unwrap_or(false) {
            hits.push(Hit { at, log, offset: record.offset, rule: *rule });
        }
    }
}

fn loss(log: u32, damage: Damage) -> Loss {
    Loss { log, offset: damage.offset, records: Some(damage.lost), reason: LossReason::Damage(damage) }
}
