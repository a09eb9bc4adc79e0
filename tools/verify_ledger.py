#!/usr/bin/env python3
"""Checks an exported mamori ledger without mamori. Needs Python 3.9 or newer and nothing else.

  verify_ledger.py FOLDER [--key 'name+hash+base64'] [--checkpoint EARLIER.txt]
  verify_ledger.py --inclusion proof.json --key 'name+hash+base64'

Exit code 0: sound. 1: something was changed (each place is printed). 2: could not be checked.
Formats: RFC 9162 hash tree, C2SP tlog-checkpoint (signed note), Ed25519 (RFC 8032).
"""
import argparse, base64, hashlib, json, pathlib, re, sys

# --- Ed25519, RFC 8032: y² - x² = 1 + d·x²·y² over the integers modulo P; points as (X, Y, Z, T)
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    w, x, y, z = f - e, d - c, d + c, f + e
    return w * x % P, y * z % P, x * y % P, w * z % P


def multiply(number, point):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def point_of(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public, text, signature):
    a, r, s = point_of(public), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if not a or not r or s >= L or same(multiply(8, a), (0, 1, 1, 0)) or same(multiply(8, r), (0, 1, 1, 0)):
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % L
    return same(multiply(s, BASE), add(r, multiply(h, a)))


# --- signed notes
def b64(text):
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not canonical base64")
    return data


def parse_key(text):
    name, digest, encoded = text.split("+", 2)
    data = b64(encoded)
    expected = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    if len(data) != 33 or data[0] != 1 or digest != expected.hex():
        raise ValueError("not an Ed25519 verifier key")
    return name, expected, data[1:]


def parse_checkpoint(note, key):
    text, signatures = note.split("\n\n", 1)
    origin, size, root = text.split("\n")
    if not signatures.endswith("\n") or not re.fullmatch("0|[1-9][0-9]*", size, re.ASCII) or len(b64(root)) != 32:
        raise ValueError("not a checkpoint")
    if origin != key[0]:
        raise ValueError("of another ledger")
    found = False
    for line in signatures[:-1].split("\n"):
        dash, name, encoded = line.split(" ")
        data = b64(encoded)
        if dash != "\u2014":
            raise ValueError("not a checkpoint")
        if name == key[0] and data[:4] == key[1]:
            if len(data) != 68 or not signed(key[2], (text + "\n").encode(), data[4:]):
                raise ValueError("wrong signature")
            found = True
    if not found:
        raise ValueError("not signed by the key of this ledger")
    return int(size), b64(root)


# --- hash tree, RFC 9162
def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


class Tree:
    def __init__(self):
        self.size, self.peaks = 0, []

    def push(self, leaf):
        size = self.size
        while size & 1:
            leaf, size = sha(b"\1", self.peaks.pop(), leaf), size >> 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self):
        root = self.peaks[-1] if self.peaks else sha()
        for peak in reversed(self.peaks[:-1]):
            root = sha(b"\1", peak, root)
        return root


def root_of_proof(index, size, leaf, path):
    node, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            root = sha(b"\1", sibling, root)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            root = sha(b"\1", root, sibling)
        node, last = node >> 1, last >> 1
    return root if last == 0 and index < size else None


# --- entries
def whole_numbers_only(text):
    raise ValueError("a fraction")


def parse_entry(line):
    text = line.decode("utf-8")
    entry = json.loads(text, parse_float=whole_numbers_only, parse_constant=whole_numbers_only)
    if sorted(entry) != ["at", "body", "kind", "seq", "site", "who"] or not isinstance(entry["body"], dict):
        raise ValueError("not an entry")
    if type(entry["seq"]) is not int or type(entry["at"]) is not int or not isinstance(entry["kind"], str):
        raise ValueError("not an entry")
    if json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")) != text:
        raise ValueError("not in the canonical form")
    return entry


