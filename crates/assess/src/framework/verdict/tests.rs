use base::{Date, Mark, Text, UtcSeconds, Verdict};
use proptest::prelude::*;

use super::{Answer, CheckState, ClaimState, DocumentState, Reason, item_verdict};
use crate::framework::{Element, Item};
use crate::roll_up::CheckVerdict;
use crate::test_pack::NOW;

fn text() -> Text {
    Text { ja: "文".to_owned(), en: "t".to_owned() }
}

/// An item that asks for `count` checks, takes documents of kind `doc`, and a claim every 30 days.
fn item(count: usize) -> Item {
    Item {
        id: "I".to_owned(),
        number: "1".to_owned(),
        section: text(),
        text: text(),
        scope: Vec::new(),
        answerer: Vec::new(),
        category: None,
        deadline: None,
        cycle_days: Some(30),
        checks: (0..count).map(|n| format!("C{n}")).collect(),
        documents: vec!["doc".to_owned()],
        statement: true,
        maps_to: Vec::new(),
        related: Vec::new(),
        basis: None,
        mark: Mark::Seen,
        elements: Vec::new(),
        rows: Vec::new(),
    }
}

/// One letter per check: `P`roved `A`ttested `S`tale `U`nknown `C`ontradicted, `E`xcepted, `-` not applicable, `.` never run.
fn states(letters: &str) -> Vec<CheckState> {
    let one = |(position, letter): (usize, char)| {
        let verdict = match letter {
            'P' => CheckVerdict::Is(Verdict::Proved),
            'A' => CheckVerdict::Is(Verdict::Attested),
            'S' => CheckVerdict::Is(Verdict::Stale),
            'U' => CheckVerdict::Is(Verdict::Unknown),
            'C' | 'E' => CheckVerdict::Is(Verdict::Contradicted),
            '-' => CheckVerdict::NotApplicable,
            _ => return None,
        };
        Some(CheckState { check: format!("C{position}"), verdict, has_exception: letter == 'E' })
    };
    letters.chars().enumerate().filter_map(one).collect()
}

fn document(days_left: i64) -> DocumentState {
    let valid_until = Some(NOW.date_jst().plus_days(days_left));
    DocumentState { kind: "doc".to_owned(), valid_until, sections: vec!["aim".to_owned()] }
}

fn claim(answer: Answer, age_days: i64) -> ClaimState {
    ClaimState { answer, checked_on: NOW.date_jst().plus_days(-age_days) }
}

fn verdict(letters: &str, documents: &[DocumentState], claim: Option<ClaimState>) -> Verdict {
    item_verdict(&item(letters.chars().count()), &states(letters), documents, claim.as_ref(), NOW).verdict
}

#[test]
fn checks_alone_decide_by_the_worst_of_them() {
    for (letters, expected) in [
        ("PP", Verdict::Proved),
        ("P-", Verdict::Proved),
        ("PA", Verdict::Attested),
        ("PE", Verdict::Attested),
        ("PU", Verdict::Unknown),
        ("P.", Verdict::Unknown),
        ("PS", Verdict::Stale),
        ("SU", Verdict::Stale),
        ("PC", Verdict::Contradicted),
        ("E", Verdict::Unknown),
        ("-", Verdict::Unknown),
        ("", Verdict::Unknown),
    ] {
        assert_eq!(verdict(letters, &[], None), expected, "{letters}");
    }
}

#[test]
fn a_document_counts_until_the_end_of_its_last_day() {
    assert_eq!(verdict("U", &[document(0)], None), Verdict::Attested);
    assert_eq!(verdict("U", &[document(-1)], None), Verdict::Stale);
    assert_eq!(verdict("U", &[document(-1), document(5)], None), Verdict::Attested);
    assert_eq!(verdict("S", &[document(5)], None), Verdict::Stale);
    assert_eq!(verdict("C", &[document(5)], None), Verdict::Contradicted);
    let foreign = DocumentState { kind: "other".to_owned(), ..document(5) };
    assert_eq!(verdict("", &[foreign], None), Verdict::Unknown);
}

