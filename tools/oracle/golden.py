#!/usr/bin/env python3
"""Writes what the oracle finds as the tests of the crate `eventlog` read it.

    v/bin/python tools/oracle/golden.py RULES events.ndjson > crates/eventlog/tests/golden/oracle_hits.txt

`events.ndjson` is written by events.py from the sample logs; see compare.py for what to install.
"""
import pathlib
import sys
from collections import defaultdict

from compare import SigmaCollection, load, query, sqliteBackend, sysmon_pipeline, windows_logsource_pipeline

HEAD = """\
# What pySigma 1.5.1 with its SQLite backend 2.0.0 and the pipelines sysmon 2.0.0 and windows 2.0.1 finds in the sample
# logs, read by the Python package evtx 0.14.0 (tools/oracle). Log, then rule and the record ids it fires on. Rules that
# search the whole event for words cannot be converted to SQL: they are `unknown` and not compared."""


def main():
    folder, events = sys.argv[1:3]
    database = load(events)
    backend = sqliteBackend(sysmon_pipeline() + windows_logsource_pipeline())
    hits, unknown = defaultdict(lambda: defaultdict(set)), set()
    for path in sorted(pathlib.Path(folder).rglob("*.yml")):
        for rule in SigmaCollection.load_ruleset([str(path)]).rules:
            try:
                queries = backend.convert(SigmaCollection([rule]))
            except Exception:  # the oracle's own limits
                unknown.add(str(rule.id))
                continue
            for sql in queries:
                for log, record in query(database, sql):
                    hits[log][str(rule.id)].add(record)
    print(HEAD)
    for rule in sorted(unknown):
        print(f"unknown: {rule}")
    for log in sorted(hits):
        print(log)
        for rule in sorted(hits[log]):
            print("  " + " ".join([rule, *map(str, sorted(hits[log][rule]))]))


if __name__ == "__main__":
    main()
