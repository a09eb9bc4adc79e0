#!/usr/bin/env python3
"""Event logs (EVTX) → one JSON object per line, as `cargo bench -p detect` and the comparison read them.

    python3 -m venv v && v/bin/pip install evtx
    v/bin/python tools/oracle/events.py FOLDER > events.ndjson

Children of System become fields, attributes of them `Parent_Name`; EventData and the grandchildren of UserData lie flat.
"""
import json
import pathlib
import sys

from evtx import PyEvtxParser


def add(fields, name, value):
    if value is None:
        return
    if isinstance(value, list):
        for item in value:
            add(fields, name, item)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key == "#attributes":
                for attribute, text in inner.items():
                    add(fields, f"{name}_{attribute}", text)
            else:
                add(fields, name if key == "#text" else key, inner)
    elif isinstance(value, bool):
        fields.append((name, "true" if value else "false"))
    else:
        fields.append((name, str(value)))


def flatten(event):
    system = event["System"]
    event_id = system.get("EventID")
    if isinstance(event_id, dict):
        event_id = event_id["#text"]
    fields = []
    for name, value in system.items():
        if name not in ("Channel", "EventID", "Provider"):
            add(fields, name, value)
    groups = [event.get("EventData")] + list((event.get("UserData") or {}).values())
    for group in groups:
        for name, value in (group or {}).items() if isinstance(group, dict) else []:
            if name != "#attributes":
                add(fields, name, value)
    provider = system.get("Provider", {}).get("#attributes", {}).get("Name", "")
    return {"Channel": system.get("Channel"), "Provider": provider, "EventID": int(event_id), "fields": fields}


def main():
    root = pathlib.Path(sys.argv[1])
    for path in sorted(root.rglob("*.evtx")):
        for record in PyEvtxParser(str(path)).records_json():
            row = flatten(json.loads(record["data"])["Event"])
            row["file"] = str(path.relative_to(root))
            row["record"] = record["event_record_id"]
            print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
