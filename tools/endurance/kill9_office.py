#!/usr/bin/env python3
"""Kills a running office in the middle of uploads, approvals and reports, and checks that nothing acknowledged is lost and nothing is
half done. Needs Python 3.9 or newer and nothing else.

  kill9_office.py --mamori target/debug/mamori [--what upload|approval|report|all] [--rounds 20] [--seed 1] [--keep]

Each round starts `mamori serve` on the data of the round before, has something done in it, kills it with SIGKILL, and checks:

upload    every line of the page about the upload that was seen before the kill is in the ledger, the evidence table and the blob
          folder with all its facts; handing the same files in again receives the rest, each exactly once.
approval  every decision and exception whose approval was answered is approved; each is approved with exactly one entry in the
          ledger, or waits with none; approving again is refused for the former and done for the latter, by the next office.
report    a report that was asked for is made once by the next office, with one entry in the ledger, and its files can be fetched
          whole. The lease of the killed worker (120 s) is made to run out at once.

In every round the ledger must verify, and a command beside the running office opens the same database before the kill.

Exit code 0: nothing lost. 1: something was (each case is printed).
"""
import argparse, collections, contextlib, hashlib, http.client, json, pathlib, random, secrets, shutil, signal, sqlite3, subprocess, sys, tempfile, threading, time, urllib.parse

import kill9

SITE = "endurance"
MATTERS = 16
# Any check that an exception can be asked for.
CHECK = "ACC-13"
ASKER, DECIDER = (1, "joho", "administrator"), (2, "incho", "executive")