#[test]
fn a_document_that_lacks_an_element_attests_nothing_and_the_element_is_named() {
    let element = |id: &str| Element { id: id.to_owned(), label: text() };
    let item = Item { elements: vec![element("aim"), element("scope")], ..item(0) };
    let found = item_verdict(&item, &[], &[document(5)], None, NOW);
    assert_eq!(found.verdict, Verdict::Unknown);
    let (kind, elements) = ("doc".to_owned(), vec!["scope".to_owned()]);
    assert_eq!(found.reasons, [Reason::ElementsMissing { kind, elements }]);
}

#[test]
fn a_claim_counts_where_it_is_allowed_and_as_long_as_the_cycle() {
    assert_eq!(verdict("", &[], Some(claim(Answer::Yes, 30))), Verdict::Attested);
    assert_eq!(verdict("", &[], Some(claim(Answer::Yes, 31))), Verdict::Stale);
    assert_eq!(verdict("PP", &[], Some(claim(Answer::Yes, 0))), Verdict::Proved);
    let strict = Item { statement: false, ..item(0) };
    let found = item_verdict(&strict, &[], &[], Some(&claim(Answer::Yes, 0)), NOW);
    assert_eq!((found.verdict, found.reasons), (Verdict::Unknown, vec![Reason::ClaimNotEnough]));
}

#[test]
fn who_says_no_is_believed() {
    for letters in ["P", "U", "S", "A"] {
        let found = item_verdict(&item(1), &states(letters), &[document(5)], Some(&claim(Answer::No, 99)), NOW);
        assert_eq!(found.verdict, Verdict::Attested, "{letters}");
        assert!(found.reasons.contains(&Reason::SaidNo));
    }
    assert_eq!(verdict("C", &[], Some(claim(Answer::No, 0))), Verdict::Contradicted, "evidence is not a word");
}

#[test]
fn of_two_states_for_one_check_the_worse_counts() {
    let mut both = states("P");
    both.extend(states("U"));
    assert_eq!(item_verdict(&item(1), &both, &[], None, NOW).verdict, Verdict::Unknown);
}

fn goodness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Proved => 3,
        Verdict::Attested => 2,
        Verdict::Stale | Verdict::Unknown => 1,
        Verdict::Contradicted => 0,
    }
}

fn documents() -> impl Strategy<Value = Vec<DocumentState>> {
    proptest::collection::vec((-2_i64..2).prop_map(document), 0..3)
}

fn claims() -> impl Strategy<Value = Option<ClaimState>> {
    proptest::option::of(
        (any::<bool>(), 0_i64..60).prop_map(|(yes, age)| claim(if yes { Answer::Yes } else { Answer::No }, age)),
    )
}

proptest! {
    #[test]
    fn an_undecided_check_more_never_improves_anything(letters in "[PASUCE.-]{0,5}", documents in documents(), claim in claims()) {
        let before = verdict(&letters, &documents, claim);
        for more in ["U", "S", "."] {
            let after = verdict(&(letters.clone() + more), &documents, claim);
            prop_assert!(goodness(after) <= goodness(before));
        }
    }

    #[test]
    fn proved_takes_a_check_and_all_of_them(letters in "[PASUCE.-]{0,5}", documents in documents(), claim in claims()) {
        if verdict(&letters, &documents, claim) == Verdict::Proved {
            prop_assert!(letters.contains('P') && letters.chars().all(|letter| "P-".contains(letter)));
        }
    }

    #[test]
    fn nothing_becomes_proved_by_taking_evidence_away(letters in "[PASUCE.-]{1,5}", documents in documents(), at in 0_usize..5) {
        let before = verdict(&letters, &documents, None);
        let without: String = letters.chars().enumerate().map(|(n, letter)| if n == at { '.' } else { letter }).collect();
        for after in [verdict(&letters, &[], None), verdict(&without, &documents, None)] {
            prop_assert!(after != Verdict::Proved || before == Verdict::Proved);
        }
    }
}

/// The day is the one in Japan.
#[test]
fn the_day_of_a_document_ends_at_midnight_in_japan() {
    let last: Date = "2026-11-20".parse().unwrap();
    let document = DocumentState { valid_until: Some(last), ..document(0) };
    let at = |now: UtcSeconds| item_verdict(&item(0), &[], std::slice::from_ref(&document), None, now).verdict;
    assert_eq!(at(UtcSeconds(1_795_186_799)), Verdict::Attested);
    assert_eq!(at(UtcSeconds(1_795_186_800)), Verdict::Stale);
}
