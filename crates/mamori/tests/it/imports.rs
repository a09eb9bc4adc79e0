//! Evidence in: known and unknown files, differences before they are applied, rows that contradict each other.

use std::time::{Duration, SystemTime};

use crate::world::{Ran, World, asset_ledger, secedit};

#[test]
fn a_good_file_with_a_japanese_name_is_applied_once_and_known_after_that() {
    let world = World::new();
    world.write("設定/受付PC_secedit.inf", secedit(5));
    let first = world.run(&["import", "--yes", "--json", "設定"]);
    assert_eq!(first.code, Some(0), "{first:?}");
    let first = &first.json()[0];
    assert_eq!((first["state"].as_str(), first["name"].as_str()), (Some("applied"), Some("設定/受付PC_secedit.inf")));
    assert!(first["facts"].as_u64().unwrap() > 0);
    let again = world.import("設定");
    assert_eq!((again["state"].as_str(), &again["evidence"]), (Some("known"), &first["evidence"]));
    world.assert_sound();
}

#[test]
fn a_file_of_no_known_format_is_kept_and_said_to_be_unrecognised() {
    let world = World::new();
    world.write("メモ.bin", [0, 159, 146, 150]);
    let ran = world.run(&["import", "--yes", "メモ.bin"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.out.contains("何のファイルか分かりませんでした"), "{ran:?}");
    world.assert_sound();
}

#[test]
fn a_missing_file_is_refused_with_its_name() {
    let world = World::new();
    let ran = world.run(&["import", "--yes", "無い.csv"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.out.contains("無い.csv") && ran.out.contains("場所と権限"), "{ran:?}");
}

#[test]
fn of_conflicting_rows_the_second_is_refused_with_its_place_and_the_rest_is_applied() {
    let world = World::new();
    world.write(
        "資産台帳.csv",
        asset_ledger(&["A-1,受付,pc1,10.0.0.1,端末", "A-2,会計,pc2,10.0.0.2,端末", "A-2,別物,pc9,10.0.0.9,端末"]),
    );
    let ran = world.run(&["import", "--yes", "--json", "資産台帳.csv"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let answer = &ran.json()[0];
    assert_eq!((answer["state"].as_str(), answer["accepted"].as_u64()), (Some("applied"), Some(2)));
    let refused = &answer["refused"][0];
    assert!(refused["reason"].as_str().unwrap().contains("どちらが正しいか確かめてください"), "{answer}");
    assert!(refused["place"].as_str().unwrap().contains('4'), "{answer}");
    let name = world.run(&["fact", "asset:A-2"]);
    assert!(name.out.contains("会計") && !name.out.contains("別物"), "{name:?}");
}

#[test]
fn a_ledger_is_shown_first_and_applied_with_yes() {
    let world = World::new();
    world.write("資産台帳.csv", asset_ledger(&["A-1,受付,pc1,10.0.0.1,端末"]));
    let shown = world.run(&["import", "--json", "資産台帳.csv"]);
    assert_eq!(shown.code, Some(3), "something waits: {shown:?}");
    assert_eq!(shown.json()[0]["state"], "previewed");
    assert_eq!(shown.json()[0]["preview"]["added"][0], "asset:A-1");
    assert!(shown.err.contains("--yes"), "{shown:?}");
    assert_eq!(world.run(&["fact", "asset:A-1"]).code, Some(3));
    assert_eq!(world.import("資産台帳.csv")["state"], "applied");
    assert_eq!(world.run(&["fact", "asset:A-1"]).code, Some(0));
    world.assert_sound();
}

#[test]
fn a_file_dated_in_the_future_counts_from_its_receipt_and_says_so() {
    let world = World::new();
    let path = world.write("PC1_secedit.inf", secedit(5));
    let future = SystemTime::now() + Duration::from_secs(90 * 86_400);
    std::fs::File::options().write(true).open(path).unwrap().set_modified(future).unwrap();
    let answer = world.import("PC1_secedit.inf");
    assert_eq!(answer["state"], "applied");
    assert!(answer["refused"][0]["reason"].as_str().unwrap().contains("時計を確かめてください"), "{answer}");
}

#[test]
fn two_imports_at_once_both_complete_and_receive_everything_exactly_once() {
    let world = World::new();
    for number in 0..8 {
        world.write(&format!("両方/PC{number}_secedit.inf"), secedit(number));
        world.write(&format!("左/L{number}_secedit.inf"), secedit(100 + number));
        world.write(&format!("右/R{number}_secedit.inf"), secedit(200 + number));
    }
    let running = [["import", "--yes", "--json", "左", "両方"], ["import", "--yes", "--json", "右", "両方"]];
    let running: Vec<_> = running.iter().map(|arguments| world.start(arguments)).collect();
    let mut answers = Vec::new();
    for child in running {
        let ran = Ran::of(child.wait_with_output().unwrap());
        assert_eq!(ran.code, Some(0), "{ran:?}");
        answers.extend(ran.json());
    }
    assert_eq!(answers.len(), 32);
    let applied = answers.iter().filter(|answer| answer["state"] == "applied").count();
    assert_eq!(applied, 24, "{answers:?}");
    world.assert_sound();
}

#[test]
fn what_holds_secrets_that_stay_in_is_not_said_to_be_kept() {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let head = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    let world = World::new();
    let bytes = [&head[..], &[0; 600], &wide("パスワード"), &[4, 0, 1], &wide("Kinen2024"), &[0; 8]].concat();
    world.write("old.xls", bytes);
    let ran = world.run(&["import", "--yes", "old.xls"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.out.contains("何も保管しませんでした") && !ran.out.contains("保管しました"), "{ran:?}");
    assert_eq!(world.import("old.xls")["state"], "withheld");
}