class Office:
    """A running `mamori serve` and two people who are signed in to it."""

    def __init__(self, mamori, data):
        self.data = data
        command = [mamori, "--data", data, "serve", "--plain-http", "--listen", "127.0.0.1:0", "--json"]
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.address = json.loads(self.process.stdout.readline())["url"].removeprefix("http://")
        self.people = {}
        for account, login, _ in (ASKER, DECIDER):
            self.people[login] = sign_in(data, account)

    def kill(self):
        """Whether the office was running until it was killed."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        return self.process.returncode == -signal.SIGKILL

    def ask(self, who, method, path, fields=(), files=()):
        """Status, where it leads, and body; `None` if the office died meanwhile."""
        token, csrf = self.people[who]
        headers = {"Cookie": f"mamori={token}", "Sec-Fetch-Site": "same-origin"}
        body = None
        if files:
            boundary = secrets.token_hex(16)
            parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n'.encode()]
            for name, content in files:
                parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode() + content + b"\r\n")
            body = b"".join(parts) + f"--{boundary}--\r\n".encode()
            headers["Content-Type"] = f"multipart/form-data; boundary={boundary}"
        elif method == "POST":
            body = urllib.parse.urlencode([("csrf", csrf), *fields])
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with contextlib.suppress(OSError, http.client.HTTPException):
            client = http.client.HTTPConnection(self.address, timeout=60)
            client.request(method, f"/s/{SITE}/{path}", body, headers)
            answer = client.getresponse()
            return answer.status, answer.headers.get("Location", ""), answer.read()
        return None


def add_people(mamori, data):
    """Two accounts, as the ledger witnesses them: a row that it does not know is found by `ledger verify`."""
    for _, login, role in (ASKER, DECIDER):
        added = kill9.run(mamori, data, "user", "add", login, "--name", login, "--role", role, "--everywhere")
        if added.returncode:
            sys.exit(f"{login} was not added: {added.stderr}")


def sign_in(data, account):
    """A session; returns its token and the secret of its forms."""
    token, csrf, now = secrets.token_urlsafe(32), secrets.token_urlsafe(32), int(time.time())
    db = sqlite3.connect(data / "mamori.db", timeout=30)
    with db:
        db.execute(
            "INSERT INTO session (id, token_hash, account, csrf, device, address, created_at, seen_at, proved_at) "
            "VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM session), ?, ?, ?, 'endurance', '127.0.0.1', ?, ?, ?)",
            (hashlib.sha256(token.encode()).hexdigest(), account, csrf, now, now, now),
        )
    db.close()
    return token, csrf


def query(data, sql, *values):
    db = sqlite3.connect(data / "mamori.db", timeout=30)
    rows = db.execute(sql, values).fetchall()
    db.close()
    return rows


def entries(data, kind):
    return [json.loads(text)["body"] for (text,) in query(data, "SELECT canonical FROM ledger_entry WHERE kind = ?", kind)]


class Round:
    """One office that is killed."""

    def __init__(self, mamori, data, rng, number, problem):
        self.mamori, self.data, self.rng, self.number, self.problem = mamori, data, rng, number, problem
        self.tally = collections.Counter()
        self.seen, self.came = 0, threading.Condition()

    def note(self):
        with self.came:
            self.seen += 1
            self.came.notify_all()

    def strike(self, office, begin, most):
        """Runs `begin` and kills the office after a random number of acknowledgements, or a little later."""
        worker = threading.Thread(target=begin)
        worker.start()
        wanted = self.rng.randrange(0, most)
        with self.came:
            self.came.wait_for(lambda: self.seen >= wanted or not worker.is_alive(), 30)
        time.sleep(self.rng.choice([0.0, 0.0, self.rng.uniform(0.0, 0.02), self.rng.uniform(0.0, 0.2)]))
        if not office.kill():
            self.problem("the office ended by itself")
        worker.join()
        at = "before the first" if self.seen == 0 else "after the last" if self.seen >= most else "between the first and the last"
        self.tally[f"killed {at} acknowledgement"] += 1
        self.tally["acknowledged"] += self.seen

    def beside(self):
        """A command that opens the same database, and ends."""
        if kill9.run(self.mamori, self.data, "ledger", "verify", "--json").returncode:
            self.problem("the ledger does not verify beside the office")

    def assert_sound(self):
        verified = kill9.run(self.mamori, self.data, "ledger", "verify", "--json")
        if verified.returncode or not json.loads(verified.stdout)["sound"]:
            self.problem(f"the ledger does not verify: {verified.stdout} {verified.stderr}")


class UploadRound(Round):
    def run(self):
        evidence = self.data.parent / f"evidence{self.number}"
        kill9.write_evidence(evidence, self.rng, self.number, None)
        # Ledgers kept by hand wait for a decision in the office: they are no evidence yet.
        for sheet in evidence.glob("*.csv"):
            sheet.unlink()
        files = [(path.relative_to(evidence.parent).as_posix(), path.read_bytes()) for path in sorted(evidence.rglob("*")) if path.is_file()]
        office = Office(self.mamori, self.data)
        self.beside()
        acknowledged = []

        def upload():
            answer = office.ask("joho", "POST", "import", files=files)
            if answer is None:
                return
            if answer[0] != 303:
                self.problem(f"the upload was answered by {answer[0]}")
                return
            batch, seen = int(answer[1].rsplit("/", 1)[1]), 0
            db = sqlite3.connect(f"file:{self.data / 'mamori.db'}?mode=ro", uri=True, timeout=10)
            sql = "SELECT position, name, state, evidence, sha256, facts FROM import_item WHERE batch = ? AND position > ? ORDER BY position"
            while office.process.poll() is None and len(acknowledged) < len(files):
                for position, name, state, number, sha256, facts in db.execute(sql, (batch, seen)).fetchall():
                    seen = position
                    acknowledged.append({"name": name, "state": state, "evidence": number, "sha256": sha256, "facts": facts})
                    self.note()
                time.sleep(0.001)
            db.close()

        self.strike(office, upload, len(files))
        self.tally["evidence rows checked"] += kill9.check_folder(self.mamori, self.data, acknowledged, self.problem)
        kill9.check_again(self.mamori, self.data, evidence, acknowledged, self.problem)
        shutil.rmtree(evidence)


class ApprovalRound(Round):
    def run(self):
        office = Office(self.mamori, self.data)
        due = time.strftime("%Y-%m-%d", time.localtime(time.time() + 20 * 86400))
        for index in range(MATTERS // 2):
            text = f"round {self.number} matter {index}"
            self.expect(office.ask("joho", "POST", "decisions", [("class", "publish"), ("question", text), ("reason", text), ("options", ""), ("due_on", due)]), 303)
            fields = [("check", CHECK), ("subject", ""), ("reason", text), ("until", due), ("control1", text), ("evidence1", "1")]
            self.expect(office.ask("joho", "POST", "exceptions/new", fields), 303)
        waiting = self.states("waiting", "requested")
        if len(waiting) < MATTERS:
            self.problem(f"{len(waiting)} of {MATTERS} matters wait")
        self.rng.shuffle(waiting)
        self.beside()
        acknowledged = []

        def approve():
            for matter in waiting:
                answer = self.approve(office, matter)
                if answer is None:
                    return
                self.expect(answer, 303)
                acknowledged.append(matter)
                self.note()

        self.strike(office, approve, len(waiting))
        self.assert_sound()
        approved = set(self.states("approved", "approved"))
        for matter in acknowledged:
            if matter not in approved:
                self.problem(f"LOST: the approval of {matter} was answered and is not there")
        self.tally["approved, killed before the answer"] += len(approved & set(waiting)) - len(acknowledged)
        self.check_entries(approved)
        office = Office(self.mamori, self.data)
        for matter in waiting:
            self.expect(self.approve(office, matter), 409 if matter in approved else 303)
        office.kill()
        self.check_entries(set(self.states("approved", "approved")))
        self.assert_sound()

    def expect(self, answer, status):
        if answer is None or answer[0] != status:
            self.problem(f"{status} expected, {answer and answer[0]} came: {(answer or (0, '', b''))[2][:2000].decode('utf-8', 'replace')}")

    def states(self, decision, exception):
        rows = query(self.data, "SELECT 'decision', id FROM decision WHERE site = ? AND state = ?", SITE, decision)
        return rows + query(self.data, "SELECT 'exception', id FROM exception WHERE site = ? AND state = ?", SITE, exception)

    def approve(self, office, matter):
        kind, number = matter
        path = f"decisions/{number}" if kind == "decision" else f"decisions/exceptions/{number}"
        return office.ask("incho", "POST", path, [("outcome", "approved"), ("choice", ""), ("remark", "")])

    def check_entries(self, approved):
        said = collections.Counter()
        for body in entries(self.data, "decision.made"):
            said[("decision", body["decision"]) if "decision" in body else ("exception", body["exception"])] += 1
        if set(said) != approved or any(count != 1 for count in said.values()):
            self.problem(f"approved {sorted(approved)}, in the ledger {sorted(said.items())}")
        ruled = {("exception", number) for (number,) in query(self.data, "SELECT exception FROM exception_ruling")}
        if ruled != {matter for matter in approved if matter[0] == "exception"}:
            self.problem(f"rulings {sorted(ruled)}, approved {sorted(approved)}")
        self.tally["approvals checked"] += len(approved)


class ReportRound(Round):
    usual_s = 1.0

    def run(self):
        office = Office(self.mamori, self.data)
        self.beside()
        before = {number for (number,) in query(self.data, "SELECT id FROM report_asked")}
        answer = office.ask("joho", "POST", "reports")
        if answer is None or answer[0] != 303:
            self.problem(f"a report was refused: {answer}")
        time.sleep(self.rng.uniform(0.0, ReportRound.usual_s))
        if not office.kill():
            self.problem("the office ended by itself")
        asked = {number for (number,) in query(self.data, "SELECT id FROM report_asked")} - before
        if len(asked) != 1:
            self.problem(f"LOST: reports asked for: {asked}")
            return
        number = asked.pop()
        self.assert_sound()
        was_made = bool(self.files(number))
        ReportRound.usual_s *= 0.8 if was_made else 1.1
        self.tally["killed after the report was made" if was_made else "killed before the report was made"] += 1
        self.check_report(number, was_made)
        db = sqlite3.connect(self.data / "mamori.db", timeout=30)
        with db:
            self.tally["killed while a worker had the job"] += db.execute("UPDATE job SET lease_until = 0 WHERE state = 'running' AND kind = 'office.report'").rowcount
        db.close()
        office, until = Office(self.mamori, self.data), time.monotonic() + 120
        while not self.files(number) and time.monotonic() < until:
            time.sleep(0.1)
        self.check_report(number, True)
        for name, sha256, size in self.files(number):
            answer = office.ask("joho", "GET", f"reports/{number}/{name}")
            if answer is None or answer[0] != 200 or len(answer[2]) != size or hashlib.sha256(answer[2]).hexdigest() != sha256:
                self.problem(f"{name} of report {number} can not be fetched whole: {answer and answer[0]}")
            self.tally["files fetched"] += 1
        office.kill()

    def files(self, number):
        return query(self.data, "SELECT name, sha256, size_bytes FROM report_file WHERE report = ?", number)

    def check_report(self, number, is_made):
        rows = query(self.data, "SELECT id FROM report_made WHERE id = ?", number)
        said = [body for body in entries(self.data, "report.made") if body["report"] == number]
        if (len(rows), len(said)) != ((1, 1) if is_made else (0, 0)):
            self.problem(f"report {number}: made {len(rows)} times, {len(said)} entries in the ledger, expected {int(is_made)}")


ROUNDS = {"upload": UploadRound, "approval": ApprovalRound, "report": ReportRound}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mamori", required=True, type=pathlib.Path)
    parser.add_argument("--what", choices=[*ROUNDS, "all"], default="all")
    parser.add_argument("--rounds", type=int, default=20, help="how many offices are killed, of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the working folder")
    arguments = parser.parse_args()
    mamori, rng, is_bad = arguments.mamori.resolve(), random.Random(arguments.seed), False
    work = pathlib.Path(tempfile.mkdtemp(prefix="mamori-kill9-office-"))
    for what in ROUNDS if arguments.what == "all" else [arguments.what]:
        tally, data = collections.Counter(rounds=0, lost=0, problems=0), work / what
        first = work / "PC0_secedit.inf"
        first.write_bytes("[Unicode]\r\nUnicode=yes\r\n[System Access]\r\nLockoutBadCount = 5\r\n".encode("utf-16"))
        kill9.run(mamori, data, "import", "--yes", first)
        add_people(mamori, data)
        for number in range(arguments.rounds):

            def problem(text, number=number):
                tally["problems"] += 1
                tally["lost"] += text.startswith("LOST")
                print(f"{what} round {number} ({data}): {text}", flush=True)

            one = ROUNDS[what](mamori, data, rng, number, problem)
            one.run()
            tally["rounds"] += 1
            tally.update(one.tally)
        is_bad |= bool(tally["problems"])
        print(json.dumps({"what": what, "seed": arguments.seed, **tally}, ensure_ascii=False), flush=True)
    if not arguments.keep and not is_bad:
        shutil.rmtree(work)
    return 1 if is_bad else 0


if __name__ == "__main__":
    sys.exit(main())
