//! Files that are damaged, or made to do harm.

use crate::world::{World, asset_ledger, files_below, secedit, zip};

const NMAP_HEAD: &str = r#"<?xml version="1.0"?><nmaprun scanner="nmap" args="nmap" start="1794830400" version="7.93" xmloutputversion="1.05">"#;

#[test]
fn a_truncated_scan_says_nothing_and_what_to_do() {
    let world = World::new();
    world.write(
        "scan.xml",
        format!(
            "{NMAP_HEAD}<host><status state=\"up\"/><address addr=\"10.0.0.1\" addrtype=\"ipv4\"/><ports><port pro"
        ),
    );
    let ran = world.run(&["import", "--yes", "--json", "scan.xml"]);
    assert!(!ran.err.contains("panicked"), "{ran:?}");
    assert_eq!(ran.code, Some(3), "{ran:?}");
    world.assert_sound();
}

#[test]
fn files_with_flipped_bits_never_stop_the_program() {
    let world = World::new();
    let good =
        [("a_secedit.inf", secedit(5)), ("資産台帳.csv", asset_ledger(&["A-1,受付,pc1,10.0.0.1,端末"]).into_bytes())];
    for (name, bytes) in &good {
        for step in 0..12 {
            let mut damaged = bytes.clone();
            let place = step * bytes.len() / 12;
            damaged[place] ^= 1 << (step % 8);
            world.write(&format!("壊れた/{step}/{name}"), damaged);
        }
    }
    let ran = world.run(&["import", "--yes", "--json", "壊れた"]);
    assert!(matches!(ran.code, Some(0 | 3)), "{ran:?}");
    assert_eq!(ran.json().len(), 24, "{ran:?}");
    world.assert_sound();
}

#[test]
fn a_ledger_in_shift_jis_is_read_and_one_in_no_encoding_is_kept_without_facts() {
    let world = World::new();
    // アカウント名,退職日 / ns001,2026-10-01 in Shift_JIS.
    let sjis = b"\x83A\x83J\x83E\x83\x93\x83g\x96\xbc,\x91\xde\x90E\x93\xfa\r\nns001,2026-10-01\r\n";
    world.write("退職者.csv", sjis);
    assert_eq!(world.import("退職者.csv")["state"], "applied");
    world.write("不明.csv", b"\xff\x80\x00\xd8,\x81\r\n\xff,\xfe\x81\x20\r\n");
    let answer = world.import("不明.csv");
    assert_ne!(answer["state"], "applied", "{answer}");
    assert_eq!(answer["facts"], 0);
}

