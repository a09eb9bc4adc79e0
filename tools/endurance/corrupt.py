#!/usr/bin/env python3
"""Damages exported ledgers and databases at random and checks that every damage is found. Python 3.9 or newer, nothing else.

  corrupt.py --mamori target/debug/mamori [--exports 1000] [--databases 100] [--seed 1]

Each corruption of an export is judged by `mamori ledger verify --export` and by tools/verify_ledger.py; each corruption of a
database by `mamori ledger verify`. Every one must be found and a place be named. A ledger set back to an earlier, properly signed
state can only be found by somebody who kept a later checkpoint: those cases (set_back, drop_tail) are checked with it.

Exit code 0: all found. 1: something was missed (each case is printed).
"""
import argparse, collections, importlib.util, json, pathlib, random, shutil, sqlite3, subprocess, sys, tempfile, time

TOOL = pathlib.Path(__file__).resolve().parent.parent / "verify_ledger.py"
BY_COMMAND_LINE = 20


def load_tool():
    spec = importlib.util.spec_from_file_location("verify_ledger", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ask_mamori(mamori, *arguments):
    """Whether it was found, and what was said."""
    done = subprocess.run([str(mamori), *map(str, arguments), "--json"], capture_output=True, encoding="utf-8", errors="replace")
    try:
        result = json.loads(done.stdout)
    except ValueError:
        # A database too damaged to be read is found as well, if that is said in so many words.
        return done.returncode in (1, 4) and len(done.stderr) > 0 and "panicked" not in done.stderr, done.stderr.strip()
    found = not result["sound"] and done.returncode == 1 and len(result["problems"]) > 0
    return found, "; ".join(result["problems"][:3])


def ask_python(tool, folder, by_command_line):
    if by_command_line:
        done = subprocess.run([sys.executable, str(TOOL), str(folder)], capture_output=True, encoding="utf-8")
        return done.returncode == 1 and len(done.stdout.splitlines()) > 1, done.stdout + done.stderr
    problems = []
    try:
        tool.check_folder(folder, None, [], problems.append)
    except Exception as error:  # what the command line reports as damage is listed there
        if not isinstance(error, (ValueError, KeyError, TypeError, OSError)):
            return False, repr(error)
        problems.append(f"damaged: {error}")
    return bool(problems), "; ".join(problems[:3])


# --- corruptions of an export: each takes the folder and the dice, and returns what it did

def flip_bit(path, rng):
    data = bytearray(path.read_bytes())
    place = rng.randrange(len(data))
    data[place] ^= 1 << rng.randrange(8)
    path.write_bytes(data)
    return f"{path.name}, byte {place}"


def edit_character(path, rng):
    data = bytearray(path.read_bytes())
    place = rng.randrange(len(data))
    data[place] = rng.choice([byte for byte in range(32, 127) if byte != data[place]])
    path.write_bytes(data)
    return f"{path.name}, byte {place}"


def change_lines(path, change):
    lines = path.read_bytes().splitlines(keepends=True)
    what = change(lines)
    path.write_bytes(b"".join(lines))
    return f"{path.name}, {what}"


def swap_lines(path, rng):
    def change(lines):
        a, b = rng.sample(range(len(lines)), 2)
        lines[a], lines[b] = lines[b], lines[a]
        return f"lines {a + 1} and {b + 1}"

    return change_lines(path, change)


def drop_line(path, rng):
    def change(lines):
        place = rng.randrange(len(lines))
        del lines[place]
        return f"line {place + 1} dropped"

    return change_lines(path, change)


def double_line(path, rng):
    def change(lines):
        place = rng.randrange(len(lines))
        lines.insert(place, lines[place])
        return f"line {place + 1} doubled"

    return change_lines(path, change)


def cut_tail(path, rng):
    data = path.read_bytes()
    keep = rng.randrange(len(data))
    path.write_bytes(data[:keep])
    return f"{path.name}, cut at {keep} of {len(data)}"


def edit_entry_and_leaf(folder, rng, tool):
    """An edit by somebody who knows the format and mends the leaf as well."""
    path = folder / "entries.jsonl"
    lines = path.read_bytes().splitlines()
    place = rng.randrange(len(lines))
    entry = json.loads(lines[place])
    entry["at"] += rng.randrange(1, 100_000)
    lines[place] = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    leaves = (folder / "leaves.txt").read_text().splitlines()
    leaves[place] = tool.sha(b"\0", lines[place]).hex()
    (folder / "leaves.txt").write_text("".join(leaf + "\n" for leaf in leaves))
    return f"entry {place} with its leaf"


def drop_last_everywhere(folder, rng, _tool):
    """The end cut off in both files, the checkpoint left."""
    count = rng.randrange(1, 4)
    for name in ("entries.jsonl", "leaves.txt"):
        lines = (folder / name).read_bytes().splitlines(keepends=True)
        (folder / name).write_bytes(b"".join(lines[:-count]))
    return f"the last {count} entries"


def older_checkpoint(folder, _rng, _tool):
    """A properly signed checkpoint of fewer entries."""
    shutil.copyfile(folder.parent / "older-checkpoint.txt", folder / "checkpoint.txt")
    return "an older checkpoint"


def blobs_in(folder):
    return sorted(path for path in (folder / "blobs").rglob("*") if path.is_file())


def swap_blobs(folder, rng, _tool):
    a, b = rng.sample(blobs_in(folder), 2)
    bytes_a, bytes_b = a.read_bytes(), b.read_bytes()
    a.write_bytes(bytes_b), b.write_bytes(bytes_a)
    return f"{a.name[:8]} and {b.name[:8]}"


def drop_blob(folder, rng, _tool):
    path = rng.choice(blobs_in(folder))
    path.unlink()
    return path.name[:8]


def in_file(change, name):
    return lambda folder, rng, _tool: change(rng.choice(blobs_in(folder)) if name == "blob" else folder / name, rng)


EXPORT_CORRUPTIONS = {
    **{f"{change.__name__} {name}": in_file(change, name) for change in (flip_bit, edit_character, cut_tail) for name in ("entries.jsonl", "leaves.txt", "checkpoint.txt", "public-key.txt", "blob")},
    **{f"{change.__name__} {name}": in_file(change, name) for change in (swap_lines, drop_line, double_line) for name in ("entries.jsonl", "leaves.txt")},
    **{change.__name__: change for change in (edit_entry_and_leaf, drop_last_everywhere, older_checkpoint, swap_blobs, drop_blob)},
}


def snapshot(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def restore(folder, state):
    for path in [path for path in folder.rglob("*") if path.is_file() and path.relative_to(folder) not in state]:
        path.unlink()
    for name, data in state.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != data:
            path.write_bytes(data)


def corrupt_exports(mamori, export, count, rng, tool, missed):
    state, tally = snapshot(export), collections.Counter()
    names = list(EXPORT_CORRUPTIONS)
    for number in range(count):
        name = names[number % len(names)]
        what = EXPORT_CORRUPTIONS[name](export, rng, tool)
        while snapshot(export) == state:
            what = EXPORT_CORRUPTIONS[name](export, rng, tool)
        answers = {
            "mamori": ask_mamori(mamori, "ledger", "verify", "--export", export),
            "python": ask_python(tool, export, number % max(1, count // BY_COMMAND_LINE) == 0),
        }
        for who, (found, said) in answers.items():
            tally[f"found by {who}"] += found
            if not found:
                missed.append(f"MISSED by {who}: {name}: {what}: {said}")
                print(missed[-1], flush=True)
        restore(export, state)
        tally[f"of kind {name.split(' ')[0]}"] += 1
    return tally


# --- corruptions of the database

def one(db, rng, sql):
    rows = db.execute(sql).fetchall()
    return rng.choice(rows) if rows else None


def edit_fact(db, rng):
    row = one(db, rng, "SELECT rowid, value FROM fact")
    db.execute("UPDATE fact SET value = value || '1' WHERE rowid = ?", row[:1])


def backdate_fact(db, rng):
    db.execute("UPDATE fact SET observed_at = observed_at + 86400 WHERE rowid = ?", one(db, rng, "SELECT rowid FROM fact"))


def raise_grade(db, rng):
    db.execute("UPDATE fact SET grade = CASE grade WHEN 3 THEN 2 ELSE grade + 1 END WHERE rowid = ?", one(db, rng, "SELECT rowid FROM fact"))


def delete_fact(db, rng):
    db.execute("DELETE FROM fact WHERE rowid = ?", one(db, rng, "SELECT rowid FROM fact"))


def rename_subject(db, rng):
    db.execute("UPDATE fact_subject SET ident = ident || 'x' WHERE id = ?", one(db, rng, "SELECT id FROM fact_subject WHERE id IN (SELECT subject FROM fact)"))


def edit_canonical(db, rng):
    row = one(db, rng, "SELECT seq, canonical FROM ledger_entry")
    at = rng.randrange(len(row[1]))
    db.execute("UPDATE ledger_entry SET canonical = ? WHERE seq = ?", (row[1][:at] + ("0" if row[1][at] != "0" else "1") + row[1][at + 1:], row[0]))


def edit_canonical_and_leaf(db, rng):
    import hashlib

    row = one(db, rng, "SELECT seq, canonical FROM ledger_entry")
    text = row[1].replace('"who":"corrupt"', '"who":"nobody"').replace('"who":"mamori"', '"who":"nobody"')
    db.execute("UPDATE ledger_entry SET canonical = ?, leaf = ? WHERE seq = ?", (text, hashlib.sha256(b"\0" + text.encode()).digest(), row[0]))


def edit_leaf(db, rng):
    db.execute("UPDATE ledger_entry SET leaf = randomblob(32) WHERE seq = ?", one(db, rng, "SELECT seq FROM ledger_entry"))


def edit_node(db, rng):
    db.execute("UPDATE ledger_node SET hash = randomblob(32) WHERE rowid = ?", one(db, rng, "SELECT rowid FROM ledger_node"))


def drop_entry(db, rng):
    db.execute("DELETE FROM ledger_entry WHERE seq = ?", one(db, rng, "SELECT seq FROM ledger_entry"))


def drop_tail(db, rng):
    """A shorter ledger is sound in itself: this, too, needs a checkpoint kept elsewhere."""
    size = db.execute("SELECT max(seq) + 1 FROM ledger_entry").fetchone()[0] - rng.randrange(1, 6)
    db.execute("DELETE FROM ledger_entry WHERE seq >= ?", (size,))
    db.execute("DELETE FROM ledger_checkpoint WHERE size > ?", (size,))


def drop_checkpoint(db, _rng):
    db.execute("DELETE FROM ledger_checkpoint WHERE size = (SELECT max(size) FROM ledger_checkpoint)")


def swap_checkpoints(db, rng):
    (a, note_a), (b, note_b) = rng.sample(db.execute("SELECT size, note FROM ledger_checkpoint").fetchall(), 2)
    db.execute("UPDATE ledger_checkpoint SET note = ? WHERE size = ?", (note_b, a))
    db.execute("UPDATE ledger_checkpoint SET note = ? WHERE size = ?", (note_a, b))


def edit_evidence(db, rng):
    column = rng.choice(["name", "importer", "who"])
    db.execute(f"UPDATE evidence SET {column} = {column} || 'x' WHERE id = ?", one(db, rng, "SELECT id FROM evidence"))


def edit_evidence_number(db, rng):
    column = rng.choice(["size_bytes", "received_at", "observed_at", "accepted", "refused", "fact_count", "ledger_seq"])
    db.execute(f"UPDATE evidence SET {column} = {column} + 1 WHERE id = ?", one(db, rng, "SELECT id FROM evidence"))


def edit_evidence_hash(db, rng):
    column = rng.choice(["sha256", "original", "facts_root"])
    db.execute(f"UPDATE evidence SET {column} = '{'0' * 64}' WHERE id = ?", one(db, rng, "SELECT id FROM evidence"))


def delete_evidence(db, rng):
    row = one(db, rng, "SELECT id FROM evidence")
    for sql in ("fact WHERE evidence", "evidence_refusal WHERE evidence", "evidence_struck WHERE evidence", "evidence WHERE id"):
        db.execute(f"DELETE FROM {sql} = ?", row)


DATABASE_CORRUPTIONS = [
    edit_fact, backdate_fact, raise_grade, delete_fact, rename_subject, edit_canonical, edit_canonical_and_leaf, edit_leaf, edit_node, drop_entry,
    drop_tail, drop_checkpoint, swap_checkpoints, edit_evidence, edit_evidence_number, edit_evidence_hash, delete_evidence,
]


def dump(path):
    with sqlite3.connect(path) as db:
        lines = list(db.iterdump())
    db.close()
    return lines


def corrupt_databases(mamori, data, late_checkpoint, count, rng, missed):
    tally = collections.Counter()
    sound, original = (data / "mamori.db").read_bytes(), dump(data / "mamori.db")
    for number in range(count):
        change = DATABASE_CORRUPTIONS[number % len(DATABASE_CORRUPTIONS)]
        while True:
            for suffix in ("-wal", "-shm"):
                (data / f"mamori.db{suffix}").unlink(missing_ok=True)
            (data / "mamori.db").write_bytes(sound)
            db = sqlite3.connect(data / "mamori.db")
            try:
                change(db, rng)
                db.commit()
            except sqlite3.IntegrityError:
                continue
            finally:
                db.close()
            if dump(data / "mamori.db") != original:
                break
        witnessed = ("--witnessed", late_checkpoint) if change is drop_tail else ()
        found, said = ask_mamori(mamori, "--data", data, "ledger", "verify", *witnessed)
        tally["found in the database"] += found
        tally[f"in the database: {change.__name__}"] += 1
        if not found:
            missed.append(f"MISSED by mamori: {change.__name__}: {said}")
            print(missed[-1], flush=True)
    return tally


# --- the one case that needs a checkpoint kept elsewhere

def set_back(mamori, early, late_checkpoint, tool, missed):
    """A whole export of an earlier time instead of today's: sound in itself, and not what the later checkpoint says."""
    found, said = ask_mamori(mamori, "ledger", "verify", "--export", early)
    if found:
        missed.append(f"an earlier export is called damaged: {said}")
    found, said = ask_mamori(mamori, "ledger", "verify", "--export", early, "--witnessed", late_checkpoint)
    if not found:
        missed.append(f"MISSED by mamori: set back, with a later checkpoint: {said}")
    problems = []
    tool.check_folder(early, None, [late_checkpoint], problems.append)
    if not problems:
        missed.append("MISSED by python: set back, with a later checkpoint")


def write_evidence(folder):
    folder.mkdir(parents=True)
    for index in range(6):
        text = f"[Unicode]\r\nUnicode=yes\r\n[System Access]\r\nMinimumPasswordLength = {index}\r\nLockoutBadCount = 5\r\n"
        (folder / f"PC{index}_secedit.inf").write_bytes((text + '[Version]\r\nsignature="$CHICAGO$"\r\nRevision=1\r\n').encode("utf-16"))
    for index in range(4):
        rows = "".join(f"ns{index}{row:02},2026-10-{row + 1:02}\r\n" for row in range(5))
        (folder / f"退職者_{index}.csv").write_bytes(("アカウント名,退職日\r\n" + rows).encode("cp932"))


def must(mamori, *arguments):
    done = subprocess.run([str(mamori), *map(str, arguments)], capture_output=True, encoding="utf-8")
    if done.returncode not in (0, 3):
        raise SystemExit(f"{arguments}: {done.returncode} {done.stderr}")
    return done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mamori", required=True, type=pathlib.Path)
    parser.add_argument("--exports", type=int, default=1000)
    parser.add_argument("--databases", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    mamori, rng, tool = arguments.mamori.resolve(), random.Random(arguments.seed), load_tool()
    missed, tally, began = [], collections.Counter(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mamori-corrupt-") as name:
        work = pathlib.Path(name)
        data, exports = work / "data", work / "exports"
        exports.mkdir()
        write_evidence(work / "evidence")
        common = ("--data", data, "--who", "corrupt")
        must(mamori, *common, "import", "--yes", work / "evidence" / "PC0_secedit.inf")
        (exports / "older-checkpoint.txt").write_text(must(mamori, *common, "ledger", "checkpoint"))
        must(mamori, *common, "ledger", "export", work / "early")
        must(mamori, *common, "import", "--yes", work / "evidence")
        (work / "late-checkpoint.txt").write_text(must(mamori, *common, "ledger", "checkpoint"))
        must(mamori, *common, "ledger", "export", exports / "export")
        if ask_mamori(mamori, "ledger", "verify", "--export", exports / "export")[0] or ask_python(tool, exports / "export", True)[0]:
            raise SystemExit("the untouched export is called damaged")
        set_back(mamori, work / "early", work / "late-checkpoint.txt", tool, missed)
        tally += corrupt_exports(mamori, exports / "export", arguments.exports, rng, tool, missed)
        db = sqlite3.connect(data / "mamori.db")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        tally += corrupt_databases(mamori, data, work / "late-checkpoint.txt", arguments.databases, rng, missed)
    for text in missed:
        if not text.startswith("MISSED") or "set back" in text:
            print(text)
    counts = {"exports": arguments.exports, "databases": arguments.databases, "seed": arguments.seed, **tally}
    print(json.dumps({**counts, "missed": len(missed), "seconds": round(time.monotonic() - began)}, ensure_ascii=False, indent=1))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
