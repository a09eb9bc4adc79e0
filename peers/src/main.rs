//! Measures another reader or engine on one file and prints one line of JSON.
//!
//! ```text
//! mamori-peers flatten FILE.evtx OUT.ndjson    events as flat JSON lines
//! mamori-peers floor FILE.evtx                 the crate `evtx`, decoding to JSON lines that nobody keeps
//! mamori-peers rsigma FILE.ndjson RULES_DIR    the engine `rsigma` on flat JSON lines, reading the JSON included
//! ```
//!
//! `{"events", "cpu_seconds", "peak_mb", "hits", "load_cpu_seconds"}`: processor time is user and system time of the
//! process, without loading the rules; `peak_mb` is the largest
//! resident set so far, in 10^6 bytes. One thread throughout.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::ExitCode;

use rsigma_eval::{Engine, JsonEvent, pipeline::builtin};
use serde_json::{Value, json};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const USAGE: &str = "usage: mamori-peers flatten FILE.evtx OUT.ndjson | floor FILE.evtx | rsigma FILE.ndjson RULES_DIR";

type Outcome = Result<Measured, Box<dyn std::error::Error>>;

/// What a run came to.
#[derive(Default)]
struct Measured {
    events: u64,
    hits: u64,
    cpu_seconds: f64,
    load_cpu_seconds: f64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["flatten", log, out] => flatten(Path::new(log), Path::new(out)),
        ["floor", log] => floor(Path::new(log)),
        ["rsigma", lines, rules] => rsigma(Path::new(lines), Path::new(rules)),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(measured) => {
            println!("{}", measured.to_json());
            ExitCode::SUCCESS
        }
        Err(err) => {
            eprintln!("mamori-peers {}: {err}", arguments.join(" "));
            ExitCode::FAILURE
        }
    }
}

fn flatten(log: &Path, out: &Path) -> Outcome {
    let began = cpu_seconds();
    let mut lines = BufWriter::with_capacity(1 << 20, File::create(out)?);
    let events = mamori_peers::flat::write_lines(BufReader::new(File::open(log)?), &mut lines)?;
    lines.flush()?;
    Ok(Measured { events, cpu_seconds: cpu_seconds() - began, ..Measured::default() })
}

/// Chunk by chunk from the file, as `evtx_dump -t 1 -o jsonl` does it.
fn floor(log: &Path) -> Outcome {
    let began = cpu_seconds();
    let settings = evtx::ParserSettings::new().num_threads(1).indent(false);
    let mut parser = evtx::EvtxParser::from_path(log)?.with_configuration(settings);
    let mut events = 0;
    for chunk in parser.chunks_json_bytes(false) {
        events += black_box(&chunk).records().count() as u64;
    }
    Ok(Measured { events, cpu_seconds: cpu_seconds() - began, ..Measured::default() })
}

/// As `rsigma engine eval -p sysmon` does it: one JSON value for each line, then the engine with its defaults.
fn rsigma(lines: &Path, rules: &Path) -> Outcome {
    let began = cpu_seconds();
    let sysmon = builtin::resolve_builtin("sysmon").ok_or("rsigma has no pipeline `sysmon`")??;
    let collection = rsigma_parser::parse_sigma_directory(rules)?;
    let mut engine = Engine::new_with_pipeline(sysmon);
    let refused = engine.add_rules(&collection.rules);
    let load_cpu_seconds = cpu_seconds() - began;
    let refused = refused.len() + collection.errors.len();
    eprintln!("rsigma: {} rules loaded, {refused} not loaded", engine.rule_count());
    drop(collection);

    let began = cpu_seconds();
    let (mut events, mut hits) = (0, 0);
    let (mut reader, mut line) = (BufReader::with_capacity(1 << 20, File::open(lines)?), String::new());
    while reader.read_line(&mut line)? != 0 {
        let value: Value = serde_json::from_str(&line)?;
        hits += black_box(engine.evaluate(&JsonEvent::borrow(&value))).len() as u64;
        events += 1;
        line.clear();
    }
    Ok(Measured { events, hits, cpu_seconds: cpu_seconds() - began, load_cpu_seconds })
}

impl Measured {
    fn to_json(&self) -> Value {
        json!({
            "events": self.events,
            "cpu_seconds": self.cpu_seconds,
            "peak_mb": peak_mb(),
            "hits": self.hits,
            "load_cpu_seconds": self.load_cpu_seconds,
        })
    }
}

fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    std::time::Duration::try_from(time).unwrap_or_default().as_secs_f64()
}

/// Linux only; 0 elsewhere.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().map_or(0.0, |kibibytes| kibibytes * 1024.0 / 1e6)
}
