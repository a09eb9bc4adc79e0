//! Any text through the compiler of the check language, for every kind of subject; what compiles is evaluated.
//!
//! The part behind the first zero character, if there is one, becomes the text the facts hold: so patterns and versions
//! meet words the fuzzer chose. Old facts may only answer what was open, never turn an answer round.
#![no_main]

use std::fmt::Write as _;
use std::sync::LazyLock;

use assess::expression::{FactSource, Staleness, Truth};
use assess::{Dictionary, Expression, Fact, FactId, SubjectFacts};
use base::{Date, FactType, FactValue, Grade, SubjectKind, UtcSeconds};
use libfuzzer_sys::fuzz_target;

/// 2026-11-20 12:00 in Japan.
const NOW: UtcSeconds = UtcSeconds(1_795_143_600);
const KINDS: usize = SubjectKind::ALL.len();

/// For every kind of subject two keys of each type, and one text with a closed set of values.
static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    let mut text = String::new();
    for (kind, _) in SubjectKind::ALL {
        for (name, fact_type) in FactType::ALL {
            for number in 1..=2 {
                let label = format!("{name} {number} of {kind}");
                let head = format!("[[fact]]\nkey = \"{kind}.{name}{number}\"\ntype = \"{}\"", fact_type.name());
                let _ =
                    write!(text, "{head}\nja = \"{label}\"\nen = \"{label}\"\nfresh_days = {}\n\n", 30 * (number - 1));
            }
        }
        let values = "values = [\"server\", \"terminal\", \"none\"]";
        let _ = write!(
            text,
            "[[fact]]\nkey = \"{kind}.class\"\ntype = \"text\"\nja = \"{kind} 種\"\nen = \"{kind} class\"\n"
        );
        let _ = write!(text, "fresh_days = 0\n{values}\n\n");
    }
    Dictionary::parse(&[("facts.toml", &text)]).expect("the fixed dictionary is sound")
});

/// One fact for every key of `kind`, observed `age_days` ago.
fn facts(kind: SubjectKind, words: &str, age_days: i64) -> SubjectFacts {
    let value = |fact_type: FactType| match fact_type {
        FactType::Bool => FactValue::Bool(age_days == 0),
        FactType::Integer => FactValue::Integer(i64::try_from(words.len()).unwrap_or(0)),
        FactType::Text => FactValue::Text(words.to_owned()),
        FactType::Date => FactValue::Date(Date::from_days_since_epoch(20_000)),
        FactType::List => FactValue::list(words.split(' ').map(str::to_owned)),
    };
    let of_kind = DICTIONARY.iter().filter(|one| one.subject == kind);
    let fact = |(id, one): (i64, &assess::Definition)| Fact {
        key: one.id,
        value: value(one.fact_type),
        observed_at: NOW.plus_days(-age_days),
        grade: Grade::Document,
        id: FactId(id),
    };
    SubjectFacts::new((1..).zip(of_kind).map(fact).collect())
}

fn ask(expression: &Expression, subject: &SubjectFacts, site: &SubjectFacts) {
    let source = FactSource { subject, site, now: NOW };
    let blocked = expression.evaluate(source, Staleness::Blocks);
    let counted = expression.evaluate(source, Staleness::Counts);
    if blocked.truth == Truth::Unknown {
        assert!(
            !blocked.missing.is_empty() || !blocked.stale.is_empty(),
            "{}: nothing stands in the way",
            expression.source()
        );
    } else {
        assert_eq!(blocked.truth, counted.truth, "{}: old facts turn the answer round", expression.source());
        assert!(blocked.stale.is_empty(), "{}: old facts answer", expression.source());
    }
    assert!(expression.keys_in(counted.used).count() >= expression.facts_in(counted.used, source).count());
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (source, words) = text.split_once('\0').unwrap_or((&text, "Windows 10.0.19045 server"));
    let mut compiled: Vec<(SubjectKind, Expression)> = Vec::with_capacity(KINDS);
    for (_, kind) in SubjectKind::ALL {
        match Expression::compile(&DICTIONARY, kind, source) {
            Ok(expression) => compiled.push((kind, expression)),
            Err(err) => assert!(!err.to_string().is_empty()),
        }
    }
    if compiled.is_empty() {
        return;
    }
    let none = SubjectFacts::default();
    let site = facts(SubjectKind::Site, words, 0);
    for (kind, expression) in &compiled {
        assert_eq!(Expression::compile(&DICTIONARY, *kind, expression.source()).as_ref(), Ok(expression));
        ask(expression, &none, &none);
        ask(expression, &facts(*kind, words, 0), &none);
        ask(expression, &facts(*kind, words, 400), &site);
    }
});
