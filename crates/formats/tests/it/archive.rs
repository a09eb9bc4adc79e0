//! Archives are expanded within limits, and nothing in them can point outside.

use std::io::{Cursor, Write as _};

use formats::archive::{ArchiveError, Limits, RefusedReason, check, expand, looks_like_zip};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub(crate) fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in entries {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Replaces a name of the same length in the local and the central header, and clears the UTF-8 flag.
fn rename(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    for at in 0..bytes.len().saturating_sub(from.len()) {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
    }
    for at in 0..bytes.len().saturating_sub(10) {
        if bytes[at..].starts_with(b"PK\x03\x04") {
            bytes[at + 7] &= !0x08;
        }
        if bytes[at..].starts_with(b"PK\x01\x02") {
            bytes[at + 9] &= !0x08;
        }
    }
    bytes
}

fn names(bytes: &[u8]) -> Vec<String> {
    expand(bytes, &Limits::default()).unwrap().files.into_iter().map(|file| file.name).collect()
}

fn refusal(bytes: &[u8]) -> Option<RefusedReason> {
    let expansion = expand(bytes, &Limits::default()).unwrap();
    expansion.refused.into_iter().next().map(|refused| refused.reason)
}

#[test]
fn files_come_out_as_they_went_in() {
    let bytes = zip_of(&[("a.txt", b"alpha"), ("folder/台帳.csv", b"beta")]);
    let expansion = expand(&bytes, &Limits::default()).unwrap();
    assert!(looks_like_zip(&bytes));
    assert!(expansion.refused.is_empty());
    assert_eq!(expansion.files[0].bytes, b"alpha");
    assert_eq!(expansion.files[1].name, "folder/台帳.csv");
    assert!(expansion.files[0].modified.is_some());
}

#[test]
fn a_name_without_the_utf8_flag_is_read_as_cp932() {
    let bytes = rename(zip_of(&[("abcdefgh.csv", b"x")]), b"abcdefgh", b"\x8e\x91\x8eY\x91\xe4\x92\xa0");
    assert_eq!(names(&bytes), ["資産台帳.csv"]);
}

#[test]
fn a_backslash_between_folders_is_a_folder() {
    assert_eq!(names(&rename(zip_of(&[("a/b.txt", b"x")]), b"a/b.txt", b"a\\b.txt")), ["a/b.txt"]);
}

#[test]
fn a_name_that_points_outside_is_refused() {
    for name in [
        &b"../evil.txt"[..],
        b"..\\evil.txt",
        b"/abs/ev.txt",
        b"C:\\evl.txt.",
        b"a/../ev.txt",
        b"\\\\srv\\e.txt",
        b"a\0/evil.txt",
    ] {
        let from = &b"xxxxxxxxxxxx"[..name.len()];
        let bytes = rename(zip_of(&[(std::str::from_utf8(from).unwrap(), b"x")]), from, name);
        assert_eq!(refusal(&bytes), Some(RefusedReason::UnsafeName), "{}", name.escape_ascii());
    }
}

#[test]
fn a_second_name_that_differs_in_case_only_is_refused() {
    assert_eq!(refusal(&zip_of(&[("A.txt", b"1"), ("a.TXT", b"2")])), Some(RefusedReason::Duplicate));
}

#[test]
fn a_symbolic_link_is_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    assert_eq!(refusal(&writer.finish().unwrap().into_inner()), Some(RefusedReason::Symlink));
}

#[test]
fn an_encrypted_entry_is_refused() {
    let mut bytes = zip_of(&[("a.txt", b"x")]);
    for at in 0..bytes.len() - 10 {
        if bytes[at..].starts_with(b"PK\x03\x04") {
            bytes[at + 6] |= 1;
        }
        if bytes[at..].starts_with(b"PK\x01\x02") {
            bytes[at + 8] |= 1;
        }
    }
    assert_eq!(refusal(&bytes), Some(RefusedReason::Encrypted));
}

#[test]
fn a_bomb_is_refused_before_it_grows() {
    let bytes = zip_of(&[("bomb", &vec![0_u8; 8 << 20])]);
    assert!(bytes.len() < 20_000);
    assert!(matches!(expand(&bytes, &Limits::default()), Err(ArchiveError::Ratio { entry: 1, .. })));
    assert!(matches!(check(&bytes, &Limits::default(), &mut |_, _| ()), Err(ArchiveError::Ratio { .. })));
}

#[test]
fn a_bomb_that_lies_about_its_size_is_refused() {
    let mut bytes = zip_of(&[("bomb", &vec![0_u8; 8 << 20])]);
    let size = u32::to_le_bytes(8 << 20);
    for at in 0..bytes.len() - 4 {
        if bytes[at..].starts_with(&size) {
            bytes[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
        }
    }
    match expand(&bytes, &Limits::default()) {
        Ok(expansion) => assert!(expansion.files.iter().all(|file| file.bytes.len() <= 1 << 20)),
        Err(err) => assert!(matches!(err, ArchiveError::Ratio { .. }), "{err}"),
    }
}

#[test]
fn every_limit_holds_at_the_limit_and_fails_one_above() {
    let bytes = zip_of(&[("a", &[7_u8; 100]), ("b", &[8_u8; 100])]);
    let limits = Limits { entries: 2, entry_bytes: 100, total_bytes: 200, ..Limits::default() };
    assert_eq!(expand(&bytes, &limits).unwrap().files.len(), 2);
    let few = Limits { entries: 1, ..limits };
    assert!(matches!(expand(&bytes, &few), Err(ArchiveError::TooManyEntries { found: 2, limit: 1 })));
    let small = Limits { entry_bytes: 99, ..limits };
    assert_eq!(expand(&bytes, &small).unwrap().refused[0].reason, RefusedReason::TooLarge { limit: 99 });
    let total = Limits { total_bytes: 199, ..limits };
    assert!(matches!(expand(&bytes, &total), Err(ArchiveError::TotalTooLarge { limit: 199, entry: 2 })));
    let archive = Limits { archive_bytes: 10, ..limits };
    assert!(matches!(expand(&bytes, &archive), Err(ArchiveError::ArchiveTooLarge { .. })));
}

#[test]
fn archives_inside_each_other_end_at_the_depth() {
    let inner = zip_of(&[("a", b"x")]);
    let limits = Limits { depth: 1, ..Limits::default() };
    assert!(expand(&inner, &limits).is_ok());
    assert!(matches!(expand(&inner, &limits.nested(0)), Err(ArchiveError::TooDeep)));
    assert_eq!(limits.nested(1 << 29).total_bytes, 1 << 29);
}

#[test]
fn a_cut_archive_is_an_error_at_every_byte() {
    let bytes = zip_of(&[("a.txt", b"alpha"), ("b.txt", b"beta")]);
    for end in 0..bytes.len() {
        let _ = expand(&bytes[..end], &Limits::default());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn changed_bytes_never_panic(changes in proptest::collection::vec((0_usize..300, any::<u8>()), 1..8)) {
        let mut bytes = zip_of(&[("a.txt", b"alpha alpha alpha alpha"), ("b.txt", b"beta")]);
        for (at, byte) in changes {
            let length = bytes.len();
            bytes[at % length] = byte;
        }
        let _ = expand(&bytes, &Limits::default());
    }
}
