//! How fast event logs are read: `cargo bench --bench evtx` in this folder. Needs the samples.
//!
//! One file of some 300 MB, made of every used chunk of the sample logs many times over, is read in several ways; the
//! crate `evtx` writing JSON lines is the floor. Events per second of processor time, of one thread; compare the ratios.

use std::hint::black_box;
use std::path::{Path, PathBuf};

use formats::evtx::{CHUNK_BYTES, File, Reader, Record};

/// Size of the mixed file, in bytes.
const SIZE: usize = 300 << 20;
const FILE_HEADER: usize = 4_096;
const ROUNDS: usize = 5;

type Way = fn(&[u8]) -> u64;

fn main() {
    let chunks = list_chunks(&folder());
    if chunks.is_empty() {
        println!("SKIPPED: no sample logs; set MAMORI_SAMPLES");
        return;
    }
    let bytes = mixed_file(&chunks);
    let mut rates: Vec<(&str, Vec<f64>)> = Vec::new();
    for _ in 0..ROUNDS {
        let ways: [(&str, Way); 5] = [
            ("evtx crate, JSON lines", evtx_json),
            ("records only", |bytes| read(bytes, &mut |_| {})),
            ("System only", |bytes| read(bytes, &mut |record| black_box_system(record))),
            ("every field as text", every_field),
            ("XML", every_xml),
        ];
        for (name, way) in ways {
            let began = cpu_seconds();
            let events = way(black_box(&bytes));
            let rate = f64::from(u32::try_from(events).unwrap_or(u32::MAX)) / (cpu_seconds() - began);
            match rates.iter_mut().find(|(known, _)| *known == name) {
                Some((_, rates)) => rates.push(rate),
                None => rates.push((name, vec![rate])),
            }
        }
    }
    let medians: Vec<(&str, f64)> = rates.into_iter().map(|(name, rates)| (name, median(rates))).collect();
    let floor = medians.first().map_or(1.0, |(_, rate)| *rate);
    println!("{} chunks, {} MB", (bytes.len() - FILE_HEADER) / CHUNK_BYTES, bytes.len() / 1_000_000);
    for (name, rate) in medians {
        println!("{name:<24} {:>7.0} k events/s {:>6.2} x", rate / 1e3, rate / floor);
    }
}

fn read(bytes: &[u8], visit: &mut dyn FnMut(&Record<'_>)) -> u64 {
    let mut reader = Reader::new();
    let mut events = 0;
    for chunk in File::open(bytes).into_iter().flat_map(|file| file.chunks()).flatten() {
        let mut records = chunk.records(&mut reader);
        while let Some(record) = records.next_record() {
            if let Ok(record) = record {
                visit(&record);
                events += 1;
            }
        }
    }
    events
}

fn black_box_system(record: &Record<'_>) {
    black_box(record.system());
}

fn every_field(bytes: &[u8]) -> u64 {
    let mut text = Vec::new();
    read(bytes, &mut |record| {
        text.clear();
        record.each_field(&mut |_, value| value.write_utf8(&mut text));
        black_box(&text);
    })
}

fn every_xml(bytes: &[u8]) -> u64 {
    let mut text = String::new();
    read(bytes, &mut |record| {
        text.clear();
        let _ = black_box(record.write_xml(&mut text));
    })
}

fn evtx_json(bytes: &[u8]) -> u64 {
    let settings = evtx::ParserSettings::new().num_threads(1).indent(false);
    let copy = std::io::Cursor::new(bytes);
    let Ok(parser) = evtx::EvtxParser::from_read_seek(copy) else { return 0 };
    let mut parser = parser.with_configuration(settings);
    let mut events = 0;
    // What its own command-line tool uses: quicker than one string for each event.
    for chunk in parser.chunks_json_bytes(false) {
        events += chunk.records().count() as u64;
        black_box(&chunk);
    }
    events
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

/// Processor time of this thread so far, user and system. Linux only; elsewhere everything seems infinitely fast.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos: u64 = text.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or_default();
    std::time::Duration::from_nanos(nanos).as_secs_f64()
}

/// Folder of the logs: below `MAMORI_SAMPLES`, else below `../shared/samples` beside the workspace.
fn folder() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "the samples are found by this variable, as in the tests")]
    let named = std::env::var("MAMORI_SAMPLES");
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/samples");
    named.map_or_else(|_| beside(), PathBuf::from).join("evtx")
}

/// Every used chunk of the logs in a folder and below.
fn list_chunks(folder: &Path) -> Vec<Vec<u8>> {
    let mut chunks = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return chunks };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            chunks.extend(list_chunks(&path));
        } else if path.extension().is_some_and(|ending| ending == "evtx") {
            let bytes = std::fs::read(&path).unwrap_or_default();
            let used = bytes.get(FILE_HEADER..).unwrap_or_default().chunks_exact(CHUNK_BYTES);
            chunks.extend(used.filter(|chunk| chunk.starts_with(b"ElfChnk\0")).map(<[u8]>::to_vec));
        }
    }
    chunks
}

/// The chunks behind one header, again and again.
fn mixed_file(chunks: &[Vec<u8>]) -> Vec<u8> {
    let count = SIZE.div_ceil(CHUNK_BYTES).next_multiple_of(chunks.len());
    let mut file = Vec::with_capacity(FILE_HEADER + count * CHUNK_BYTES);
    file.extend(b"ElfFile\0");
    file.extend(0_u64.to_le_bytes());
    file.extend((count as u64 - 1).to_le_bytes());
    file.extend(1_u64.to_le_bytes());
    file.extend(128_u32.to_le_bytes());
    for short in [1_u16, 3, 4_096, u16::try_from(count).unwrap_or(u16::MAX)] {
        file.extend(short.to_le_bytes());
    }
    file.resize(120, 0);
    let checksum = crc32fast::hash(&file);
    file.extend(0_u32.to_le_bytes());
    file.extend(checksum.to_le_bytes());
    file.resize(FILE_HEADER, 0);
    chunks.iter().cycle().take(count).for_each(|chunk| file.extend_from_slice(chunk));
    file
}
