#!/usr/bin/env python3
"""An independent second opinion on detections: the same rules as SQL, by pySigma's SQLite backend.

    v/bin/pip install pysigma pysigma-backend-sqlite pysigma-pipeline-sysmon pysigma-pipeline-windows
    v/bin/python tools/oracle/compare.py RULES events.ndjson hits.tsv

`events.ndjson` is written by events.py, `hits.tsv` by the example `hits` of the crate `detect`. Prints every
(rule, file, record) that only one of the two finds. A difference is a question, not a verdict: the oracle folds case
for ASCII only, does not convert keyword rules, keeps several values of one field as one text, and does not know that
Defender's field names contain spaces.
"""
import json
import pathlib
import re
import sqlite3
import sys
from collections import Counter

from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection
from sigma.pipelines.sysmon import sysmon_pipeline
from sigma.pipelines.windows import windows_logsource_pipeline


KEYS = ("channel", "provider_name", "eventid")


def load(path):
    """One row per event; the columns are all names that occur, without case."""
    events, columns = [], {"channel": "Channel", "provider_name": "Provider_Name", "eventid": "EventID"}
    for line in open(path, encoding="utf-8"):
        row = json.loads(line)
        event = {"channel": row["Channel"], "provider_name": row["Provider"], "eventid": str(row["EventID"])}
        for name, value in row["fields"]:
            key = name.lower()
            if key in KEYS:  # an event about a log names that log; the event's own channel counts
                continue
            columns.setdefault(key, name)
            event[key] = value if key not in event else f"{event[key]}\n{value}"
        events.append((row["file"], row["record"], event))
    database = sqlite3.connect(":memory:")
    database.create_function("REGEXP", 2, lambda p, v: v is not None and re.search(p, str(v)) is not None)
    names = list(columns)
    declared = ", ".join(f'"{columns[name]}" TEXT COLLATE NOCASE' for name in names)
    database.execute(f'CREATE TABLE logs (file_ TEXT, record_ INTEGER, {declared})')
    marks = ", ".join("?" * (len(names) + 2))
    rows = ([file, record] + [event.get(name) for name in names] for file, record, event in events)
    database.executemany(f"INSERT INTO logs VALUES ({marks})", rows)
    return database


def query(database, sql):
    """Runs a query; a column that no event has is added, empty."""
    while True:
        try:
            return database.execute(sql.replace("SELECT *", "SELECT file_, record_", 1)).fetchall()
        except sqlite3.OperationalError as err:
            missing = re.match(r"no such column: (.*)", str(err))
            if not missing:
                raise
            name = missing[1].strip('"`').replace("logs.", "")
            database.execute(f'ALTER TABLE logs ADD COLUMN "{name}" TEXT COLLATE NOCASE')


def main():
    folder, events, hits = sys.argv[1:4]
    database = load(events)
    backend = sqliteBackend(sysmon_pipeline() + windows_logsource_pipeline())
    found, skipped, converted = set(), Counter(), set()
    for path in sorted(pathlib.Path(folder).rglob("*.yml")):
        try:
            rules = SigmaCollection.load_ruleset([str(path)])
            for rule in rules.rules:
                for sql in backend.convert(SigmaCollection([rule])):
                    found.update((str(rule.id), file, record) for file, record in query(database, sql))
                converted.add(str(rule.id))
        except Exception as err:  # the oracle's own limits are counted, not hidden
            skipped[type(err).__name__ + ": " + str(err)[:80]] += 1
    ours = set()
    for line in open(hits, encoding="utf-8"):
        rule, file, record = line.rstrip("\n").split("\t")
        if rule in converted:
            ours.add((rule, file, int(record)))
    print(f"{len(converted)} rules compared; both {len(found & ours)}, only the oracle {len(found - ours)}, only we {len(ours - found)}")
    for reason, count in skipped.most_common():
        print(f"not converted by the oracle: {count} x {reason}")
    for title, rest in (("only the oracle", found - ours), ("only we", ours - found)):
        for rule, count in Counter(rule for rule, _, _ in rest).most_common():
            example = next((file, record) for other, file, record in sorted(rest) if other == rule)
            print(f"{title}: {rule} {count} x, for example {example[0]} record {example[1]}")


if __name__ == "__main__":
    main()
