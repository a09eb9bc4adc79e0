#!/usr/bin/env python3
"""Kills imports at random moments and checks that nothing acknowledged is lost. Needs Python 3.9 or newer and nothing else.

  kill9.py --mamori target/debug/mamori [--rounds 200] [--seed 1] [--keep]

Each round starts `mamori import --yes --json` on new evidence, kills it with SIGKILL after a random time or a random moment after
a random acknowledgement, and then checks: the ledger verifies; every acknowledged hash is in the ledger, in the evidence table and
in the blob folder; no evidence has more or fewer facts than the ledger says; a second import of the same files completes, says
`known` for what was acknowledged and receives every other file exactly once. A line on standard output counts as an
acknowledgement once its line end is there.

kill9_office.py kills the office instead.

Exit code 0: nothing lost. 1: something was (each case is printed).
"""
import argparse, collections, itertools, json, pathlib, random, shutil, signal, sqlite3, subprocess, sys, tempfile, threading, time

ROUNDS_PER_FOLDER = 8
INFS, SHEETS = 9, 4


def run(mamori, data, *arguments):
    command = [mamori, "--data", str(data), "--site", "endurance", "--who", "endurance", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")


def write_evidence(folder, rng, number, sample):
    """Small files of several formats and encodings; every round has other bytes."""
    folder.mkdir(parents=True)
    for index in range(INFS):
        text = "[Unicode]\r\nUnicode=yes\r\n[System Access]\r\n"
        text += f"MinimumPasswordLength = {rng.randrange(20)}\r\nLockoutBadCount = {rng.randrange(30)}\r\n"
        text += f'NewAdministratorName = "kanri-{number}-{index}"\r\n[Version]\r\nsignature="$CHICAGO$"\r\nRevision=1\r\n'
        (folder / f"PC{index:02}_secedit.inf").write_bytes(text.encode("utf-16"))
    for index in range(SHEETS):
        rows = "".join(f"ns{number:03}{index}{row:03},2026-{rng.randrange(1, 12):02}-{rng.randrange(1, 29):02}\r\n" for row in range(rng.randrange(1, 60)))
        (folder / f"退職者_{index}.csv").write_bytes(("アカウント名,退職日\r\n" + rows).encode("cp932"))
    (folder / "unknown.bin").write_bytes(rng.randbytes(rng.randrange(1, 1_000_000)))
    if sample:
        shutil.copytree(sample, folder / "sample")


class Import:
    """A running import whose acknowledgements are collected as they come."""

    def __init__(self, mamori, data, evidence):
        self.acknowledged, self.torn = [], b""
        command = [mamori, "--data", data, "--site", "endurance", "--who", "endurance", "import", "--yes", "--json", evidence]
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.came = threading.Condition()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            with self.came:
                if line.endswith(b"\n"):
                    self.acknowledged.append(json.loads(line))
                else:
                    self.torn = line
                self.came.notify_all()

    def wait_for(self, count, limit_s=120.0):
        with self.came:
            self.came.wait_for(lambda: len(self.acknowledged) >= count or not self.reader.is_alive() or self.process.poll() is not None, limit_s)

    def kill(self):
        alive = self.process.poll() is None
        if alive:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.reader.join()
        return alive and self.process.returncode == -signal.SIGKILL


def check_folder(mamori, data, acknowledged, problem):
    """The state the kill left behind."""
    if not (data / "mamori.db").exists():
        if acknowledged:
            problem("acknowledged, and there is no database")
        return 0
    verified = run(mamori, data, "ledger", "verify", "--json")
    try:
        result = json.loads(verified.stdout)
    except ValueError:
        problem(f"ledger verify says {verified.stdout!r} {verified.stderr!r}")
        return 0
    if not result["sound"] or verified.returncode:
        problem(f"the ledger does not verify: {result['problems'][:5]}")
    bodies = []
    if result["entries"]:
        with tempfile.TemporaryDirectory(dir=data.parent) as folder:
            exported = run(mamori, data, "ledger", "export", "--json", pathlib.Path(folder) / "export")
            if exported.returncode:
                problem(f"ledger export: {exported.stderr!r}")
            else:
                lines = (pathlib.Path(folder) / "export" / "entries.jsonl").read_text("utf-8").splitlines()
                bodies = [entry["body"] for entry in map(json.loads, lines) if entry["kind"] == "evidence.added"]
    in_ledger = {(body["id"], body["blob"]): body for body in bodies}
    with sqlite3.connect(data / "mamori.db") as db:
        rows = {(row[0], row[1]): row for row in db.execute("SELECT id, sha256, fact_count, (SELECT count(*) FROM fact WHERE fact.evidence = evidence.id) FROM evidence")}
        orphans = db.execute("SELECT count(*) FROM fact WHERE evidence NOT IN (SELECT id FROM evidence)").fetchone()[0]
    db.close()
    for receipt in acknowledged:
        key, name = (receipt["evidence"], receipt["sha256"]), receipt["name"]
        blob = data / "blobs" / receipt["sha256"][:2] / receipt["sha256"][2:]
        for there, where in ((key in in_ledger, "ledger"), (key in rows, "evidence table"), (blob.is_file(), "blob folder")):
            if not there:
                problem(f"LOST: {name} {key} was acknowledged and is not in the {where}")
        if receipt["state"] == "applied" and key in rows and rows[key][3] != receipt["facts"]:
            problem(f"LOST: {name}: {receipt['facts']} facts acknowledged, {rows[key][3]} there")
    if set(in_ledger) != set(rows) or orphans:
        problem(f"ledger and evidence table differ: {set(in_ledger) ^ set(rows)}, {orphans} facts without evidence")
    for key, row in rows.items():
        if row[2] != row[3] or (key in in_ledger and in_ledger[key]["facts"] != row[3]):
            problem(f"evidence {key} claims {row[2]} facts and has {row[3]}")
    return len(rows)


def check_again(mamori, data, evidence, acknowledged, problem):
    """A second import of the same files."""
    again = run(mamori, data, "import", "--yes", "--json", evidence)
    if again.returncode not in (0, 3):
        problem(f"the second import ended with {again.returncode}: {again.stderr!r}")
    states = {receipt["name"]: receipt for receipt in map(json.loads, again.stdout.splitlines())}
    for receipt in acknowledged:
        now = states.get(receipt["name"], {})
        if (now.get("state"), now.get("sha256"), now.get("evidence")) != ("known", receipt["sha256"], receipt["evidence"]):
            problem(f"LOST: {receipt['name']} was acknowledged, then {now.get('state')} #{now.get('evidence')}")
    files = sum(1 for path in evidence.rglob("*") if path.is_file())
    if len(states) != files:
        problem(f"the second import answered for {len(states)} of {files} files")
    verified = json.loads(run(mamori, data, "ledger", "verify", "--json").stdout)
    if not verified["sound"]:
        problem(f"after the second import the ledger does not verify: {verified['problems'][:5]}")
    db = sqlite3.connect(data / "mamori.db")
    twice = db.execute("SELECT original, count(*) FROM evidence GROUP BY original HAVING count(*) > 1").fetchall()
    left = db.execute("SELECT count(*) FROM outbox").fetchone()[0]
    db.close()
    if twice:
        problem(f"received twice: {twice}")
    if left:
        problem(f"{left} messages were not turned into work")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mamori", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=200, help="how many imports are killed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=pathlib.Path, help="a folder of evidence to import as well, once for each data folder")
    parser.add_argument("--keep", action="store_true", help="keep the working folder")
    arguments = parser.parse_args()
    mamori, rng = arguments.mamori.resolve(), random.Random(arguments.seed)
    work = pathlib.Path(tempfile.mkdtemp(prefix="mamori-kill9-"))
    tally, bad = collections.Counter(), []
    usual_s, began = 0.8, time.monotonic()
    # An import that ended before its kill does not count as a round.
    for number in itertools.count():
        if tally["killed"] >= arguments.rounds:
            break
        first = number % ROUNDS_PER_FOLDER == 0
        data = work / f"data{number // ROUNDS_PER_FOLDER}"
        evidence = work / f"evidence{number}"
        write_evidence(evidence, rng, number, arguments.sample if first else None)
        running = Import(mamori, data, evidence)
        if rng.random() < 0.4:
            time.sleep(rng.uniform(0.0, usual_s))
        else:
            running.wait_for(rng.randrange(1, INFS + SHEETS + 2))
            time.sleep(rng.choice([0.0, 0.0, rng.uniform(0.0, 0.02), rng.uniform(0.0, 0.2)]))
        files = sum(1 for path in evidence.rglob("*") if path.is_file())
        killed = running.kill()
        count = len(running.acknowledged)
        # The time an import takes changes with the load of the machine: the delays follow it.
        usual_s *= 1.0 if killed and count * 2 > files else 1.1 if killed else 0.8
        tally["killed" if killed else "ended before the kill"] += 1
        tally["killed between the first and the last acknowledgement"] += killed and 0 < count < files
        tally["killed before the first acknowledgement"] += killed and count == 0
        tally["killed after the last acknowledgement"] += killed and count == files
        tally["acknowledged"] += count
        tally["torn last lines"] += bool(running.torn)

        def problem(text, number=number, data=data):
            tally["problems"] += 1
            tally["lost"] += text.startswith("LOST")
            bad.append(f"round {number} ({data}): {text}")
            print(bad[-1], flush=True)

        kept = check_folder(mamori, data, running.acknowledged, problem)
        tally["evidence rows checked"] += kept
        check_again(mamori, data, evidence, running.acknowledged, problem)
        if (number + 1) % 10 == 0:
            print(f"{tally['killed']}/{arguments.rounds} {time.monotonic() - began:.0f} s {dict(tally)}", file=sys.stderr, flush=True)
        if not arguments.keep and not bad:
            shutil.rmtree(evidence)
            if (number + 1) % ROUNDS_PER_FOLDER == 0:
                shutil.rmtree(data)
    if not arguments.keep and not bad:
        shutil.rmtree(work)
    tally.setdefault("lost", 0)
    tally.setdefault("problems", 0)
    print(json.dumps({"rounds": arguments.rounds, "seed": arguments.seed, **tally}, ensure_ascii=False, indent=1))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
