//! How many checks of the real packs are evaluated per second of CPU: `cargo bench -p assess`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement")]

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use assess::{Check, CheckPack, Dictionary, Fact, FactId, SubjectFacts, evaluate};
use base::{FactType, FactValue, Grade, SubjectKind, UtcSeconds};

const NOW: UtcSeconds = UtcSeconds(1_795_143_600);
const SUBJECTS: i64 = 50_000;

fn files(name: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs").join(name);
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = paths.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path));
    let wanted = named.filter(|(name, _)| name.ends_with(".toml") && name != "wording.toml" && name != "columns.toml");
    wanted.map(|(name, path)| (name, std::fs::read_to_string(path).unwrap())).collect()
}

/// An asset that knows most of what the dictionary allows, some of it too old.
fn asset(dictionary: &Dictionary, number: i64) -> SubjectFacts {
    let keys = dictionary.iter().filter(|one| one.subject == SubjectKind::Asset).zip(0_i64..);
    let known = keys.filter(|(_, position)| (position + number) % 5 != 0);
    let facts = known.map(|(one, position)| Fact {
        key: one.id,
        value: match one.fact_type {
            FactType::Bool => FactValue::Bool((position + number) % 3 != 0),
            FactType::Integer => FactValue::Integer(number),
            FactType::Text => FactValue::Text(one.values.first().cloned().unwrap_or_else(|| "Windows 11".to_owned())),
            FactType::Date => FactValue::Date(NOW.plus_days(-(number % 100)).date_jst()),
            FactType::List => FactValue::list(["22", "445", "3389"]),
        },
        observed_at: NOW.plus_days(-(number % 60)),
        grade: Grade::Machine,
        id: FactId(number * 100 + position),
    });
    SubjectFacts::new(facts.collect())
}

fn main() {
    let facts = files("facts");
    let facts: Vec<(&str, &str)> = facts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let dictionary = Dictionary::parse(&facts).unwrap();
    let packs = files("checks").into_iter().map(|(name, text)| CheckPack::parse(&dictionary, &name, &text).unwrap());
    let checks: Vec<Check> =
        packs.flat_map(|pack| pack.checks).filter(|check| check.subject == SubjectKind::Asset).collect();
    let assets: Vec<SubjectFacts> = (0..SUBJECTS).map(|number| asset(&dictionary, number)).collect();
    let site = SubjectFacts::default();
    let begun = Instant::now();
    for check in &checks {
        for asset in &assets {
            black_box(evaluate(check, asset, &site, NOW));
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let evaluations = checks.len() * assets.len();
    let per_second = f64::from(u32::try_from(evaluations).unwrap()) / seconds;
    println!(
        "{} checks x {} assets: {seconds:.2} s on one thread, {per_second:.0} evaluations/s",
        checks.len(),
        assets.len()
    );
}