def blobs_of(entry):
    def walk(value):
        if isinstance(value, dict):
            for name, inner in value.items():
                if name == "blob":
                    yield from inner if isinstance(inner, list) else [] if inner is None else [inner]
                else:
                    yield from walk(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from walk(inner)

    yield from walk(entry["body"])
    if entry["kind"].startswith("evidence.") and "sha256" in entry["body"]:
        yield entry["body"]["sha256"]


def lines_of(path, problem):
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                problem(f"{path.name}:{number}: the line is cut off")
            yield number, line.rstrip(b"\n") if line.endswith(b"\n") else line


def check_folder(folder, trusted, earlier, problem):
    key = None
    try:
        text = (folder / "public-key.txt").read_bytes().decode("utf-8")
        key = parse_key(text[:-1] if text.endswith("\n") else "")
        if trusted and key != trusted:
            problem("public-key.txt: not the expected key")
    except ValueError as error:
        problem(f"public-key.txt: {error}")
    key, checkpoint, witnessed = trusted or key, None, {}
    try:
        checkpoint = key and parse_checkpoint((folder / "checkpoint.txt").read_bytes().decode("utf-8"), key)
    except ValueError as error:
        problem(f"checkpoint.txt: {error}")
    for path in earlier:
        try:
            size, root = parse_checkpoint(path.read_bytes().decode("utf-8"), key)
            witnessed[size] = root
        except (ValueError, TypeError) as error:
            problem(f"{path.name}: {error}")
    leaves = []
    for number, line in lines_of(folder / "leaves.txt", problem):
        leaves.append(line.decode("ascii", "replace"))
        if not re.fullmatch("[0-9a-f]{64}", leaves[-1]):
            problem(f"leaves.txt:{number}: no hash")
    tree, expected, named = Tree(), 0, {}
    for number, line in lines_of(folder / "entries.jsonl", problem):
        seq, leaf = expected, sha(b"\0", line)
        try:
            entry = parse_entry(line)
            seq = entry["seq"]
            if seq != expected:
                problem(f"entries.jsonl:{number}: entry {expected} expected, {seq} found (dropped, inserted or moved)")
            for name in blobs_of(entry):
                named.setdefault(str(name), seq)
        except (ValueError, RecursionError) as error:
            problem(f"entries.jsonl:{number}: {error}")
        if 0 <= seq < len(leaves) and leaves[seq] != leaf.hex():
            problem(f"entries.jsonl:{number}: entry {seq} was edited, or leaves.txt:{seq + 1} was")
        tree.push(leaf)
        expected = seq + 1
        if witnessed.pop(tree.size, tree.root() if tree.size in witnessed else b"") not in (b"", tree.root()):
            problem(f"entries.jsonl:{number}: the first {tree.size} entries differ from the earlier checkpoint")
    for size in witnessed:
        problem(f"entries.jsonl: an earlier checkpoint has {size} entries, {tree.size} were found")
    if checkpoint:
        for name, found in (("entries.jsonl", tree.size), ("leaves.txt", len(leaves))):
            if found != checkpoint[0]:
                problem(f"{name}: {checkpoint[0]} entries were signed, {found} were found")
        if tree.size == checkpoint[0] and tree.root() != checkpoint[1]:
            problem("entries.jsonl: the entries do not give the root that was signed")
    return tree.size, check_blobs(folder / "blobs", named, problem)


def check_blobs(folder, named, problem):
    if not folder.is_dir():
        return f"{len(named)} blobs named but not in the export" if named else "no blobs named"
    for name, seq in named.items():
        path = folder / name[:2] / name[2:]
        if not re.fullmatch("[0-9a-f]{64}", name):
            problem(f"entry {seq}: names {name!r}, which is no hash")
        elif not path.is_file():
            problem(f"blob {name}: named by entry {seq}, missing")
        else:
            digest = hashlib.sha256()
            with open(path, "rb") as file:
                for part in iter(lambda: file.read(1 << 20), b""):
                    digest.update(part)
            if digest.hexdigest() != name:
                problem(f"blob {name}: named by entry {seq}, changed")
    return f"{len(named)} blobs"


def check_inclusion(path, key, problem):
    proof = json.loads(path.read_text("utf-8"))
    size, root = parse_checkpoint(proof["checkpoint"], key)
    line = proof["entry"].encode()
    if parse_entry(line)["seq"] != proof["seq"] or size != proof["size"]:
        problem("the proof is for another entry or size")
    hashes = [bytes.fromhex(text) for text in proof["hashes"]]
    if root_of_proof(proof["seq"], size, sha(b"\0", line), hashes) != root:
        problem(f"entry {proof['seq']} is not in the ledger that was signed")
    return 1, f"entry {proof['seq']} of {size}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=pathlib.Path)
    parser.add_argument("--key", help="public key, received by another way than the folder")
    parser.add_argument("--checkpoint", action="append", default=[], type=pathlib.Path, help="checkpoint received earlier")
    parser.add_argument("--inclusion", type=pathlib.Path, metavar="PROOF", help="check one entry's proof instead")
    arguments = parser.parse_args()
    problems = []

    def problem(text):
        problems.append(text)
        print(text)

    try:
        trusted = parse_key(arguments.key) if arguments.key else None
        if arguments.inclusion and trusted:
            count, rest = check_inclusion(arguments.inclusion, trusted, problem)
        elif arguments.folder and not arguments.inclusion:
            count, rest = check_folder(arguments.folder, trusted, arguments.checkpoint, problem)
        else:
            parser.error("give a folder, or --inclusion with --key")
    except OSError as error:
        print(f"can't be checked: {error}", file=sys.stderr)
        return 2
    except (ValueError, KeyError, TypeError) as error:
        problem(f"damaged: {error}")
        count, rest = 0, "stopped"
    print(f"{'NOT SOUND' if problems else 'sound'}: {count} entries, {rest}, {len(problems)} problems")
    if not trusted:
        print("note: the public key was taken from the folder itself; compare it with one received by another way")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
