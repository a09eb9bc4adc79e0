//! The reader of event logs on real logs, against the manifest.

use std::collections::{BTreeMap, BTreeSet};

use formats::evtx::{File, Reader, Record};

use crate::samples::sample;

/// Every log of the manifest with its row, or `None` with a message.
pub(crate) fn list_logs() -> Option<Vec<(csv::StringRecord, Vec<u8>)>> {
    let manifest = sample("expected/evtx_manifest.csv")?;
    let rows = csv::Reader::from_reader(&*manifest).into_records().map(Result::unwrap);
    rows.map(|row| sample(&format!("evtx/{}", &row[0])).map(|bytes| (row, bytes))).collect()
}

/// Visits every record; any damage fails the test.
pub(crate) fn each_record(name: &str, bytes: &[u8], reader: &mut Reader, visit: &mut dyn FnMut(&Record<'_>)) {
    for chunk in File::open(bytes).unwrap().chunks() {
        let chunk = chunk.unwrap();
        let mut records = chunk.records(reader);
        while let Some(record) = records.next_record() {
            visit(&record.unwrap_or_else(|damage| panic!("{name}: {damage}")));
        }
    }
}

#[test]
fn every_log_has_the_events_times_ids_channels_and_computers_of_the_manifest() {
    let Some(logs) = list_logs() else { return };
    assert_eq!(logs.len(), 277);
    let mut reader = Reader::new();
    for (row, bytes) in &logs {
        let mut times = Vec::new();
        let mut ids: BTreeMap<u32, u32> = BTreeMap::new();
        let (mut computers, mut channels) = (BTreeSet::new(), BTreeSet::new());
        each_record(&row[0], bytes, &mut reader, &mut |record| {
            let system = record.system();
            times.push(system.time_created.unwrap());
            *ids.entry(system.event_id.unwrap()).or_default() += 1;
            computers.extend(system.computer.map(|computer| computer.to_string()));
            channels.insert(system.channel.map_or("(none)".into(), |channel| channel.to_string()));
        });
        let time = |time: Option<&formats::evtx::FileTime>| time.map(ToString::to_string).unwrap();
        let ids: Vec<String> = ids.iter().map(|(id, count)| format!("{id}:{count}")).collect();
        let join = |texts: BTreeSet<String>| texts.into_iter().collect::<Vec<_>>().join("|");
        let found = [
            times.len().to_string(),
            time(times.iter().min()),
            time(times.iter().max()),
            join(computers),
            join(channels),
            ids.join(" "),
        ];
        let expected: Vec<&str> = row.iter().skip(3).collect();
        assert_eq!(found.as_slice(), expected, "{}", &row[0]);
    }
}
