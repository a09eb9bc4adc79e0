//! What the generated evidence has to be: repeatable, in the real formats, with every weakness where it is said to be.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod week;

use std::collections::BTreeSet;
use std::io::Read as _;

use demo_hospital::{DemoError, MAX_EXTRA_ASSETS, Options, Site, SiteKind, generate};

fn options(extra_assets: u32) -> Options {
    Options { today: "2026-11-20".parse().unwrap(), extra_assets, seed: 7 }
}

fn site(id: &str) -> Site {
    generate(&options(0)).unwrap().into_iter().find(|site| site.id == id).unwrap()
}

fn bytes(site: &Site, path: &str) -> Vec<u8> {
    let file = site.files.iter().find(|file| file.path == path);
    file.unwrap_or_else(|| panic!("{} has no {path}", site.id)).bytes.clone()
}

fn utf16(bytes: &[u8]) -> String {
    assert_eq!(bytes[..2], [0xff, 0xfe]);
    let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).unwrap()
}

fn cp932(bytes: &[u8]) -> String {
    let (text, _, damaged) = encoding_rs::SHIFT_JIS.decode(bytes);
    assert!(!damaged);
    text.into_owned()
}

/// Every XML part of a workbook in one text.
fn workbook_text(bytes: Vec<u8>) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    for index in 0..archive.len() {
        archive.by_index(index).unwrap().read_to_string(&mut text).unwrap();
    }
    text
}

/// The ledger of a site as text, whatever its format.
fn ledger(site: &Site) -> String {
    match site.id {
        "minato" => workbook_text(bytes(site, "資産台帳.xlsx")),
        "sakuragawa" => ["資産台帳.csv", "外部接続.csv", "事業者.csv"].map(|path| cp932(&bytes(site, path))).concat(),
        _ => ["台帳.csv", "外部接続.csv", "事業者.csv"]
            .map(|path| String::from_utf8(bytes(site, path)).unwrap())
            .concat(),
    }
}

#[test]
fn equal_options_give_equal_bytes() {
    assert_eq!(generate(&options(50)).unwrap(), generate(&options(50)).unwrap());
}

#[test]
fn another_seed_keeps_the_weaknesses() {
    let other = generate(&Options { seed: 8, ..options(0) }).unwrap();
    let one = generate(&options(0)).unwrap();
    assert_ne!(one, other);
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one.planted, other.planted);
    }
}

#[test]
fn another_day_moves_every_relative_date() {
    let later = generate(&Options { today: "2027-06-01".parse().unwrap(), ..options(0) }).unwrap();
    let list = String::from_utf8(bytes(&later[0], "intel/known_exploited_vulnerabilities.json")).unwrap();
    assert!(list.contains("2027-05-29T09:00:00.0000Z"));
    assert!(list.contains("\"dateAdded\": \"2021-11-03\""));
}

#[test]
fn there_are_two_hospitals_and_a_clinic() {
    let sites = generate(&options(0)).unwrap();
    let shape: Vec<_> = sites.iter().map(|site| (site.id, site.kind, site.beds, site.has_directory)).collect();
    let hospital = SiteKind::Hospital;
    let expected =
        [("minato", hospital, 850, true), ("sakuragawa", hospital, 120, true), ("hibari", SiteKind::Clinic, 0, false)];
    assert_eq!(shape, expected);
}

#[test]
fn the_number_of_assets_is_as_described() {
    let rows = |path: &str, site: &Site| bytes(site, path).windows(6).filter(|window| window == b"<host ").count();
    assert_eq!(rows("nmap/院内スキャン.xml", &site("minato")), 421);
    assert_eq!(rows("nmap/院内スキャン.xml", &site("sakuragawa")), 90);
    assert_eq!(rows("nmap/院内スキャン.xml", &site("hibari")), 13);
}

#[test]
fn at_least_fourteen_weaknesses_lie_in_three_sites_under_unique_names() {
    let sites = generate(&options(0)).unwrap();
    let planted: Vec<_> = sites.iter().flat_map(|site| &site.planted).collect();
    let names: BTreeSet<&str> = planted.iter().map(|planted| planted.id).collect();
    assert!(planted.len() >= 14, "{}", planted.len());
    assert_eq!(names.len(), planted.len());
    assert!(sites.iter().all(|site| site.planted.len() >= 3));
}

