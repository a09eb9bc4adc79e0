//! Files, folders and archives → sources.

use std::io::{Cursor, Write as _};

use evidence::{Gathered, Limits, gather};
use tempfile::TempDir;
use zip::write::{SimpleFileOptions, ZipWriter};

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join("in").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

fn gather_in(folder: &TempDir, limits: Limits) -> Gathered {
    gather(&[folder.path().join("in")], limits)
}

fn names(gathered: &Gathered) -> Vec<&str> {
    gathered.items().iter().map(|item| item.name.as_str()).collect()
}

fn refused(gathered: &Gathered) -> Vec<(&str, &str)> {
    gathered.refusals().iter().map(|(name, refusal)| (name.as_str(), refusal.message)).collect()
}

#[test]
fn folders_and_archives_are_listed_by_name() {
    let inner = zip(&[("deep.txt", b"deep")]);
    let outer = zip(&[("a.txt", b"a"), ("sub/inner.zip", &inner)]);
    let folder = folder(&[("b.txt", b"b"), ("a/c.txt", b"c"), ("z.zip", &outer)]);
    let gathered = gather_in(&folder, Limits::default());
    let expected = ["in/a/c.txt", "in/b.txt", "in/z.zip!/a.txt", "in/z.zip!/sub/inner.zip!/deep.txt"];
    assert_eq!(names(&gathered), expected);
    assert_eq!(refused(&gathered), []);
    let deep = &gathered.items()[3];
    assert_eq!(&*gathered.read(deep).unwrap(), b"deep");
    assert!(gathered.items()[1].modified_at.is_some());
}

#[test]
fn files_handed_in_together_find_each_other() {
    use evidence::importer::Neighbours as _;
    let gathered = Gathered::from_bytes("up.zip", zip(&[("x/a", b"1"), ("x/b", b"2")]), Limits::default());
    assert_eq!(gathered.find("up.zip!/x/b").as_deref(), Some(b"2".as_slice()));
    assert_eq!(gathered.find("x/b"), None);
}

#[test]
fn a_link_is_not_followed() {
    let folder = folder(&[("a.txt", b"a")]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("in/link")).unwrap();
    let gathered = gather_in(&folder, Limits::default());
    assert_eq!(names(&gathered), ["in/a.txt"]);
    #[cfg(unix)]
    assert_eq!(refused(&gathered), [("in/link", "refused-link")]);
}

#[test]
fn a_missing_path_is_refused_and_the_rest_is_taken() {
    let folder = folder(&[("a.txt", b"a")]);
    let gathered = gather(&[folder.path().join("gone"), folder.path().join("in/a.txt")], Limits::default());
    assert_eq!((names(&gathered), refused(&gathered)), (vec!["a.txt"], vec![("gone", "refused-cannot-open")]));
}

#[test]
fn a_file_at_the_limit_is_taken_and_one_byte_more_is_not() {
    let folder = folder(&[("four", b"1234"), ("five", b"12345"), ("z.zip", &zip(&[])[..0])]);
    let limits = Limits { file_bytes: 4, ..Limits::default() };
    let gathered = gather_in(&folder, limits);
    assert_eq!(
        (names(&gathered), refused(&gathered)),
        (vec!["in/four"], vec![("in/five", "refused-too-large"), ("in/z.zip", "refused-empty")])
    );
    let gathered = Gathered::from_files(vec![("4".into(), vec![0; 4]), ("5".into(), vec![0; 5])], limits);
    assert_eq!((names(&gathered), refused(&gathered)), (vec!["4"], vec![("5", "refused-too-large")]));
}

#[test]
fn what_an_archive_expands_to_is_limited_too() {
    let archive = zip(&[("a", &[0; 2_000]), ("b", &[0; 2_001])]);
    let gathered = Gathered::from_bytes("z.zip", archive.clone(), Limits { file_bytes: 2_000, ..Limits::default() });
    assert_eq!((names(&gathered), refused(&gathered)), (vec!["z.zip!/a"], vec![("z.zip!/b", "refused-archive-entry")]));
    let all = Limits { total_bytes: 4_001, ..Limits::default() };
    assert_eq!(Gathered::from_bytes("z.zip", archive.clone(), all).items().len(), 2);
    let less = Limits { total_bytes: 4_000, ..Limits::default() };
    let gathered = Gathered::from_bytes("z.zip", archive, less);
    assert!(gathered.items().len() < 2 && !gathered.refusals().is_empty());
}

#[test]
fn what_is_compressed_with_gzip_is_refused_also_inside_an_archive() {
    let gzip: &[u8] = b"\x1F\x8B\x08\0\0\0\0\0";
    let files = vec![("a.csv.gz".to_owned(), gzip.to_vec()), ("z.zip".to_owned(), zip(&[("b", gzip)]))];
    let gathered = Gathered::from_files(files, Limits::default());
    assert_eq!(refused(&gathered), [("a.csv.gz", "refused-gzip"), ("z.zip!/b", "refused-gzip")]);
    let on_disk = gather_in(&folder(&[("c.gz", gzip)]), Limits::default());
    assert_eq!(refused(&on_disk), [("in/c.gz", "refused-gzip")]);
}

#[test]
fn the_total_and_the_number_of_files_are_limited() {
    let files = |count: usize| (0..count).map(|number| (number.to_string(), vec![0; 3])).collect::<Vec<_>>();
    let limits = Limits { total_bytes: 9, ..Limits::default() };
    assert_eq!(Gathered::from_files(files(3), limits).refusals(), []);
    assert_eq!(refused(&Gathered::from_files(files(4), limits)), [("3", "refused-too-large")]);
    let limits = Limits { files: 3, ..Limits::default() };
    assert_eq!(Gathered::from_files(files(3), limits).refusals(), []);
    assert_eq!(refused(&Gathered::from_files(files(4), limits)), [("3", "refused-too-many-files")]);
}

#[test]
fn folders_and_archives_may_lie_only_so_deep() {
    let folder = folder(&[("a/b/file", b"x")]);
    let depth = |depth| Limits { depth, ..Limits::default() };
    assert_eq!(names(&gather_in(&folder, depth(3))), ["in/a/b/file"]);
    assert_eq!(refused(&gather_in(&folder, depth(2))), [("in/a/b", "refused-too-deep")]);
    let nested = zip(&[("one.zip", &zip(&[("file", b"x")]))]);
    let gathered = Gathered::from_bytes("z.zip", nested.clone(), depth(2));
    assert_eq!(names(&gathered), ["z.zip!/one.zip!/file"]);
    let gathered = Gathered::from_bytes("z.zip", nested, depth(1));
    assert_eq!(refused(&gathered), [("z.zip!/one.zip", "refused-too-deep")]);
}

#[test]
fn archives_full_of_archives_come_to_an_end() {
    let empty = zip(&[]);
    let many: Vec<(String, &[u8])> = (0..20).map(|number| (format!("{number}.zip"), empty.as_slice())).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let gathered = Gathered::from_bytes("z.zip", zip(&many), Limits { files: 10, ..Limits::default() });
    let stopped = refused(&gathered).iter().filter(|(_, message)| *message == "refused-too-many-files").count();
    assert_eq!(stopped, 11, "ten archives were opened, the outer one among them");
}

#[test]
fn a_damaged_archive_is_refused() {
    let gathered = Gathered::from_bytes("z.zip", b"PK\x03\x04 and nothing else".to_vec(), Limits::default());
    assert_eq!(refused(&gathered), [("z.zip", "refused-bad-archive")]);
}