#[test]
fn a_zip_bomb_is_refused_and_its_good_neighbour_is_read() {
    let world = World::new();
    let bomb = vec![0_u8; 64 << 20];
    world.write("爆弾.zip", zip(&[("bomb.csv", &bomb), ("PC1_secedit.inf", &secedit(5))]));
    let ran = world.run(&["import", "--yes", "--json", "爆弾.zip"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let answers = ran.json();
    let state = |end: &str| {
        answers
            .iter()
            .find(|answer| answer["name"].as_str().unwrap().ends_with(end))
            .map(|answer| answer["state"].as_str().unwrap())
    };
    assert_ne!(state("bomb.csv"), Some("applied"), "{answers:?}");
    assert!(files_below(&world.data().join("blobs")).iter().all(|path| path.metadata().unwrap().len() < 1 << 20));
    world.assert_sound();
}

#[test]
fn a_path_out_of_an_archive_is_refused_and_nothing_is_written_there() {
    let world = World::new();
    world.write(
        "in/道.zip",
        zip(&[("../../逃げた.csv", b"a,b\n"), ("/tmp/逃げた.csv", b"a,b\n"), ("PC1_secedit.inf", &secedit(5))]),
    );
    let ran = world.run(&["import", "--yes", "--json", "in/道.zip"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.out.contains("refused") && ran.out.contains("展開して"), "{ran:?}");
    assert!(!world.path("逃げた.csv").exists() && !std::path::Path::new("/tmp/逃げた.csv").exists());
    assert!(ran.json().iter().any(|answer| answer["state"] == "applied"), "{ran:?}");
}

#[test]
fn an_archive_in_an_archive_is_opened_and_one_too_deep_is_refused() {
    let world = World::new();
    let inner = zip(&[("PC1_secedit.inf", &secedit(5))]);
    world.write("二重.zip", zip(&[("中.zip", &inner)]));
    let answer = world.import("二重.zip");
    assert_eq!(
        (answer["state"].as_str(), answer["name"].as_str()),
        (Some("applied"), Some("二重.zip!/中.zip!/PC1_secedit.inf"))
    );
    let mut deep = zip(&[("PC2_secedit.inf", &secedit(6))]);
    for _ in 0..20 {
        deep = zip(&[("中.zip", &deep)]);
    }
    world.write("深い.zip", deep);
    let ran = world.run(&["import", "--yes", "深い.zip"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.out.contains("深すぎます"), "{ran:?}");
}

#[test]
fn entities_that_multiply_are_not_expanded() {
    let world = World::new();
    let mut dtd = "<!ENTITY a0 \"ああああああああああ\">".to_owned();
    for level in 1..12 {
        let inner = format!("&a{};", level - 1).repeat(10);
        dtd.push_str(&format!("<!ENTITY a{level} \"{inner}\">"));
    }
    world.write("bomb.xml", format!("<?xml version=\"1.0\"?><!DOCTYPE nmaprun [{dtd}]><nmaprun scanner=\"nmap\" version=\"7.93\"><host>&a11;</host></nmaprun>"));
    let started = std::time::Instant::now();
    let ran = world.run(&["import", "--yes", "--json", "bomb.xml"]);
    assert!(matches!(ran.code, Some(0 | 3)), "{ran:?}");
    assert!(started.elapsed().as_secs() < 20 && ran.out.len() < 10_000);
    assert_eq!(ran.json()[0]["facts"], 0);
}

#[test]
fn ten_gigabytes_are_refused_by_the_limit_without_being_read() {
    let world = World::new();
    world.write("mamori.toml", "[limits]\nfile_mb = 1\n");
    std::fs::File::create(world.path("巨大.csv")).unwrap().set_len(10 << 30).unwrap();
    let started = std::time::Instant::now();
    let ran = world.run(&["import", "--yes", "巨大.csv"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.out.contains("10240 MB") && ran.out.contains("limits"), "{ran:?}");
    assert!(started.elapsed().as_secs() < 20);
    assert!(files_below(&world.data().join("blobs")).is_empty());
}

#[test]
fn the_limits_hold_inside_archives_and_for_the_number_of_files() {
    let world = World::new();
    world.write("mamori.toml", "[limits]\nfile_mb = 1\nfiles = 3\n");
    let big: Vec<u8> = (0_u32..700_000).flat_map(u32::to_le_bytes).collect();
    world.write("大.zip", zip(&[("big.bin", &big)]));
    let ran = world.run(&["import", "--yes", "大.zip"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(files_below(&world.data().join("blobs")).is_empty(), "{ran:?}");
    for number in 0..5 {
        world.write(&format!("多い/{number}.inf"), secedit(number));
    }
    let ran = world.run(&["import", "--yes", "多い"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.out.contains("ファイルが多すぎます"), "{ran:?}");
}

#[test]
fn formulas_of_a_ledger_come_out_as_text_everywhere() {
    let world = World::new();
    let rows = [
        "A-1,\"=HYPERLINK(\"\"http://x.invalid\"\")\",pc1,10.0.0.1,端末",
        "A-2,+cmd|' /C calc'!A0,pc2,10.0.0.2,端末",
        "A-3,@SUM(1),pc3,10.0.0.3,端末",
    ];
    world.write("資産台帳.csv", asset_ledger(&rows));
    assert_eq!(world.import("資産台帳.csv")["accepted"], 3);
    let out = world.path("報告");
    let ran = world.run(&["report", "--json", "--out", out.to_str().unwrap()]);
    assert_eq!(ran.code.map(|code| code < 2), Some(true), "{ran:?}");
    let mut book = zip::ZipArchive::new(std::fs::File::open(out.join("report.xlsx")).unwrap()).unwrap();
    for index in 0..book.len() {
        let mut text = String::new();
        let mut part = book.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        if name.ends_with(".xml") && std::io::Read::read_to_string(&mut part, &mut text).is_ok() {
            assert!(!text.contains("<f>") && !text.contains("<f "), "a formula in {name}");
        }
    }
}