#[test]
fn every_planted_subject_stands_in_the_evidence() {
    for site in generate(&options(0)).unwrap() {
        let ledger = ledger(&site);
        for planted in &site.planted {
            let (kind, id) = planted.subject.split_once(':').unwrap();
            let text = |path: &str| String::from_utf8(bytes(&site, path)).unwrap();
            let stands = match (kind, id.rsplit_once('/')) {
                ("asset", Some((_, name))) => text("nmap/院内スキャン.xml").contains(name) && !ledger.contains(name),
                ("account", _) => text("AD/ad_users.csv").contains(&format!("\"{id}\"")),
                ("policy", _) => site.files.iter().any(|file| file.path.ends_with(&format!("{id}_secedit.inf"))),
                _ => ledger.contains(id),
            };
            assert!(stands, "{} {}", planted.id, planted.subject);
        }
    }
}

#[test]
fn every_planted_check_is_one_of_the_packs() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/checks");
    let packs: String = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    for site in generate(&options(0)).unwrap() {
        for planted in &site.planted {
            assert!(packs.contains(&format!("id = \"{}\"", planted.check)), "{}", planted.check);
        }
    }
}

#[test]
fn every_path_is_relative_and_unique() {
    for site in generate(&options(0)).unwrap() {
        let paths: BTreeSet<&str> = site.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths.len(), site.files.len());
        assert!(paths.iter().all(|path| !path.starts_with('/') && !path.contains("..") && !path.contains('\\')));
    }
}

#[test]
fn office_files_of_the_small_hospital_are_cp932_with_windows_line_ends() {
    let site = site("sakuragawa");
    let ledger = bytes(&site, "資産台帳.csv");
    assert!(String::from_utf8(ledger.clone()).is_err());
    let text = cp932(&ledger);
    assert!(text.starts_with("資産番号,名称,端末名,IP,"));
    assert!(text.lines().count() == 91 && text.matches("\r\n").count() == 91);
    assert!(cp932(&bytes(&site, "人事/退職者.csv")).starts_with("アカウント名,退職日\r\n"));
}

#[test]
fn files_of_the_clinic_are_utf8_with_a_byte_order_mark() {
    let ledger = bytes(&site("hibari"), "台帳.csv");
    assert!(ledger.starts_with(b"\xef\xbb\xbf"));
    assert!(String::from_utf8(ledger).unwrap().contains("受付PC"));
}

#[test]
fn the_workbook_has_three_sheets_and_lines_above_the_header() {
    let text = workbook_text(bytes(&site("minato"), "資産台帳.xlsx"));
    for word in
        ["name=\"資産台帳\"", "name=\"外部接続\"", "name=\"事業者\"", "令和8年度 情報資産台帳", "令和8年11月12日"]
    {
        assert!(text.contains(word), "{word}");
    }
}

#[test]
fn security_policies_are_utf16_with_windows_line_ends() {
    for (id, path, line) in [
        ("minato", "secedit/FS01_secedit.inf", "Terminal Services\\UserAuthentication=4,0\r\n"),
        ("sakuragawa", "secedit/DC01_secedit.inf", "LockoutBadCount = 0\r\n"),
        ("hibari", "secedit/受付PC_secedit.inf", "MinimumPasswordLength = 14\r\n"),
        (
            "minato",
            "GPO/{5D0C2A11-7B34-4E0F-9C51-0A1B2C3D4E5F}/DomainSysvol/GPO/Machine/microsoft/windows nt/SecEdit/GptTmpl.inf",
            "LockoutBadCount = 10\r\n",
        ),
    ] {
        let text = utf16(&bytes(&site(id), path));
        assert!(text.contains(line), "{path}");
        assert!(!text.replace("\r\n", "").contains('\n'));
    }
}

/// One value of a registry.pol.
struct Entry {
    key: String,
    name: String,
    kind: u32,
    content: Vec<u8>,
}

/// A reader of registry.pol written from the format alone.
fn read_registry_pol(bytes: &[u8]) -> Vec<Entry> {
    assert_eq!(&bytes[..8], b"PReg\x01\0\0\0");
    let mut at = 8;
    let unit = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
    let number = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let text = |at: &mut usize| {
        let mut units = Vec::new();
        while unit(*at) != 0 {
            units.push(unit(*at));
            *at += 2;
        }
        *at += 2;
        String::from_utf16(&units).unwrap()
    };
    let mark = |at: &mut usize, mark: char| {
        assert_eq!(u32::from(unit(*at)), u32::from(mark), "at byte {at}");
        *at += 2;
    };
    let mut entries = Vec::new();
    while at < bytes.len() {
        mark(&mut at, '[');
        let key = text(&mut at);
        mark(&mut at, ';');
        let name = text(&mut at);
        mark(&mut at, ';');
        let kind = number(at);
        at += 4;
        mark(&mut at, ';');
        let size = usize::try_from(number(at)).unwrap();
        at += 4;
        mark(&mut at, ';');
        let content = bytes[at..at + size].to_vec();
        at += size;
        mark(&mut at, ']');
        entries.push(Entry { key, name, kind, content });
    }
    entries
}

