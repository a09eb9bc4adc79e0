//! Prints appends and verified entries per second: `cargo bench -p store --bench ledger` (SQLite in the temporary folder).
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::time::Instant;

use serde_json::json;
use store::ledger::{self, LedgerError, NewEntry};
use testkit::{NOW, TestStore, test_ledger};

const SINGLE: u32 = 200;
const BATCHED: u32 = 20_000;

fn append(store: &TestStore, ledger: &store::Ledger, count: u32) -> anyhow::Result<()> {
    let body = json!({"name": "audit.csv", "rows": 1200, "source": "dc01", "text": "x".repeat(400)});
    let entry = NewEntry { kind: "bench", site: "main", who: "bench", body: &body };
    ledger.write(&store.database, NOW, |recording| {
        for _ in 0..count {
            recording.append(&entry)?;
        }
        Ok::<_, LedgerError>(())
    })?;
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let (store, ledger) = (TestStore::sqlite(&[])?, test_ledger()?);
    let began = Instant::now();
    for _ in 0..SINGLE {
        append(&store, &ledger, 1)?;
    }
    println!("{:8.0} appends/s, one per transaction", f64::from(SINGLE) / began.elapsed().as_secs_f64());
    let began = Instant::now();
    append(&store, &ledger, BATCHED)?;
    println!("{:8.0} appends/s, {BATCHED} in one transaction", f64::from(BATCHED) / began.elapsed().as_secs_f64());
    let began = Instant::now();
    let found = ledger::verify(&store.database, &store.blobs, &ledger.public_key(), &[])?;
    anyhow::ensure!(found.is_sound());
    println!("{:8.0} entries/s verified", f64::from(SINGLE + BATCHED) / began.elapsed().as_secs_f64());
    let began = Instant::now();
    anyhow::ensure!(ledger::verify_tail(&store.database, &ledger.public_key())?.is_sound());
    println!("{:8.1} ms for the tail check at start-up", began.elapsed().as_secs_f64() * 1e3);
    Ok(())
}
