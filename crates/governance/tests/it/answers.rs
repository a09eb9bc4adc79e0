//! What a checklist makes of evidence, documents and words.

use assess::{Framework, Reason, SiteKind};
use base::{Grade, Verdict};
use governance::ItemAnswer;
use governance::answers::{current_framework, current_frameworks};
use testkit::NOW;

use crate::fixture::{Known, framework};

fn item<'f>(known: &Known, framework: &'f Framework, id: &str) -> ItemAnswer<'f> {
    let answers = known.answer(framework, &known.assess());
    answers.items.into_iter().find(|answer| answer.item.id == id).unwrap()
}

#[track_caller]
fn check(known: &Known, id: &str, expected: Verdict) {
    let framework = framework();
    let found = item(known, &framework, id);
    assert_eq!(found.verdict, expected, "{:?}", found.reasons);
}

fn claim(item: &str, answer: &str, day: &str) -> String {
    format!(
        "mamori_statement = 1\nkind = \"checklist_answers\"\ntitle = \"回答\"\n\n[[claim]]\nitem = \"{item}\"\nanswer = \"{answer}\"\n\
         checked_on = {day}\nby = \"佐藤\"\n"
    )
}

fn document(kind: &str, rest: &str) -> String {
    format!("mamori_statement = 1\nkind = \"{kind}\"\ntitle = \"文書\"\n{rest}")
}

#[test]
fn with_nothing_in_hand_everything_is_unknown() {
    for id in ["T-1", "T-2", "T-3", "T-4"] {
        check(&Known::new(), id, Verdict::Unknown);
    }
}

#[test]
fn only_what_machines_say_proves() {
    let mut known = Known::new();
    known.say("policy:DC01", "policy.lockout_threshold", "5", Grade::Machine, 1);
    check(&known, "T-2", Verdict::Proved);
    check(&known, "T-1", Verdict::Unknown);
    known.say("asset:A-1", "asset.av_enabled", "true", Grade::Document, 1);
    check(&known, "T-1", Verdict::Attested);
    known.say("asset:A-1", "asset.av_enabled", "true", Grade::Machine, 1);
    check(&known, "T-1", Verdict::Proved);
}

#[test]
fn a_yes_does_not_stand_against_evidence() {
    let mut known = Known::new();
    known.hand_in(2, 0, &claim("T-1", "yes", "2026-11-19"));
    check(&known, "T-1", Verdict::Attested);
    known.say("policy:DC01", "policy.lockout_threshold", "0", Grade::Machine, 1);
    check(&known, "T-1", Verdict::Contradicted);
}

#[test]
fn a_no_is_believed_whatever_is_proved() {
    let mut known = Known::new();
    known.say("policy:DC01", "policy.lockout_threshold", "5", Grade::Machine, 1);
    known.hand_in(2, 0, &claim("T-2", "no", "2026-11-19"));
    check(&known, "T-2", Verdict::Attested);
    let framework = framework();
    assert_eq!(item(&known, &framework, "T-2").not_yet(), Some(None));
    known.say("policy:DC01", "policy.lockout_threshold", "0", Grade::Machine, 0);
    check(&known, "T-2", Verdict::Contradicted);
    assert_eq!(item(&known, &framework, "T-2").not_yet(), None, "evidence outweighs a word");
}

#[test]
fn a_word_is_not_enough_where_a_document_is_asked_for() {
    let mut known = Known::new();
    known.hand_in(2, 0, &claim("T-2", "yes", "2026-11-19"));
    let framework = framework();
    let found = item(&known, &framework, "T-2");
    assert_eq!(found.verdict, Verdict::Unknown);
    assert!(found.reasons.contains(&Reason::ClaimNotEnough), "{:?}", found.reasons);
}

#[test]
fn a_word_grows_old_after_its_cycle() {
    let verdict = |day: &str| {
        let mut known = Known::new();
        known.hand_in(2, 0, &claim("T-4", "yes", day));
        let framework = framework();
        item(&known, &framework, "T-4").verdict
    };
    assert_eq!(verdict("2026-10-20"), Verdict::Attested, "31 days");
    assert_eq!(verdict("2026-10-19"), Verdict::Stale, "32 days");
}

