//! How fast incoming files are searched for secrets: `cargo bench -p formats`. Texts of 64 MB each.
#![expect(clippy::print_stdout, reason = "it is what a measurement is for")]

use std::hint::black_box;
use std::time::Instant;

use formats::secret::strike;

/// Size of every text, in bytes.
const SIZE: usize = 64 << 20;

const JAPANESE: &str = "看護部の端末は、三階のコーナーとロビーに置いてあります。回線の契約は合計で四つ、更新の初回は来年の秋です。\n\
                        バックアップはシステム管理室で毎晩とり、共同の棚に保管しています。解約の手続きは事務長に確認してください。\n";
const LEDGER: &str =
    "WS-0231,端末,内科外来,192.0.2.31,Windows 11 Pro 23H2,株式会社架空システム,2026-03-14,使用中,コピー機の横\n";
const LATIN: &str =
    "The printer on the second floor copies slowly; please call the clerk near the north entrance before noon.\n";

fn main() {
    let cp932 = |text: &str| encoding_rs::SHIFT_JIS.encode(text).0.into_owned();
    let texts: [(&str, Vec<u8>); 5] = [
        ("japanese, UTF-8", JAPANESE.into()),
        ("japanese, CP932", cp932(JAPANESE)),
        ("ledger, UTF-8", LEDGER.into()),
        ("ledger, CP932", cp932(LEDGER)),
        ("latin", LATIN.into()),
    ];
    for (name, line) in texts {
        let bytes = line.repeat(SIZE / line.len());
        let began = Instant::now();
        let struck = strike(black_box(&bytes), &|_, _| None);
        let took = began.elapsed().as_secs_f64();
        let found = struck.ok().flatten().map_or(0, |struck| struck.struck.len());
        let megabytes = f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX)) / 1e6;
        println!("{name:<18} {:>7.0} MB/s, {found} secrets", megabytes / took);
    }
}