#[test]
fn an_independent_reader_understands_registry_pol() {
    let site = site("minato");
    let file = site.files.iter().find(|file| file.path.ends_with("registry.pol")).unwrap();
    let entries = read_registry_pol(&file.bytes);
    let find =
        |key: &str, name: &str| entries.iter().find(|entry| entry.key.ends_with(key) && entry.name == name).unwrap();
    let nla = find(r"Windows NT\Terminal Services", "UserAuthentication");
    assert_eq!((nla.kind, nla.content.as_slice()), (4, [1, 0, 0, 0].as_slice()));
    let policy = find(r"Windows\PowerShell", "ExecutionPolicy");
    assert_eq!((policy.kind, policy.content.len()), (1, "AllSigned\0".len() * 2));
    assert!(entries.iter().all(|entry| !entry.key.starts_with("HKLM")));
}

#[test]
fn every_setting_the_fact_dictionary_knows_is_written() {
    let dictionary = include_str!("../../../../packs/facts/policy.toml").parse::<toml::Table>().unwrap();
    let text = utf16(&bytes(&site("minato"), "secedit/DC01_secedit.inf")).to_lowercase();
    for fact in dictionary["fact"].as_array().unwrap() {
        let field = |name: &str| fact.get(name).and_then(toml::Value::as_str).map(str::to_lowercase);
        if let Some(name) = field("secedit").or(field("right")) {
            assert!(text.contains(&format!("\r\n{name} = ")), "{name}");
        }
        for place in fact.get("registry").and_then(toml::Value::as_array).into_iter().flatten() {
            let place = place.as_str().unwrap().to_lowercase().replace("hklm\\", "machine\\").replace('!', "\\");
            assert!(text.contains(&format!("\r\n{place}=")), "{place}");
        }
    }
}

#[test]
fn every_statement_is_readable_and_one_of_each_site_is_past_its_date() {
    let today: base::Date = "2026-11-20".parse().unwrap();
    for site in generate(&options(0)).unwrap() {
        let papers = site.files.iter().filter(|file| file.path.starts_with("書類/"));
        let dates: Vec<base::Date> = papers
            .map(|file| {
                let table = String::from_utf8(file.bytes.clone()).unwrap().parse::<toml::Table>().unwrap();
                assert_eq!(table["mamori_statement"].as_integer(), Some(1));
                table["valid_until"].as_str().unwrap().parse().unwrap()
            })
            .collect();
        assert_eq!(dates.iter().filter(|date| **date < today).count(), 1, "{}", site.id);
    }
}

#[test]
fn statements_and_answers_use_the_words_of_the_frameworks() {
    let known = [
        include_str!("../../../../packs/documents/documents.toml"),
        include_str!("../../../../packs/frameworks/executive-18.toml"),
        include_str!("../../../../packs/frameworks/mhlw-r7-hospital.toml"),
    ]
    .concat();
    let stands = |field: &str, value: &toml::Value| {
        let value = value.as_str().unwrap();
        assert!(known.contains(&format!("{field} = \"{value}\"")), "{field} {value}");
    };
    for site in generate(&options(0)).unwrap() {
        for file in site.files.iter().filter(|file| file.path.ends_with(".toml")) {
            let table = String::from_utf8(file.bytes.clone()).unwrap().parse::<toml::Table>().unwrap();
            if file.path.starts_with("書類/") {
                stands("kind", &table["kind"]);
                table["sections"].as_array().unwrap().iter().for_each(|section| stands("id", section));
            } else {
                table["claim"].as_array().unwrap().iter().for_each(|claim| stands("id", &claim["item"]));
            }
        }
    }
}

#[test]
fn size_grows_in_proportion_to_the_extra_assets() {
    let size = |extra| {
        let site = generate(&options(extra)).unwrap().into_iter().find(|site| site.id == "minato").unwrap();
        let scan = bytes(&site, "nmap/院内スキャン.xml").len();
        (scan, site.files.iter().map(|file| file.bytes.len()).sum::<usize>())
    };
    let (none, more, most) = (size(0), size(400), size(800));
    for (first, second) in [(more.0 - none.0, most.0 - more.0), (more.1 - none.1, most.1 - more.1)] {
        assert!(first.abs_diff(second) * 20 < first, "{first} {second}");
    }
}

#[test]
fn one_asset_more_than_allowed_is_refused() {
    let found = generate(&options(MAX_EXTRA_ASSETS + 1));
    assert!(matches!(found, Err(DemoError::TooManyAssets { asked }) if asked == MAX_EXTRA_ASSETS + 1));
}