#[test]
fn the_last_answer_counts_and_takes_nothing_from_the_one_before() {
    let mut known = Known::new();
    known.hand_in(2, 9, &format!("{}target_on = 2027-03-31\n", claim("T-4", "no", "2026-11-01")));
    known.hand_in(3, 1, &claim("T-4", "yes", "2026-11-19"));
    let framework = framework();
    let found = item(&known, &framework, "T-4");
    let said = found.claim.unwrap();
    assert_eq!((said.answer, said.target_on, said.by.as_str()), (Some(true), None, "佐藤"));
    assert_eq!(found.verdict, Verdict::Attested);
}

#[test]
fn a_document_counts_until_its_last_day() {
    let verdict = |rest: &str| {
        let mut known = Known::new();
        known.hand_in(2, 0, &document("account_review", rest));
        let framework = framework();
        item(&known, &framework, "T-2").verdict
    };
    assert_eq!(verdict("valid_until = 2026-11-20\n"), Verdict::Attested);
    assert_eq!(verdict("valid_until = 2026-11-19\n"), Verdict::Stale);
    // A review of accounts that names no day counts for 45 days.
    assert_eq!(verdict("issued_on = 2026-10-06\n"), Verdict::Attested);
    assert_eq!(verdict("issued_on = 2026-10-05\n"), Verdict::Stale);
    assert_eq!(verdict(""), Verdict::Attested, "from the day it was handed in");
}

#[test]
fn what_a_document_lacks_is_named() {
    let mut known = Known::new();
    known.hand_in(2, 1, &document("operating_rules", "sections = [\"a\"]\n"));
    let framework = framework();
    let found = item(&known, &framework, "T-3");
    assert_eq!(found.verdict, Verdict::Unknown);
    let missing = Reason::ElementsMissing { kind: "operating_rules".to_owned(), elements: vec!["b".to_owned()] };
    assert_eq!(found.reasons, [missing]);
    known.hand_in(3, 0, &document("operating_rules", "sections = [\"a\", \"b\"]\n"));
    check(&known, "T-3", Verdict::Attested);
}

#[test]
fn what_an_earlier_edition_said_no_longer_counts() {
    let mut known = Known::new();
    known.hand_in(2, 9, &document("operating_rules", "sections = [\"a\", \"b\"]\nvalid_until = 2030-01-01\n"));
    check(&known, "T-3", Verdict::Attested);
    known.hand_in(3, 1, &document("operating_rules", "issued_on = 2026-11-19\n"));
    check(&known, "T-3", Verdict::Unknown);
}

#[test]
fn the_newest_edition_that_applies_is_asked() {
    let edition = |id: &str, from: &str, audience| {
        let valid_from = from.parse().unwrap();
        Framework { id: id.to_owned(), valid_from, audience, ..framework() }
    };
    let (hospital, pharmacy) = (assess::Audience::Hospital, assess::Audience::Pharmacy);
    let all = [
        edition("r7", "2025-05-01", hospital),
        edition("r8", "2026-11-20", hospital),
        edition("r9", "2026-11-21", hospital),
        edition("p", "2025-05-01", pharmacy),
        edition("executive", "2020-01-01", assess::Audience::Executive),
    ];
    let asked = |kind| current_frameworks(&all, kind, NOW).iter().map(|one| one.id.as_str()).collect::<Vec<_>>();
    assert_eq!(asked(SiteKind::Hospital), ["r8", "executive"]);
    assert_eq!(asked(SiteKind::Clinic), ["r8", "executive"]);
    assert_eq!(asked(SiteKind::Pharmacy), ["p", "executive"]);
    let of = |audience| current_framework(&all, audience, NOW).map(|one| one.id.as_str());
    assert_eq!((of(pharmacy), of(assess::Audience::Vendor)), (Some("p"), None));
}
