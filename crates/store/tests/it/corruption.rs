//! An export that was tampered with is found by us and by the independent verifier.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use store::ledger::{self, PublicKey};
use testkit::{TestStore, test_ledger};

/// A small generator of reproducible numbers (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % end
    }
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy_all(&path, &target) } else { fs::copy(&path, &target).map(|_| ()).unwrap() }
    }
}

fn list_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(list_files(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

fn edit_lines(path: &Path, edit: impl FnOnce(&mut Vec<Vec<u8>>)) {
    let bytes = fs::read(path).unwrap();
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    edit(&mut lines);
    fs::write(path, lines.concat()).unwrap();
}

/// Damages the copy in one random way; says how.
fn damage(folder: &Path, turn: usize, numbers: &mut Numbers) -> String {
    let lines_file = folder.join(["entries.jsonl", "leaves.txt"][numbers.below(2)]);
    let name = lines_file.file_name().unwrap().to_string_lossy().into_owned();
    let line = numbers.below(20);
    match turn % 6 {
        0 => {
            let digit = numbers.below(9);
            edit_lines(&folder.join("entries.jsonl"), |lines| {
                let text = String::from_utf8(lines[line].clone()).unwrap();
                lines[line] = text.replace("監査.csv", &format!("監{digit}.csv")).into_bytes();
            });
            format!("edited entry {line}")
        }
        1 => {
            let other = (line + 1 + numbers.below(19)) % 20;
            edit_lines(&lines_file, |lines| lines.swap(line, other));
            format!("swapped {line} and {other} of {name}")
        }
        2 => {
            edit_lines(&lines_file, |lines| drop(lines.remove(line)));
            format!("dropped {line} of {name}")
        }
        3 => {
            let length = fs::metadata(&lines_file).unwrap().len();
            let cut = 1 + u64::try_from(numbers.below(usize::try_from(length).unwrap() - 1)).unwrap();
            fs::OpenOptions::new().write(true).open(&lines_file).unwrap().set_len(length - cut).unwrap();
            format!("cut {cut} bytes off {name}")
        }
        4 => {
            let files: Vec<PathBuf> =
                list_files(folder).into_iter().filter(|file| !file.ends_with("README.txt")).collect();
            let file = &files[numbers.below(files.len())];
            let mut bytes = fs::read(file).unwrap();
            let (at, bit) = (numbers.below(bytes.len()), numbers.below(8));
            bytes[at] ^= 1 << bit;
            fs::write(file, bytes).unwrap();
            format!("flipped bit {bit} of byte {at} of {}", file.strip_prefix(folder).unwrap().display())
        }
        _ => {
            let blobs = list_files(&folder.join("blobs"));
            let files = [folder.join("checkpoint.txt"), blobs[numbers.below(blobs.len())].clone()];
            let file = &files[numbers.below(2)];
            fs::remove_file(file).unwrap();
            format!("removed {}", file.strip_prefix(folder).unwrap().display())
        }
    }
}

fn verifier() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/verify_ledger.py")
}

/// Exit code of the independent verifier; `None` if there is no Python.
fn run_python(arguments: &[&str]) -> Option<(i32, String)> {
    let output = Command::new("python3").arg(verifier()).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    Some((output.status.code().unwrap(), text))
}

fn exported(store: &TestStore) -> (PathBuf, PublicKey) {
    let ledger = test_ledger().unwrap();
    crate::ledger::fill(store, &ledger, 20);
    let folder = store.folder().join("export");
    let key = ledger.public_key();
    let counts = ledger::export(&store.database, Some(&store.blobs), &key, &folder).unwrap();
    assert_eq!((counts.entries, counts.blobs), (20, 20));
    (folder, key)
}

#[test]
fn an_untouched_export_is_sound() {
    let store = TestStore::sqlite(&[]).unwrap();
    let (folder, key) = exported(&store);
    let found = ledger::verify_export(&folder, Some(&key)).unwrap();
    assert!(found.is_sound(), "{:?}", found.problems);
    assert_eq!((found.entries, found.blobs, found.blobs_unchecked), (20, 20, 0));
    match run_python(&[folder.to_str().unwrap(), "--key", &key.to_string()]) {
        Some((code, text)) => assert_eq!(code, 0, "{text}"),
        None => println!("SKIPPED: no python3"),
    }
}

#[test]
fn every_damage_to_an_export_is_found_by_both_verifiers() {
    let store = TestStore::sqlite(&[]).unwrap();
    let (folder, key) = exported(&store);
    let mut numbers = Numbers(20_261_120);
    for turn in 0..60 {
        let copy = store.folder().join(format!("copy{turn}"));
        copy_all(&folder, &copy);
        let what = damage(&copy, turn, &mut numbers);
        let found = ledger::verify_export(&copy, Some(&key)).unwrap();
        assert!(!found.is_sound(), "not found: {what}");
        match run_python(&[copy.to_str().unwrap(), "--key", &key.to_string()]) {
            Some((code, text)) => {
                assert!(code == 1 || what.starts_with("removed") && code == 2, "{what}: {code} {text}")
            }
            None => println!("SKIPPED: no python3"),
        }
    }
}

#[test]
fn the_proof_of_one_entry_is_checked_without_the_ledger() {
    let store = TestStore::sqlite(&[]).unwrap();
    let (_, key) = exported(&store);
    let mut proof = store.database.read(|tx| ledger::inclusion_document(tx, 13)).unwrap();
    let path = store.folder().join("proof.json");
    fs::write(&path, proof.to_string()).unwrap();
    let run = || run_python(&["--inclusion", path.to_str().unwrap(), "--key", &key.to_string()]);
    let Some((code, text)) = run() else {
        println!("SKIPPED: no python3");
        return;
    };
    assert_eq!(code, 0, "{text}");
    let entry = proof["entry"].as_str().unwrap().replace("佐藤", "鈴木");
    proof["entry"] = entry.into();
    fs::write(&path, proof.to_string()).unwrap();
    assert_eq!(run().unwrap().0, 1);
}
