//! Any text through the readers of packs: dictionary, wording, checks and frameworks. What loads is checked further.
#![no_main]

use std::sync::LazyLock;

use assess::{Check, CheckPack, Dictionary, Framework, PackError, Wording, validate};
use base::UtcSeconds;
use libfuzzer_sys::fuzz_target;

/// 2026-11-20 12:00 in Japan.
const NOW: UtcSeconds = UtcSeconds(1_795_143_600);

const FACTS: &str = r#"
fact = [
  { key = "asset.a", type = "bool", ja = "あ", en = "a", fresh_days = 10 },
  { key = "asset.n", type = "integer", ja = "数", en = "n", fresh_days = 10, unit = "pieces" },
  { key = "asset.t", type = "text", ja = "文", en = "t", fresh_days = 0 },
  { key = "asset.class", type = "text", ja = "種", en = "class", fresh_days = 0, values = ["pc", "server"] },
  { key = "asset.d", type = "date", ja = "日", en = "d", fresh_days = 0 },
  { key = "asset.l", type = "list", ja = "列", en = "l", fresh_days = 0, merge = "union" },
  { key = "site.n", type = "integer", ja = "床", en = "beds", fresh_days = 0 },
]
"#;

static DICTIONARY: LazyLock<Dictionary> =
    LazyLock::new(|| Dictionary::parse(&[("facts.toml", FACTS)]).expect("the fixed dictionary is sound"));

/// A refusal names at least one problem, and every problem can be shown.
fn shown(errors: &[PackError]) {
    assert!(!errors.is_empty(), "refused without a reason");
    assert!(errors.iter().all(|error| !error.to_string().is_empty()));
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    match Dictionary::parse(&[("fuzz.toml", &text)]) {
        Ok(dictionary) => {
            for one in &dictionary {
                assert_eq!(dictionary.find(&one.key), Some(one));
                assert_eq!(dictionary.definition(one.id), Some(one));
            }
        }
        Err(err) => assert!(!err.to_string().is_empty()),
    }
    match Wording::parse(&DICTIONARY, "fuzz.toml", &text) {
        Ok(wording) => drop(wording.value_of("asset.class", &text)),
        Err(errors) => shown(&errors),
    }
    match CheckPack::parse(&DICTIONARY, "fuzz.toml", &text) {
        Ok(pack) => pack.checks.iter().for_each(run),
        Err(errors) => shown(&errors),
    }
    match Framework::parse("fuzz.toml", &text) {
        Ok(framework) => assert!(validate(&[framework], ["C-1"]).iter().all(|error| !error.to_string().is_empty())),
        Err(errors) => shown(&errors),
    }
});

fn run(check: &Check) {
    let failures = check.run_tests(&DICTIONARY, NOW);
    assert!(failures.iter().all(|failure| !failure.to_string().is_empty()));
    assert!(check.missing_tests().len() <= Check::NEEDED_TESTS.len());
}
